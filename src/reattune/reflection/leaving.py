"""Thinking of leaving: what was chosen, breaks that run, and when to ask how it turned out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reattune.journal import Journal
from reattune.journal.document import Document
from reattune.journal.documents import Attempt, Ending, Moment, Relationship, Rupture
from reattune.journal.words import EndingKind
from reattune.reflection.today import SESSIONS_TO_HOLD

# Where there are no sessions any more, so long stands for two of them.
_WITHOUT_SESSIONS = timedelta(days=21)


def running_break(journal: Journal) -> Ending | None:
    """The break with the current therapist that has not ended, if there is one."""
    therapist = journal.therapist
    endings = (e for e in reversed(journal.all(Ending)) if therapist and e.relationship_id == therapist.id)
    return next((e for e in endings if e.form is EndingKind.PAUSE and e.until and e.ended is None), None)


def to_look_back(journal: Journal, now: datetime) -> Ending | None:
    """The earliest choice to ask about: two sessions later, or three weeks where there are none. A break waits for
    its end."""
    for ending in journal.all(Ending):
        if ending.looked_back is not None or (ending.form is EndingKind.PAUSE and ending.until and not ending.ended):
            continue
        who = journal.find(Relationship, ending.relationship_id)
        since = ending.ended or ending.created
        later = [session for session in journal.sessions(who) if session.at > since] if who else []
        if len(later) >= SESSIONS_TO_HOLD or (not later and now - since >= _WITHOUT_SESSIONS):
            return ending
    return None


@dataclass(frozen=True)
class RecordEntry:
    """One dated line of a record."""

    at: datetime
    document: Document


def record_of(journal: Journal, of: Moment | Rupture) -> list[RecordEntry]:
    """What happened and what was said about it, earliest first: a record that can be given away alone."""
    if isinstance(of, Moment):
        return [RecordEntry(of.at, of)]
    moments = [m for m in (journal.find(Moment, moment_id) for moment_id in of.moment_ids) if m]
    talks: list[Attempt] = journal.attempts(of)
    entries = [RecordEntry(moment.at, moment) for moment in moments] + [RecordEntry(talk.at, talk) for talk in talks]
    return sorted(entries, key=lambda entry: entry.at)
