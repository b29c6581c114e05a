"""The hidden states of a bond and how one follows another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Floats, Singles
from reattune.alliance.bayes.prior import BondPrior

# Depths are counted in units of so many within-person sd
UNIT = 1.0
# Depths 0, 1 … of each of the three rows of states below; the deepest is 5 sd.
DEPTHS = 6
ROWS = 3
STATES = ROWS * DEPTHS
# A steady bond, and one of a person who is seldom hurt: the place of depth 0 in the second row.
STEADY, CALM = 0, DEPTHS
# How often they are hurt, beside others.
SELDOM = 0.1


@dataclass(frozen=True)
class Dynamics:
    """How the state of one session follows from the one before.

    The state ``row * DEPTHS + k`` lies ``k`` units below the level. Row 0 is steady (k = 0) and eroding (k > 0),
    row 1 is ruptured and will mend some day, row 2 is ruptured for good; the first of row 1 is ``CALM``, that of row 2
    is not used.

    Attributes:
        follows: (STATES, STATES), ``follows[to, from]``. Columns of open states sum to less than one, because a
            course may end there.
        begins: (DEPTHS,) chance that a steady session is followed by the first of a rupture of each depth.
    """

    follows: Floats
    begins: Floats


def dynamics(prior: BondPrior) -> Dynamics:
    """The transition matrix of a prior."""
    follows = np.zeros((STATES, STATES))
    depths = np.arange(1, DEPTHS)
    eroding, mending, lasting = depths, DEPTHS + depths, 2 * DEPTHS + depths
    open_states = np.concatenate([eroding, mending, lasting])
    share = _depth_shares(prior)
    follows[mending, STEADY] = prior.lightning * share * prior.repaired
    follows[lasting, STEADY] = prior.lightning * share * (1 - prior.repaired)
    follows[STEADY, STEADY] = 1 - prior.lightning - prior.trickle
    follows[eroding[0], STEADY] = prior.trickle
    stops = _stops(prior)
    advance = min(1.0, prior.slope / UNIT)
    for k, state in zip(depths, eroding, strict=True):
        stop = stops[k - 1]
        follows[mending[k - 1], state] = stop * prior.repaired
        follows[lasting[k - 1], state] = stop * (1 - prior.repaired)
        deeper = 0.0 if k == depths[-1] else advance
        follows[state, state] = (1 - stop) * (1 - deeper)
        if deeper:
            follows[state + 1, state] = (1 - stop) * deeper
    for k, state in zip(depths, mending, strict=True):
        half = k // 2  # a slow repair first comes half of the way back
        slowly = prior.repair * prior.slow_repair if half else 0.0
        follows[STEADY, state] = prior.repair - slowly
        follows[state, state] = 1 - prior.repair
        if half:
            follows[DEPTHS + half, state] += slowly
    follows[lasting, lasting] = 1
    follows[open_states, CALM] = SELDOM * follows[open_states, STEADY]
    follows[CALM, CALM] = 1 - SELDOM * (1 - follows[STEADY, STEADY])
    follows[:, open_states] *= 1 - prior.leave
    begins = np.concatenate([[0.0], prior.lightning * share])
    begins[1] += prior.trickle
    return Dynamics(follows, begins)


def _depth_shares(prior: BondPrior) -> Floats:
    """How likely each depth of a sudden rupture is: the gamma density, summed around it."""
    x = np.linspace(0.005, 4 * prior.depth_mean + UNIT * DEPTHS, 4000)
    logs = (prior.depth_shape - 1) * np.log(x) - x * prior.depth_shape / prior.depth_mean
    density = np.exp(logs - logs.max())
    nearest = np.clip(np.round(x / UNIT), 1, DEPTHS - 1).astype(int)
    shares = np.bincount(nearest, density, minlength=DEPTHS)[1:]
    return shares / shares.sum()


def _stops(prior: BondPrior) -> Floats:
    """Chance at each depth that a slide has come to its end; on average it lasts ``slide`` sessions."""
    depths = np.arange(1, DEPTHS)
    usual = prior.slope * prior.slide / UNIT
    return np.clip(0.5 * (depths / usual) ** 2, 0.0, 0.9) * (depths > 1)


class Chain:
    """A product with the transition matrix, from one row of states at a time.

    Whole, it would be one matrix product; but that rounds differently from column to column, and a client's
    figures would depend on who is read beside it. Six terms at a time they do not. Where a row of states only stays
    what it is, as a rupture for good does, one factor each is all there is to it.
    """

    def __init__(self, matrix: Floats) -> None:
        self.whole = single = np.ascontiguousarray(matrix, dtype=np.float32)
        self._first = np.ascontiguousarray(single[:, :DEPTHS])
        self._parts: list[tuple[slice, slice, Singles]] = []
        self._stays: list[tuple[slice, Singles]] = []
        for row in range(1, ROWS):
            source = slice(row * DEPTHS, (row + 1) * DEPTHS)
            reached = np.flatnonzero(single[:, source].any(axis=1))
            own = np.arange(*source.indices(STATES))
            alone = single[:, source].copy()
            alone[own, np.arange(DEPTHS)] = 0
            if not alone.any():
                there = slice(int(reached[0]), int(reached[-1]) + 1)
                self._stays.append(
                    (there, single[own, own][there.start - source.start : there.stop - source.start, None])
                )
                continue
            target = slice(int(reached[0]), int(reached[-1]) + 1)
            self._parts.append((source, target, np.ascontiguousarray(single[target, source])))

    def __call__(self, mass: Singles, out: Singles) -> None:
        """``out = matrix @ mass``, both (STATES, anything)."""
        np.dot(self._first, mass[:DEPTHS], out=out)
        for source, target, part in self._parts:
            out[target] += np.dot(part, mass[source])
        for there, factor in self._stays:
            out[there] += mass[there] * factor
