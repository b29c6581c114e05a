"""What the person holds back from the current therapist, and what it does when it gathers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from reattune.alliance.instruments import total_score
from reattune.journal import Journal
from reattune.journal.documents import (
    Attempt,
    Belief,
    CheckIn,
    Moment,
    Relationship,
    Rupture,
    Session,
    Suggestion,
    Unsaid,
)
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.vocabulary import Cause, NoticedBy, RuptureState, UnsaidStatus
from reattune.reflection.crossed_boundaries import crosses

# So many things, so many days or so much weight in all is a gathering.
MANY, OLD, HEAVY = 4, 42, 15
# An urge to leave that makes a calm check-in worth a question.
_URGE = 4
# One that is no calm at all.
_STRONG_URGE = 7
# From such a score (0-100) on, ratings are called high.
_HIGH = 60
ALIKE = 3
_SESSIONS_OF_PEACE = 5


@dataclass(frozen=True)
class UnsaidThing:
    """Something held back, with its age in days and its weight (0-10, ``None`` where nobody said).

    ``since`` is by the clocks of where it was. ``rupture`` is the open one it belongs to already, if one does.
    """

    source_id: UUID
    kind: Literal["moment", "check_in", "belief", "unsaid"]
    words: str
    cause: Cause | None
    since: datetime
    days: int
    weight: int | None
    rupture: Rupture | None = None

    @property
    def day(self) -> date:
        """The day since which it is held back, where that was: ``since`` is no time in UTC."""
        there = self.since
        return there.date()


@dataclass(frozen=True)
class Gathering:
    """That unsaid things have become many, old or heavy."""

    count: int
    oldest: int


class Calm(StrEnum):
    """In what way the latest check-ins are calmer than calm."""

    SAME = "same"
    FLAT = "flat"


@dataclass(frozen=True)
class CalmSign:
    """Check-ins that look like holding back: how, and beside what."""

    how: Calm
    session_id: UUID
    urge: int | None


def unsaid_things(journal: Journal, now: datetime, who: Relationship | None = None) -> list[UnsaidThing]:
    """What is held back from ``who``, or else the current therapist: heaviest first, then oldest.

    Moments that were not raised, beliefs about the therapist that were not, words left in check-ins, and things
    noted by themselves. What a talk has raised, or the person let go, is left out.
    """
    therapist = who or journal.therapist
    if therapist is None:
        return []
    settled = _settled(journal)
    held = [thing for thing in _everything(journal, therapist, now) if thing.source_id not in settled]
    return sorted(held, key=lambda thing: (-(thing.weight or 0), thing.since.timestamp()))


def settled_things(
    journal: Journal, now: datetime, status: UnsaidStatus, who: Relationship | None = None
) -> list[UnsaidThing]:
    """What the person let go by choice, or said without a talk noted here; the latest first. Each can be taken back."""
    therapist = who or journal.therapist
    if therapist is None:
        return []
    since = {
        each.source_id or each.id: each.status_since or each.updated
        for each in journal.all(Unsaid)
        if _status(journal, each) is status
    }
    things = [thing for thing in _everything(journal, therapist, now, said=True) if thing.source_id in since]
    return sorted(things, key=lambda thing: since[thing.source_id], reverse=True)


def unsaid_thing(journal: Journal, source_id: UUID, now: datetime) -> UnsaidThing | None:
    """The one thing with this source, held, said or let go, or ``None``."""
    settled = (settled_things(journal, now, status) for status in (UnsaidStatus.LET_GO, UnsaidStatus.SAID))
    found = [*unsaid_things(journal, now), *(thing for things in settled for thing in things)]
    return next((thing for thing in found if thing.source_id == source_id), None)


def left_before(journal: Journal, talk: Attempt, now: datetime) -> list[UnsaidThing]:
    """What was held back from the current therapist on the day of a talk with them, and belongs to nothing else yet.

    A talk about one thing often says another too; the person alone knows.
    """
    therapist = journal.therapist
    if therapist is None or journal.get(Rupture, talk.rupture_id).relationship_id != therapist.id:
        return []
    day = talk.local_day(talk.at)
    things = unsaid_things(journal, now, therapist)
    return [thing for thing in things if thing.rupture is None and thing.day <= day]


def held_words(journal: Journal, source_id: UUID) -> tuple[datetime, str] | None:
    """Since when, and in which words, something other than a moment was held back; ``None`` if it is not here."""
    check_in = journal.find(CheckIn, source_id)
    if check_in:
        session = journal.find(Session, check_in.session_id)
        at = session.local(session.at) if session else check_in.local(check_in.created)
        return at, check_in.unsaid_words
    belief = journal.find(Belief, source_id)
    if belief:
        return belief.local(belief.since or belief.created), belief.words
    noted = journal.find(Unsaid, source_id)
    return (noted.local(noted.since), noted.words) if noted else None


def gathering(things: list[UnsaidThing]) -> Gathering | None:
    """Whether unsaid things have gathered or aged enough for a gentle word."""
    if not things:
        return None
    oldest = max(thing.days for thing in things)
    heavy = sum(thing.weight or 0 for thing in things) >= HEAVY
    return Gathering(len(things), oldest) if len(things) >= MANY or oldest >= OLD or heavy else None


def calm_sign(
    journal: Journal, things: list[UnsaidThing], instruments: Mapping[str, InstrumentDefinition]
) -> CalmSign | None:
    """Whether the latest check-ins are unusually alike or flat beside something unsaid or an urge to leave.

    Only where the ratings are high and the urge to leave is not: low ones say plainly that something is wrong. People
    who withdraw often look fine. After a no there is peace for some sessions.
    """
    therapist = journal.therapist
    if therapist is None:
        return None
    rows = journal.check_ins(therapist)
    if (
        len(rows) < ALIKE
        or not is_high(rows[-1][1], instruments)
        or _was_denied(journal, therapist, [session.id for session, _check_in in rows])
    ):
        return None
    latest = [check_in for _session, check_in in rows]
    urge = latest[-1].urge_to_leave
    if (not things and (urge or 0) < _URGE) or (urge or 0) >= _STRONG_URGE:
        return None
    how = how_calm(latest)
    return CalmSign(how, rows[-1][0].id, urge) if how else None


def is_high(latest: CheckIn, instruments: Mapping[str, InstrumentDefinition]) -> bool:
    """Whether the ratings of a check-in are high, by the direction of their questionnaire."""
    definition = instruments.get(latest.instrument)
    total = total_score(definition, latest.answers) if definition else None
    if definition is None or total is None:
        return False
    return (total if definition.higher_is_better else 100 - total) >= _HIGH


def how_calm(check_ins: list[CheckIn]) -> Calm | None:
    """In what way the latest check-ins are too even, if they are: one like the other, or each all of one number."""
    last = check_ins[-ALIKE:]
    answers = [check_in.answers for check_in in last]
    if all(len(set(each.values())) == 1 and len(each) > 1 for each in answers):
        return Calm.FLAT
    if all(each == answers[0] and len(each) > 1 for each in answers):
        return Calm.SAME
    return None


def _was_denied(journal: Journal, therapist: Relationship, sessions: list[UUID]) -> bool:
    peaceful = set(sessions[-_SESSIONS_OF_PEACE:])
    return any(
        answer.source is NoticedBy.CALM and answer.relationship_id == therapist.id and peaceful & set(answer.source_ids)
        for answer in journal.all(Suggestion)
    )


def _status(journal: Journal, unsaid: Unsaid) -> UnsaidStatus:
    """Its status; of a moment or a belief the document itself says whether it was said."""
    of = journal.find(Moment, unsaid.source_id) or journal.find(Belief, unsaid.source_id)
    return UnsaidStatus.HELD if of and of.said is None and unsaid.status is UnsaidStatus.SAID else unsaid.status


def _settled(journal: Journal) -> set[UUID]:
    settled = {
        each.source_id or each.id for each in journal.all(Unsaid) if _status(journal, each) is not UnsaidStatus.HELD
    }
    for rupture in journal.all(Rupture):
        raised = bool(journal.attempts(rupture))
        if raised or rupture.state in (RuptureState.LET_GO, RuptureState.ENDED):
            settled.update(rupture.moment_ids, rupture.unsaid_ids)
    return settled


def _everything(journal: Journal, therapist: Relationship, now: datetime, *, said: bool = False) -> list[UnsaidThing]:
    of = {source: rupture for rupture in journal.all(Rupture) for source in (*rupture.moment_ids, *rupture.unsaid_ids)}

    def thing(source: UUID, kind: Literal["moment", "check_in", "belief", "unsaid"], words: str, since: datetime,
              weight: int | None, cause: Cause | None = None) -> UnsaidThing:  # fmt: skip
        return UnsaidThing(source, kind, words, cause, since, max(0, (now - since).days), weight, of.get(source))

    return [
        *(
            thing(m.id, "moment", m.what, m.local(m.at), m.reaction, m.cause)
            for m in journal.moments(therapist)
            if (said or m.said is None) and not crosses(m)
        ),
        *(thing(c.id, "check_in", c.unsaid_words, at, None) for at, c in _check_in_words(journal, therapist)),
        *(
            thing(b.id, "belief", b.words, b.local(b.since or b.created), None)
            for b in journal.all(Belief)
            if b.about_relationship_id == therapist.id and (said or b.said is None)
        ),
        *(
            thing(u.id, "unsaid", u.words, u.local(u.since), u.weight)
            for u in journal.all(Unsaid)
            if u.relationship_id == therapist.id and u.source_id is None
        ),
    ]


def _check_in_words(journal: Journal, therapist: Relationship) -> list[tuple[datetime, CheckIn]]:
    # A moment of the same session says the same thing more fully.
    told = {moment.session_id for moment in journal.moments(therapist)}
    return [
        (session.local(session.at), check_in)
        for session, check_in in journal.check_ins(therapist)
        if check_in.unsaid_words and session.id not in told
    ]
