"""What a second rater adds: the same courses read by one and by two, beside ceilings that see as much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.prior import PUBLISHED
from reattune.alliance.detectors import Alarms
from reattune.alliance.detectors.bayes import BayesOptions, alarms
from reattune.alliance.pair_scenarios import PAIRS
from reattune.alliance.simulate import simulate
from reattune.proof.detectors.ceiling import ceiling
from reattune.proof.detectors.ground_truth import Judged
from reattune.proof.detectors.metrics import (
    Interval,
    average_precision,
    bootstrap,
    calibration,
    expected_calibration_error,
    without_nan,
)


@dataclass(frozen=True)
class Sight:
    """How well one way of reading sees, on the sessions that the first rater has rated; each with its interval.

    Attributes:
        now: average precision for *in a rupture now*.
        error: expected calibration error.
        delay: mean sessions from the onset to the first alarm, at the threshold at which 80 % of ruptures are noticed
            while they are open; ``false_alarms`` in a hundred calm sessions at that threshold.
    """

    now: Interval
    error: Interval
    delay: Interval
    false_alarms: Interval


@dataclass(frozen=True)
class Added:
    """One rater and two, on one variant.

    Attributes:
        one, two: ``bayes``, with the published figures.
        gain: by how much average precision is higher with two, over the same draws of clients; ``sooner`` by how many
            sessions the mean delay is shorter, ``fewer`` by how many the false alarms are less.
        ceiling_one, ceiling_two: the ceilings, on the clients they were run on; ``of_ceiling`` shares of them that one
            and two reach on those clients.
    """

    variant: str
    one: Sight
    two: Sight
    gain: Interval
    sooner: Interval
    fewer: Interval
    ceiling_one: Interval | None = None
    ceiling_two: Interval | None = None
    of_ceiling: tuple[float, float] | None = None

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it; NaN is null."""
        plain: dict[str, Any] = without_nan(asdict(self))
        return plain


@dataclass(frozen=True)
class PairOptions:
    """How large this part of the proof is; as :class:`.ProofOptions`."""

    clients: int = 2000
    seed: int = 1
    variants: tuple[str, ...] = tuple(PAIRS)
    samples: int = 100
    ceiling_clients: int = 400
    particles: int = 8000


def added(options: PairOptions, progress: Callable[[str], None] = lambda _: None) -> list[Added]:
    """Judge one rater beside two on all variants; the same for the same options.

    Args:
        progress: told in a few words what is being done.

    Raises:
        ValueError: a variant is not known.
    """
    wrong = next((name for name in options.variants if name not in PAIRS), None)
    if wrong:
        raise ValueError(f"There is no variant {wrong!r}. There are: {', '.join(PAIRS)}.")
    return [_on(name, options, progress) for name in options.variants]


def _on(name: str, options: PairOptions, progress: Callable[[str], None]) -> Added:
    simulation, rater = PAIRS[name]
    cohort = simulate(options.clients, options.seed, simulation, rater)
    judged, both = Judged.of(cohort), cohort.ratings
    # Without ends there is no range to take the usual figures from: the same figures, said outright.
    setting = BayesOptions() if np.isfinite(simulation.ceiling) else BayesOptions(PUBLISHED)
    found = []
    for count, ratings in enumerate((replace(both, second=None), both), start=1):
        progress(f"{name}: bayes, {count} rater{'s' * (count > 1)}")
        found.append(alarms(ratings, setting))
    one, two, gains = _side_by_side(judged, found[0], found[1], options)
    made = Added(name, one, two, *gains)
    few = min(options.ceiling_clients, options.clients)
    if not few:
        return made
    part, ceilings, shares = judged.first(few), [], []
    for count, (seen, ours) in enumerate(zip((None, rater), found, strict=True), start=1):
        progress(f"{name}: the ceiling that sees {count}, {options.particles} particles")
        best = ceiling(both.part(slice(few)), simulation, options.particles, options.seed, seen)
        ranked, all_alike = part.ranked(best.now), np.ones(few)
        random = np.random.default_rng(options.seed)
        ceilings.append(bootstrap(partial(average_precision, ranked), few, random, options.samples))
        shares.append(average_precision(part.ranked(ours.now[:few]), all_alike) / average_precision(ranked, all_alike))
    return replace(made, ceiling_one=ceilings[0], ceiling_two=ceilings[1], of_ceiling=(shares[0], shares[1]))


def _side_by_side(
    judged: Judged, one: Alarms, two: Alarms, options: PairOptions
) -> tuple[Sight, Sight, tuple[Interval, Interval, Interval]]:
    """Both over the same draws of clients, so that differences have intervals of their own."""
    clients = len(judged.where)
    random = np.random.default_rng(options.seed)
    weights = [random.multinomial(clients, [1 / clients] * clients).astype(float) for _ in range(options.samples)]
    weights.append(np.ones(clients))
    drawn = np.array([_figures(judged, seen.now, weights) for seen in (one, two)])
    sights = [Sight(*(_interval(values) for values in each.T)) for each in drawn]
    now, _, delay, false = (drawn[1] - drawn[0]).T
    return sights[0], sights[1], (_interval(now), _interval(-delay), _interval(-false))


def _figures(judged: Judged, now: Floats, weights: list[Floats]) -> list[tuple[float, float, float, float]]:
    ranked = judged.ranked(now)
    whose = np.nonzero(judged.where)[0]
    said, was = now[judged.where], judged.now[judged.where]
    found = []
    for weight in weights:
        seen = judged.noticed(now, weight)
        delay = float(seen.delays.mean()) if len(seen.delays) else float("nan")
        again = np.repeat(np.arange(len(whose)), weight[whose].astype(int))
        error = expected_calibration_error(calibration(was[again], said[again]))
        found.append((average_precision(ranked, weight), error, delay, seen.false_alarms))
    return found


def _interval(drawn: Floats) -> Interval:
    """The last is the figure itself, the others are of resampled clients."""
    if np.isnan(drawn).all():
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = np.nanpercentile(drawn[:-1], [2.5, 97.5])
    return Interval(float(drawn[-1]), float(low), float(high))
