"""What waits: an entry of another diary until it is sorted, and what was deleted until its thirty days are over."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from reattune.journal.document_base import Document, Line, Utc, Words

KEPT_FOR = timedelta(days=30)


class LooseNote(Document):
    """An entry of another diary, or a note that came in as a letter: not a moment yet.

    Attributes:
        at: the day, or day and time, it is about.
        source: what it was brought in from.
        became: the moment that was made of it; its words are there now.
        letter: it came in as a letter, and no file has it.
        set_aside: it is none; its words are gone. The empty note stays, so that the same file does not bring it again.
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
