"""Whether a loss was made good later: the same rule for every method that does not say it itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.arrays import Floats, Integers
from reattune.alliance.detectors.event import NONE, STATES

# Shares of the lost ground that a later score must have regained.
PARTLY, WHOLLY = 0.5, 0.8


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
        ``repaired`` once two scores in a row, or the last one, have regained .8 of the depth; ``partly`` if one has
        regained .5. The loss ends with the last score before the first that regained .5.

    Cost: O(losses x grid).
    """
    rows = scores[client]
    columns = np.arange(scores.shape[1])
    later = (columns > onset[:, None]) & ~np.isnan(rows)
    regained = np.where(later, (rows - (before - depth)[:, None]) / depth[:, None], -np.inf)
    half = regained >= PARTLY
    whole = regained >= WHOLLY
    # A score that is missing neither confirms nor denies.
    following = _next_there(whole, later)
    state = np.where(following.any(axis=1), STATES.index("repaired"), STATES.index("open"))
    state = np.where((state == STATES.index("open")) & half.any(axis=1), STATES.index("partly"), state)
    first = np.where(half.any(axis=1), half.argmax(axis=1), scores.shape[1])
    low = (columns >= onset[:, None]) & (columns < first[:, None]) & ~np.isnan(rows)
    last_low = scores.shape[1] - 1 - low[:, ::-1].argmax(axis=1)
    return Recovery(state, np.where(half.any(axis=1), last_low, NONE))


def _next_there(marked: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Where a score is marked and so is the next one that is there, or there is none."""
    confirmed = np.zeros_like(marked)
    following = np.ones(len(marked), dtype=bool)
    for column in range(marked.shape[1] - 1, -1, -1):
        confirmed[:, column] = marked[:, column] & following
        following = np.where(there[:, column], marked[:, column], following)
    return confirmed
