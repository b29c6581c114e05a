"""What is open now: ruptures with their next step, and what is unsaid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Belief, CheckIn, Moment, Relationship, Rupture, TalkPlan, Unsaid
from reattune.journal.words import NOT_FOR_REPAIR, Cause, RuptureState, UnsaidStatus


class NextStep(StrEnum):
    """The one thing that can be done next about a rupture."""

    PREPARE = "prepare"
    FINISH_PLAN = "finish_plan"
    BRING_IT = "bring_it"
    SAY_HOW_IT_WENT = "say_how_it_went"
    TRY_AGAIN = "try_again"
    LOOK_BACK = "look_back"
    NOT_YOURS = "not_yours"
    NONE = "none"


@dataclass(frozen=True)
class OpenRupture:
    """A rupture that something is still to be done about."""

    rupture: Rupture
    who: Relationship
    step: NextStep
    plan: TalkPlan | None
    talks: tuple[Attempt, ...]

    @property
    def attempts(self) -> int:
        """How many talks there were."""
        return len(self.talks)

    @property
    def last_attempt(self) -> Attempt | None:
        """The latest talk."""
        return self.talks[-1] if self.talks else None


@dataclass(frozen=True)
class UnsaidThing:
    """Something held back, with its age in days and its weight (0-10, ``None`` where nobody said)."""

    source_id: UUID
    words: str
    cause: Cause | None
    since: datetime
    days: int
    weight: int | None
    moment: Moment | None


def next_step(journal: Journal, rupture: Rupture) -> NextStep:
    """The next step of a rupture. One that is not the person's to mend never asks them to talk."""
    if not for_repair(journal, rupture):
        return NextStep.NOT_YOURS if rupture.open else NextStep.NONE
    match rupture.state:
        case RuptureState.NOTICED:
            return NextStep.PREPARE
        case RuptureState.PREPARING:
            plan = current_plan(journal, rupture)
            return NextStep.BRING_IT if plan and plan.finished else NextStep.FINISH_PLAN
        case RuptureState.RAISED:
            return NextStep.SAY_HOW_IT_WENT
        case RuptureState.PARTLY | RuptureState.UNHEARD:
            return NextStep.TRY_AGAIN
        case RuptureState.REPAIRED:
            return NextStep.NONE if journal.repairs(rupture) else NextStep.LOOK_BACK
        case _:
            return NextStep.NONE


def for_repair(journal: Journal, rupture: Rupture) -> bool:
    """Whether a rupture is one that talking may mend; crossed boundaries are not."""
    moments = (journal.find(Moment, moment_id) for moment_id in rupture.moment_ids)
    return not any(moment and moment.cause in NOT_FOR_REPAIR for moment in moments)


def crossed_line(journal: Journal) -> Moment | None:
    """The latest moment with the current therapist that is not the person's to mend, if there is one.

    While there is, nothing may suggest a talk first.
    """
    therapist = journal.therapist
    if therapist is None:
        return None
    return next((m for m in reversed(journal.moments(therapist)) if m.cause in NOT_FOR_REPAIR), None)


def current_plan(journal: Journal, rupture: Rupture) -> TalkPlan | None:
    """The plan for the talk that comes next, if one is begun."""
    expected = len(journal.attempts(rupture)) + 1
    return next((plan for plan in journal.plans(rupture) if plan.attempt == expected), None)


def open_ruptures(journal: Journal) -> list[OpenRupture]:
    """Open ruptures, and mended ones not looked back at yet; the latest change first."""
    found = []
    for rupture in journal.all(Rupture):
        step = next_step(journal, rupture)
        if step is NextStep.NONE:
            continue
        who = journal.get(Relationship, rupture.relationship_id)
        plan = current_plan(journal, rupture)
        found.append(OpenRupture(rupture, who, step, plan, tuple(journal.attempts(rupture))))
    return sorted(found, key=lambda each: each.rupture.transitions[-1].at, reverse=True)


def unsaid_things(journal: Journal, now: datetime) -> list[UnsaidThing]:
    """What the person holds back from the current therapist: heaviest first, then oldest.

    Moments that were not raised, beliefs about the therapist that were not, words left in check-ins, and things
    noted by themselves. What a talk has raised, or the person let go, is left out.
    """
    therapist = journal.therapist
    if therapist is None:
        return []
    settled = _settled(journal)
    things = [
        *_moments(journal, therapist, now),
        *_check_in_words(journal, therapist, now),
        *_beliefs(journal, therapist, now),
        *_noted(journal, therapist, now),
    ]
    held = [thing for thing in things if thing.source_id not in settled]
    return sorted(held, key=lambda thing: (-(thing.weight or 0), thing.since))


def _settled(journal: Journal) -> set[UUID]:
    settled = {
        each.source_id for each in journal.all(Unsaid) if each.source_id and each.status is not UnsaidStatus.HELD
    }
    for rupture in journal.all(Rupture):
        raised = bool(journal.attempts(rupture))
        if raised or rupture.state in (RuptureState.LET_GO, RuptureState.ENDED):
            settled.update(rupture.moment_ids)
    return settled


def _thing(source_id: UUID, words: str, since: datetime, now: datetime, weight: int | None) -> UnsaidThing:
    return UnsaidThing(source_id, words, None, since, max(0, (now - since).days), weight, None)


def _moments(journal: Journal, therapist: Relationship, now: datetime) -> list[UnsaidThing]:
    return [
        UnsaidThing(m.id, m.what, m.cause, m.at, max(0, (now - m.at).days), m.reaction, m)
        for m in journal.moments(therapist)
        if m.said is None and m.cause not in NOT_FOR_REPAIR
    ]


def _check_in_words(journal: Journal, therapist: Relationship, now: datetime) -> list[UnsaidThing]:
    # A moment of the same session says the same thing more fully.
    told = {moment.session_id for moment in journal.moments(therapist)}
    rows: list[tuple[datetime, CheckIn]] = [
        (session.at, check_in)
        for session, check_in in journal.check_ins(therapist)
        if check_in.unsaid and check_in.unsaid_words and session.id not in told
    ]
    return [_thing(check_in.id, check_in.unsaid_words, at, now, None) for at, check_in in rows]


def _beliefs(journal: Journal, therapist: Relationship, now: datetime) -> list[UnsaidThing]:
    return [
        _thing(b.id, b.words, b.since or b.created, now, b.ratings[-1].truth // 10 if b.ratings else None)
        for b in journal.all(Belief)
        if b.about_relationship_id == therapist.id and b.said is None
    ]


def _noted(journal: Journal, therapist: Relationship, now: datetime) -> list[UnsaidThing]:
    return [
        _thing(u.id, u.words, u.since, now, u.weight)
        for u in journal.all(Unsaid)
        if u.relationship_id == therapist.id and u.source_id is None and u.status is UnsaidStatus.HELD
    ]
