"""How well alarms agree with the truth. All take client weights, so that a bootstrap sorts only once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.reflection.what_worked import interval


@dataclass(frozen=True)
class Ranked:
    """Judged sessions from the strongest alarm to the weakest; each (sessions,).

    Attributes:
        true: whether what is looked for was there.
        client: whose session it is.
        last: whether the next one has another value: ties are crossed at once.
    """

    true: Flags
    client: Integers
    last: Flags

    @classmethod
    def of(cls, true: Flags, alarm: Floats, client: Integers) -> Ranked:
        """Sort by ``alarm``; NaN is the weakest."""
        alarm = np.where(np.isnan(alarm), -np.inf, alarm)
        order = np.argsort(-alarm, kind="stable")
        alarm = alarm[order]
        return cls(true[order], client[order], np.append(alarm[1:] != alarm[:-1], True))

    def counts(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weighted true and false sessions at or above each distinct value."""
        own = weight[self.client]
        hits, misses = np.cumsum(own * self.true), np.cumsum(own * ~self.true)
        return hits[self.last], misses[self.last]


def average_precision(ranked: Ranked, weight: Floats) -> float:
    """Area under precision over recall, in steps: chance is the base rate, 1 is perfect."""
    hits, misses = ranked.counts(weight)
    if not hits[-1]:
        return float("nan")
    precision = hits / np.maximum(hits + misses, 1e-12)
    return float(np.sum(np.diff(hits, prepend=0.0) * precision) / hits[-1])


def roc_area(ranked: Ranked, weight: Floats) -> float:
    """Chance that a true session has the stronger alarm of a pair; .5 is chance."""
    hits, misses = ranked.counts(weight)
    if not hits[-1] or not misses[-1]:
        return float("nan")
    rise = np.diff(misses, prepend=0.0)
    middle = hits - np.diff(hits, prepend=0.0) / 2
    return float(np.sum(rise * middle) / (hits[-1] * misses[-1]))


@dataclass(frozen=True)
class Bin:
    """One row of a calibration table: sessions with a probability from ``low`` to ``high``."""

    low: float
    high: float
    sessions: int
    said: float
    was: float


def calibration(true: Flags, probability: Floats, bins: int = 10) -> list[Bin]:
    """What was said against what was, in bins of equal width; empty bins are left out."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    table = []
    for index in range(bins):
        here = place == index
        if here.any():
            said, was = float(probability[here].mean()), float(true[here].mean())
            table.append(Bin(index / bins, (index + 1) / bins, int(here.sum()), said, was))
    return table


def expected_calibration_error(table: list[Bin]) -> float:
    """Mean distance of said and was, weighted by sessions."""
    total = sum(row.sessions for row in table)
    return sum(row.sessions * abs(row.said - row.was) for row in table) / total if total else float("nan")


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % bootstrap interval, over clients or whatever was drawn anew."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def bootstrap(
    figure: Callable[[Floats], float], clients: int, random: np.random.Generator, samples: int = 200
) -> Interval:
    """A figure of client weights, and the range of it over resampled clients."""
    drawn = [figure(random.multinomial(clients, [1 / clients] * clients).astype(float)) for _ in range(samples)]
    if np.isnan(drawn).all():
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Interval(figure(np.ones(clients)), float(low), float(high))


def share_interval(
    whose: Sequence[int], hit: Sequence[bool], random: np.random.Generator, samples: int = 200
) -> Interval:
    """A share of things that clients have several of, with a 95 % interval over clients.

    Args:
        whose: the client of each thing; ``hit`` whether it counts.

    Returns:
        By bootstrap over clients; where all or none of them count, which resampling cannot see beyond, by Wilson's
        interval on the number of clients. NaN where there is nothing.

    Source: Wilson 1927, 10.1080/01621459.1927.10502953.
    """
    if not len(hit):
        return Interval(float("nan"), float("nan"), float("nan"))
    _, row = np.unique(np.asarray(whose), return_inverse=True)
    counted, clients = np.asarray(hit, dtype=float), int(row.max()) + 1
    value = float(counted.mean())
    if value in (0.0, 1.0):
        low, high = interval(int(value) * clients, clients)
        return Interval(value, low, high)
    return bootstrap(lambda weight: float(np.average(counted, weights=weight[row])), clients, random, samples)


def without_nan(value: Any) -> Any:
    """The same for JSON, which has no NaN: null instead."""
    if isinstance(value, Mapping):
        return {key: without_nan(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_nan(each) for each in value]
    return None if isinstance(value, float) and np.isnan(value) else value
