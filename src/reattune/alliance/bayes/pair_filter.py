"""Forward and backward where two people rate the same bond: exact on a grid of what is unknown of both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers, Singles
from reattune.alliance.bayes.filter import (
    FIRST_CENTRED,
    FIRST_JUDGED,
    INDEX,
    BondFilter,
    begins_stretch,
    off_middle,
)
from reattune.alliance.bayes.filter_result import Seen, Standing
from reattune.alliance.bayes.hidden_states import CALM, DEPTHS, ROWS, SELDOM, STATES, STEADY, UNIT, Chain, dynamics
from reattune.alliance.bayes.pair_result import Kept, PairPassage, PairStanding, PairStep
from reattune.alliance.bayes.parameter_grid import LEVELS, Blocks, Growths, Likelihood, by_depth, start
from reattune.alliance.bayes.prior import SecondPrior

# Levels of the second rater that the grid holds, one of their sd apart.
OWN_LEVELS = 5
# A rupture that the second rater notices, and one that they do not; the steady states lie in the first.
COPIES = 2
# Nodes of the second rater's spread; of their growth, the lower one near none, so that two ratings that stay as they
# are do not count twice as a hurt that goes on; and of the share of ruptures that they notice, one sd to each side.
_SPREADS, _NOTICE = 2, (-1.0, 1.0)
_GROWTHS: Growths = ((-1.25, 0.8), (16 / 41, 25 / 41))
_NOTICE_ENDS = (0.02, 0.98)
OWN_BLOCKS = _SPREADS * len(_GROWTHS[0]) * len(_NOTICE)
_ERODING = slice(1, DEPTHS)


class PairFilter:
    """The model of two raters of one bond.

    Until the second rater has rated it is :class:`.BondFilter`, to the last bit. From then on the state is (the first
    rater's spread, growth and level) x (the second's spread, growth, level and eye for ruptures) x what the bond is
    doing, and of a rupture also whether the second rater notices it; their ratings are independent where all that is
    known. Every step is exact on that grid, deterministic, and costs some thirty times one rater's.
    """

    def __init__(self, one: BondFilter, second: SecondPrior) -> None:
        self.one, self.second = one, second
        # Nodes of the second rater's spread and growth, each with two of how much they notice.
        self.own = Blocks.of(second, growths=_GROWTHS, nodes=_SPREADS).each(len(_NOTICE))
        self.cells = OWN_LEVELS * len(self.own)
        away = np.tile(_NOTICE, len(self.own) // len(_NOTICE)) * second.noticed_sd
        noticed = np.clip(second.noticed + away, *_NOTICE_ENDS).astype(np.float32)
        self._noticed = np.tile(noticed, OWN_LEVELS)[:, None, None]
        self._likelihood = Likelihood(self.own, second, one.scale, OWN_LEVELS, second.felt)
        chain = dynamics(one.prior)
        self._forth, self._back = Chain(chain.follows), Chain(chain.follows.T)
        self._begins = chain.begins.astype(np.float32)
        self._open = np.arange(STATES) % DEPTHS > 0
        # How ruptures that begin at a depth are spread over the states of that depth.
        depth = np.arange(STATES) % DEPTHS
        whole = np.where(self._open, chain.begins[depth], 1.0)
        self._spread_out = np.where(self._open, chain.follows[:, STEADY] / whole, 0.0)[:, None]

    def join(self, standing: Standing, first_own: Floats) -> tuple[PairStanding, Singles]:
        """The second rater comes in: what is believed of them beside what the first rater's scores have said.

        Args:
            standing: before the session.
            first_own: (clients,) the second rater's first scores, which the grid lies around.

        Returns:
            Where the reading stands, and (own cells, clients) what is believed of the second rater.
        """
        session, clients = standing.session, len(first_own)
        grown = self.own.growth[:, None] * np.log1p(session)
        origin, prior = start(self.second, self.own, first_own - grown, OWN_LEVELS)
        cells = prior.reshape(self.cells, clients)
        joint = standing.mass[:, :, None] * cells[:, None]
        mass = np.stack([joint, np.zeros_like(joint)])
        mass[1, self._open] = (1 - self._noticed) * joint[self._open]
        mass[0, self._open] *= self._noticed
        nothing = np.zeros(clients)
        before, certain = np.stack([standing.before, nothing]), np.stack([standing.certain, nothing > 0])
        return PairStanding(session, session, mass, standing.origin, origin, before, certain), cells

    def step(
        self, standing: PairStanding, scores: Floats, own_scores: Floats, unsure: Floats | None = None
    ) -> PairStep:
        """One more session.

        Args:
            scores, own_scores: (clients,) of the first and the second rater, higher better, NaN where missing.
            unsure: (clients,) as in :meth:`.BondFilter.forward`, of the first rater's.
        """
        session, clients = standing.session, len(scores)
        mass, origin, own_origin = standing.mass, standing.origin, standing.own_origin
        moved = own_moved = None
        held = _held(mass)
        if begins_stretch(session):
            if session >= FIRST_CENTRED and session > standing.joined:
                mass, origin, moved = _centred(mass, origin, self.one.blocks.unit, _first_levels(held), _shift_first)
            if session >= standing.joined + FIRST_CENTRED:
                levels = self._own_levels(held)
                mass, own_origin, own_moved = _centred(mass, own_origin, self.own.unit, levels, _shift_own)
            if moved is not None or own_moved is not None:
                held = _held(mass)
        inverse = 1 / held.reshape(-1, clients).sum(axis=0)
        both = np.stack([scores, own_scores])
        rated = ~np.isnan(both)
        filled = np.where(rated, both, 0.0)
        with_before = rated & standing.certain
        time = np.log1p(session)
        at, own_at = origin + self.one.blocks.growth[:, None] * time, own_origin + self.own.growth[:, None] * time
        more = None if unsure is None else unsure[None]
        one = self.one.likelihood(filled[:1], standing.before[:1], at[None], inverse, rated[:1], with_before[:1], more)
        shallow, deep = by_depth(one)
        first = np.concatenate([shallow[0], deep])[:, :, None]
        second = self._own_density(filled[1], standing.before[1], own_at, rated[1], with_before[1])
        seen, own = Seen.empty(clients, 1), self._predict_own(self._own_levels(held), own_at)
        if session == standing.joined:
            # The grid lies around the first score, which must not be told as if it had been foreseen.
            own[:] = np.nan
        self.one.predict(session, _first_levels(held)[None], at[None], seen)
        earlier = mass
        mass, begun = self._moved_on(session, mass, first, second)
        whole = self._read(mass, begun, seen)
        kept = Kept(
            mass[0, STEADY : CALM + 1 : CALM - STEADY].copy(), mass[:, _ERODING].copy(), whole.astype(np.float64),
            first, second, moved, own_moved,
        )  # fmt: skip
        certain = rated & ~self.one.scale.at_end(both)
        after = PairStanding(session + 1, standing.joined, mass, origin, own_origin, filled, certain)
        return PairStep(after, seen, own, earlier, begun, kept)

    def _own_density(self, scores: Floats, before: Floats, at: Floats, rated: Flags, with_before: Flags) -> Singles:
        clients = len(scores)
        found = self._likelihood(
            scores[None], before[None], at[None], np.ones(clients, dtype=np.float32), rated[None], with_before[None]
        )[0]
        by_depth = found[OWN_LEVELS:].reshape(DEPTHS, self.cells, clients)[::-1].copy()
        by_depth[-1] = found[:OWN_LEVELS].reshape(self.cells, clients)
        return by_depth[:, None, :, None]

    def _moved_on(self, session: int, mass: Singles, first: Singles, second: Singles) -> tuple[Singles, Floats]:
        """Masses one session on, and (STATES, clients) those of ruptures that begin at it."""
        begun = np.zeros((STATES, mass.shape[-1]))
        likely = [first * second, first * second[:1]]
        if session < FIRST_JUDGED:
            out = mass.copy()
        else:
            out = np.empty_like(mass)
            source = mass.copy()
            # Where the bond is steady, masses are shared out by whether the next rupture would be noticed.
            for state in (STEADY, CALM):
                source[1, state] = (1 - self._noticed) * source[0, state]
                source[0, state] *= self._noticed
            for copy in range(COPIES):
                self._forth(source[copy].reshape(STATES, -1), out[copy].reshape(STATES, -1))
            for state in (STEADY, CALM):
                out[0, state] += out[1, state]
                out[1, state] = 0
            begun = self._begun(source[:, STEADY] + np.float32(SELDOM) * source[:, CALM], likely)
        for copy in range(COPIES):
            rows = out[copy].reshape(ROWS, DEPTHS, *out.shape[2:])
            rows *= likely[copy]
        wandering = self.one.wandering(session, session + 1)[0]
        for state in (STEADY, CALM):
            steady = out[0, state].reshape(LEVELS, -1)
            steady[:] = np.dot(wandering, steady)
            self._wander(session, out[0, state])
        return out, begun

    def _begun(self, ahead: Singles, likely: list[Singles]) -> Floats:
        """(STATES, clients) masses of ruptures that begin."""
        begun = np.zeros((DEPTHS, ahead.shape[-1]))
        for steady, density in zip(ahead, likely, strict=True):
            for depth in range(1, DEPTHS):
                here = (steady * density[depth]).reshape(-1, ahead.shape[-1]).sum(axis=0)
                begun[depth] += self._begins[depth] * here
        found: Floats = self._spread_out * begun[np.arange(STATES) % DEPTHS]
        return found

    def _wander(self, session: int, steady: Singles) -> None:
        """The second rater's level drifts, and its growth differs a little from its node's."""
        growth = 0.5 * self.second.growth_sd / self.second.spread_median * np.log1p(1 / (session + 1))
        spill = np.float32(min(0.3, (self.second.drift**2 + growth**2) / (2 * UNIT**2)))
        levels = steady.reshape(LEVELS, OWN_LEVELS, -1)
        out = np.float32(1 - 2 * spill) * levels
        out[:, 1:] += spill * levels[:, :-1]
        out[:, :-1] += spill * levels[:, 1:]
        out[:, 0] += spill * levels[:, 0]  # nothing wanders over the edge
        out[:, -1] += spill * levels[:, -1]
        levels[:] = out

    def _predict_own(self, levels: Singles, at: Floats) -> Floats:
        held = levels.sum(axis=0)
        weight = held / held.sum(axis=0)
        held = np.maximum(held, np.float32(1e-30))
        index = INDEX[:OWN_LEVELS]
        middle, square = (index * levels).sum(axis=0) / held, (index**2 * levels).sum(axis=0) / held
        unit = self.own.unit[:, None]
        means = at + unit * middle
        inside = unit**2 * np.maximum(square - middle**2, 0) + self.own.spread[:, None] ** 2
        expected = (weight * means).sum(axis=0)
        variance = (weight * (inside + (means - expected) ** 2)).sum(axis=0)
        return np.stack([expected, np.sqrt(variance)])

    def _own_levels(self, held: Singles) -> Singles:
        """(OWN_LEVELS, spreads, clients) masses of the second rater's grid."""
        cells = held.sum(axis=0).sum(axis=1)
        levels: Singles = cells.reshape(OWN_LEVELS, len(self.own), held.shape[-1])
        return levels

    def _read(self, mass: Singles, begun: Floats, seen: Seen) -> Singles:
        """Write what a session says into ``seen``; the sum of all masses, (clients,)."""
        clients = mass.shape[-1]
        by_block = _first_levels(_held(mass)).sum(axis=0)
        whole: Singles = by_block.sum(axis=0)
        steady = (mass[0, STEADY] + mass[0, CALM]).reshape(-1, clients).sum(axis=0)
        seen.ruptured[:, 0] = 1 - steady / whole
        seen.eroding[:, 0] = mass[:, _ERODING].reshape(-1, clients).sum(axis=0) / whole
        seen.onset[:, 0] = begun.sum(axis=0) / whole
        seen.within[:, 0] = (by_block / whole * self.one.blocks.spread[:, None]).sum(axis=0)
        return whole

    def backward(self, passage: PairPassage, last: Integers, since: int = 0) -> tuple[Floats, Floats]:
        """Smooth a batch, as :meth:`.BondFilter.backward` does.

        Args:
            last: (clients,) index of each client's last session, none of them before the second rater came in.
        """
        sessions, clients = passage.joined + len(passage.kept), len(last)
        ruptured, eroding = np.zeros((clients, sessions)), np.zeros((clients, sessions))
        shape = (COPIES, STATES, LEVELS, self.cells, len(self.one.blocks), clients)
        message, whole = np.ones(shape, dtype=np.float32), np.ones(clients)
        for session in range(sessions - 1, max(since, passage.joined) - 1, -1):
            kept = passage.kept[session - passage.joined]
            ending = np.flatnonzero(last <= session)
            if len(ending):
                message[..., ending] = 1
            whole = np.where(last == session, kept.whole, whole)
            calm = message[0, STEADY : CALM + 1 : CALM - STEADY]
            ruptured[:, session] = 1 - _total(kept.steady * calm) / whole
            eroding[:, session] = _total(kept.sliding * message[:, _ERODING]) / whole
            message, scale = self._before(session, message, kept)
            whole = whole * scale
        if passage.alone is not None and since < passage.joined:
            alone = self._alone(message, passage.own_prior)
            early = self.one.backward(passage.alone, last, since, alone)
            ruptured[:, : passage.joined], eroding[:, : passage.joined] = early
        return ruptured, eroding

    def _before(self, session: int, message: Singles, kept: Kept) -> tuple[Singles, Singles]:
        """The message of the session before, in parts of its greatest for each client, and those parts."""
        wandering = self.one.wandering(session, session + 1)[0]
        for state in (STEADY, CALM):
            self._wander(session, message[0, state])
            steady = message[0, state].reshape(LEVELS, -1)
            steady[:] = np.dot(wandering, steady)
        for copy, likely in enumerate((kept.first * kept.second, kept.first * kept.second[:1])):
            rows = message[copy].reshape(ROWS, DEPTHS, *message.shape[2:])
            rows *= likely
        if session >= FIRST_JUDGED:
            message[1, STEADY], message[1, CALM] = message[0, STEADY], message[0, CALM]
            out = np.empty_like(message)
            for copy in range(COPIES):
                self._back(message[copy].reshape(STATES, -1), out[copy].reshape(STATES, -1))
            for state in (STEADY, CALM):
                out[0, state] = self._noticed * out[0, state] + (1 - self._noticed) * out[1, state]
            message = out
        message[1, STEADY] = message[1, CALM] = 0
        if kept.own_moved is not None:
            _shift_own(message, -kept.own_moved)
        if kept.moved is not None:
            _shift_first(message, -kept.moved)
        scale = 1 / message.reshape(-1, message.shape[-1]).max(axis=0)
        message *= scale
        return message, scale

    def _alone(self, message: Singles, own_prior: Singles) -> Singles:
        """What later sessions say of the first rater's states, before the second came in: (STATES, LEVELS, …)."""
        joint = message[0].copy()
        noticed = self._noticed
        joint[self._open] = noticed * joint[self._open] + (1 - noticed) * message[1, self._open]
        found: Singles = (joint * own_prior[:, None]).sum(axis=2)
        return found


