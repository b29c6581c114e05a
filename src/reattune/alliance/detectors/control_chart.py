"""Individuals control chart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reattune.alliance.detectors.event import Detector, Event
from reattune.alliance.ratings import Floats, Integers, Ratings

# E|x1 - x2| = 1.128 sigma for two independent normal values (the constant d2 for n = 2).
_D2 = 1.128


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


def chart(scores: Floats, options: ControlChartOptions) -> Chart:
    """The limits for each of ``scores`` (clients, n), each client's scores in order and to the left, then NaN.

    Sigma is the mean moving range over 1.128, pooled with the prior in variance where one is given.
    """
    if options.known_then:
        return _growing(scores, options)
    there = ~np.isnan(scores)
    count = there.sum(axis=1)
    total = np.where(there, scores, 0).sum(axis=1)
    ranges = np.abs(np.diff(scores, axis=1))
    center, sigma = _limits(count, total, np.where(np.isnan(ranges), 0, ranges).sum(axis=1), options)
    shape = scores.shape
    return Chart(np.broadcast_to(center[:, None], shape), np.broadcast_to(sigma[:, None], shape))


def _growing(scores: Floats, options: ControlChartOptions) -> Chart:
    # Scores already found beyond the limit stay out of the limits: a hurt must not become the usual.
    clients, n = scores.shape
    centers, sigmas = np.full((clients, n), np.nan), np.full((clients, n), np.nan)
    count, total, ranges = np.zeros(clients, dtype=int), np.zeros(clients), np.zeros(clients)
    last = np.full(clients, np.nan)
    for index in range(n):
        score = scores[:, index]
        centers[:, index], sigmas[:, index] = center, sigma = _limits(count, total, ranges, options)
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


def _side(away: Floats, sigma: Floats, options: ControlChartOptions) -> NDArray[np.bool_]:
    # A hair of tolerance: a constant series has a sigma of zero, and rounding must not signal.
    hair = 1e-9 * (1 + np.abs(np.nan_to_num(away)))
    with np.errstate(invalid="ignore"):
        warned = away > options.warning * sigma + hair
        signal = (away > options.limit * sigma + hair) | (warned & (_recent(warned, 3) >= 2))
        if options.run:
            signal |= _recent(away > hair, options.run) >= options.run
    return signal


def _recent(marks: NDArray[np.bool_], window: int) -> Integers:
    """How many of the last ``window`` places up to each are marked."""
    upto = np.cumsum(marks, axis=1)
    before = np.zeros_like(upto)
    before[:, window:] = upto[:, :-window]
    return upto - before


def detect(ratings: Ratings, options: ControlChartOptions) -> list[Event]:
    """Stretches of consecutive signals on one side, as events.

    Args:
        ratings: any number of clients; missing scores are passed over, neighbours are the scores that are there.
        options: see :class:`ControlChartOptions`.

    Returns:
        By client, then onset. ``depth`` is the mean distance from the centre; ``onset`` is the first session of
        the stretch, or of the two or the run that made it signal; ``detected_at`` is the first that signals.

    Cost: O(clients x sessions), vectorised over clients.

    Source: Montgomery, Introduction to Statistical Quality Control (individuals chart, moving range of two);
    applied to session-by-session alliance by Lipner et al. 2022, 10.1002/cpp.2606.
    """
    scores, columns = ratings.packed()
    if scores.shape[1] == 0:
        return []
    limits = chart(scores, options)
    sides = signals(scores, limits, options)
    return [
        _event(
            ratings,
            client,
            start,
            stop,
            scores[client],
            columns[client],
            limits,
            int(sides[client, start]),
            options,
        )
        for client, start, stop in _stretches(sides)
    ]


def _stretches(sides: Integers) -> list[tuple[int, int, int]]:
    edge = np.zeros((len(sides), 1), dtype=sides.dtype)
    client, place = np.nonzero(np.diff(np.hstack([edge, sides, edge]), axis=1))
    found = []
    for this, (who, start) in enumerate(zip(client, place, strict=True)):
        if start < sides.shape[1] and sides[who, start] != 0:
            found.append((int(who), int(start), int(place[this + 1])))
    return found


def _event(
    ratings: Ratings,
    client: int,
    start: int,
    stop: int,
    scores: Floats,
    columns: Integers,
    limits: Chart,
    side: int,
    options: ControlChartOptions,
) -> Event:
    center, sigma = limits.center[client], limits.sigma[client]
    onset = _onset(side * (scores - center), sigma, start, options)
    depth = float(np.abs(scores[onset:stop] - center[start]).mean())
    return Event(
        client=ratings.clients[client],
        method=CONTROL_CHART.name,
        kind="gain" if (side > 0) == ratings.higher_is_better else "loss",
        onset=ratings.session(client, columns[onset]),
        end=ratings.session(client, columns[stop - 1]),
        detected_at=ratings.session(client, columns[start]),
        depth=depth,
        depth_sd=depth / float(sigma[start]) if sigma[start] > 0 else None,
        details={"center": float(center[start]), "sigma": float(sigma[start])},
    )


def _onset(away: Floats, sigma: Floats, start: int, options: ControlChartOptions) -> int:
    # Two of three, or a run, is known later than it began: go back over what already lay on that side.
    if away[start] > options.limit * sigma[start]:
        return start
    least = options.warning * sigma[start] if away[start] > options.warning * sigma[start] else 0.0
    onset = start
    while onset > 0 and away[onset - 1] > least:
        onset -= 1
    return onset


CONTROL_CHART = Detector(
    name="control-chart",
    paper="Lipner et al. 2022, 10.1002/cpp.2606",
    cost="O(n) for each client, vectorised over clients",
    options=ControlChartOptions,
    run=detect,
)
