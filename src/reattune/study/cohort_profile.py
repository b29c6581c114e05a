"""What a cohort is like, from its first clients: what some methods need to know before they start."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.fit_prior import Chosen, Source, choose
from reattune.alliance.bayes.prior import published_prior, published_symptoms, with_rate
from reattune.alliance.measure import Measure, with_seen_ends
from reattune.alliance.ratings import Ratings
from reattune.study.errors import StudyError

# Clients from the beginning of the file that bearings are taken from, and their first sessions: one very long course
# must not make the grid of all wide.
CLIENTS, SESSIONS = 20_000, 100
# Where the range was only guessed, a fit is tried without being asked for from so many clients on.
UNASKED = 50
_DIGITS = 6


@dataclass(frozen=True)
class Bearings:
    """A cohort's own figures, in score units.

    Attributes:
        measure: with the step of its scores, where that could be seen.
        first_sd: standard deviation of clients' first scores.
        within_sd: mean within-person standard deviation.
        spread: from the least to the greatest score.
        chosen: what ``bayes`` believes beforehand, and where from; ``None`` where it is not run.
        clients: how many clients the figures are from.
    """

    measure: Measure
    first_sd: float
    within_sd: float
    spread: float
    chosen: Chosen | None
    clients: int


def take_bearings(
    head: Ratings, *, wants_prior: bool, wants_fit: bool, rate: float | None = None, told: bool = True
) -> Bearings:
    """The figures of the first clients of a cohort.

    Args:
        head: at most ``CLIENTS`` clients.
        wants_prior: whether ``bayes`` will be run.
        wants_fit: whether a fit is to be tried even if the measure has a range.
        rate: how often ruptures begin, a steady session, where the person knows it.
        told: whether the range is the person's or the instrument's, and not guessed from the scores.

    Raises:
        StudyError: the model can neither be taken from the literature nor fitted.
        ValueError: the rate is not between 0 and 1.
    """
    measure = head.measure
    if not measure.step:
        measure = replace(measure, step=_step(head.scores))
    measure = with_seen_ends(measure, head.scores)
    head = replace(head, measure=measure)
    wants_fit = wants_fit or (not told and len(head.clients) >= UNASKED)
    chosen = _chosen(head, wants_fit=wants_fit, rate=rate) if wants_prior else None
    first = head.packed()[0][:, :1]
    there = head.scores[~np.isnan(head.scores)]
    spread = float(np.ptp(there)) if len(there) else 0.0
    return Bearings(measure, _spread(first, head.scores), _within(head.scores), spread, chosen, len(head.clients))


def head_of(ratings: Ratings) -> Ratings:
    """As much of a cohort as bearings are taken from."""
    return ratings.part(slice(CLIENTS), slice(SESSIONS))


def _chosen(head: Ratings, *, wants_fit: bool, rate: float | None) -> Chosen:
    measure = head.measure
    published = None
    if measure.has_range:
        # Lower is better on scales of symptoms, which begin elsewhere and fall faster than a bond grows.
        published = published_prior(measure) if measure.higher_is_better else published_symptoms(measure)
    if published is not None and not wants_fit:
        return Chosen(published if rate is None else with_rate(published, rate), Source.PUBLISHED, 0, 0.0)
    try:
        return choose(head, published, rate)
    except ValueError as error:
        raise StudyError(f"{error} Write --range LOWEST..HIGHEST.") from error


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
