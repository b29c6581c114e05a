"""What carries over: trying it with others, counted honestly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Practice, Relationship, Rupture
from reattune.journal.vocabulary import Outcome, RelationshipKind, Tried, Went
from reattune.reflection.crossed_boundaries import crossings
from reattune.reflection.what_worked import LEAST, interval


@dataclass(frozen=True)
class Carried:
    """One thing that was tried elsewhere.

    Attributes:
        tried: the small skill, or ``None`` for whole talks about something that went wrong.
        well: how often it went well (a talk: was heard), of ``times`` whose outcome is known.
        low, high: 95 % interval of the share, 0-1; ``None`` under three times.
    """

    tried: Tried | None
    well: int
    times: int
    low: float | None
    high: float | None


def carried_over(journal: Journal) -> list[Carried]:
    """Each small skill that was tried, most often first; then whole talks with people who are no therapist."""
    tried: dict[Tried | None, list[bool]] = {}
    for practice in journal.all(Practice):
        if practice.went is not None:
            tried.setdefault(practice.tried, []).append(practice.went is Went.WELL)
    talks = [talk.outcome is not Outcome.UNHEARD for talk in talks_elsewhere(journal) if talk.outcome is not None]
    found = sorted((_carried(name, well) for name, well in tried.items()), key=lambda each: (-each.times, each.tried))
    return [*found, *([_carried(None, talks)] if talks else [])]


def _carried(tried: Tried | None, well: list[bool]) -> Carried:
    low, high = interval(sum(well), len(well)) if len(well) >= LEAST else (None, None)
    return Carried(tried, sum(well), len(well), low, high)


def talks_elsewhere(journal: Journal) -> list[Attempt]:
    """Talks about a rupture with anyone who is no therapist."""
    return [
        talk
        for talk in journal.whole(Attempt)
        if journal.get(Relationship, journal.get(Rupture, talk.rupture_id).relationship_id).role
        is not RelationshipKind.THERAPIST
    ]


def to_note(journal: Journal, now: datetime, held: Collection[UUID] = ()) -> list[Practice]:
    """What was planned, whose day has come, and of which nothing was noted yet; earliest first.

    Nothing with one who crossed a line, nor with those who are ``held`` until words about them were answered.
    """
    never = {*crossings(journal), *held}
    planned = [p for p in journal.whole(Practice) if p.done is None and p.relationship_id not in never]
    due = [p for p in planned if p.planned_for and p.planned_for <= now]
    return sorted(due, key=lambda practice: (practice.planned_for or now, practice.id))
