"""What is open now: ruptures with their next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Moment, Relationship, Repair, Rupture, TalkPlan
from reattune.journal.vocabulary import NOT_FOR_REPAIR, Cause, RuptureState
from reattune.reflection.crossed_boundaries import Crossing, crossings, for_repair, mild_only

SESSIONS_TO_HOLD = 2


class NextStep(StrEnum):
    """The one thing that can be done next about a rupture."""

    PREPARE = "prepare"
    FINISH_PLAN = "finish_plan"
    BRING_IT = "bring_it"
    SAY_HOW_IT_WENT = "say_how_it_went"
    TRY_AGAIN = "try_again"
    LOOK_BACK = "look_back"
    DID_IT_HOLD = "did_it_hold"
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


def next_step(journal: Journal, rupture: Rupture, known: Mapping[UUID, Crossing] | None = None) -> NextStep:
    """The next step of a rupture. One that is not the person's to mend never asks them to talk.

    Words or a conversation that the state speaks of and that are not here (they cannot be read, or were not in a file)
    are no step. ``known`` is what `crossings` says, where many are asked about.
    """
    if not for_repair(journal, rupture, known):
        return NextStep.NOT_YOURS if rupture.open else NextStep.NONE
    match rupture.state:
        case RuptureState.NOTICED:
            return NextStep.PREPARE
        case RuptureState.PREPARING:
            plan = current_plan(journal, rupture)
            if plan is None:
                return NextStep.PREPARE
            return NextStep.BRING_IT if plan.finished else NextStep.FINISH_PLAN
        case RuptureState.RAISED:
            return NextStep.SAY_HOW_IT_WENT
        case RuptureState.PARTLY | RuptureState.UNHEARD:
            return NextStep.TRY_AGAIN
        case RuptureState.REPAIRED if not journal.attempts(rupture):
            return NextStep.NONE
        case RuptureState.REPAIRED:
            repair = latest_repair(journal, rupture)
            if repair is None:
                return NextStep.LOOK_BACK
            return NextStep.DID_IT_HOLD if to_follow_up(journal, rupture, repair) else NextStep.NONE
        case _:
            return NextStep.NONE


def latest_repair(journal: Journal, rupture: Rupture) -> Repair | None:
    """What was said of the mending that holds now; one from before a reopening does not count."""
    attempts = journal.attempts(rupture)
    of_last = (repair for repair in journal.repairs(rupture) if attempts and repair.attempt_id == attempts[-1].id)
    return next(of_last, None)


def mended_alike(journal: Journal, moment: Moment) -> list[Rupture]:
    """What was mended with the same person before this moment and had the same cause: it may have come back."""
    return [
        rupture
        for rupture in reversed(journal.whole(Rupture))
        if rupture.state is RuptureState.REPAIRED
        and rupture.relationship_id == moment.relationship_id
        and moment.cause in causes_of(journal, rupture)
        and not moment.only_age
        and rupture.local_day(rupture.transitions[-1].at) <= moment.local_day(moment.at)
        and for_repair(journal, rupture)
    ]


def to_follow_up(journal: Journal, rupture: Rupture, repair: Repair) -> bool:
    """Whether it is time to ask if the change held: after `SESSIONS_TO_HOLD` further sessions with a therapist."""
    if repair.looked_back is not None or repair.held is not None:
        return False
    who = journal.get(Relationship, rupture.relationship_id)
    later = [each for each in journal.sessions(who) if each.local_day(each.at) > repair.local_day(repair.at)]
    return len(later) >= SESSIONS_TO_HOLD


def causes_of(journal: Journal, rupture: Rupture) -> list[Cause]:
    """What jarred: as it says itself, then by its moments, the heaviest first; each once, else ``other``."""
    moments = [m for m in (journal.find(Moment, moment_id) for moment_id in rupture.moment_ids) if m]
    heaviest = sorted(moments, key=lambda moment: (-(moment.reaction or 0), moment.in_order))
    # What is said of a grave line does not fit a mild one.
    causes = (
        Cause.OTHER if mild_only(moment) and moment.cause in NOT_FOR_REPAIR else moment.cause for moment in heaviest
    )
    return list(dict.fromkeys([*rupture.causes, *causes])) or [Cause.OTHER]


def next_session_day(journal: Journal, now: datetime) -> date | None:
    """The day the next session probably is, by the last one and how often they meet."""
    therapist, preferences = journal.therapist, journal.preferences
    sessions = journal.sessions(therapist) if therapist else []
    if not sessions or preferences is None or not preferences.weeks_between:
        return None
    last, every = sessions[-1], timedelta(weeks=preferences.weeks_between)
    day, today = last.local(last.at), preferences.local_day(now)
    while day.date() <= today:
        day += every
    return day.date()


def waiting_talk(journal: Journal, rupture: Rupture) -> Attempt | None:
    """The talk of which it was too early to say how it went, if that is where a rupture stands."""
    last = next(reversed(journal.attempts(rupture)), None)
    return last if last and rupture.state is RuptureState.RAISED and last.outcome is None else None


def current_plan(journal: Journal, rupture: Rupture) -> TalkPlan | None:
    """The plan for the talk that comes next, if one is begun."""
    expected = len(journal.attempts(rupture)) + 1
    return next((plan for plan in journal.plans(rupture) if plan.attempt == expected), None)


def open_ruptures(journal: Journal) -> list[OpenRupture]:
    """Open ruptures, and mended ones not looked back at yet; the latest change first."""
    found, known = [], crossings(journal)
    for rupture in journal.whole(Rupture):
        step = next_step(journal, rupture, known)
        if step is NextStep.NONE:
            continue
        who = journal.get(Relationship, rupture.relationship_id)
        if who.past_therapist:
            continue  # what is with a past therapist stays on their page, and asks for nothing any more
        plan = current_plan(journal, rupture)
        found.append(OpenRupture(rupture, who, step, plan, tuple(journal.attempts(rupture))))
    return sorted(found, key=lambda each: each.rupture.transitions[-1].at, reverse=True)
