"""What can be brought to the next session, and whether it is today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Preferences, Rupture, TalkPlan
from reattune.reflection.crossed_boundaries import crossings
from reattune.reflection.open_ruptures import NextStep, open_ruptures
from reattune.reflection.unsaid import UnsaidThing, unsaid_things

_LATELY = 3


@dataclass(frozen=True)
class ToBring:
    """A card that is ready, or else something left unsaid."""

    rupture: Rupture | None
    plan: TalkPlan | None
    thing: UnsaidThing | None

    @property
    def id(self) -> UUID:
        """What it is chosen by."""
        if self.plan:
            return self.plan.id
        assert self.thing is not None  # noqa: S101  one of the two is there
        return self.thing.source_id


def to_bring(journal: Journal, now: datetime) -> list[ToBring]:
    """With the current therapist: cards that are ready, then what is left unsaid, the heaviest first.

    What belongs to something with a card is on that card. Where a boundary was crossed, nothing is.
    """
    therapist = journal.therapist
    if therapist is None or therapist.id in crossings(journal):
        return []
    mine = [each for each in open_ruptures(journal) if each.who.id == therapist.id]
    cards = [each for each in mine if each.step is NextStep.BRING_IT and each.plan]
    carded = {each.rupture.id for each in cards}
    things = [each for each in unsaid_things(journal, now) if not (each.rupture and each.rupture.id in carded)]
    return [
        *(ToBring(each.rupture, each.plan, None) for each in cards),
        *(ToBring(each.rupture, None, each) for each in things),
    ]


def bring_kept(journal: Journal) -> tuple[UUID, ...] | None:
    """What was chosen to bring, until there is a session since; ``None`` where nothing was."""
    preferences, therapist = journal.preferences, journal.therapist
    if preferences is None or preferences.bring_chosen is None or therapist is None:
        return None
    chosen = preferences.bring_chosen
    met_since = any(session.created > chosen for session in journal.sessions(therapist))
    return None if met_since else preferences.bring


def agreed_last_time(journal: Journal) -> Attempt | None:
    """The latest thing agreed on with the current therapist, whether it happened or not."""
    therapist = journal.therapist
    if therapist is None or therapist.id in crossings(journal):
        return None
    talks = [
        talk
        for talk in journal.whole(Attempt)
        if talk.agreed.strip() and journal.get(Rupture, talk.rupture_id).relationship_id == therapist.id
    ]
    return max(talks, key=lambda talk: talk.at, default=None)


def meets_on(day: date, preferences: Preferences, last: date | None) -> bool:
    """Whether a day is one of the weekdays that were given; where they skip weeks, counted from the last session."""
    if day.weekday() not in preferences.session_weekdays:
        return False
    weeks_since = (_monday(day) - _monday(last)).days // 7 if last else 0
    return weeks_since % every_weeks(preferences) == 0


def every_weeks(preferences: Preferences) -> int:
    """How many weeks lie between sessions, rounded to whole ones; 1 where they meet more often or nobody said."""
    return max(1, round(preferences.weeks_between or 1))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def session_today(journal: Journal, now: datetime) -> bool:
    """Whether they probably meet today: by the weekdays that were given, else by the last session and how often.

    Once there is a session of today, it is over.
    """
    therapist, preferences = journal.therapist, journal.preferences
    if therapist is None or preferences is None:
        return False
    last = max((session.local_day(session.at) for session in journal.sessions(therapist)), default=None)
    today = preferences.local_day(now)
    if last == today:
        return False
    every = preferences.weeks_between
    if preferences.session_weekdays:
        return meets_on(today, preferences, last)
    if not last or not every or last >= today:
        return False
    days = max(1, round(7 * every))
    # After several usual intervals without one, nothing is known of today.
    return (today - last).days % days == 0 and (today - last).days <= _LATELY * days
