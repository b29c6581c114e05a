"""Comparisons of scores with a cut-off: a score written with decimals that lies exactly on it has reached it."""

from __future__ import annotations

import numpy as np

from reattune.alliance.array_types import Flags, Floats

# 8.1 - 4.1 is a hair less than 4 in binary; no questionnaire is read as finely as this.
_HAIR = 1e-9


def hair(limit: Floats | float) -> Floats:
    """How much a difference may fall short of ``limit`` and still reach it."""
    return np.asarray(_HAIR * (1 + np.abs(limit)))


def reaches(change: Floats, limit: Floats | float) -> Flags:
    """Whether each ``change`` is at least ``limit``; NaN reaches nothing."""
    with np.errstate(invalid="ignore"):
        found: Flags = change >= limit - hair(limit)
    return found


def exceeds(change: Floats, limit: Floats | float) -> Flags:
    """Whether each ``change`` is truly more than ``limit``; NaN is not."""
    with np.errstate(invalid="ignore"):
        found: Flags = change > limit + hair(limit)
    return found
