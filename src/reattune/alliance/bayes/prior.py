"""What is believed about courses of therapy before a person's own ratings are seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from reattune.alliance.measure import Measure


@dataclass(frozen=True)
class BondPrior:
    """Hyperparameters of the bond model.

    ``level``, ``growth`` and ``spread`` are in score units with higher better; depths and slopes in within-person
    sd; rates are chances a session.

    Attributes:
        level_mean, level_sd: of people, at their first session.
        growth_mean, growth_sd: of people, gained for each unit of log(session).
        spread_median, spread_log_sd: within-person sd, log-normal.
        autocorrelation: of the noise of neighbouring sessions.
        lightning, trickle: chance that a sudden or a slow rupture begins at a steady session.
        depth_mean, depth_shape: of a sudden rupture, gamma.
        slope: of a slow one, a session; ``slide`` how many sessions it slides on average.
        repaired: share of ruptures that mend at all; ``repair`` the chance at each session that such a one does;
            ``slow_repair`` the share of repairs that take more than one session.
        leave: chance at each session of an open rupture that the course ends there: that it goes on speaks a
            little against a rupture.
        calm: share of people who are seldom hurt, a tenth as often as others: a hundred quiet sessions are the calm of
            a good bond, and not a rupture that lasts so long that no other can begin.
        drift: how far a steady level wanders in a session, in within-person sd.
        outliers: weight of the heavy tails of the noise.
    """

    level_mean: float = 77.0
    level_sd: float = 11.0
    growth_mean: float = 2.0
    growth_sd: float = 1.5
    spread_median: float = 4.5
    spread_log_sd: float = 0.35
    autocorrelation: float = 0.25
    lightning: float = 0.06
    trickle: float = 0.01
    depth_mean: float = 2.5
    depth_shape: float = 4.0
    slope: float = 0.525
    slide: float = 6.0
    repaired: float = 0.65
    repair: float = 1 / 3
    slow_repair: float = 0.4
    leave: float = 0.04
    calm: float = 0.05
    drift: float = 0.07
    outliers: float = 1e-3

    def __post_init__(self) -> None:
        for name in ("level_sd", "spread_median", "spread_log_sd", "depth_mean", "depth_shape", "slope", "slide"):
            if not getattr(self, name) > 0:
                raise ValueError(f"A prior's {name} is above 0, and this is {getattr(self, name):g}.")
        for name in ("lightning", "trickle", "repaired", "repair", "slow_repair", "leave", "autocorrelation", "calm"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"A prior's {name} lies between 0 and 1, and this is {getattr(self, name):g}.")
        if not self.lightning + self.trickle < 1:
            raise ValueError("A prior's lightning and trickle are together less than 1.")

    def scaled(self, origin: float, unit: float) -> BondPrior:
        """The same beliefs for scores ``origin + unit * score``; ``unit`` is positive."""
        return _scaled(self, origin, unit)


# On 0-100: science.md's figures for session-by-session alliance; docs/detectors.md says where each is from.
PUBLISHED = BondPrior()


# On 0-100 with higher better, for scales of symptoms: people begin near the middle and get better with time.
SYMPTOMS = replace(PUBLISHED, level_mean=54.0, level_sd=14.0, growth_mean=3.5, growth_sd=3.5, spread_median=5.0)


@dataclass(frozen=True)
class SecondPrior:
    """What is believed of a second rater, the therapist, who rates the same bond on the same measure.

    In score units with higher better; figures of the same names as in :class:`BondPrior` are the same of this rater.

    Attributes:
        noticed, noticed_sd: share of ruptures that raters notice, between them; the others leave their ratings as they
            were, however long they last.
        felt: how far the ratings of a noticed rupture fall, in this rater's own sd, for each sd of the first's.
    """

    level_mean: float = 70.0
    level_sd: float = 10.0
    growth_mean: float = 2.5
    growth_sd: float = 1.5
    spread_median: float = 4.5
    spread_log_sd: float = 0.35
    autocorrelation: float = 0.35
    drift: float = 0.14
    outliers: float = 1e-3
    noticed: float = 0.5
    noticed_sd: float = 0.4
    felt: float = 0.7

    def __post_init__(self) -> None:
        for name in ("level_sd", "spread_median", "spread_log_sd", "felt"):
            if not getattr(self, name) > 0:
                raise ValueError(f"A second prior's {name} is above 0, and this is {getattr(self, name):g}.")
        if not 0 <= self.autocorrelation < 1 or not 0 < self.noticed < 1:
            raise ValueError(
                "A second prior's autocorrelation and noticed lie between 0 and 1; these are "
                f"{self.autocorrelation:g} and {self.noticed:g}."
            )

    def scaled(self, origin: float, unit: float) -> SecondPrior:
        """The same beliefs for scores ``origin + unit * score``; ``unit`` is positive."""
        return _scaled(self, origin, unit)


# On 0-100; docs/detectors.md says where each is from.
SECOND = SecondPrior()


def second_beside(prior: BondPrior) -> SecondPrior:
    """The published figures of a second rater, laid beside what is believed of the first, on whatever scale that is."""
    unit = prior.level_sd / PUBLISHED.level_sd
    second = SECOND.scaled(prior.level_mean - unit * PUBLISHED.level_mean, unit)
    return replace(second, spread_median=SECOND.spread_median / PUBLISHED.spread_median * prior.spread_median)


def published_symptoms(measure: Measure) -> BondPrior:
    """The figures for a scale of symptoms, laid onto its range.

    Raises:
        ValueError: the measure has no range.
    """
    low, high = _range_of(measure)
    return SYMPTOMS.scaled(low, (high - low) / 100)


def published_prior(measure: Measure) -> BondPrior:
    """The published figures, laid onto the range of a measure.

    Raises:
        ValueError: the measure has no range, so that nothing says where its usual scores lie.
    """
    low, high = _range_of(measure)
    return PUBLISHED.scaled(low, (high - low) / 100)


def _range_of(measure: Measure) -> tuple[float, float]:
    if not measure.has_range:
        raise ValueError(
            "The published figures need the measure's range. Give its lowest and highest score, or fit to a cohort."
        )
    return measure.upward_range


def laid_on(level_mean: float, level_sd: float, spread: float, unit: float) -> BondPrior:
    """The published figures for a cohort whose level and within-person sd are known.

    Growth, depth and slope stay what they are in points, ``unit`` score units being one of a hundred; a depth in
    within-person sd would grow with the noise of the questionnaire.
    """
    deeper = PUBLISHED.spread_median * unit / spread
    return replace(
        PUBLISHED,
        level_mean=level_mean,
        level_sd=level_sd,
        growth_mean=unit * PUBLISHED.growth_mean,
        growth_sd=unit * PUBLISHED.growth_sd,
        spread_median=spread,
        depth_mean=deeper * PUBLISHED.depth_mean,
        slope=deeper * PUBLISHED.slope,
    )


def with_rate(prior: BondPrior, rate: float) -> BondPrior:
    """The same with so many ruptures begun a steady session; sudden and slow ones keep their proportion.

    Raises:
        ValueError: the rate is not above 0 and below 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"A rate of ruptures lies between 0 and 1 a session, and this is {rate:g}.")
    share = rate / (prior.lightning + prior.trickle)
    return replace(prior, lightning=share * prior.lightning, trickle=share * prior.trickle)


P = TypeVar("P", BondPrior, SecondPrior)


def _scaled(prior: P, origin: float, unit: float) -> P:
    return replace(
        prior,
        level_mean=origin + unit * prior.level_mean,
        level_sd=unit * prior.level_sd,
        growth_mean=unit * prior.growth_mean,
        growth_sd=unit * prior.growth_sd,
        spread_median=unit * prior.spread_median,
    )
