"""What may be shared, and with whom: nothing that is not the person's to mend, nothing with who crossed a boundary."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import Belief, Echo, Moment, Pattern, Relationship, Rupture, TalkPlan
from reattune.reflection.crossed_boundaries import crosses, crossings, for_repair
from reattune.reflection.danger_recogniser import dangers_in
from reattune.reflection.unanswered_danger import unanswered

SHAREABLE: tuple[type[Document], ...] = (TalkPlan, Moment, Rupture, Belief, Pattern)


def may_share(journal: Journal, document: Document, now: datetime) -> bool:
    """Whether sharing this may be offered.

    It may not where a boundary was crossed, by it or by the one it is with, and where words in it, or about them,
    sound like danger and wait for an answer.
    """
    if any(dangers_in(each) for each in (document, *_within(journal, document))):
        return False
    return _people_of(journal, document).isdisjoint(_kept_from(journal, now)) and not _crosses(journal, document)


def may_share_together(journal: Journal, now: datetime) -> bool:
    """Whether sharing what is put together of the therapy may be offered: the bond, what is unsaid, what to bring."""
    therapist = journal.latest_therapist
    return therapist is not None and therapist.id not in _kept_from(journal, now)


def readers(journal: Journal, now: datetime) -> list[Relationship]:
    """With whom something may be shared: the current therapist first, then the others as they were added."""
    kept_from = _kept_from(journal, now)
    found = [who for who in journal.all(Relationship) if who.id not in kept_from]
    return sorted(found, key=lambda who: who != journal.therapist)


def _kept_from(journal: Journal, now: datetime) -> Collection[UUID]:
    return {*crossings(journal), *unanswered(journal, now)}


def _crosses(journal: Journal, document: Document) -> bool:
    if isinstance(document, TalkPlan):
        of = journal.find(Rupture, document.rupture_id)
        return of is None or not for_repair(journal, of)
    if isinstance(document, Rupture):
        return not for_repair(journal, document)
    return any(isinstance(each, Moment) and crosses(each) for each in (document, *_within(journal, document)))


def _within(journal: Journal, document: Document) -> Iterator[Document]:
    """The moments, cards and conversations that are shown along with it."""
    if isinstance(document, Rupture):
        yield from (m for m in (journal.find(Moment, moment_id) for moment_id in document.moment_ids) if m)
        yield from journal.plans(document)
        yield from journal.attempts(document)
    elif isinstance(document, Pattern):
        yield from moments_of(journal, document)


def moments_of(journal: Journal, pattern: Pattern) -> list[Moment]:
    """The moments of what keeps coming back, earliest first."""
    echoes = (journal.find(Echo, echo_id) for echo_id in pattern.echo_ids)
    ids = {moment_id for echo in echoes if echo for moment_id in (echo.moment_id, echo.earlier_id)}
    found = (journal.find(Moment, moment_id) for moment_id in ids)
    return sorted((moment for moment in found if moment), key=lambda moment: moment.in_order)


def _people_of(journal: Journal, document: Document) -> set[UUID]:
    match document:
        case TalkPlan():
            return {journal.get(Rupture, document.rupture_id).relationship_id}
        case Moment() | Rupture():
            return {document.relationship_id}
        case Belief():
            named = (document.about_relationship_id, document.from_relationship_id)
            return {each for each in named if each}
        case Pattern():
            return {moment.relationship_id for moment in moments_of(journal, document)}
        case _:
            return set()
