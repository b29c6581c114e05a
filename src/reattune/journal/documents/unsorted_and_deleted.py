"""What waits: an entry of another diary until it is sorted, and what was deleted until its thirty days are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from reattune.journal.document_base import Document, Line, Utc, Words

KEPT_FOR, _DAY = timedelta(days=30), timedelta(days=1)
# Who unlocks it once a week sees it there on one of these.
_LAST = 3 * _DAY


class LooseNote(Document):
    """An entry of another diary, or a note that came in as a letter: not a moment yet.

    Attributes:
        at: the day, or day and time, it is about.
        source: what it was brought in from.
        became: the moment that was made of it; its words are there now.
        letter: it came in as a letter, and no file has it.
        set_aside: it is none; its words are in a `Removed`. The empty note stays, and a file brings it no second time.
    """

    kind: Literal["loose_note"] = "loose_note"
    version: Literal[1] = 1
    at: Utc
    words: Words = ""
    source: Line = ""
    letter: bool = False
    became: UUID | None = None
    set_aside: bool = False

    @property
    def waits(self) -> bool:
        """Whether it is still to be sorted."""
        return self.became is None and not self.set_aside


class Removed(Document):
    """Something that was deleted, whole, until its thirty days are over.

    Attributes:
        at: when.
        title: words to know it by.
        kind_of: which kind of document it was.
        documents: it, and what went along with it, as the codec writes them.
        trimmed: documents that named one of these among others, as they were before.
        replaced: it was not deleted: a newer form took its place, and this is the one from before.
        changed: that newer form was written by the person here, and not brought in from a file.
        seen: when the journal was unlocked with it there, to the day; see `is_over`.
    """

    kind: Literal["removed"] = "removed"
    version: Literal[1] = 1
    at: Utc
    title: Line = ""
    kind_of: Line = ""
    documents: tuple[str, ...] = ()
    trimmed: tuple[str, ...] = ()
    replaced: bool = False
    changed: bool = False
    seen: Utc | None = None


def is_over(removed: Removed, now: datetime) -> bool:
    """Whether its thirty days are over for sure.

    A clock that jumped ahead makes them seem so, and so does a journal that nobody unlocked for long. They are over
    where it was seen in the last three of them or later, and a day has gone by since.
    """
    return now - removed.at > KEPT_FOR and _seen_late(removed, now) and now - (removed.seen or now) >= _DAY


def to_be_seen(removed: Removed, now: datetime) -> bool:
    """Whether it has to be noted that it is seen ``now``: once a day, and no more once its time is over, or nearly."""
    seen = removed.seen
    return seen is None or seen > now or (now - seen >= _DAY and not _seen_late(removed, now))


def _seen_late(removed: Removed, now: datetime) -> bool:
    return removed.seen is not None and removed.at + KEPT_FOR - _LAST <= removed.seen <= now


def dated_wrong(removed: Removed, now: datetime, newest: datetime) -> bool:
    """Whether the clock was wrong when it was deleted: its thirty days begin ``now``, when that is seen.

    It was ahead where that time hasn't come yet. It was behind where something of the journal, the ``newest`` that is
    not ahead of ``now``, is from days after it was deleted and last seen: each unlocking notes that it is seen, so
    nothing is written so long after that. Only once: another computer's copy may bring such an entry again and again.
    """
    if removed.at > now:
        return True
    begun_anew = removed.at - removed.created >= _DAY
    return not begun_anew and newest - max(removed.at, removed.seen or removed.at) > 2 * _DAY
