"""What a cohort is like, from its first clients: what some methods need to know before they start."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reattune.alliance.arrays import Floats
from reattune.alliance.bayes.fit_prior import fit
from reattune.alliance.bayes.prior import BondPrior, published_prior
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings
from reattune.study.errors import StudyError

# Clients from the beginning of the file that bearings are taken from, and those the model is fitted to.
CLIENTS, FITTED = 20_000, 2_000
_DIGITS = 6


@dataclass(frozen=True)
class Bearings:
    """A cohort's own figures, in score units.

    Attributes:
        measure: with the step of its scores, where that could be seen.
        first_sd: standard deviation of clients' first scores.
        within_sd: mean within-person standard deviation.
        prior: what ``bayes`` believes beforehand; ``fitted`` whether from this cohort.
        clients: how many clients the figures are from.
    """

    measure: Measure
    first_sd: float
    within_sd: float
    prior: BondPrior | None
    fitted: bool
    clients: int


def take_bearings(head: Ratings, *, wants_prior: bool, wants_fit: bool) -> Bearings:
    """The figures of the first clients of a cohort.

    Args:
        head: at most ``CLIENTS`` clients.
        wants_prior: whether ``bayes`` will be run.
        wants_fit: whether it is to be fitted even if the measure has a range.

    Raises:
        StudyError: the model can neither be taken from the literature nor fitted.
    """
    measure = head.measure
    if not measure.step:
        measure = replace(measure, step=_step(head.scores))
    head = Ratings(head.clients, head.scores, head.first, measure)
    prior, fitted = None, False
    if wants_prior:
        fitted = wants_fit or not np.isfinite(measure.high - measure.low)
        few = Ratings(head.clients[:FITTED], head.scores[:FITTED], head.first[:FITTED], measure)
        try:
            prior = fit(few) if fitted else published_prior(measure)
        except ValueError as error:
            raise StudyError(f"{error} Write --range LOWEST..HIGHEST.") from error
    first = head.packed()[0][:, :1]
    return Bearings(measure, _spread(first, head.scores), _within(head.scores), prior, fitted, len(head.clients))


def _spread(first: Floats, scores: Floats) -> float:
    for values in (first, scores):
        there = values[~np.isnan(values)]
        if len(there) > 1 and there.std(ddof=1) > 0:
            return float(there.std(ddof=1))
    return 0.0


def _within(scores: Floats) -> float:
    count = (~np.isnan(scores)).sum(axis=1)
    some = scores[count > 1]
    return float(np.nanstd(some, axis=1, ddof=1).mean()) if len(some) else 0.0


def _step(scores: Floats) -> float:
    """The distance of neighbouring possible scores, if they lie on a lattice; else 0."""
    values = np.unique(np.round(scores[~np.isnan(scores)], _DIGITS))
    if len(values) < 3:
        return 0.0
    steps = np.diff(values)
    least = float(steps.min())
    multiples = steps / least
    on_lattice = np.abs(multiples - np.round(multiples)) < 0.02
    return least if bool(on_lattice.all()) and len(values) <= 2_000 else 0.0
