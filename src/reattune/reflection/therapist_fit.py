"""What the person needs from a therapist, drawn from the journal; candidates beside it; the first sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Candidate, Fit, Moment, Relationship, Repair, Rupture, Session, TalkPlan
from reattune.journal.documents.practice_and_ending import Need
from reattune.journal.vocabulary import Cause, RelationshipKind

FIRST_SESSIONS = 3
_SUGGESTED = 6
_LONGEST = 160


@dataclass(frozen=True)
class SuggestedNeed:
    """Something the journal tells of: a need the person once wrote, what made a repair work, or what hurt."""

    source_id: UUID
    kind: Literal["need", "worked", "hurt"]
    words: str
    cause: Cause | None = None


def wishes(journal: Journal) -> list[Fit]:
    """The lists of what the person looks for in a therapist: one, or one of each computer on which it was begun."""
    return [fit for fit in journal.all(Fit) if fit.relationship_id is None]


def needs_of(journal: Journal) -> tuple[Need, ...]:
    """What the person looks for in a therapist, as one list: each words once."""
    found: dict[str, Need] = {}
    for need in (need for fit in wishes(journal) for need in fit.needs):
        found.setdefault(need.words, need)
    return tuple(found.values())


def suggested_needs(journal: Journal) -> list[SuggestedNeed]:
    """The latest of the journal that is not on the list yet: never more than a few, each to be taken or left."""
    therapists = {r.id for r in journal.all(Relationship) if r.role is RelationshipKind.THERAPIST}
    ruptures = {r.id for r in journal.all(Rupture) if r.relationship_id in therapists}
    known = needs_of(journal)
    taken, told = {need.source_id for need in known}, {need.words for need in known}
    found = [
        *(
            SuggestedNeed(plan.id, "need", _short(plan.what_i_need))
            for plan in journal.all(TalkPlan)
            if plan.rupture_id in ruptures and plan.what_i_need.strip()
        ),
        *(
            SuggestedNeed(repair.id, "worked", _short(repair.what_made_it_work))
            for repair in journal.all(Repair)
            if repair.rupture_id in ruptures and repair.what_made_it_work.strip()
        ),
        *_hurts(journal, therapists),
    ]
    new = {each.words or each.cause: each for each in found if each.source_id not in taken and each.words not in told}
    return list(new.values())[-_SUGGESTED:]


def _hurts(journal: Journal, therapists: set[UUID]) -> list[SuggestedNeed]:
    """Each cause of a heavy moment once."""
    heavy = [m for m in journal.all(Moment) if m.relationship_id in therapists and (m.reaction or 0) >= 6]
    by_cause = {moment.cause: moment for moment in heavy if moment.cause is not Cause.OTHER}
    return [SuggestedNeed(moment.id, "hurt", "", cause) for cause, moment in by_cause.items()]


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST].rsplit(' ', 1)[0]} …"


@dataclass(frozen=True)
class Compared:
    """One candidate against the needs: points reached of points possible, and how many needs were not judged yet.

    A need counts by its weight (1-3), and met partly counts half. What must not be there counts as met where it is
    absent.
    """

    candidate: Candidate
    reached: float
    possible: int
    open: int


def compared(candidates: list[Candidate], needs: tuple[Need, ...]) -> list[Compared]:
    """Every candidate, the one that meets most of what was judged first."""
    found = []
    for candidate in candidates:
        judged = [need for need in needs if need.words in candidate.meets]
        reached = sum(need.weight * candidate.meets[need.words] / 2 for need in judged)
        possible = sum(need.weight for need in judged)
        found.append(Compared(candidate, reached, possible, len(needs) - len(judged)))
    return sorted(found, key=lambda each: -(each.reached / each.possible if each.possible else 0))


@dataclass(frozen=True)
class FirstSessions:
    """That a look back is due after one of the first three sessions with a new therapist."""

    candidate: Candidate
    number: int
    session: Session


def first_sessions_with(journal: Journal, candidate: Candidate) -> list[Session]:
    """The first sessions with somebody who was chosen, in their order."""
    who = journal.find(Relationship, candidate.relationship_id) if candidate.relationship_id else None
    return journal.sessions(who)[:FIRST_SESSIONS] if who else []


def look_back_due(journal: Journal) -> FirstSessions | None:
    """The session to look back at, if the current therapist was chosen here and it is one of the first three."""
    therapist = journal.therapist
    if therapist is None:
        return None
    chosen = next((c for c in journal.all(Candidate) if c.relationship_id == therapist.id), None)
    sessions = journal.sessions(therapist)
    if chosen is None or not 1 <= len(sessions) <= FIRST_SESSIONS:
        return None
    if any(back.session == len(sessions) for back in chosen.look_backs):
        return None
    return FirstSessions(chosen, len(sessions), sessions[-1])
