"""Penalised change-point segmentation: the piecewise constant level that costs least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Floats, Integers
from reattune.alliance.detectors.event import KINDS, NONE, STATES, Alarms, Detector, Events
from reattune.alliance.detectors.known_when import first_known
from reattune.alliance.detectors.recovery import PARTLY, WHOLLY
from reattune.alliance.ratings import Ratings

# Median absolute difference of neighbours to sd, for normal noise: 1.4826 / sqrt(2).
_TO_SD = 1.4826 / np.sqrt(2)
# Share of a measure's range that is a usual within-person sd; only where a course is too short to tell.
_USUAL_SD = 0.045


@dataclass(frozen=True)
class ChangePointOptions:
    """The price of a change.

    Attributes:
        penalty: what each change must save in squared error, in units of the noise variance times log(n).
        absolute: the same in squared score units; it wins over ``penalty`` where given.
        shortest: least scores of a segment.
        sd: noise sd in score units; ``None`` takes it from each person's neighbouring differences.
    """

    penalty: float = 3.0
    absolute: float | None = None
    shortest: int = 2
    sd: float | None = None

    def __post_init__(self) -> None:
        if self.shortest < 1:
            raise ValueError(f"A segment has at least one score, and shortest is {self.shortest}.")


def segment(scores: Floats, penalty: Floats, shortest: int) -> tuple[Integers, Floats]:
    """Optimal partitioning under squared error, for every prefix of every series.

    Args:
        scores: (clients, n), each client's scores in order and to the left, then NaN.
        penalty: (clients,) price of a change, in squared score units.
        shortest: least scores of a segment.

    Returns:
        ``(before, mean)``, each (n + 1, clients): the best segmentation of a client's first ``t`` scores ends with a
        segment from ``before[t]`` to ``t`` whose mean is ``mean[t]``. -1 and NaN where there is none.

    Exact, like PELT, and the same breakpoints; it tries all starts because therapies are short.

    Cost: O(n^2) for each client, vectorised over clients.
    """
    columns = np.ascontiguousarray(scores.T)
    n, clients = columns.shape
    there = ~np.isnan(columns)
    count = there.sum(axis=0)
    # Around the first score the sums stay small, and later scores do not change how earlier ones are rounded.
    shift = np.nan_to_num(columns[0]) if n else np.zeros(clients)
    centred = np.where(there, columns - shift, 0.0)
    sums, squares = np.zeros((n + 1, clients)), np.zeros((n + 1, clients))
    np.cumsum(centred, axis=0, out=sums[1:])
    np.cumsum(centred**2, axis=0, out=squares[1:])
    best = np.full((n + 1, clients), np.inf)
    best[0] = -penalty
    before, mean = np.full((n + 1, clients), NONE), np.full((n + 1, clients), np.nan)
    for t in range(shortest, n + 1):
        starts = t - shortest + 1
        length = (t - np.arange(starts))[:, None]
        total = sums[t] - sums[:starts]
        total *= total
        total /= length
        cost = best[:starts] - squares[:starts]
        cost -= total
        choice = cost.argmin(axis=0)
        picked = cost[choice, np.arange(clients)] + squares[t] + penalty
        reachable = np.isfinite(picked) & (t <= count)
        best[t] = np.where(reachable, picked, np.inf)
        before[t] = np.where(reachable, choice, NONE)
        mean[t] = np.where(reachable, (sums[t] - sums[choice, np.arange(clients)]) / (t - choice) + shift, np.nan)
    return before, mean


def _penalty(scores: Floats, sd: Floats, options: ChangePointOptions) -> Floats:
    if options.absolute is not None:
        return np.full(len(scores), float(options.absolute))
    count = (~np.isnan(scores)).sum(axis=1)
    return options.penalty * np.maximum(sd, 1e-9) ** 2 * np.log(np.maximum(count, 2))


def _noise_sd(scores: Floats, ratings: Ratings, options: ChangePointOptions) -> Floats:
    if options.sd is not None:
        return np.full(len(scores), options.sd)
    steps = np.sort(np.abs(np.diff(scores, axis=1)), axis=1)
    count = (~np.isnan(steps)).sum(axis=1)
    rows = np.arange(len(scores))
    if not steps.shape[1]:
        return np.zeros(len(scores))
    median = (steps[rows, np.maximum(count - 1, 0) // 2] + steps[rows, np.maximum(count, 1) // 2 % steps.shape[1]]) / 2
    # An even course on a coarse measure often has a median step of 0: half a step of the measure is the least.
    return np.fmax(np.where(count > 0, _TO_SD * np.nan_to_num(median), 0), ratings.measure.step / 2)


def detect(ratings: Ratings, options: ChangePointOptions) -> Events:
    """Changes of level in the segmentation of least cost.

    Args:
        ratings: any number of clients; missing scores are passed over.
        options: see :class:`ChangePointOptions`.

    Returns:
        One event for each change: a loss where the level falls, else a gain. ``depth`` is the difference of the two
        levels. ``detected_at`` is the first session at which the scores so far, with a noise sd from them, gave this
        change. A loss
        is repaired or partly so by what share of its depth the next segment regains, and ends before it.

    Cost: O(n^2) for each client, vectorised over clients.

    Source: Jackson et al. 2005, 10.1109/LSP.2001.838216 (optimal partitioning); Killick et al. 2012,
    10.1080/01621459.2012.737745 (PELT), whose breakpoints, as the library ruptures finds them, the tests reproduce.
    """
    return first_known(ratings, _segmented(ratings, options), lambda cut: _segmented(cut, options))


def _segmented(ratings: Ratings, options: ChangePointOptions) -> Events:
    scores, columns = ratings.packed()
    if scores.shape[1] < 2 * options.shortest:
        return Events.none(CHANGE_POINT.name, ratings.clients)
    scores = ratings.measure.upward(scores)
    sd = _noise_sd(scores, ratings, options)
    before, mean = segment(scores, _penalty(scores, sd, options), options.shortest)
    client, start, low, high, following, stop = _changes(scores, before, mean)
    depth = np.abs(high - low)
    losing = low < high
    regained = np.nan_to_num((following - low) / np.where(depth > 0, depth, 1))
    state = np.where(regained >= WHOLLY, STATES.index("repaired"), np.where(regained >= PARTLY, 2, 1))
    ended = losing & (state != STATES.index("open"))
    end = ratings.sessions(client, columns[client, stop - 1])
    known = (before[:, client] == start).argmax(axis=0) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        in_sd = np.where(sd[client] > 0, depth / sd[client], np.nan)
    return Events(
        CHANGE_POINT.name,
        ratings.clients,
        client,
        kind=np.where(losing, KINDS.index("loss"), KINDS.index("gain")),
        onset=ratings.sessions(client, columns[client, start]),
        end=np.where(ended, end, NONE),
        detected_at=ratings.sessions(client, columns[client, known]),
        depth=depth,
        depth_sd=in_sd,
        state=np.where(losing, state, 0),
    )


def _changes(scores: Floats, before: Integers, mean: Floats) -> tuple[np.ndarray, ...]:
    """Walk each series back from its end: client, start, its level, the level before, the level after, its end."""
    clients = len(scores)
    stop = (~np.isnan(scores)).sum(axis=1)
    after = np.full(clients, np.nan)
    active = np.flatnonzero(before[stop, np.arange(clients)] > 0)
    found = []
    while len(active):
        here = stop[active]
        start = before[here, active]
        level, earlier = mean[here, active], mean[start, active]
        found.append((active, start, level, earlier, after[active], here))
        after[active], stop[active] = level, start
        active = active[before[start, active] > 0]
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, np.empty(0), np.empty(0), np.empty(0), empty
    return tuple(np.concatenate([each[i] for each in found]) for i in range(6))


def alarms(ratings: Ratings, options: ChangePointOptions) -> Alarms:
    """How far the last segment so far lies below the highest before it, and whether it has just begun; in sd.

    The noise sd is not taken from scores to come: it is the given one, or a usual share of the measure's range.
    """
    scores, columns = ratings.packed()
    scores = ratings.measure.upward(scores)
    span = ratings.measure.high - ratings.measure.low
    usual = _USUAL_SD * span if np.isfinite(span) else float(np.nanstd(scores[:, :1])) or 1.0
    sd = np.full(len(scores), options.sd or usual)
    penalty = np.full(len(scores), options.penalty * (options.sd or usual) ** 2 * np.log(20.0))
    before, mean = segment(scores, penalty, options.shortest)
    highest = np.full(mean.shape, -np.inf)
    now, onset = np.full(scores.T.shape, np.nan), np.full(scores.T.shape, np.nan)
    every = np.arange(len(scores))
    for t in range(1, scores.shape[1] + 1):
        start = before[t]
        known = start != NONE
        earlier = np.where(known, highest[np.maximum(start, 0), every], -np.inf)
        below = np.where(np.isfinite(earlier), (earlier - mean[t]) / sd, 0.0)
        highest[t] = np.fmax(earlier, mean[t])
        now[t - 1] = np.where(known, below, np.nan)
        onset[t - 1] = np.where(known, below / (t - start), np.nan)
    return Alarms(ratings.unpacked(now.T, columns), ratings.unpacked(onset.T, columns))


CHANGE_POINT = Detector(
    name="change-point",
    paper="Killick et al. 2012, 10.1080/01621459.2012.737745",
    cost="O(n^2) for each client, vectorised over clients",
    options=ChangePointOptions,
    run=detect,
    alarms=alarms,
    least=4,
    noticed=0.43,
    right=0.81,
)
