"""Runs of marked sessions."""

from __future__ import annotations

import numpy as np

from reattune.alliance.array_types import Flags, Integers


def stretches(marked: Flags) -> tuple[Integers, Integers, Integers]:
    """Runs of consecutive marks: row, first column, and the column behind the last; by row, then column."""
    edge = np.zeros((len(marked), 1), dtype=np.int8)
    change = np.diff(np.hstack([edge, marked.astype(np.int8), edge]), axis=1)
    row, start = np.nonzero(change == 1)
    _, stop = np.nonzero(change == -1)
    return row, start, stop
