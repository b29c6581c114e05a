"""Individuals control chart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers, row_sums
from reattune.alliance.detectors.event import KINDS, NONE, Alarms, Detector, Events
from reattune.alliance.detectors.known_when import first_known
from reattune.alliance.detectors.recovery import not_within_another, recovery
from reattune.alliance.detectors.runs import stretches
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings

# E|x1 - x2| = 1.128 sigma for two independent normal values (the constant d2 for n = 2).
_D2 = 1.128
# Share of a measure's range.
_LEAST_SIGMA = 0.02


@dataclass(frozen=True)
class ControlChartOptions:
    """How the chart is drawn and read.

    Attributes:
        known_then: limits from the sessions before each session only (as it would have been known then);
            otherwise from the whole series (as published).
        minimum: sessions needed before anything is judged.
        limit, warning: the outer and inner limits in sigma. One score beyond ``limit`` signals, or two of three
            consecutive ones beyond ``warning`` on the same side.
        run: so many consecutive scores on one side of the centre signal; 0 leaves that rule out.
        prior_sigma, prior_weight: a published within-person spread, counted as so many sessions of one's own.
            It keeps a few very even ratings from making an alarm of a ripple. The default trusts the series alone.
    """

    known_then: bool = False
    minimum: int = 5
    limit: float = 3.0
    warning: float = 2.0
    run: int = 8
    prior_sigma: float = 0.0
    prior_weight: float = 0.0


@dataclass(frozen=True)
class Chart:
    """Centre and sigma that each score is judged by, both (clients, n); NaN where there is too little to judge."""

    center: Floats
    sigma: Floats


def least_sigma(measure: Measure) -> float:
    """Below which a growing chart does not take its sigma: a few equal scores do not make a signal of a ripple."""
    return max(measure.step / 2, _LEAST_SIGMA * (measure.high - measure.low) if measure.has_range else 0.0)


def chart(scores: Floats, options: ControlChartOptions, least: float = 0.0) -> Chart:
    """The limits for each of ``scores`` (clients, n), each client's scores in order and to the left, then NaN.

    Sigma is the mean moving range over 1.128, pooled with the prior in variance where one is given. As known
    then it is not taken below ``least``, and nothing is judged where it is 0: a few equal scores do not say that every
    other one is a signal.
    """
    if options.known_then:
        return _growing(scores, options, least)
    there = ~np.isnan(scores)
    count = there.sum(axis=1)
    total = row_sums(scores, there)
    ranges = np.abs(np.diff(scores, axis=1))
    center, sigma = _limits(count, total, row_sums(ranges, ~np.isnan(ranges)), options)
    shape = scores.shape
    return Chart(np.broadcast_to(center[:, None], shape), np.broadcast_to(sigma[:, None], shape))


def _growing(scores: Floats, options: ControlChartOptions, least: float) -> Chart:
    # Scores already found beyond the limit stay out of the limits: a hurt must not become the usual.
    clients, n = scores.shape
    centers, sigmas = np.full((clients, n), np.nan), np.full((clients, n), np.nan)
    count, total, ranges = np.zeros(clients, dtype=int), np.zeros(clients), np.zeros(clients)
    last = np.full(clients, np.nan)
    for index in range(n):
        score = scores[:, index]
        center, sigma = _limits(count, total, ranges, options)
        sigma = np.maximum(sigma, least)
        centers[:, index], sigmas[:, index] = center, sigma
        sigma = np.where(sigma > 0, sigma, np.nan)
        with np.errstate(invalid="ignore"):
            usual = ~np.isnan(score) & ~(np.abs(score - center) > options.limit * sigma)
        ranges += np.where(usual & (count > 0), np.abs(score - np.nan_to_num(last)), 0)
        total += np.where(usual, score, 0)
        count += usual
        last = np.where(usual, score, last)
    return Chart(centers, sigmas)


def _limits(count: Integers, total: Floats, ranges: Floats, options: ControlChartOptions) -> tuple[Floats, Floats]:
    steps = np.maximum(count - 1, 0)
    own = ranges / np.maximum(steps, 1) / _D2
    weight = np.maximum(steps + options.prior_weight, 1e-12)
    sigma = np.sqrt((steps * own**2 + options.prior_weight * options.prior_sigma**2) / weight)
    enough = count >= options.minimum
    return np.where(enough, total / np.maximum(count, 1), np.nan), np.where(enough, sigma, np.nan)


def signals(scores: Floats, limits: Chart, options: ControlChartOptions) -> Integers:
    """-1, 0 or 1 for each score: beyond its limits below, not, or above. Shape (clients, n)."""
    low = _side(limits.center - scores, limits.sigma, options)
    high = _side(scores - limits.center, limits.sigma, options)
    return np.where(low, -1, np.where(high, 1, 0))


def _side(away: Floats, sigma: Floats, options: ControlChartOptions) -> Flags:
    # A hair of tolerance: a constant series has a sigma of zero, and rounding must not signal.
    hair = 1e-9 * (1 + np.abs(np.nan_to_num(away)))
    with np.errstate(invalid="ignore"):
        warned = away > options.warning * sigma + hair
        signal = (away > options.limit * sigma + hair) | (warned & (_recent(warned, 3) >= 2))
        if options.run:
            signal |= _recent(away > hair, options.run) >= options.run
    return signal


def _recent(marks: Flags, window: int) -> Integers:
    """How many of the last ``window`` places up to each are marked."""
    upto = np.cumsum(marks, axis=1)
    before = np.zeros_like(upto)
    before[:, window:] = upto[:, :-window]
    return upto - before


def detect(ratings: Ratings, options: ControlChartOptions) -> Events:
    """Stretches of consecutive signals on one side, as events.

    Args:
        ratings: any number of clients; missing scores are passed over, neighbours are the scores that are there.
        options: see :class:`ControlChartOptions`.

    Returns:
        By client, then onset. ``depth`` is the mean distance from the centre; ``onset`` is the first session of
        the stretch, or of the two or the run that made it signal; ``detected_at`` is the first at which it signals by
        limits from the scores so far. What became of a loss says the one rule of :mod:`.recovery`, against the
        centre; signals before it has ended are part of it.

    Cost: O(clients x sessions), vectorised over clients.

    Source: Montgomery, Introduction to Statistical Quality Control (individuals chart, moving range of two);
    applied to session-by-session alliance by Lipner et al. 2022, 10.1002/cpp.2606.
    """
    return first_known(ratings, _signalled(ratings, options), lambda cut: _signalled(cut, options))


def _signalled(ratings: Ratings, options: ControlChartOptions) -> Events:
    scores, columns = ratings.packed()
    if scores.shape[1] == 0:
        return Events.none(CONTROL_CHART.name, ratings.clients)
    limits = chart(scores, options, least_sigma(ratings.measure))
    sides = signals(scores, limits, options)
    low, high = stretches(sides < 0), stretches(sides > 0)
    client, start, stop = (np.concatenate(pair) for pair in zip(low, high, strict=True))
    side = np.repeat([-1, 1], [len(low[0]), len(high[0])])
    client, start, stop, side = (each[np.lexsort((start, client))] for each in (client, start, stop, side))
    center, sigma = limits.center[client, start], limits.sigma[client, start]
    onset = _onsets(side[:, None] * (scores[client] - center[:, None]), sigma, start, options)
    away = np.abs(scores[client] - center[:, None])
    depth = row_sums(away, _between(scores.shape[1], onset, stop)) / np.maximum(stop - onset, 1)
    losing = (side > 0) != ratings.higher_is_better
    up = ratings.measure.upward(scores)
    became = recovery(up, client, stop - 1, ratings.measure.upward(center), np.where(losing, depth, 1.0))
    end = np.where(losing, became.end, stop - 1)
    kept = np.ones(len(client), dtype=bool)
    kept[losing] = not_within_another(client[losing], onset[losing], end[losing], scores.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        in_sd = np.where(sigma > 0, depth / sigma, np.nan)
    return Events(
        CONTROL_CHART.name,
        ratings.clients,
        client[kept],
        kind=np.where(losing, KINDS.index("loss"), KINDS.index("gain"))[kept],
        onset=ratings.sessions(client, columns[client, onset])[kept],
        end=np.where(end == NONE, NONE, ratings.sessions(client, columns[client, np.maximum(end, 0)]))[kept],
        detected_at=ratings.sessions(client, columns[client, start])[kept],
        depth=depth[kept],
        depth_sd=in_sd[kept],
        state=np.where(losing, became.state, 0)[kept],
        details={"center": center[kept], "sigma": sigma[kept]},
    )


def _between(width: int, start: Integers, stop: Integers) -> Flags:
    places = np.arange(width)
    inside: Flags = (places >= start[:, None]) & (places < stop[:, None])
    return inside


def _onsets(away: Floats, sigma: Floats, start: Integers, options: ControlChartOptions) -> Integers:
    """Two of three, or a run, is known later than it began: go back over what already lay on that side."""
    at = away[np.arange(len(start)), start]
    least = np.where(at > options.warning * sigma, options.warning * sigma, 0.0)
    with np.errstate(invalid="ignore"):
        there = away > least[:, None]
    # The last place before the start that does not lie there; the onset is the one behind it.
    breaks = ~there & (np.arange(away.shape[1]) < start[:, None])
    last = np.where(breaks.any(axis=1), away.shape[1] - 1 - breaks[:, ::-1].argmax(axis=1), -1)
    return np.where(at > options.limit * sigma, start, last + 1)


def alarms(ratings: Ratings, options: ControlChartOptions) -> Alarms:
    """How far below the centre each score lies, in sigma, by limits from the scores before it; and the fall to it."""
    scores, columns = ratings.packed()
    upward = ratings.measure.upward(scores)
    limits = chart(upward, replace(options, known_then=True), least_sigma(ratings.measure))
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.where(limits.sigma > 0, (limits.center - upward) / limits.sigma, np.nan)
    fell = np.full(below.shape, np.nan)
    fell[:, 1:] = below[:, 1:] - np.maximum(np.nan_to_num(below[:, :-1]), 0)
    return Alarms(ratings.unpacked(below, columns), ratings.unpacked(fell, columns))


CONTROL_CHART = Detector(
    name="control-chart",
    paper="Lipner et al. 2022, 10.1002/cpp.2606",
    cost="O(n) for each client, vectorised over clients",
    options=ControlChartOptions,
    run=detect,
    alarms=alarms,
    least=5,
    noticed=0.35,
    right=0.72,
)
