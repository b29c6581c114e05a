"""Everything with a date, newest first: what is shown of it, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Answer,
    Attempt,
    Belief,
    Candidate,
    CheckIn,
    Draft,
    Echo,
    Ending,
    Fit,
    LooseNote,
    Moment,
    Pattern,
    Practice,
    Relationship,
    Repair,
    Rupture,
    Session,
    Share,
    TalkPlan,
    Unsaid,
)
from reattune.journal.vocabulary import RuptureState, UnsaidStatus

# A page shows whole months until it has so many entries, and never more than `MOST` of them.
LEAST, MOST = 24, 80


class Standing(StrEnum):
    """What became of what an entry belongs to."""

    OPEN = "open"
    MENDED = "mended"
    LET_GO = "let_go"


class Entry(NamedTuple):
    """One thing of the journal: when it was, by the clocks of where it was (``None`` where it has no day), with whom,
    and what went wrong with it."""

    at: datetime | None
    document: Document
    who: Relationship | None = None
    rupture: Rupture | None = None


class Place(NamedTuple):
    """A month. ``month`` is 0 where only the year is known, ``year`` too where not even that is."""

    year: int
    month: int


class Month(NamedTuple):
    """The entries of one month, newest first."""

    place: Place
    entries: tuple[Entry, ...]


class Turn(NamedTuple):
    """Where a page begins: at a month, after so many of its entries."""

    place: Place
    after: int = 0


@dataclass(frozen=True)
class Stretch:
    """The months that one page shows, and where the pages beside it begin."""

    months: tuple[Month, ...]
    earlier: Turn | None
    later: Turn | None


@dataclass(frozen=True)
class Chosen:
    """What is to be shown; ``None`` and the empty set leave everything in.

    Attributes:
        who: with whom.
        kinds: of documents, by their ``kind``.
        standing: what became of it.
        pattern: what keeps coming back: its moments, and what went wrong in them.
    """

    who: UUID | None = None
    kinds: frozenset[str] = frozenset()
    standing: Standing | None = None
    pattern: Pattern | None = None


def entries(journal: Journal) -> list[Entry]:
    """Everything with a date, newest first.

    Check-ins, moments, what went wrong, cards, conversations, what was said of a mending, what was noted as left
    unsaid, beliefs, what was tried, thinking of leaving, what was shared, and answers. O(n log n).
    """
    return sorted(_entries(journal), key=_in_time, reverse=True)


def _in_time(entry: Entry) -> tuple[float, int]:
    """Clocks of one place show an hour of autumn twice, and compare as they show it."""
    return entry.at.timestamp() if entry.at else 0.0, entry.document.id.int


def without_a_day(journal: Journal) -> list[Entry]:
    """What else holds words: people, patterns, therapists to try and what is looked for, what was left half-written."""
    kinds: tuple[type[Document], ...] = (Relationship, Pattern, Echo, Fit, Candidate, Draft, LooseNote)
    there = (each for kind in kinds for each in journal.all(kind))
    return [
        Entry(None, each, each if isinstance(each, Relationship) else None)
        for each in there
        if not (isinstance(each, LooseNote) and not each.waits)
    ]


def _entries(journal: Journal) -> Iterator[Entry]:
    people = {who.id: who for who in journal.all(Relationship)}
    ruptures = {rupture.id: rupture for rupture in journal.all(Rupture)}
    held_in = {source: r for r in ruptures.values() for source in (*r.moment_ids, *r.unsaid_ids)}
    # One pass in whatever order: the whole is sorted once, by day.
    for each in journal:
        match each:
            case Moment():
                yield Entry(each.local(each.at), each, people.get(each.relationship_id), held_in.get(each.id))
            case CheckIn():
                session = journal.find(Session, each.session_id)
                who = people.get(session.relationship_id) if session else None
                yield Entry(
                    session.local(session.at) if session else each.local(each.created), each, who, held_in.get(each.id)
                )
            case Rupture():
                yield Entry(each.local(each.began), each, people.get(each.relationship_id), each)
            case TalkPlan() | Attempt() | Repair():
                of = ruptures.get(each.rupture_id)
                at = each.created if isinstance(each, TalkPlan) else each.at
                yield Entry(each.local(at), each, people.get(of.relationship_id) if of else None, of)
            case Unsaid() if each.source_id is None:  # else it is another entry that was held back
                yield Entry(each.local(each.since), each, people.get(each.relationship_id), held_in.get(each.id))
            case Belief():
                who_id = each.about_relationship_id or each.from_relationship_id
                who = people.get(who_id) if who_id else None
                yield Entry(each.local(each.since or each.created), each, who, held_in.get(each.id))
            case Practice():
                at = each.done or each.planned_for or each.created
                of = ruptures.get(each.rupture_id) if each.rupture_id else None
                yield Entry(each.local(at), each, people.get(each.relationship_id), of)
            case Ending() if not each.empty:
                yield Entry(each.local(each.created), each, people.get(each.relationship_id))
            case Share():
                of = ruptures.get(each.rupture_id) if each.rupture_id else None
                yield Entry(each.local(each.at), each, people.get(each.relationship_id), of)
            case Answer():
                share = journal.find(Share, each.share_id)
                of = ruptures.get(share.rupture_id) if share and share.rupture_id else None
                yield Entry(each.local(each.at), each, people.get(share.relationship_id) if share else None, of)


# Choosing


def chosen_of(journal: Journal, found: Iterable[Entry], chosen: Chosen) -> list[Entry]:
    """Those of ``found`` for which everything that was chosen holds, in their order."""
    kept = list(found)
    if chosen.kinds:
        kept = [each for each in kept if each.document.kind in chosen.kinds]
    if chosen.who:
        kept = [each for each in kept if each.who and each.who.id == chosen.who]
    if chosen.pattern:
        moments = moments_of(journal, chosen.pattern)
        kept = [each for each in kept if _in_pattern(each, chosen.pattern, moments)]
    if chosen.standing:
        let_go = {u.source_id or u.id for u in journal.all(Unsaid) if u.status is UnsaidStatus.LET_GO}
        kept = [each for each in kept if standing_of(each, let_go) is chosen.standing]
    return kept


def moments_of(journal: Journal, pattern: Pattern) -> set[UUID]:
    """The moments of what keeps coming back."""
    echoes = (journal.find(Echo, echo_id) for echo_id in pattern.echo_ids)
    return {moment for echo in echoes if echo and echo.answer == "yes" for moment in (echo.moment_id, echo.earlier_id)}


def _in_pattern(entry: Entry, pattern: Pattern, moments: set[UUID]) -> bool:
    document = entry.document
    if document.id in moments or document.id in (pattern.id, pattern.belief_id):
        return True
    of_rupture = isinstance(document, (Rupture, TalkPlan, Attempt, Repair))
    return of_rupture and entry.rupture is not None and not moments.isdisjoint(entry.rupture.moment_ids)


def standing_of(entry: Entry, let_go: set[UUID]) -> Standing | None:
    """What became of what an entry belongs to; ``None`` where there is nothing to become of.

    Args:
        let_go: ids of moments, check-ins and beliefs that were let go by themselves.
    """
    if entry.rupture:
        return BECAME.get(entry.rupture.state, Standing.OPEN)
    if entry.document.id in let_go:
        return Standing.LET_GO
    return Standing.OPEN if isinstance(entry.document, Unsaid) and entry.document.status is UnsaidStatus.HELD else None


BECAME = {
    RuptureState.REPAIRED: Standing.MENDED,
    RuptureState.LET_GO: Standing.LET_GO,
    RuptureState.ENDED: Standing.LET_GO,
}


# By month


def by_month(found: Iterable[Entry]) -> list[Month]:
    """Entries (newest first) by the month that they lay in where they were; newest month first.

    A moment of which only the year is remembered comes after the months of that year; one of which only an age is
    remembered, at the end.
    """
    placed: dict[Place, list[Entry]] = {}
    for each in found:
        placed.setdefault(place_of(each), []).append(each)
    return [Month(place, tuple(placed[place])) for place in sorted(placed, reverse=True)]


def place_of(entry: Entry) -> Place:
    """The month that an entry lies in."""
    if entry.at is None:
        return Place(0, 0)
    day = entry.at
    if not isinstance(entry.document, Moment) or not entry.document.by_year:
        return Place(day.year, day.month)
    return Place(0, 0) if entry.document.only_age else Place(day.year, 0)


def stretch(months: Sequence[Month], start: Turn | None, least: int = LEAST, most: int = MOST) -> Stretch:
    """What one page shows: from ``start`` on into the past, whole months until there are ``least`` entries.

    A month with more entries than ``most`` is shown in parts. Where ``start`` is no month that has entries, it begins
    at the next one before it; past the end, at the last.
    """
    if not months:
        return Stretch((), None, None)
    first, begun = _begin(months, start, most)
    shown: list[Month] = []
    earlier: Turn | None = None
    count, after = 0, begun
    for month in months[first:]:
        left = month.entries[after:]
        if count >= least or (shown and count + len(left) > most):
            earlier = Turn(month.place)
            break
        shown.append(Month(month.place, left[:most]))
        count += len(left[:most])
        if len(left) > most:
            earlier = Turn(month.place, after + most)
            break
        after = 0
    return Stretch(tuple(shown), earlier, _before(months, first, begun, least, most))


def _begin(months: Sequence[Month], start: Turn | None, most: int) -> tuple[int, int]:
    if start is None:
        return 0, 0
    first = next((n for n, month in enumerate(months) if month.place <= start.place), len(months) - 1)
    within = months[first].place == start.place and 0 <= start.after < len(months[first].entries)
    return first, start.after // most * most if within else 0


def _before(months: Sequence[Month], first: int, after: int, least: int, most: int) -> Turn | None:
    """Where the page before begins: as many months back as make a page."""
    if after:
        return Turn(months[first].place, max(0, after - most))
    if first == 0:
        return None
    place = first - 1
    count = len(months[place].entries)
    if count > most:
        return Turn(months[place].place, (count - 1) // most * most)
    while place and count + len(months[place - 1].entries) <= least:
        place -= 1
        count += len(months[place].entries)
    return Turn(months[place].place)
