"""Thinking of leaving: what was chosen, breaks that run, and when to ask how it turned out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import Attempt, CheckIn, Ending, Moment, Relationship, Rupture, Session
from reattune.journal.vocabulary import EndingKind
from reattune.reflection.open_ruptures import SESSIONS_TO_HOLD

# Where there are no sessions any more, so long stands for two of them.
_WITHOUT_SESSIONS = timedelta(days=21)


# So much on two check-ins in a row, and rising, is worth a word before it is high.
_RISING = 4


def rising_urge(journal: Journal, latest: CheckIn) -> bool:
    """Whether the urge to leave is well above nothing and has risen over the last two check-ins."""
    session = journal.get(Session, latest.session_id)
    who = journal.get(Relationship, session.relationship_id)
    urges = [kept.urge_to_leave for at, kept in journal.check_ins(who) if at.at <= session.at]
    if len(urges) < 2 or urges[-1] is None or urges[-2] is None:
        return False
    return urges[-2] >= _RISING and urges[-1] > urges[-2]


def kept_endings(journal: Journal, who: Relationship | None = None) -> list[Ending]:
    """What was chosen while thinking of leaving (of leaving ``who``, if named), latest first.

    What was only opened is not among it: nobody chose by looking.
    """
    return [
        each
        for each in reversed(journal.all(Ending))
        if not each.empty and (who is None or each.relationship_id == who.id)
    ]


def unfinished(journal: Journal, who: Relationship | None = None) -> list[Ending]:
    """What was begun while thinking of leaving (of leaving ``who``, if named) and can be gone on with, latest first.

    A look at others is no page of its own; a short way that became a card, a break that is over, and what was looked
    back at or put away, need nothing any more.
    """
    return [each for each in kept_endings(journal, who) if _goes_on(each)]


def _goes_on(ending: Ending) -> bool:
    forms = (EndingKind.LEAVE, EndingKind.SAFE, EndingKind.PAUSE, EndingKind.TALK)
    return ending.form in forms and not (ending.ended or ending.looked_back or ending.put_away)


def begun(journal: Journal, form: EndingKind, who: Relationship) -> Ending | None:
    """The one of this form that was begun with somebody and is not over: it is gone on with.

    One that was only opened is opened again, so that looking leaves one trace at most.
    """
    theirs = (each for each in reversed(journal.all(Ending)) if each.relationship_id == who.id and each.form is form)
    return next((each for each in theirs if _goes_on(each) or each.empty), None)


def running_break(journal: Journal) -> Ending | None:
    """The break with the current therapist that has not ended, if there is one."""
    therapist = journal.therapist
    endings = (e for e in reversed(journal.all(Ending)) if therapist and e.relationship_id == therapist.id)
    return next((e for e in endings if e.form is EndingKind.PAUSE and e.until and e.ended is None), None)


def to_look_back(journal: Journal, now: datetime) -> Ending | None:
    """The earliest choice to ask about: two sessions later, or three weeks where there are none. A break waits for
    its end."""
    for ending in journal.all(Ending):
        if ending.form is EndingKind.SAFE or ending.empty:
            continue  # getting out of something harmful is not asked about, nor is looking
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
    undated = sorted((moment for moment in moments if moment.only_age), key=lambda moment: moment.in_order)
    dated = [RecordEntry(moment.at, moment) for moment in moments if moment not in undated]
    dated += [RecordEntry(talk.at, talk) for talk in talks]
    return [RecordEntry(each.at, each) for each in undated] + sorted(dated, key=lambda entry: entry.at)
