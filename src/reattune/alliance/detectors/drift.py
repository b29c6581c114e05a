"""EWMA and CUSUM of a person's own standardised scores: for the trickle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.detectors.event import KINDS, NONE, PATTERNS, Alarms, Detector, Events
from reattune.alliance.detectors.recovery import not_within_another, recovery
from reattune.alliance.detectors.runs import stretches
from reattune.alliance.ratings import Ratings


@dataclass(frozen=True)
class DriftOptions:
    """How slow changes are summed up.

    Attributes:
        chart: ``ewma`` or ``cusum``.
        baseline: the first scores that say what is usual; nothing is judged before.
        weight: EWMA, of the newest score.
        width: EWMA, limits in sd of the average; both charts' limits are as much wider as a baseline of so few
            scores asks for.
        slack: CUSUM, half of the shift to be seen, in sd.
        decision: CUSUM, the sum that signals, in sd.
        least_sd: the sd is not taken as less than this share of the spread of all scores in the batch's measure
            range (0-1 of the range); 0 trusts the baseline alone.
    """

    chart: Literal["ewma", "cusum"] = "ewma"
    baseline: int = 4
    weight: float = 0.3
    width: float = 2.7
    slack: float = 0.5
    decision: float = 4.0
    least_sd: float = 0.02


# CUSUM: a baseline that lies too high by so many of its standard errors is not yet summed up to an alarm.
_SLACK_FOR_MEAN = 1.0


@dataclass(frozen=True)
class _Course:
    statistic: Floats  # (clients, n) how far below usual, in units in which 1 signals
    sd: Floats
    mean: Floats
    onset: Integers  # (clients, n) place since which the statistic has been above zero


def _course(scores: Floats, ratings: Ratings, options: DriftOptions) -> _Course:
    clients, n = scores.shape
    base = scores[:, : options.baseline]
    enough = (~np.isnan(base)).sum(axis=1) >= options.baseline
    filled = np.where(enough[:, None], base, 0.0) if n >= options.baseline else np.zeros((clients, 1))
    mean = np.where(enough, filled.mean(axis=1), np.nan)
    sd = filled.std(axis=1, ddof=1) if filled.shape[1] > 1 else np.zeros(clients)
    low, high = ratings.measure.low, ratings.measure.high
    if np.isfinite(high - low):
        sd = np.maximum(sd, options.least_sd * (high - low))
    sd = np.where(sd > 0, sd, np.nan)
    statistic, onset = np.full(scores.shape, np.nan), np.zeros(scores.shape, dtype=np.int64)
    wider = _wider(options)
    slack = options.slack * np.sqrt(1 + 1 / options.baseline) + _SLACK_FOR_MEAN / np.sqrt(options.baseline)
    value, since = np.zeros(clients), np.zeros(clients, dtype=np.int64)
    for place in range(options.baseline, n):
        z = (mean - scores[:, place]) / sd
        there = ~np.isnan(z)
        z = np.where(there, z, 0.0)
        if options.chart == "ewma":
            new = options.weight * z + (1 - options.weight) * value
            steps = place - options.baseline + 1
            share = options.weight / (2 - options.weight) * (1 - (1 - options.weight) ** (2 * steps))
            # The mean of the baseline is off as much for all of them.
            share += (1 - (1 - options.weight) ** steps) ** 2 / options.baseline
            limit = wider * options.width * np.sqrt(share)
        else:
            new, limit = np.maximum(0.0, value + z - slack), wider * options.decision
        since = np.where(there & (value <= 0), place, since)
        value = np.where(there, new, value)
        statistic[:, place] = np.where(there, value / limit, np.nan)
        onset[:, place] = since
    return _Course(statistic, sd, mean, onset)


def _wider(options: DriftOptions) -> float:
    """How much further than a normal's a limit lies, because the sd is that of a few scores: Student's t.

    The error of the baseline is the same at every session, so that averages of one person pass a limit together: at
    three times the tail, 2 of 100 steady people have a loss in 20 sessions (4 where neighbouring sessions correlate
    by .25), as with limits that are known. Sums do not: for them it is the tail itself (4, and 7).
    """
    from scipy.stats import norm, t

    beyond = norm.sf(options.width) * (3 if options.chart == "ewma" else 1)
    return float(t.isf(beyond, options.baseline - 1) / options.width)


def detect(ratings: Ratings, options: DriftOptions) -> Events:
    """Stretches in which the average, or the sum, of standardised falls lies beyond its limit.

    Args:
        ratings: any number of clients; missing scores are passed over.
        options: see :class:`DriftOptions`.

    Returns:
        Losses of pattern ``trickle``. ``onset`` is where the statistic last rose from zero; ``detected_at`` the
        first session beyond the limit; ``depth`` the mean distance from the baseline while beyond it. What became
        of it says the one rule of :mod:`.recovery`, against the baseline.

    Cost: O(n) for each client, vectorised over clients.

    Source: Roberts 1959, 10.1080/00401706.1959.10489860 (EWMA); Page 1954, 10.1093/biomet/41.1-2.100 (CUSUM).
    """
    scores, columns = ratings.packed()
    if scores.shape[1] <= options.baseline:
        return Events.none(DRIFT.name, ratings.clients)
    scores = ratings.measure.upward(scores)
    course = _course(scores, ratings, options)
    with np.errstate(invalid="ignore"):
        beyond: Flags = course.statistic > 1
    client, start, stop = stretches(beyond)
    if not len(client):
        return Events.none(DRIFT.name, ratings.clients)
    onset = course.onset[client, start]
    # A statistic that comes back within its limit and leaves it again, without having been at zero, is one event.
    fresh = np.r_[True, (client[1:] != client[:-1]) | (onset[1:] != onset[:-1])]
    last = np.r_[np.flatnonzero(fresh)[1:], len(client)] - 1
    client, start, stop, onset = client[fresh], start[fresh], stop[last], onset[fresh]
    depth = _mean_between(course.mean[:, None] - scores, client, start, stop)
    keep = depth > 0
    client, start, stop, onset = (each[keep] for each in (client, start, stop, onset))
    depth = depth[keep]
    became = recovery(scores, client, stop - 1, course.mean[client], depth)
    kept = not_within_another(client, onset, became.end, scores.shape[1])
    client, start, onset = (each[kept] for each in (client, start, onset))
    depth = depth[kept]
    state, end = became.state[kept], became.end[kept]
    return Events(
        DRIFT.name,
        ratings.clients,
        client,
        kind=KINDS.index("loss"),
        onset=ratings.sessions(client, columns[client, onset]),
        end=np.where(end == NONE, NONE, ratings.sessions(client, columns[client, np.maximum(end, 0)])),
        detected_at=ratings.sessions(client, columns[client, start]),
        depth=depth,
        depth_sd=depth / course.sd[client],
        pattern=PATTERNS.index("trickle"),
        state=state,
    )


def _mean_between(values: Floats, client: Integers, start: Integers, stop: Integers) -> Floats:
    sums = np.concatenate([np.zeros((len(values), 1)), np.nancumsum(values, axis=1)], axis=1)
    return (sums[client, stop] - sums[client, start]) / np.maximum(stop - start, 1)


def alarms(ratings: Ratings, options: DriftOptions) -> Alarms:
    """The statistic, and how much it rose at this session."""
    scores, columns = ratings.packed()
    statistic = _course(ratings.measure.upward(scores), ratings, options).statistic
    rise = np.full(statistic.shape, np.nan)
    rise[:, 1:] = statistic[:, 1:] - np.nan_to_num(statistic[:, :-1])
    return Alarms(ratings.unpacked(statistic, columns), ratings.unpacked(rise, columns))


DRIFT = Detector(
    name="drift",
    paper="Roberts 1959, 10.1080/00401706.1959.10489860; Page 1954, 10.1093/biomet/41.1-2.100",
    cost="O(n) for each client, vectorised over clients",
    options=DriftOptions,
    run=detect,
    alarms=alarms,
    least=5,
    noticed=0.15,
    right=0.70,
)
