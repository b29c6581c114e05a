"""The bond line: check-ins over time, the person's usual range, and what stands out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import numpy as np

from reattune.alliance.detectors.control_chart import ControlChartOptions, chart, signals
from reattune.alliance.instruments import score
from reattune.journal import Journal
from reattune.journal.bond import CheckIn, InstrumentDefinition, Session
from reattune.journal.documents import Relationship
from reattune.journal.words import BondPattern

# Limits as they would have been known then. The published median within-person spread (4.5 on 0-100) counts as
# four sessions of one's own, so that a few very even weeks do not make an alarm of a ripple.
APP_CHART = ControlChartOptions(known_then=True, minimum=5, run=7, prior_sigma=4.5, prior_weight=4)


class Standing(StrEnum):
    """How the latest check-in lies to what is usual."""

    NOTHING = "nothing"
    TOO_EARLY = "too_early"
    USUAL = "usual"
    LOWER = "lower"
    BELOW = "below"
    EROSION = "erosion"
    ABOVE = "above"


@dataclass(frozen=True)
class Point:
    """One session on the bond line.

    ``score``, ``low`` and ``high`` are 0-100; ``low`` to ``high`` is what was usual before this session, ``None``
    while there was too little. ``sigma`` is the spread it was judged by, NaN then. ``sign`` is -1 where the chart
    signals a drop here, 1 a rise, else 0.
    """

    session_id: UUID
    check_in_id: UUID
    number: int
    at: datetime
    score: float
    low: float | None
    high: float | None
    center: float | None
    sigma: float
    sign: int


@dataclass(frozen=True)
class Reading:
    """The latest check-in in numbers that a sentence can be made of.

    Attributes:
        earlier: how many check-ins the usual range rests on.
        one_in: about how many sessions in a quiet bond would show one this far off by chance, or ``None``.
        pattern: how it looks, where something stands out.
        since: number of the first session that stood out.
    """

    standing: Standing
    score: float | None = None
    low: float | None = None
    high: float | None = None
    earlier: int = 0
    one_in: int | None = None
    pattern: BondPattern | None = None
    since: int | None = None

    @property
    def dropped(self) -> bool:
        """Whether it asks for a look."""
        return self.standing in (Standing.BELOW, Standing.EROSION)


@dataclass(frozen=True)
class BondLine:
    """All rated sessions with one therapist, earliest first, and the reading of the last."""

    points: tuple[Point, ...]
    reading: Reading

    @property
    def last(self) -> Point | None:
        """The latest rated session."""
        return self.points[-1] if self.points else None

    def until(self, check_in_id: UUID) -> BondLine:
        """The line as it was known when that check-in was the last one."""
        last = next((i for i, point in enumerate(self.points) if point.check_in_id == check_in_id), None)
        if last is None:
            return BondLine((), Reading(Standing.NOTHING))
        points = self.points[: last + 1]
        return BondLine(points, _reading(points))


def bond_line(
    journal: Journal, therapist: Relationship | None, instruments: Mapping[str, InstrumentDefinition]
) -> BondLine:
    """The bond line with one therapist.

    Args:
        instruments: by name as check-ins keep it (``key/version``). A check-in of an instrument that is not among
            them, or with too many items missing, is left out.
    """
    rated = _rated(journal, therapist, instruments)
    if not rated:
        return BondLine((), Reading(Standing.NOTHING))
    scores = np.array([[each[3] for each in rated]])
    limits = chart(scores, APP_CHART)
    sides = signals(scores, limits, APP_CHART)[0]
    center, sigma = limits.center[0], limits.sigma[0]
    points = tuple(
        Point(
            session_id=session.id,
            check_in_id=check_in.id,
            number=number,
            at=session.at,
            score=value,
            low=_bounded(center[i] - 2 * sigma[i]),
            high=_bounded(center[i] + 2 * sigma[i]),
            center=_bounded(center[i]),
            sigma=float(sigma[i]),
            sign=int(sides[i]),
        )
        for i, (number, session, check_in, value) in enumerate(rated)
    )
    return BondLine(points, _reading(points))


def _rated(
    journal: Journal, therapist: Relationship | None, instruments: Mapping[str, InstrumentDefinition]
) -> list[tuple[int, Session, CheckIn, float]]:
    if therapist is None:
        return []
    numbers = {session.id: number for number, session in enumerate(journal.sessions(therapist), start=1)}
    rated = []
    for session, check_in in journal.check_ins(therapist):
        definition = instruments.get(check_in.instrument)
        total = score(definition, check_in.answers).total if definition else None
        if definition and total is not None:
            rated.append((numbers[session.id], session, check_in, _upwards(total, definition)))
    return rated


def _upwards(total: float, definition: InstrumentDefinition) -> float:
    return total if definition.higher_is_better else 100 - total


def _bounded(value: float) -> float | None:
    return None if math.isnan(value) else float(min(100.0, max(0.0, value)))


def _reading(points: tuple[Point, ...]) -> Reading:
    last = points[-1]
    earlier = len(points) - 1
    if last.center is None or last.low is None or last.high is None:
        return Reading(Standing.TOO_EARLY, last.score, earlier=earlier)
    away = (last.score - last.center) / last.sigma if last.sigma > 0 else 0.0
    standing, start = _standing(points, away)
    return Reading(
        standing=standing,
        score=last.score,
        low=last.low,
        high=last.high,
        earlier=earlier,
        one_in=_one_in(away, earlier) if abs(away) > 2 else None,
        pattern=_pattern(points, start) if start is not None else None,
        since=points[start].number if start is not None else None,
    )


def _standing(points: tuple[Point, ...], away: float) -> tuple[Standing, int | None]:
    """How the last point stands, and the index of the first that stood out below without a break."""
    last = points[-1]
    if last.sign < 0:
        start = len(points) - 1
        while start > 0 and points[start - 1].sign < 0:
            start -= 1
        return (Standing.BELOW if away < -2 else Standing.EROSION), start
    if last.sign > 0:
        return Standing.ABOVE, None
    return (Standing.LOWER if away < -1.5 else Standing.USUAL), None


def _pattern(points: tuple[Point, ...], start: int) -> BondPattern:
    """A strike falls most of its way in one step; a trickle comes down in several."""
    center = points[start].center
    lowest = min(range(start, len(points)), key=lambda i: points[i].score)
    steps = [points[i - 1].score - points[i].score for i in range(max(1, start - 3), lowest + 1)]
    if center is None or not steps:
        return BondPattern.LIGHTNING
    return BondPattern.LIGHTNING if max(steps) >= 0.6 * (center - points[lowest].score) else BondPattern.TRICKLE


def _one_in(away: float, earlier: int) -> int:
    """How rare a score ``away`` sigma off is in a quiet bond: about once in so many sessions, 300 at most.

    A new score against a centre and a spread that were themselves estimated from ``earlier`` scores (and the
    prior): Student's t with that many degrees of freedom, one-sided, rounded to a figure that does not pretend.
    """
    freedom = earlier - 1 + APP_CHART.prior_weight
    t = abs(away) / math.sqrt(1 + 1 / max(earlier, 1))
    x = np.linspace(t, t + 60, 6001)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    chance = float(np.trapezoid(scale * (1 + x**2 / freedom) ** (-(freedom + 1) / 2), x))
    exact = min(300.0, 1 / max(chance, 1e-9))
    magnitude = 10 ** math.floor(math.log10(exact))
    return int(round(exact / magnitude) * magnitude)
