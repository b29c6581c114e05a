"""What told of a crossed boundary within the week, and doesn't any more: then a talk with them is offered again, and
whoever sat at the open journal may have done it. Today says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from reattune.journal import Journal
from reattune.journal.deletion import mentions, readable
from reattune.journal.document_base import Document
from reattune.journal.documents import Answer, Attempt, Ending, Moment, Relationship, Removed, Rupture, Share
from reattune.journal.vocabulary import NOT_FOR_REPAIR
from reattune.reflection.crossed_boundaries import (
    chose_safety,
    crosses,
    crossings,
    mild_only,
    says_itself,
    turned_on_me,
)

# How long Today says so.
_SAID_FOR = timedelta(days=7)
_Kept = list[tuple[Removed, Document]]


class TakenBack(NamedTuple):
    """What says something else since ``on``. ``document`` is what to look at; none where it waits to be restored."""

    document: Document | None
    on: datetime


class BoundaryNotices(NamedTuple):
    """What Today says of the week that may have taken weight from crossed boundaries: of each thing once, the latest
    first. All of it, so that none hides another."""

    taken_back: tuple[TakenBack, ...]
    mending_allowed: tuple[TakenBack, ...]
    another_named: tuple[TakenBack, ...]
    renamed: tuple[TakenBack, ...]


def boundary_notices(journal: Journal, now: datetime) -> BoundaryNotices:
    """All of it. What waits under what was deleted is read once."""
    kept = _kept_lately(journal, now)
    return BoundaryNotices(
        taken_back=_lately(_taken_back(journal, kept), now),
        mending_allowed=_lately(_mending_allowed(journal, kept), now),
        another_named=_lately(_another_named(journal, kept), now),
        renamed=_lately(_renamed(journal, kept), now),
    )


def _taken_back(journal: Journal, kept: _Kept) -> list[TakenBack]:
    """Entries that were changed and had said that a boundary was crossed, or said so of somebody else: by hand, by an
    older form that was restored, or by a file. Not what was deleted."""
    both: list[Moment | Rupture] = [*journal.moments(), *journal.all(Rupture)]
    found = [TakenBack(each, each.crossed_on) for each in both if each.crossed_on and _no_more(each)]
    for removed, older in kept:
        here = journal.find(type(older), older.id)
        if not _tells(journal, older) or (
            here and _tells(journal, here) and _whose(journal, here) == _whose(journal, older)
        ):
            continue
        if here:
            story = journal.find(Rupture, here.rupture_id) if isinstance(here, Attempt) else here
            found.append(TakenBack(story, removed.at))
        elif removed.replaced and not _deleted(journal, older):
            found.append(TakenBack(None, removed.at))
    return found


def _mending_allowed(journal: Journal, kept: _Kept) -> list[TakenBack]:
    """Of whom it was said that conversations with them can be prepared, although a boundary was crossed; and holds
    still."""
    crossed = crossings(journal, whatever_was_allowed=True).keys() - crossings(journal).keys()
    allowed = {each: who for each in crossed if (who := journal.find(Relationship, each))}
    found = [TakenBack(each, each.mend_again) for each in allowed.values() if each.mend_again]
    for removed, older in kept:
        here = allowed.get(older.id)
        if here and isinstance(older, Relationship) and older.mend_again != here.mend_again:
            found.append(TakenBack(here, removed.at))
    return found


def _another_named(journal: Journal, kept: _Kept) -> list[TakenBack]:
    """The therapists before with whom a boundary was crossed, where another one was named, or taken up again: what is
    with that one counts for nothing of it, and it may be the same person."""
    current, crossed = journal.therapist, crossings(journal)
    if current is None or current.id in crossed:
        return []
    since = current.current_on or current.created
    once = {older.id for _removed, older in kept if isinstance(older, Relationship) and older.is_therapist}
    before = [each for each in journal.all(Relationship) if each.past_therapist or each.id in once]
    return [TakenBack(each, since) for each in before if each.id in crossed and each.created < since]


def _renamed(journal: Journal, kept: _Kept) -> list[TakenBack]:
    """Of whom the name was changed, although a boundary was crossed with them: what tells of it names whoever they are
    called now. Or who are no therapist any more, or are one."""
    found = []
    crossed = crossings(journal, whatever_was_allowed=True)
    for removed, older in kept:
        here = journal.find(Relationship, older.id) if isinstance(older, Relationship) else None
        if not here or not isinstance(older, Relationship) or here.id not in crossed:
            continue
        if (here.name, here.is_therapist) != (older.name, older.is_therapist):
            found.append(TakenBack(here, removed.at))
    return found


def _lately(found: list[TakenBack], now: datetime) -> tuple[TakenBack, ...]:
    lately = sorted((each for each in found if abs(now - each.on) < _SAID_FOR), key=lambda each: each.on)
    once = {each.document.id if each.document else None: each for each in lately}
    return tuple(sorted(once.values(), key=lambda each: each.on, reverse=True))


def _no_more(each: Moment | Rupture) -> bool:
    """Whether what was ticked is ticked no more, or a milder one where the cause alone had said it."""
    return not each.crossed or (isinstance(each, Moment) and each.cause in NOT_FOR_REPAIR and mild_only(each))


def _kept_lately(journal: Journal, now: datetime) -> _Kept:
    """Older forms that were put under what was deleted within the week."""
    kept = [each for each in journal.all(Removed) if abs(now - each.at) < _SAID_FOR]
    return [(each, older) for each in kept for older in readable(each.documents)]


def _deleted(journal: Journal, older: Document) -> bool:
    """Whether it was deleted as a whole, and not only changed."""
    return any(not each.replaced and mentions(each, older.id) for each in journal.all(Removed))


def _tells(journal: Journal, document: Document) -> bool:
    """Whether it says by itself that a boundary was crossed."""
    if isinstance(document, Moment):
        return crosses(document)
    if isinstance(document, Rupture):
        return says_itself(journal, document)
    if isinstance(document, (Attempt, Answer)):
        return turned_on_me(document)
    return isinstance(document, Ending) and chose_safety(document)


def _whose(journal: Journal, document: Document) -> object:
    of: Document | None = document
    if isinstance(document, Attempt):
        of = journal.find(Rupture, document.rupture_id)
    elif isinstance(document, Answer):
        of = journal.find(Share, document.share_id)
    return getattr(of, "relationship_id", None)
