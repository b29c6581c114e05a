"""Whether to ask if something went wrong: from the bond line, one big moment, or several small ones.

Every finding is a question, one at a time, and a no is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Moment, Relationship, Rupture, Session, Suggestion
from reattune.journal.vocabulary import Answered, BondPattern, NoticedBy, RuptureState
from reattune.reflection.bond_line import BondLine
from reattune.reflection.crossed_boundaries import crossed_line
from reattune.reflection.open_ruptures import OpenRupture, open_ruptures
from reattune.reflection.reaction_size import LARGE
from reattune.reflection.unsaid import unsaid_things

# Several small moments: so many in so many days, or fewer that weigh as much together.
SEVERAL, FEW, DAYS, WEIGHT = 4, 3, 70, 12
# A rupture that began so many days before a drop began is probably what the drop is about.
_SAME = timedelta(days=21)
# So many days before a drop began, something may have happened that began it.
_AROUND = timedelta(days=10)


@dataclass(frozen=True)
class Noticed:
    """Something to ask about.

    Attributes:
        source: what it was noticed by.
        source_ids: the latest session, or the moments, by which an answer is remembered.
        joinable: open ruptures that it may belong to.
        who: the therapist it is about.
    """

    source: NoticedBy
    source_ids: tuple[UUID, ...]
    pattern: BondPattern
    moments: tuple[Moment, ...]
    joinable: tuple[OpenRupture, ...]

    who: UUID

    @property
    def weight(self) -> int:
        """What the moments weigh together."""
        return sum(moment.reaction or 0 for moment in self.moments)


def noticing(journal: Journal, line: BondLine, now: datetime) -> Noticed | None:
    """The one thing to ask about now, if there is one. Beside a crossed boundary nothing is asked."""
    therapist = journal.therapist
    if therapist is None or crossed_line(journal):
        return None
    joinable = tuple(each for each in open_ruptures(journal) if each.who.id == therapist.id and each.rupture.open)
    answers = [each for each in journal.all(Suggestion) if each.relationship_id == therapist.id]
    free = _free_moments(journal, now)
    return (
        _by_bond(journal, line, therapist, joinable, answers)
        or _by_one(free, joinable, answers)
        or _by_several(free, joinable, answers, now)
    )


def _free_moments(journal: Journal, now: datetime) -> list[Moment]:
    """Unsaid moments with the therapist that belong to no rupture, oldest first. Memories of long ago are none."""
    things = [thing for thing in unsaid_things(journal, now) if thing.kind == "moment" and thing.rupture is None]
    moments = (journal.get(Moment, thing.source_id) for thing in things)
    return sorted((moment for moment in moments if not moment.only_age), key=lambda moment: moment.in_order)


def _by_bond(
    journal: Journal,
    line: BondLine,
    therapist: Relationship,
    joinable: tuple[OpenRupture, ...],
    answers: list[Suggestion],
) -> Noticed | None:
    reading, last = line.reading, line.last
    if not reading.dropped or reading.pattern is None or reading.since is None or last is None:
        return None
    began = next(point.at for point in line.points if point.number >= (reading.since or 0))
    if any(each.rupture.began >= began - _SAME for each in joinable):
        return None
    if any(
        _mended_since(rupture, began) for rupture in journal.all(Rupture) if rupture.relationship_id == therapist.id
    ):
        return None
    # The same drop was asked about, at a session since it began.
    known = [session.id for session in journal.sessions(therapist) if session.at >= began]
    if any(answer.source is NoticedBy.BOND and set(answer.source_ids) & set(known) for answer in answers):
        return None
    # What was written down since about then may be what it is.
    moments = tuple(
        moment
        for moment in journal.moments(therapist)
        if (moment.at >= began - _AROUND and not moment.only_age) or moment.session_id == last.session_id
    )
    return Noticed(NoticedBy.BOND, (last.session_id,), reading.pattern, moments, joinable, therapist.id)


def _mended_since(rupture: Rupture, began: datetime) -> bool:
    """Whether the drop is that of a rupture that is mended by now: the ratings may need a session to follow."""
    return rupture.state is RuptureState.REPAIRED and rupture.began >= began - _SAME


def _by_one(free: list[Moment], joinable: tuple[OpenRupture, ...], answers: list[Suggestion]) -> Noticed | None:
    asked = {source for answer in answers for source in answer.source_ids}
    big = next((m for m in reversed(free) if (m.reaction or 0) >= LARGE and m.id not in asked), None)
    who = big.relationship_id if big else None
    return Noticed(NoticedBy.MOMENT, (big.id,), BondPattern.LIGHTNING, (big,), joinable, who) if big and who else None


def _by_several(
    free: list[Moment], joinable: tuple[OpenRupture, ...], answers: list[Suggestion], now: datetime
) -> Noticed | None:
    recent = (moment for moment in free if now - moment.at <= timedelta(days=DAYS))
    # Nothing is called small that was not rated.
    lately = [moment for moment in recent if moment.reaction is not None and moment.reaction < LARGE]
    weight = sum(moment.reaction or 0 for moment in lately)
    if len(lately) < FEW or (len(lately) < SEVERAL and weight < WEIGHT):
        return None
    said_no = {s for a in answers if a.source is not NoticedBy.BOND and a.answer is Answered.NO for s in a.source_ids}
    # After a no it takes as many new ones again.
    if said_no & {moment.id for moment in lately} and sum(m.id not in said_no for m in lately) < FEW:
        return None
    ids = tuple(moment.id for moment in lately)
    return Noticed(NoticedBy.MOMENTS, ids, BondPattern.TRICKLE, tuple(lately), joinable, lately[0].relationship_id)


def latest_session(journal: Journal, noticed: Noticed) -> Session | None:
    """The session that a drop was noticed at."""
    return journal.find(Session, noticed.source_ids[0]) if noticed.source is NoticedBy.BOND else None
