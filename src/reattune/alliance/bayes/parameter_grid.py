"""The grid on which a person's own level, growth and spread are unknown, and how likely a score is on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.polynomial.hermite_e import hermegauss

from reattune.alliance.array_types import Flags, Floats, Singles
from reattune.alliance.bayes.hidden_states import DEPTHS, UNIT


class RaterFigures(Protocol):
    """What is believed beforehand of how somebody rates: the same names for whoever it is; see :class:`.BondPrior`."""

    @property
    def level_mean(self) -> float: ...
    @property
    def level_sd(self) -> float: ...
    @property
    def growth_mean(self) -> float: ...
    @property
    def growth_sd(self) -> float: ...
    @property
    def spread_median(self) -> float: ...
    @property
    def spread_log_sd(self) -> float: ...
    @property
    def autocorrelation(self) -> float: ...
    @property
    def outliers(self) -> float: ...


# Levels a block of the grid holds, one unit of depth apart: 2.5 sd to each side of the middle.
LEVELS = 6
_SPREADS = 3
# Growths with the mean and the sd of the prior, in its sd, and their weights: the lowest lies near none, or below, so
# that a bond that stays as it is for years, or sinks a little, is still steady.
Growths = tuple[tuple[float, ...], tuple[float, ...]]
_GROWTHS: Growths = ((-1.5, 0.0, 1.5), (2 / 9, 5 / 9, 2 / 9))
# The x positions: the lowest level less the greatest depth, up to the highest level.
_POSITIONS = LEVELS + DEPTHS - 1
# Share of people whose level is drawn from a distribution so many times wider than the others'.
_FAR_SHARE, _FAR_TIMES = 0.02, 4.0
# Weight of ruptures deeper than the greatest depth.
_DEEPER = 0.05
# Before them, densities keep those of the greatest depth, which stands for all that is deeper too.
SPAN = LEVELS + _POSITIONS


@dataclass(frozen=True)
class Blocks:
    """Quadrature nodes for what is fixed in a person; each array is (blocks,).

    Attributes:
        spread: within-person sd, in score units.
        growth: points for each unit of log(session).
        weight: prior probability; sums to one.
        unit: distance of neighbouring levels, in score units.
    """

    spread: Floats
    growth: Floats
    weight: Floats
    unit: Floats

    @classmethod
    def of(cls, prior: RaterFigures, *, growths: Growths = _GROWTHS, nodes: int = _SPREADS) -> Blocks:
        """Gauss-Hermite nodes of the prior's distribution of spread, each with every one of the ``growths``."""
        at, weight = _nodes(nodes)
        growth_nodes, shares = growths if prior.growth_sd > 0 else ((0.0,), (1.0,))
        growth_at, growth_weight = np.array(growth_nodes), np.array(shares)
        spread = prior.spread_median * np.exp(prior.spread_log_sd * at)
        spreads = np.repeat(spread, len(growth_at))
        growth = np.tile(prior.growth_mean + prior.growth_sd * growth_at, len(at))
        return cls(spreads, growth, np.outer(weight, growth_weight).ravel(), UNIT * spreads)

    def __len__(self) -> int:
        return len(self.spread)

    def each(self, times: int) -> Blocks:
        """Every node so many times, sharing its weight."""
        parts = (self.spread, self.growth, self.weight / times, self.unit)
        return Blocks(*(np.repeat(each, times) for each in parts))


def _nodes(count: int) -> tuple[Floats, Floats]:
    at, weight = hermegauss(count)
    return at, weight / weight.sum()


@dataclass(frozen=True)
class Scale:
    """The ends of a measure with higher better, and how coarse it is: what a score on an end really says."""

    low: float
    high: float
    step: float

    def at_low(self, scores: Floats) -> Flags:
        """Which scores lie on the lower end; NaN does not."""
        with np.errstate(invalid="ignore"):
            found: Flags = scores <= self.low + self._hair
        return found

    def at_high(self, scores: Floats) -> Flags:
        """Which scores lie on the upper end; NaN does not."""
        with np.errstate(invalid="ignore"):
            found: Flags = scores >= self.high - self._hair
        return found

    def at_end(self, scores: Floats) -> Flags:
        """Which scores lie on an end."""
        return self.at_low(scores) | self.at_high(scores)

    @property
    def _hair(self) -> float:
        return 1e-9 + self.step / 4