def _held(mass: Singles) -> Singles:
    """(LEVELS, own cells, blocks, clients) masses of the grid, whatever the bond is doing."""
    held: Singles = mass.reshape(COPIES * STATES, *mass.shape[2:]).sum(axis=0)
    return held


def _first_levels(held: Singles) -> Singles:
    """(LEVELS, blocks, clients) masses of the first rater's grid."""
    levels: Singles = held.sum(axis=1)
    return levels


def by_state(mass: Singles) -> Floats:
    """(STATES, clients) masses of the states, noticed or not."""
    states: Floats = mass.reshape(COPIES, STATES, -1, mass.shape[-1]).sum(axis=2).sum(axis=0).astype(np.float64)
    return states


def _total(values: Singles) -> Floats:
    return values.reshape(-1, values.shape[-1]).sum(axis=0).astype(np.float64)


def _centred(
    mass: Singles, origin: Floats, unit: Floats, levels: Singles, shift: Callable[[Singles, Integers], None]
) -> tuple[Singles, Floats, Integers | None]:
    """Move blocks of one rater's grid so that what they believe of the level lies in their middle."""
    by = off_middle(levels)
    if not by.any():
        return mass, origin, None
    mass = mass.copy()
    shift(mass, by)
    return mass, origin + by * unit[:, None], by


def _shift_first(mass: Singles, by: Integers) -> None:
    """Move the first rater's levels down by ``by`` (blocks, clients)."""
    for steps in np.unique(by[by != 0]).tolist():
        block, client = np.nonzero(by == steps)
        mass[..., block, client] = _moved(mass[..., block, client], steps, 2)


def _shift_own(mass: Singles, by: Integers) -> None:
    """Move the second rater's levels down by ``by`` (spreads, clients)."""
    apart = mass.reshape(*mass.shape[:3], OWN_LEVELS, len(by), *mass.shape[4:])
    for steps in np.unique(by[by != 0]).tolist():
        spread, client = np.nonzero(by == steps)
        apart[..., spread, :, client] = _moved(apart[..., spread, :, client], steps, 4)


def _moved(values: Singles, steps: int, axis: int) -> Singles:
    out = np.zeros_like(values)
    here, there = np.moveaxis(values, axis, 0), np.moveaxis(out, axis, 0)
    if abs(steps) < len(here):
        if steps > 0:
            there[:-steps] = here[steps:]
        else:
            there[-steps:] = here[:steps]
    return out
