"""Whether a loss was made good later: one rule for every method, judged against the truth in ``validate detectors``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.detectors.event import NONE, STATES

# Shares of the lost ground that the mean of three scores in a row must have regained.
PARTLY, WHOLLY = 0.5, 0.8
_OPEN, _PARTLY, _REPAIRED = (STATES.index(name) for name in ("open", "partly", "repaired"))


@dataclass(frozen=True)
class Recovery:
    """For each of some losses: its state (a place in ``STATES``) and the column of its last low session, or -1."""

    state: Integers
    end: Integers


def recovery(scores: Floats, client: Integers, onset: Integers, before: Floats, depth: Floats) -> Recovery:
    """What became of losses.

    Args:
        scores: (clients, grid), higher better, NaN where missing.
        client, onset: (losses,) row, and column of the first low score.
        before: (losses,) the level lost; ``depth`` how far it fell, above 0.

    Returns:
        As :func:`regained_ground` says of the scores behind the onset.

    Cost: O(losses x grid).
    """
    rows = scores[client]
    columns = np.arange(scores.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        regained = (rows - (before - depth)[:, None]) / depth[:, None]
    rated = ~np.isnan(rows)
    return regained_ground(regained, rated & (columns > onset[:, None]), rated & (columns >= onset[:, None]))


def regained_ground(regained: Floats, later: Flags, low: Flags) -> Recovery:
    """What became of losses whose way back is known.

    Args:
        regained: (losses, grid) share of the lost ground that each score has regained.
        later: (losses, grid) scores that may speak of a repair; ``low`` those that may be its last low one.

    Returns:
        ``repaired`` once three scores in a row have regained .8 on average, and the first two at least .5 each;
        ``partly`` once three have regained .5 on average. At the end of a course two are enough, and one is none:
        one score alone is noise too often. The loss ends with the last score before the first of these.
    """
    own = np.where(later, regained, np.nan)
    second = _next_there(own)
    third = _next_there(np.where(later, second, np.nan))
    # At the end of a course two are enough.
    third = np.where(np.isnan(third), (own + second) / 2, third)
    mean = (own + second + third) / 3
    with np.errstate(invalid="ignore"):
        half = later & (own >= PARTLY) & (mean >= PARTLY)
        whole = half & (mean >= WHOLLY) & (np.minimum(own, second) >= PARTLY)
    some = half.any(axis=1)
    state = np.where(whole.any(axis=1), _REPAIRED, np.where(some, _PARTLY, _OPEN))
    first = np.where(some, half.argmax(axis=1), regained.shape[1])
    still = low & (np.arange(regained.shape[1]) < first[:, None])
    last_low = regained.shape[1] - 1 - still[:, ::-1].argmax(axis=1)
    return Recovery(state, np.where(some, last_low, NONE))


def _next_there(values: Floats) -> Floats:
    """For each place the next value behind it that is not NaN, or NaN; (rows, columns)."""
    found, following = np.full(values.shape, np.nan), np.full(len(values), np.nan)
    for column in range(values.shape[1] - 1, -1, -1):
        found[:, column] = following
        following = np.where(np.isnan(values[:, column]), following, values[:, column])
    return found


def not_within_another(client: Integers, onset: Integers, end: Integers, width: int) -> Flags:
    """Which losses do not begin while an earlier one of the same client still lasts.

    Args:
        client, onset, end: (losses,) by client, then onset; columns, ``end`` -1 where it lasts.
        width: columns of the grid.
    """
    row = client * (width + 1)
    until = np.maximum.accumulate(row + np.where(end == NONE, width, end)) if len(client) else row
    kept = np.ones(len(client), dtype=bool)
    kept[1:] = until[:-1] < (row + onset)[1:]
    return kept
