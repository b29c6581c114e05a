"""Fitting the prior to a cohort, and whether that predicts the cohort better than the published figures do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.posterior import batches
from reattune.alliance.bayes.prior import PUBLISHED, BondPrior, laid_on, with_rate
from reattune.alliance.ratings import Ratings

LEAST_CLIENTS, LEAST_RATINGS = 20, 4
# A fit reads so many ratings at most, of clients spread over the cohort: more change little, and take longer.
_MOST_RATINGS = 12_000
_ROUNDS, _ENOUGH = 12, 0.3  # at most so many rounds; fewer where the next gains less than so much log likelihood
_ROUGHLY = 5.0  # gain above which slopes that look ahead only are good enough, at half of the cost
_APART = 0.1  # of the points between which a slope is taken
_FARTHEST = 0.7  # that a figure moves in one round
_SMALLEST = 0.2  # share of a step that is still tried


class Source(StrEnum):
    """Where a prior is from."""

    PUBLISHED = "published"
    LAID_ON = "laid_on"
    FITTED = "fitted"


@dataclass(frozen=True)
class Chosen:
    """The prior that predicts a cohort best.

    Attributes:
        prior: in score units with higher better.
        source: which it is.
        clients: how many it was fitted to and compared on.
        gain: by how much log likelihood for each client the other half of the cohort is predicted better than by the
            published figures (laid on, where the measure has no range); 0 for those themselves.
    """

    prior: BondPrior
    source: Source
    clients: int
    gain: float


def fit(ratings: Ratings, rate: float | None = None) -> BondPrior:
    """The prior under which a cohort's ratings are most likely.

    Fitted are level and growth of people (mean and sd), their spread (median and log-sd), how often ruptures begin,
    how deep they are, and how far a steady level drifts, by maximum marginal likelihood on the filter, with the
    published figures as what is believed before: few clients move them little. How ruptures mend stays as published,
    for ratings alone hardly tell.

    Args:
        ratings: at least 20 clients with at least 4 ratings each; others are left out. The measure needs no range.
        rate: how often ruptures begin, a steady session, where that is known; it is fitted unless given.

    Returns:
        A prior in score units with higher better.

    Raises:
        ValueError: there are too few clients, or the scores do not vary.

    Cost: some 150 passes of the filter over at most 12,000 ratings.

    Source: Berndt, Hall, Hall & Hausman 1974 (the steps); Zucchini, MacDonald & Langrock 2016,
    10.1201/b20790 (the likelihood of a hidden Markov model).
    """
    some = _enough(ratings)
    figures = _Figures.of(some, rate)
    return figures.set_right(_fit(some, figures, figures.many))


def choose(ratings: Ratings, published: BondPrior | None, rate: float | None = None) -> Chosen:
    """The published figures, or a fit, whichever predicts clients better that it has not seen.

    Args:
        ratings: as :func:`fit` takes them; with fewer clients the published figures are taken as they are.
        published: as :func:`.prior.published_prior` has them, or ``None`` where the measure has no range: then they
            are laid on by the level and the spread of the cohort.
        rate: as in :func:`fit`.

    Raises:
        ValueError: there are too few clients and no range, or the scores do not vary.

    Cost: three times that of :func:`fit`.

    Source: Stone 1974, 10.1111/j.2517-6161.1974.tb00994.x (cross-validation).
    """
    base = None if published is None else with_rate(published, rate) if rate else published
    try:
        some = _enough(ratings)
        figures = _Figures.of(some, rate)
    except ValueError:
        if base is None:
            raise
        return Chosen(base, Source.PUBLISHED, 0, 0.0)
    halves = [some.part(slice(start, None, 2)) for start in (0, 1)]
    reached: dict[Source, list[Floats]] = {}
    worth: dict[Source, float] = {}
    for source, places in ((Source.LAID_ON, figures.few), (Source.FITTED, figures.many)):
        reached[source] = [_fit(half, figures, places) for half in halves]
        pairs = zip(reached[source], halves[::-1], strict=True)
        worth[source] = sum(float(log_likelihood(other, figures.prior(at)).sum()) for at, other in pairs)
    if base is not None:
        worth[Source.PUBLISHED] = float(log_likelihood(some, base).sum())
    best = max(worth, key=worth.__getitem__)
    gain = (worth[best] - worth[Source.PUBLISHED if base else Source.LAID_ON]) / len(some.clients)
    if best is Source.PUBLISHED and base is not None:
        return Chosen(base, best, len(some.clients), 0.0)
    places = figures.few if best is Source.LAID_ON else figures.many
    at = _fit(some, figures, places, np.mean(reached[best], axis=0))
    return Chosen(figures.set_right(at) if best is Source.FITTED else figures.prior(at), best, len(some.clients), gain)


def _enough(ratings: Ratings) -> Ratings:
    """Clients with enough ratings, and no more of them than can be read in a while."""
    count = (~np.isnan(ratings.scores)).sum(axis=1)
    enough = np.flatnonzero(count >= LEAST_RATINGS)
    if len(enough) < LEAST_CLIENTS:
        raise ValueError(
            f"To fit the model it takes at least {LEAST_CLIENTS} clients with {LEAST_RATINGS} or more ratings; here "
            f"are {len(enough)}. Give the measure's range, so that published figures can be used."
        )
    every = max(1, int(count[enough].sum()) // _MOST_RATINGS)
    return ratings.part(enough[::every])


def log_likelihood(ratings: Ratings, prior: BondPrior) -> Floats:
    """(clients,) log density of each client's scores, in units of the score.

    That a course went on is not counted as evidence against a rupture: courses end for many reasons, and the rate of
    ruptures would be pushed to half. Clients without a rating have 0.
    """
    found = np.zeros(len(ratings.clients))
    for batch in batches(ratings, replace(prior, leave=0.0)):
        found[batch.clients] = batch.passage.log_likelihood[: len(batch.within)]
    return found


@dataclass(frozen=True)
class _Figures:
    """Figures of a prior as a vector around 0, the published ones; ``sds`` say how far they are believed to lie off.

    The places are: level's mean and sd, growth's mean and sd, spread's median and log-sd, the rate of onsets, depth,
    and the drift of a steady level.
    """

    level_mean: float
    level_sd: float
    spread: float
    unit: float | None
    rate: float | None

    sds: ClassVar[Floats] = np.array([9.0, 9.0, 2.0, 0.25, 9.0, 0.2, 0.7, 0.15, 0.5])
    bias: ClassVar[Floats] = np.zeros(9)
    few: ClassVar[tuple[int, ...]] = (0, 1, 4)

    @classmethod
    def of(cls, ratings: Ratings, rate: float | None) -> _Figures:
        """Where to begin: first scores of people, and the steps between neighbouring ones."""
        scores = ratings.measure.upward(ratings.packed()[0])
        first = np.nanmedian(scores[:, :3], axis=1)
        steps = np.abs(np.diff(scores, axis=1))
        there = ~np.isnan(steps)
        # A mean of steps is less at the mercy of a coarse scale than a median.
        spread = np.where(there, steps, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1) / 1.128
        typical = float(np.median(spread)) or float(spread.mean())
        level_sd = float(first.std())
        if not typical > 0 or not level_sd > 0:
            raise ValueError("The scores hardly vary, so nothing can be fitted to them.")
        low, high = ratings.measure.upward_range
        unit = (high - low) / 100 if np.isfinite(high - low) else None
        return cls(float(first.mean()), level_sd, typical, unit, rate)

    @property
    def many(self) -> tuple[int, ...]:
        """Places of all figures that are fitted."""
        return tuple(place for place in range(len(self.sds)) if place != 6 or self.rate is None)

    def set_right(self, at: Floats) -> BondPrior:
        """The prior that fitted figures stand for, what the grid is known to add to them taken off."""
        return self.prior(at - np.where(np.isin(np.arange(len(at)), self.many), self.bias, 0.0))

    def prior(self, at: Floats) -> BondPrior:
        """The prior that a vector stands for."""
        level_sd, spread = self.level_sd * np.exp(at[1]), self.spread * np.exp(at[4])
        unit = self.unit or level_sd / PUBLISHED.level_sd
        prior = laid_on(self.level_mean + self.level_sd * at[0], level_sd, spread, unit)
        prior = with_rate(prior, self.rate or (PUBLISHED.lightning + PUBLISHED.trickle) * np.exp(at[6]))
        deeper = np.exp(at[7])
        return replace(
            prior,
            growth_mean=prior.growth_mean + PUBLISHED.growth_sd * unit * at[2],
            growth_sd=prior.growth_sd * np.exp(at[3]),
            spread_log_sd=prior.spread_log_sd * np.exp(at[5]),
            depth_mean=prior.depth_mean * deeper,
            slope=prior.slope * deeper,
            drift=prior.drift * np.exp(at[8]),
        )


def _fit(ratings: Ratings, figures: _Figures, places: Sequence[int], start: Floats | None = None) -> Floats:
    """The likeliest figures, where only the figures at ``places`` move."""
    which, precision = list(places), 1 / figures.sds[list(places)] ** 2

    def worth(at: Floats) -> tuple[Floats, float]:
        each = log_likelihood(ratings, figures.prior(at))
        return each, float(each.sum() - 0.5 * (precision * at[which] ** 2).sum())

    at = np.zeros(len(figures.sds)) if start is None else start
    here, best = worth(at)
    rough = True
    for _ in range(_ROUNDS):
        slopes = np.stack([_slope(worth, at, here, place, rough=rough) for place in which], axis=1)
        # A slope that looks ahead only is too small by half of the curvature on the way.
        ahead = 0.5 * _APART * (slopes**2).sum(axis=0) if rough else 0.0
        toward = slopes.sum(axis=0) + ahead - precision * at[which]
        step = np.linalg.solve(slopes.T @ slopes + np.diag(precision), toward)
        step = np.clip(step, -_FARTHEST, _FARTHEST)
        share = 1.0
        while share >= _SMALLEST:
            tried = at.copy()
            tried[which] += share * step
            there, reached = worth(tried)
            if reached > best:
                break
            share /= 2
        else:
            if not rough:
                break
            rough = False
            continue
        gained, best, at, here = reached - best, reached, tried, there
        if gained < _ENOUGH and not rough:
            break
        rough = rough and gained > _ROUGHLY
    return at


def _slope(
    worth: Callable[[Floats], tuple[Floats, float]], at: Floats, here: Floats, place: int, *, rough: bool
) -> Floats:
    aside = np.zeros(len(at))
    aside[place] = _APART
    if rough:
        return (worth(at + aside)[0] - here) / _APART
    return (worth(at + aside)[0] - worth(at - aside)[0]) / (2 * _APART)
