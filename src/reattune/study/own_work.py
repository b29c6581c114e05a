"""A therapist's own work in numbers, over all clients with enough ratings: found and timed by the study's engine.

Nobody is compared with anybody. Below what can carry a number, there is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from reattune.alliance.array_types import Integers
from reattune.alliance.detectors.bayes import BayesOptions, detect
from reattune.alliance.detectors.event import Event
from reattune.alliance.measure import PERCENT
from reattune.alliance.ratings import Ratings
from reattune.journal import Journal
from reattune.journal.documents import Relationship, Rupture, Session
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.therapists_vocabulary import TherapistDid
from reattune.reflection.bond_line import BondLine, bond_line
from reattune.study.report.survival import kaplan_meier, median_time

# So many ratings make a client one of those that are counted, and so many ruptures carry a share.
LEAST_RATINGS, LEAST = 8, 10
_Z = 1.959963984540054
# A conversation belongs to a rupture that lies so few sessions before it, by the engine's placing.
_AROUND = 2


@dataclass(frozen=True)
class Share:
    """``count`` of ``of``, and where 95 in 100 such intervals hold the share behind it (0-1); ``None`` where ``of`` is
    too small to say anything."""

    count: int
    of: int
    low: float | None = None
    high: float | None = None

    @classmethod
    def out_of(cls, count: int, of: int) -> Share:
        """The share with its interval, where there are enough."""
        return cls(count, of, *share_interval(count, of)) if of >= LEAST else cls(count, of)

    @property
    def enough(self) -> bool:
        """Whether it can carry a number."""
        return self.low is not None


@dataclass(frozen=True)
class HowLong:
    """Sessions until half of the ruptures were over, with its interval; ``None`` where too few were, or too few ever.

    ``low`` and ``high`` are ``None`` where the curve does not reach that far.
    """

    of: int
    median: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Before:
    """One thing a therapist did while a rupture was open: in how many of those that mended and those that didn't."""

    did: TherapistDid
    mended: Share
    not_mended: Share


@dataclass(frozen=True)
class OwnWork:
    """What the ratings and notes of all clients show.

    Attributes:
        clients, too_few: how many have enough ratings to be counted, and how many have not.
        seen: how many ruptures the engine sees in their ratings.
        raised: how many of those were brought up; ``mended`` how many are over by the ratings.
        how_long: how many sessions it took.
        before: what was done while they were open, for what was noted in at least one of them.
    """

    clients: int
    too_few: int
    seen: int
    raised: Share
    mended: Share
    how_long: HowLong
    before: tuple[Before, ...]


@dataclass(frozen=True)
class _Seen:
    mended: bool
    raised: bool
    lasted: int
    did: frozenset[TherapistDid]


def own_work(journal: Journal, instruments: Mapping[str, InstrumentDefinition]) -> OwnWork:
    """Ruptures seen, brought up and mended, how long it took, and what was done before.

    Clients of the past count too: what became of them is known best.
    """
    lines = [(client, bond_line(journal, client, instruments)) for client in journal.clients]
    counted = [(client, line) for client, line in lines if len(line.points) >= LEAST_RATINGS]
    seen = _seen(journal, counted) if counted else []
    mended = [each for each in seen if each.mended]
    others = [each for each in seen if not each.mended]
    before = [
        Before(did, _with(did, mended), _with(did, others))
        for did in TherapistDid
        if any(did in each.did for each in seen)
    ]
    return OwnWork(
        len(counted),
        len(lines) - len(counted),
        len(seen),
        Share.out_of(sum(each.raised for each in seen), len(seen)),
        Share.out_of(len(mended), len(seen)),
        _how_long(seen),
        tuple(before),
    )


def share_interval(count: int, of: int) -> tuple[float, float]:
    """Where 95 in 100 such intervals hold the share, 0-1.

    Source: Wilson 1927, 10.1080/01621459.1927.10502953.
    """
    share, more = count / of, _Z * _Z / of
    middle = (share + more / 2) / (1 + more)
    away = _Z * math.sqrt(share * (1 - share) / of + more / (4 * of)) / (1 + more)
    low, high = (0.0 if not count else middle - away), (1.0 if count == of else middle + away)
    return low, high


def _with(did: TherapistDid, seen: Sequence[_Seen]) -> Share:
    return Share.out_of(sum(did in each.did for each in seen), len(seen))


def _seen(journal: Journal, counted: Sequence[tuple[Relationship, BondLine]]) -> list[_Seen]:
    longest = max(line.points[-1].number for _client, line in counted)
    scores = np.full((len(counted), longest), np.nan)
    for row, (_client, line) in enumerate(counted):
        for point in line.points:
            scores[row, point.number - 1] = point.score
    names = [str(client.id) for client, _line in counted]
    found = detect(Ratings(names, scores, np.ones(len(counted), dtype=np.int64), PERCENT), BayesOptions())
    of = {str(client.id): (client, line) for client, line in counted}
    return [_one(journal, *of[event.client], event) for event in found if event.kind == "loss"]


def _one(journal: Journal, client: Relationship, line: BondLine, event: Event) -> _Seen:
    sessions = journal.sessions(client)
    last = event.end if event.end is not None else line.points[-1].number
    did: set[TherapistDid] = set()
    for session in sessions[event.onset - 1 : last]:
        noted = journal.observation_of(session)
        did.update(noted.did if noted else ())
    first_day = _day(sessions[event.onset - 1])
    end = min(last + _AROUND, len(sessions)) if event.end is not None else len(sessions)
    last_day = _day(sessions[end - 1]) if event.end is not None else date.max
    talks = (
        talk.local_day(talk.at)
        for rupture in journal.all(Rupture)
        if rupture.relationship_id == client.id
        for talk in journal.attempts(rupture)
    )
    raised = any(first_day <= day <= last_day for day in talks)
    return _Seen(event.state == "repaired", raised, last - event.onset + 1, frozenset(did))


def _day(session: Session) -> date:
    return session.local_day(session.at)


def _how_long(seen: Sequence[_Seen]) -> HowLong:
    if len(seen) < LEAST:
        return HowLong(len(seen))
    longest = max(each.lasted for each in seen)
    happened, ended = np.zeros(longest + 1, dtype=np.int64), np.zeros(longest + 1, dtype=np.int64)
    for each in seen:
        (happened if each.mended else ended)[each.lasted] += 1
    curve = kaplan_meier(happened, ended)
    low, high = _limits(curve, happened, ended)
    return HowLong(len(seen), median_time(curve), median_time(low), median_time(high))


def _limits(curve: np.ndarray, happened: Integers, ended: Integers) -> tuple[np.ndarray, np.ndarray]:
    """Where the curve would lie, 95 in 100 times; on the scale of log(-log), so that it stays between 0 and 1.

    Source: Greenwood 1926 for the variance; Brookmeyer & Crowley 1982, 10.2307/2530286, for the median's interval.
    """
    at_risk = (happened + ended)[::-1].cumsum()[::-1].astype(float)
    left = np.maximum(at_risk - happened, 1e-12)
    spread = np.sqrt(np.cumsum(np.divide(happened, at_risk * left, out=np.zeros(len(curve)), where=at_risk > 0)))
    inside = (curve > 0) & (curve < 1)
    low, high = curve.copy(), curve.copy()
    log = np.log(curve[inside])
    away = np.exp(_Z * spread[inside] / np.abs(log))
    low[inside], high[inside] = curve[inside] ** away, curve[inside] ** (1 / away)
    return low, high
