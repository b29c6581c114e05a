"""Kaplan-Meier curves from counts, and exact binomial limits for a funnel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Floats, Integers


def kaplan_meier(happened: Integers, ended: Integers) -> Floats:
    """Share to whom it has not happened yet, after each session; (sessions,).

    Args:
        happened, ended: (sessions,) how many it happened to at each session, and how many were last seen there. At
            session 0 it has happened to nobody.

    Source: Kaplan & Meier 1958, 10.1080/01621459.1958.10501452. Whoever is last seen at a session was still there
    when it happened to others.
    """
    at_risk = (happened + ended)[::-1].cumsum()[::-1]
    hazard = np.divide(happened, at_risk, out=np.zeros(len(happened)), where=at_risk > 0)
    curve: Floats = np.cumprod(1 - hazard)
    return curve


def shown(curve: Floats, happened: Integers, ended: Integers, least: int = 10) -> Floats:
    """The curve as far as at least ``least`` people stand behind it."""
    at_risk = (happened + ended)[::-1].cumsum()[::-1]
    enough = int((at_risk >= least).sum())
    return curve[: max(enough, 1)]


def median_time(curve: Floats) -> int | None:
    """First session by which it has happened to half, or ``None``."""
    # A product of shares that is half may end a hair above it.
    below = np.flatnonzero(curve <= 0.5 + 1e-9)
    return int(below[0]) if len(below) else None


@dataclass(frozen=True)
class Limits:
    """What is usual among ``size`` clients if all therapists have the same share; shares 0-1.

    ``usual_out`` and ``wide_out`` are how often a share lies outside the two bands by chance alone: less than 5 and
    .2 %, because clients are whole.
    """

    size: int
    usual_low: float
    usual_high: float
    wide_low: float
    wide_high: float
    usual_out: float
    wide_out: float


def funnel_limits(center: float, sizes: Sequence[int]) -> list[Limits]:
    """For each size: the shares between which 95 % and 99.8 % lie by chance alone, if all have the same share.

    Source: Spiegelhalter 2005, 10.1002/sim.1970 (funnel plots); limits are exact binomial quantiles.
    """
    from scipy.stats import binom

    n = np.asarray(sizes)
    ends, outside = [], []
    for low, high in ((0.025, 0.975), (0.001, 0.999)):
        least, most = binom.ppf(low, n, center), binom.ppf(high, n, center)
        ends += [least / n, most / n]
        outside.append(binom.cdf(least - 1, n, center) + binom.sf(most, n, center))
    return [Limits(int(size), *(float(each[i]) for each in (*ends, *outside))) for i, size in enumerate(n)]