class Likelihood:
    """Densities of the scores of one session on the grid, for one batch of clients.

    Args:
        blocks: the nodes.
        prior: for the autocorrelation and the weight of outliers.
        scale: the measure's ends and step.
        levels: how many levels a block has.
        felt: how far below the level, in units, a depth of one lies. Where it is no whole number, positions are those
            of every level at every depth, the greatest first.
    """

    def __init__(
        self, blocks: Blocks, prior: RaterFigures, scale: Scale, levels: int = LEVELS, felt: float | None = None
    ) -> None:
        self._phi, self._outliers, self._scale = prior.autocorrelation, prior.outliers, scale
        self._spread = np.sqrt(blocks.spread**2 + scale.step**2 / 12)[:, None]
        self._unit = blocks.unit[:, None]
        self._levels = levels
        steps = np.arange(1 - DEPTHS, levels, dtype=np.float32)
        if felt is not None:
            steps = (np.arange(levels) - felt * np.arange(DEPTHS)[::-1, None]).ravel().astype(np.float32)
        self._steps = steps[:, None, None]
        # Densities are counted in units of this one's logarithm: the height of the narrowest noise.
        self.log_unit = math.log(math.sqrt(2 * math.pi) * float(self._spread.min()))

    def __call__(
        self,
        scores: Floats,
        before: Floats,
        origin: Floats,
        inverse: Singles,
        rated: Flags,
        with_before: Flags,
        unsure: Floats | None = None,
    ) -> Singles:
        """How likely each score is at each x position, up to a factor; 1 where none was given.

        Args:
            scores, before: (sessions, clients) each score and the one before it, anything where missing.
            origin: (sessions, blocks, clients) the score expected at the lowest level.
            inverse: (clients,) factor of the first session's densities.
            rated: (sessions, clients) whether there is a score; ``with_before`` whether the one before counts too.
            unsure: (sessions, clients) variance that each score has beyond the usual, in its units squared.

        Returns:
            (sessions, levels and positions, blocks, clients), to be read with :func:`by_depth`.
        """
        levels = self._levels
        phi = np.where(with_before, self._phi, 0.0)[:, None]
        usual = self._spread if unsure is None else np.sqrt(self._spread**2 + unsure[:, None])
        spread = usual * np.sqrt(1 - phi**2)
        rest = 1 - phi
        start = ((scores[:, None] - phi * before[:, None] - rest * origin) / spread).astype(np.float32)
        pace = (rest * self._unit / spread).astype(np.float32)
        z = start[:, None] - self._steps * pace[:, None]
        squares = z * z
        clients = z.shape[-1]
        whole = np.empty((len(z), levels + len(self._steps), len(self._spread), clients), dtype=np.float32)
        density, deep = whole[:, levels:], whole[:, :levels]
        np.exp(np.float32(-0.5) * squares, out=density)
        squares *= np.float32(1 / 9)
        squares += np.float32(1)
        np.divide(np.float32(1), squares, out=squares)
        density += np.float32(self._outliers) * squares**2
        narrow = (self._spread.min() / spread).astype(np.float32)[:, None]
        density *= narrow
        # A score far below even the greatest depth is a deeper rupture rather than an outlier.
        below = z[:, :levels] < 0
        np.add(density[:, :levels], np.float32(_DEEPER) * squares[:, :levels] * narrow * below, out=deep)
        deep *= np.float32(1 / (1 + _DEEPER * 1.5 * math.pi / math.sqrt(2 * math.pi)))
        self._at_ends(whole, z, squares, scores, spread, rated)
        session, client = np.nonzero(~rated)
        whole[session, :, :, client] = 1
        whole[0] *= inverse
        return whole

    def _at_ends(
        self, whole: Singles, z: Singles, heavy: Singles, scores: Floats, spread: Floats, rated: Flags
    ) -> None:
        """At an end of the measure a score says "here or beyond": a tail, not a density."""
        levels = self._levels
        for ends, sign in ((self._scale.at_low(scores), -1.0), (self._scale.at_high(scores), 1.0)):
            session, client = np.nonzero(ends & rated)
            if not len(client):
                continue
            edge = (self._scale.step / 2 / spread[session, :, client]).astype(np.float32)
            far, thick = z[session, :, :, client], np.sqrt(heavy[session, :, :, client])
            tail = _upper_tail(np.float32(sign) * far - edge[:, None])
            # The tails of the outliers, and of what is deeper than the greatest depth, summed up likewise.
            tail += np.float32(self._outliers) * thick**3
            deep = tail[:, :levels]
            if sign < 0:
                deep = deep + np.float32(_DEEPER) * thick[:, :levels] * (far[:, :levels] < 0)
            whole[session, levels:, :, client] = tail
            whole[session, :levels, :, client] = deep


def _upper_tail(z: Singles) -> Singles:
    """P(Z > z), to .0002 (logistic approximation of the normal; Page 1977, 10.2307/2346872)."""
    bounded = np.clip(z, -9, 9)
    raised = np.exp(np.float32(1.5976) * bounded + np.float32(0.070565992) * bounded**3)
    tail: Singles = np.float32(1) / (np.float32(1) + raised)
    return tail


def by_depth(density: Singles) -> tuple[Singles, Singles]:
    """Views by depth: (sessions, DEPTHS - 1, LEVELS, blocks, clients), where ``[:, k, i]`` is level i less k units,
    and (sessions, LEVELS, blocks, clients) of the greatest depth.
    """
    sessions, _, blocks, clients = density.shape
    whole, row, *inner = density.strides
    shallow = as_strided(
        density[:, LEVELS + DEPTHS - 1 :],
        (sessions, DEPTHS - 1, LEVELS, blocks, clients),
        (whole, -row, row, *inner),
        writeable=False,
    )
    return shallow, density[:, :LEVELS]


def start(prior: RaterFigures, blocks: Blocks, first: Floats, levels: int = LEVELS) -> tuple[Floats, Singles]:
    """Origin (blocks, clients) and prior mass (levels, blocks, clients) around each client's first score.

    A few people live far from where most do, so the level's distribution has a second, wide part; the grid lies
    around what the likelier part says.
    """
    spread = blocks.spread[:, None]
    away = first - prior.level_mean
    parts = [(1 - _FAR_SHARE, prior.level_sd), (_FAR_SHARE, _FAR_TIMES * prior.level_sd)]
    likely, middles = [], []
    for share, sd in parts:
        variance = sd**2 + spread**2
        likely.append(share * np.exp(-0.5 * away**2 / variance) / np.sqrt(variance))
        middles.append(prior.level_mean + sd**2 / variance * away)
    middle = np.where(likely[0] >= likely[1], *middles)
    origin = middle - blocks.unit[:, None] * (levels - 1) / 2
    at = origin + blocks.unit[:, None] * np.arange(levels)[:, None, None]
    mass = sum(
        share * np.exp(-0.5 * ((at - prior.level_mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
        for share, sd in parts
    )
    return origin, (mass * (blocks.weight * blocks.unit)[:, None]).astype(np.float32)
