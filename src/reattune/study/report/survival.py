"""Kaplan-Meier curves from counts, and exact binomial limits for a funnel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reattune.alliance.arrays import Floats, Integers


def kaplan_meier(happened: Integers, ended: Integers) -> Floats:
    """Share to whom it has not happened yet, by session from 0.

    Args:
        happened, ended: (sessions,) how many it happened to at each session, and how many were last seen there.

    Source: Kaplan & Meier 1958, 10.1080/01621459.1958.10501452. Whoever is last seen at a session was still there
    when it happened to others.
    """
    at_risk = (happened + ended)[::-1].cumsum()[::-1]
    hazard = np.divide(happened, at_risk, out=np.zeros(len(happened)), where=at_risk > 0)
    curve: Floats = np.concatenate([[1.0], np.cumprod(1 - hazard)])
    return curve


def shown(curve: Floats, happened: Integers, ended: Integers, least: int = 10) -> Floats:
    """The curve as far as at least ``least`` people stand behind it."""
    at_risk = (happened + ended)[::-1].cumsum()[::-1]
    enough = int((at_risk >= least).sum())
    return curve[: max(enough, 1) + 1]


def median_time(curve: Floats) -> int | None:
    """First session by which it has happened to half, or ``None``."""
    below = np.flatnonzero(curve <= 0.5)
    return int(below[0]) if len(below) else None


def funnel_limits(center: float, sizes: Sequence[int]) -> list[tuple[int, float, float, float, float]]:
    """For each size: the shares between which 95 % and 99.8 % lie by chance alone, if all have the same share.

    Source: Spiegelhalter 2005, 10.1002/sim.1970 (funnel plots); limits are exact binomial quantiles.
    """
    from scipy.stats import binom

    n = np.asarray(sizes)
    quantiles = [binom.ppf(q, n, center) / n for q in (0.025, 0.975, 0.001, 0.999)]
    return [(int(size), *(float(q[i]) for q in quantiles)) for i, size in enumerate(n)]  # type: ignore[misc]
