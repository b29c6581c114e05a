"""How a method's events agree with what really happened: ruptures noticed, losses right, and repairs that were none."""

from __future__ import annotations

from typing import Any

import numpy as np

from reattune.alliance.detectors import Events
from reattune.alliance.detectors.event import KINDS, NONE, STATES
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import Truth


def judge_events(events: Events, ratings: Ratings, truth: Truth) -> dict[str, Any]:
    """Losses against the truth, by the names that :class:`.Judgement` has them under.

    A rupture counts as noticed where a loss overlaps it, and only if there was a rating in it.
    """
    rated = ~np.isnan(ratings.scores)
    grid, columns = rated.shape[1], np.arange(rated.shape[1])
    last = grid - 1 - rated[:, ::-1].argmax(axis=1)
    losses = events.kind == KINDS.index("loss")
    client, onset = events.client[losses], events.onset[losses] - ratings.first[events.client[losses]]
    end, state = events.end[losses], events.state[losses]
    stop = np.where(end == NONE, last[client], end - ratings.first[client])
    found = np.zeros(rated.shape, dtype=bool)
    for row, begin, until in zip(client, onset, stop, strict=True):
        found[row, begin : until + 1] = True
    seen = noticed = 0
    for row, begin in np.argwhere(truth.onset):
        over = np.flatnonzero(~truth.in_rupture[row, begin:])
        until = begin + over[0] if len(over) else grid
        if rated[row, begin:until].any():
            seen += 1
            noticed += bool(found[row, begin:until].any())
    beside = truth.in_rupture.copy()
    beside[:, :-1] |= truth.in_rupture[:, 1:]
    beside[:, 1:] |= truth.in_rupture[:, :-1]
    began = np.where(truth.onset & (columns <= last[:, None]), columns, -1).max(axis=1)
    still = truth.in_rupture[client, last[client]] & (onset >= began[client] - 1)
    repaired = state == STATES.index("repaired")
    return {
        "noticed": noticed / seen if seen else float("nan"),
        "right": float(beside[client, onset].mean()) if len(client) else float("nan"),
        "still_open": int(still.sum()),
        "wrongly_mended": float(repaired[still].mean()) if still.any() else float("nan"),
    }
