"""Fitting the prior to a cohort: empirical Bayes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reattune.alliance.arrays import Floats
from reattune.alliance.bayes.parameter_grid import LEVELS
from reattune.alliance.bayes.posterior import Batch, batches
from reattune.alliance.bayes.prior import PUBLISHED, BondPrior
from reattune.alliance.ratings import Ratings

LEAST_CLIENTS, LEAST_RATINGS = 20, 4
_ROUNDS = 12
_ENOUGH = 0.005  # relative change of every figure at which the rounds end
_LEAST_LOG_SD = 0.15
_RATES = (0.005, 0.30)


def fit(ratings: Ratings, start: BondPrior | None = None) -> BondPrior:
    """The prior under which a cohort's ratings are most likely, as far as they can tell.

    Level, growth and spread of people and the rate of onsets are fitted, by expectation-maximisation on the
    filter's own grid; how deep ruptures are, how they mend and how much is noise stay as published, for ratings
    alone hardly tell them apart.

    Args:
        ratings: at least 20 clients with at least 4 ratings each; others are left out. The measure needs no range.
        start: whose other figures to keep; the published ones unless given.

    Returns:
        A prior in score units with higher better.

    Raises:
        ValueError: there are too few clients, or the scores do not vary.

    Cost: a filter pass for each of at most 12 rounds.

    Source: Dempster, Laird & Rubin 1977, 10.1111/j.2517-6161.1977.tb01600.x.
    """
    enough = (~np.isnan(ratings.scores)).sum(axis=1) >= LEAST_RATINGS
    if enough.sum() < LEAST_CLIENTS:
        raise ValueError(
            f"To fit the model it takes at least {LEAST_CLIENTS} clients with {LEAST_RATINGS} or more ratings; here "
            f"are {int(enough.sum())}. Give the measure's range, so that published figures can be used."
        )
    names = [name for name, kept in zip(ratings.clients, enough, strict=True) if kept]
    some = Ratings(names, ratings.scores[enough], ratings.first[enough], ratings.measure)
    prior = _moments(some, start or PUBLISHED)
    for _ in range(_ROUNDS):
        following = _round(some, prior)
        if _close(prior, following):
            return following
        prior = following
    return prior


def _moments(ratings: Ratings, start: BondPrior) -> BondPrior:
    """A first guess: means of people, and the steps between neighbouring scores."""
    scores = ratings.measure.upward(ratings.scores)
    means = np.nanmean(scores, axis=1)
    steps = np.abs(np.diff(ratings.packed()[0], axis=1))
    there = ~np.isnan(steps)
    # A mean of steps is less at the mercy of a coarse scale than a median; half of it is taken for ruptures.
    spread = np.where(there, steps, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1) / 1.128
    typical = float(np.median(spread)) or float(spread.mean())
    level_sd = float(means.std())
    if not typical > 0 or not level_sd > 0:
        raise ValueError("The scores hardly vary, so nothing can be fitted to them.")
    ratio = typical / start.spread_median
    return replace(
        start,
        level_mean=float(means.mean()),
        level_sd=level_sd,
        growth_mean=0.0,
        growth_sd=start.growth_sd * ratio,
        spread_median=typical,
    )


@dataclass
class _Sums:
    """What a round adds up over clients."""

    clients: float = 0.0
    level: float = 0.0
    level_square: float = 0.0
    growth: float = 0.0
    log_spread: float = 0.0
    log_spread_square: float = 0.0
    onsets: float = 0.0
    chances: float = 0.0

    def add(self, batch: Batch) -> None:
        rows = len(batch.within)
        last = batch.passage.masses[batch.last, :, :, :, np.arange(len(batch.last))][:rows]
        mass = last.sum(axis=1, dtype=np.float64)  # (rows, LEVELS, blocks)
        mass /= mass.sum(axis=(1, 2), keepdims=True)
        blocks = batch.model.blocks
        block = mass.sum(axis=1)
        levels = batch.passage.origin.T[:rows, None] + blocks.unit * np.arange(LEVELS)[:, None]
        logs = np.log(blocks.spread)
        self.clients += rows
        self.level += float((mass * levels).sum())
        self.level_square += float((mass * levels**2).sum())
        self.growth += float((block * blocks.growth).sum())
        self.log_spread += float((block * logs).sum())
        self.log_spread_square += float((block * logs**2).sum())
        seen, within = batch.seen, batch.within
        self.onsets += float(seen.onset[:rows][within].sum())
        before = 1 - np.roll(seen.ruptured[:rows], 1, axis=1)
        judged = within.copy()
        judged[:, :2] = False
        self.chances += float(before[judged].sum())


def _round(ratings: Ratings, prior: BondPrior) -> BondPrior:
    sums = _Sums()
    for batch in batches(ratings, prior):
        sums.add(batch)
    n = sums.clients
    level, log_spread = sums.level / n, sums.log_spread / n
    spread = float(np.exp(log_spread))
    rate = float(np.clip(sums.onsets / max(sums.chances, 1e-9), *_RATES))
    # Sudden and slow ones keep their published proportion.
    share = prior.lightning / (prior.lightning + prior.trickle)
    return replace(
        prior,
        level_mean=level,
        level_sd=_sd(sums.level_square / n, level),
        growth_mean=sums.growth / n,
        growth_sd=prior.growth_sd * spread / prior.spread_median,
        spread_median=spread,
        spread_log_sd=max(_LEAST_LOG_SD, _sd(sums.log_spread_square / n, log_spread)),
        lightning=rate * share,
        trickle=rate * (1 - share),
    )


def _sd(mean_square: float, mean: float) -> float:
    return float(np.sqrt(max(mean_square - mean**2, 1e-12)))


def _close(one: BondPrior, other: BondPrior) -> bool:
    def figures(prior: BondPrior) -> Floats:
        return np.array([prior.level_sd, prior.spread_median, prior.spread_log_sd, prior.lightning])

    near = np.abs(figures(one) - figures(other)) <= _ENOUGH * figures(one)
    return bool(near.all()) and abs(one.level_mean - other.level_mean) <= _ENOUGH * one.level_sd
