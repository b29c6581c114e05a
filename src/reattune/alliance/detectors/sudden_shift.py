"""Sudden gains and losses by the three criteria of Tang and DeRubeis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.detectors.cutoff_comparison import reaches
from reattune.alliance.detectors.event import KINDS, NONE, PATTERNS, Alarms, Detector, Events
from reattune.alliance.detectors.recovery import recovery
from reattune.alliance.ratings import Ratings

_WINDOW = 3


@dataclass(frozen=True)
class SuddenShiftOptions:
    """The three criteria.

    Attributes:
        cutoff: criterion 1, the least change between the two sessions in score units; ``None`` leaves it out.
        proportion: criterion 2, the least change as a share of the score before; ``None`` leaves it out.
        alpha: criterion 3, the two-sided level of the t value; ``None`` leaves it out.
        strict_rises: criterion 2 for rising scores. The published package, written for scores that fall when
            they get better, compares ``before - after`` of a loss with a *positive* share, which every rise
            meets: the criterion decides nothing there. False reproduces that; True asks for a rise of at least
            that share; ``None`` reproduces it where lower is better and is strict where higher is better, so
            that gains are judged strictly in both directions.
    """

    cutoff: float | None = None
    proportion: float | None = 0.25
    alpha: float | None = 0.05
    strict_rises: bool | None = None


@dataclass(frozen=True)
class Criteria:
    """Each criterion at each interval: 1 met, 0 not met, NaN where it cannot be said.

    Arrays have shape (clients, grid - 1); column ``j`` is the interval from column ``j`` of the ratings to the
    next. ``all`` is NaN if any applied criterion is.
    """

    first: Floats
    second: Floats
    third: Floats
    all: Floats


def falls(scores: Floats, options: SuddenShiftOptions) -> Criteria:
    """The criteria for a falling score. ``scores`` (clients, grid), NaN where missing."""
    before, after = scores[:, :-1], scores[:, 1:]
    change = before - after
    second = _share(reaches(change, _of(options.proportion, before)), change, options.proportion)
    return _together(scores, change, second, 1, options)


def rises(scores: Floats, options: SuddenShiftOptions) -> Criteria:
    """The criteria for a rising score. ``scores`` (clients, grid), NaN where missing."""
    before, after = scores[:, :-1], scores[:, 1:]
    change = after - before
    if options.strict_rises:
        met = reaches(change, _of(options.proportion, before))
    else:
        met = reaches(_of(options.proportion, before), -change)
    return _together(scores, change, _share(met, change, options.proportion), -1, options)


def _of(proportion: float | None, before: Floats) -> Floats:
    return (proportion or 0.0) * before


def _share(met: Flags, change: Floats, proportion: float | None) -> Floats:
    return _said(met, ~np.isnan(change)) if proportion is not None else np.full(change.shape, np.nan)


def _together(scores: Floats, change: Floats, second: Floats, sign: int, options: SuddenShiftOptions) -> Criteria:
    nothing = np.full(change.shape, np.nan)
    first = _said(reaches(change, options.cutoff), ~np.isnan(change)) if options.cutoff is not None else nothing
    third = _t_criterion(scores, sign, options.alpha) if options.alpha is not None else nothing
    applied = [
        criterion
        for criterion, wanted in (
            (first, options.cutoff),
            (second, options.proportion),
            (third, options.alpha),
        )
        if wanted is not None
    ]
    if not applied:
        raise ValueError("A sudden shift needs at least one of its three criteria.")
    # The first and the last interval have too few sessions on one side to be judged.
    judged = np.ones(change.shape[1], dtype=bool)
    judged[:1] = False
    judged[-1:] = False
    together = np.where(judged, np.prod(applied, axis=0), np.nan)
    first, second, third = (np.where(judged, each, np.nan) for each in (first, second, third))
    return Criteria(first, second, third, together)


def _t_criterion(scores: Floats, sign: int, alpha: float) -> Floats:
    """The third criterion at every interval: 1, 0 or NaN."""
    clients, grid = scores.shape
    missing = np.full((clients, _WINDOW - 1), np.nan)
    padded = np.hstack([missing, scores, missing])
    beside = np.stack([padded[:, offset : offset + grid - 1] for offset in range(2 * _WINDOW)])
    met, enough = _stable(beside, np.full(beside.shape[1:], sign), alpha)
    return _said(met, enough)


def _stable(beside: Floats, sign: Integers, alpha: float) -> tuple[Flags, Flags]:
    """Mean before minus mean after against t(alpha/2, n - 2) times the pooled sd.

    Args:
        beside: (6, ...) up to three scores before an interval and three after; NaN where missing.
        sign: (...) 1 for a fall, -1 for a rise.

    Returns:
        Whether it is met, and whether there are the two scores on each side that it takes; both (...).
    """
    from scipy.stats import t

    n_before, mean_before, square_before = _side(beside[:_WINDOW])
    n_after, mean_after, square_after = _side(beside[_WINDOW:])
    enough = (n_before >= 2) & (n_after >= 2)
    freedom = np.where(enough, n_before + n_after - 2, 1)
    pooled = np.sqrt((square_before + square_after) / freedom)
    critical = np.abs(t.ppf(alpha / 2, np.arange(1, 2 * _WINDOW)))[freedom - 1]
    return sign * (mean_before - mean_after) > critical * pooled, enough


def _side(scores: Floats) -> tuple[Integers, Floats, Floats]:
    """Count, mean and sum of squared deviations over the first axis."""
    there = ~np.isnan(scores)
    count = there.sum(axis=0)
    mean = np.where(there, scores, 0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(there, scores - mean, 0) ** 2
    return count, mean, squares.sum(axis=0)


def _shifts(scores: Floats, options: SuddenShiftOptions) -> tuple[Integers, Integers, Flags]:
    """Where all applied criteria are met: client, column before the interval, and whether it falls.

    The same as :func:`falls` and :func:`rises`; but the third criterion, which costs most, is asked only where the
    others are met, which is seldom.
    """
    if options.cutoff is None and options.proportion is None and options.alpha is None:
        raise ValueError("A sudden shift needs at least one of its three criteria.")
    before, after = scores[:, 1:-2], scores[:, 2:-1]
    change = before - after
    share = _of(options.proportion, before)
    fallen, risen = ~np.isnan(change), ~np.isnan(change)
    if options.proportion is not None:
        fallen = reaches(change, share)
        risen = reaches(-change, share) if options.strict_rises else reaches(share, change)
    if options.cutoff is not None:
        fallen = fallen & reaches(change, options.cutoff)
        risen = risen & reaches(-change, options.cutoff)
    places = [np.nonzero(fallen), np.nonzero(risen)]
    client, column = (np.concatenate([place[axis] for place in places]) for axis in (0, 1))
    column = column + 1  # the first interval is never judged, nor is the last
    falling = np.arange(len(client)) < len(places[0][0])
    if options.alpha is None:
        return client, column, falling
    columns = column + np.arange(1 - _WINDOW, _WINDOW + 1)[:, None]
    inside = (columns >= 0) & (columns < scores.shape[1])
    beside = np.where(inside, scores[client, np.clip(columns, 0, scores.shape[1] - 1)], np.nan)
    met, enough = _stable(beside, np.where(falling, 1, -1), options.alpha)
    kept = met & enough
    return client[kept], column[kept], falling[kept]


def _said(met: Flags, sayable: Flags) -> Floats:
    return np.where(sayable, met.astype(float), np.nan)


def detect(ratings: Ratings, options: SuddenShiftOptions) -> Events:
    """Every interval that meets all applied criteria.

    Args:
        ratings: any number of clients, on a grid of sessions; sessions without a rating count as missing.
        options: see :class:`SuddenShiftOptions`.

    Returns:
        By client, then onset. ``onset`` is the session after the interval. ``detected_at`` is two sessions later
        at most: the third criterion reads up to three sessions after. A loss has a state by what was regained
        later. ``details`` has ``before``, ``after``, ``reversal_value`` (half of the change given back) and
        ``reversed`` (whether a later session passed it).

    Cost: O(clients x grid), vectorised.

    Source: Tang and DeRubeis 1999, 10.1037/0022-006X.67.6.894; missing sessions and the pooled sd as in the R
    package suddengains 0.7.2 (Wiedemann et al. 2020, 10.1371/journal.pone.0230276), whose outputs the tests
    reproduce. It is written for scores that fall when they get better; here a fall and a rise are told by number,
    and ``kind`` by the direction of the measure.
    """
    if ratings.scores.shape[1] < _WINDOW + 1:
        return Events.none(SUDDEN_SHIFT.name, ratings.clients)
    if options.strict_rises is None:
        options = replace(options, strict_rises=ratings.higher_is_better)
    client, column, falling = _shifts(ratings.scores, options)
    before, after = ratings.scores[client, column], ratings.scores[client, column + 1]
    losing = falling == ratings.higher_is_better
    depth = np.abs(before - after)
    up = ratings.measure.upward(ratings.scores)
    became = recovery(up, client, column + 1, up[client, column], np.where(losing, depth, 1.0))
    half_way = (before + after) / 2
    end = ratings.sessions(client, np.maximum(became.end, 0))
    return Events(
        SUDDEN_SHIFT.name,
        ratings.clients,
        client,
        kind=np.where(losing, KINDS.index("loss"), KINDS.index("gain")),
        onset=ratings.sessions(client, column + 1),
        end=np.where(losing & (became.end != NONE), end, NONE),
        detected_at=ratings.sessions(client, column + 1 + _last_read(ratings.scores, client, column)),
        depth=depth,
        pattern=np.where(losing, PATTERNS.index("lightning"), 0),
        state=np.where(losing, became.state, 0),
        details={
            "before": before,
            "after": after,
            "reversal_value": half_way,
            "reversed": _passed(ratings.scores, client, column, half_way, falling),
        },
    )


def _last_read(scores: Floats, client: Integers, column: Integers) -> Integers:
    """How many sessions behind the first after the interval the last one that was read lies."""
    ahead = column[:, None] + 1 + np.arange(_WINDOW)
    there = (ahead < scores.shape[1]) & ~np.isnan(scores[client[:, None], np.minimum(ahead, scores.shape[1] - 1)])
    return _WINDOW - 1 - there[:, ::-1].argmax(axis=1)


def _passed(scores: Floats, client: Integers, column: Integers, half_way: Floats, falling: Flags) -> Flags:
    """Whether a later session passed the half-way mark; NaN compares false: a missing one passes nothing."""
    later = np.arange(scores.shape[1]) > column[:, None] + 1
    rows = scores[client]
    with np.errstate(invalid="ignore"):
        beyond = np.where(falling[:, None], rows > half_way[:, None], rows < half_way[:, None])
    return np.any(beyond & later, axis=1)


def alarms(ratings: Ratings, options: SuddenShiftOptions) -> Alarms:
    """The depth of a loss from the session at which all it reads is there, until half of it is regained."""
    events = detect(ratings, options)
    onset = np.where(np.isnan(ratings.scores), np.nan, 0.0)
    if not len(events):
        return Alarms(onset, onset)
    column = events.onset - ratings.first[events.client]
    # Three sessions from the onset on must have passed, whether rated or not.
    losses = (events.kind == KINDS.index("loss")) & (column + _WINDOW <= onset.shape[1])
    client, known = events.client[losses], column[losses] + _WINDOW - 1
    started, half = np.zeros(onset.shape), np.full(onset.shape, np.nan)
    started[client, known] = events.depth[losses]
    half[client, known] = ratings.measure.upward(events.details["reversal_value"][losses])
    scores, now = ratings.measure.upward(ratings.scores), np.full(onset.shape, np.nan)
    depth, mark = np.zeros(len(scores)), np.full(len(scores), np.nan)
    for place in range(scores.shape[1]):
        fresh = started[:, place] > 0
        depth, mark = np.where(fresh, started[:, place], depth), np.where(fresh, half[:, place], mark)
        with np.errstate(invalid="ignore"):
            depth = np.where(scores[:, place] > mark, 0.0, depth)
        now[:, place] = depth
    there = ~np.isnan(scores)
    return Alarms(np.where(there, now, np.nan), np.where(there, started, np.nan))


SUDDEN_SHIFT = Detector(
    name="sudden-shift",
    paper="Tang & DeRubeis 1999, 10.1037/0022-006X.67.6.894",
    cost="O(n) for each client, vectorised over clients",
    options=SuddenShiftOptions,
    run=detect,
    alarms=alarms,
    least=4,
)
