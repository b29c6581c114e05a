"""The thread of one rupture: everything that happened to it, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reattune.journal import Journal
from reattune.journal.document import Document
from reattune.journal.documents import Attempt, Moment, Repair, Rupture, TalkPlan
from reattune.journal.words import RuptureState


@dataclass(frozen=True)
class Entry:
    """One thing on the thread: a document, or a state that was reached without one, perhaps not for the first time."""

    at: datetime
    document: Document | None = None
    state: RuptureState | None = None
    again: bool = False

    @property
    def kind(self) -> str:
        """What a template asks: ``moment``, ``talk_plan``, ``attempt``, ``repair`` or ``state``."""
        return self.document.kind if self.document else "state"


def thread(journal: Journal, rupture: Rupture) -> list[Entry]:
    """Earliest first. States that a plan or a talk brought about are told by it."""
    moments = (journal.find(Moment, moment_id) for moment_id in rupture.moment_ids)
    entries = [Entry(moment.at, moment) for moment in moments if moment]
    plans: list[TalkPlan] = journal.plans(rupture)
    attempts: list[Attempt] = journal.attempts(rupture)
    repairs: list[Repair] = journal.repairs(rupture)
    entries += [Entry(plan.created, plan) for plan in plans]
    entries += [Entry(attempt.at, attempt) for attempt in attempts]
    entries += [Entry(repair.at, repair) for repair in repairs]
    entries += [
        Entry(step.at, state=step.state, again=place > 0)
        for place, step in enumerate(rupture.transitions)
        if step.because is None
    ]
    return sorted(entries, key=lambda entry: entry.at)
