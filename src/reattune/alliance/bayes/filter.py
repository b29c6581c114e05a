"""Forward and backward over one batch of clients: the exact filter and smoother on the grid."""

from __future__ import annotations

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers, Singles
from reattune.alliance.bayes.filter_result import Passage, Seen, Standing, Step
from reattune.alliance.bayes.hidden_states import CALM, DEPTHS, ROWS, SELDOM, STATES, STEADY, UNIT, Chain, dynamics
from reattune.alliance.bayes.parameter_grid import LEVELS, SPAN, Blocks, Likelihood, Scale, by_depth, start
from reattune.alliance.bayes.prior import BondPrior

# No rupture can begin before the third session: until then nothing is usual yet.
FIRST_JUDGED = 2
# Sessions are read in stretches: within one the grid stays where it is, and masses are not rescaled.
_FIRST_STRETCHES = (0, 1, 3, 6, 10)
_STRETCH = 4
FIRST_CENTRED = 3
# A block whose middle lies further than this from what it believes of the level, in units, is moved.
_TOLERANCE = 1.5
_ERODING = slice(1, DEPTHS)


class BondFilter:
    """The model of one prior on one measure, ready to read batches.

    A hidden Markov model whose state is (spread, growth, level, what the bond is doing): the first two are
    quadrature nodes, the level lies on a grid that follows the client, the last is :mod:`.states`. Every step is a
    matrix product and a pointwise product, so the filter and the smoother are exact on the grid, deterministic,
    and cost O(sessions). Not for two threads at once: the arrays of one batch are used again for the next.
    """

    def __init__(self, prior: BondPrior, scale: Scale) -> None:
        self.prior, self.blocks = prior, Blocks.of(prior)
        self.scale = scale
        self.likelihood = Likelihood(self.blocks, prior, scale)
        chain = dynamics(prior)
        self._forth, self._back = Chain(chain.follows), Chain(chain.follows.T)
        self.follows, self.follows_single = chain.follows, self._forth.whole
        self._begins = chain.begins.astype(np.float32)
        self._space = np.empty(0, dtype=np.float32)

    def forward(self, scores: Floats, unsure: Floats | None = None) -> tuple[Seen, Passage]:
        """Filter a batch.

        Args:
            scores: (clients, sessions), higher better; NaN where missing, but each client's first is there.
            unsure: (clients, sessions) variance that each score has beyond the usual; see :class:`.Ratings`.
        """
        clients, sessions = scores.shape
        passage = self._passage(clients, sessions)
        seen = Seen.empty(clients, sessions)
        rated = ~np.isnan(scores)
        certain = rated & ~self.scale.at_end(scores)
        filled = np.where(rated, scores, 0.0)
        with_before = np.zeros_like(rated)
        with_before[:, 1:] = rated[:, 1:] & certain[:, :-1]
        before = np.hstack([np.zeros((clients, 1)), filled[:, :-1]])
        begun = self.begin(scores[:, 0])
        mass, origin = begun.mass, begun.origin
        levels = mass.sum(axis=0)
        wandering = self.wandering(0, sessions)
        log_likelihood = -self.likelihood.log_unit * certain.sum(axis=1)
        for first, stop in _stretches(sessions):
            if first >= FIRST_CENTRED:
                mass, origin = self.centre(first, mass, levels, origin, passage)
            this = slice(first, stop)
            held = mass.reshape(-1, clients).sum(axis=0)
            log_likelihood += np.log(held)
            more = None if unsure is None else unsure[:, this].T
            inputs = (filled[:, this].T, before[:, this].T, rated[:, this].T, with_before[:, this].T, more)
            steps, here = passage.part(first, stop), seen.part(first, stop)
            mass, levels = self._stretch(first, mass, origin, 1 / held, inputs, wandering[this], steps, here)
        passage.log_likelihood = log_likelihood + np.log(levels.sum(axis=(0, 1)))
        passage.standing = Standing(sessions, mass, origin, filled[:, -1], certain[:, -1])
        return seen, passage

    def _stretch(
        self,
        first: int,
        mass: Singles,
        origin: Floats,
        inverse: Singles,
        inputs: tuple[Floats, Floats, Flags, Flags, Floats | None],
        wandering: Singles,
        steps: Passage,
        seen: Seen,
    ) -> tuple[Singles, Singles]:
        """Sessions from ``first`` on between which the grid stays where it is, written into ``steps`` and ``seen``.

        Args:
            inverse: (clients,) what the masses are multiplied by at the first of them.
            inputs: scores and those before, whether each is there, whether the one before counts, and how unsure each
                is; each (sessions, clients).

        Returns:
            The masses after the last of them, and those of the levels.
        """
        scores, before, rated, with_before, unsure = inputs
        count = len(scores)
        at = origin + self.blocks.growth[:, None] * np.log1p(np.arange(first, first + count))[:, None, None]
        steps.densities[:] = self.likelihood(scores, before, at, inverse, rated, with_before, unsure)
        after = self._run(first, mass, steps, wandering)
        return after, self._read(first, mass, at, steps, seen)

    def begin(self, first: Floats) -> Standing:
        """Before the first session of some clients, whose first scores are known; (clients,)."""
        origin, steady = start(self.prior, self.blocks, first)
        mass = np.zeros((STATES, LEVELS, len(self.blocks), len(first)), dtype=np.float32)
        mass[STEADY], mass[CALM] = (1 - self.prior.calm) * steady, self.prior.calm * steady
        nothing = np.zeros(len(first))
        return Standing(0, mass, origin, nothing, nothing > 0)

    def step(self, standing: Standing, scores: Floats) -> Step:
        """One more session: what :meth:`forward` gives for it, to the last bit, at the cost of one step.

        Args:
            scores: (clients,), higher better, NaN where missing.
        """
        session, clients = standing.session, len(scores)
        mass, origin, inverse = standing.mass, standing.origin, np.ones(clients, dtype=np.float32)
        steps = Passage(
            np.empty((1, *mass.shape), dtype=np.float32),
            np.empty((1, SPAN, len(self.blocks), clients), dtype=np.float32),
        )
        if begins_stretch(session):
            if session >= FIRST_CENTRED:
                mass, origin = self.centre(session, mass, mass[None].sum(axis=1)[0], origin, steps)
            inverse = 1 / mass.reshape(-1, clients).sum(axis=0)
        rated = ~np.isnan(scores)
        filled = np.where(rated, scores, 0.0)
        inputs = (filled[None], standing.before[None], rated[None], (rated & standing.certain)[None], None)
        seen = Seen.empty(clients, 1)
        wandering = self.wandering(session, session + 1)
        after, _ = self._stretch(session, mass, origin, inverse, inputs, wandering, steps, seen)
        certain = rated & ~self.scale.at_end(scores)
        return Step(seen, Standing(session + 1, after, origin, filled, certain), mass, steps.densities[0])

    def _passage(self, clients: int, sessions: int) -> Passage:
        cells = len(self.blocks) * clients
        needed = sessions * cells * (STATES * LEVELS + SPAN)
        if self._space.size < needed:
            self._space = np.empty(needed, dtype=np.float32)
        cut = sessions * cells * STATES * LEVELS
        masses = self._space[:cut].reshape(sessions, STATES, LEVELS, len(self.blocks), clients)
        densities = self._space[cut:needed].reshape(sessions, SPAN, len(self.blocks), clients)
        return Passage(masses, densities)

    def _run(self, first: int, mass: Singles, steps: Passage, wandering: Singles) -> Singles:
        """Steps of the chain, each with its score and the wandering until the next session."""
        shallow, deep = by_depth(steps.densities)
        for place, out in enumerate(steps.masses):
            if first + place >= FIRST_JUDGED:
                self._forth(mass.reshape(STATES, -1), out.reshape(STATES, -1))
                mass = out
            _weigh(mass, shallow[place], deep[place], out)
            for state in (STEADY, CALM):
                steady = out[state].reshape(LEVELS, -1)
                steady[:] = np.dot(wandering[place], steady)
            mass = out
        return mass

    def wandering(self, first: int, stop: int) -> Singles:
        """(sessions, LEVELS, LEVELS): a steady level drifts, and its growth differs a little from its node's."""
        growth = 0.5 * self.prior.growth_sd / self.prior.spread_median * np.log1p(1 / np.arange(first + 1, stop + 1))
        spill = np.minimum(0.3, (self.prior.drift**2 + growth**2) / (2 * UNIT**2))[:, None, None]
        neighbours = np.eye(LEVELS, k=1) + np.eye(LEVELS, k=-1)
        neighbours[0, 0] = neighbours[-1, -1] = 1  # nothing wanders over the edge
        matrices = np.eye(LEVELS) * (1 - 2 * spill) + neighbours * spill
        return matrices.astype(np.float32)

    def centre(
        self, session: int, mass: Singles, levels: Singles, origin: Floats, passage: Passage
    ) -> tuple[Singles, Floats]:
        """Move blocks so that what they believe of the level lies in their middle."""
        by = off_middle(levels)
        if not by.any():
            return mass, origin
        passage.moves[session] = by
        mass = mass.copy()
        shift(mass, by)
        return mass, origin + by * self.blocks.unit[:, None]

    def _read(
        self,
        first: int,
        before: Singles,
        at: Floats,
        steps: Passage,
        seen: Seen,
    ) -> Singles:
        """Write what a stretch says into ``seen``. Returns the level's masses after its last session."""
        masses = steps.masses
        levels = masses.sum(axis=1)
        total = levels.sum(axis=(1, 2))
        row = masses[:, : CALM + 1].sum(axis=(2, 3)) / total[:, None]
        seen.ruptured[:] = 1 - (row[:, STEADY] + row[:, CALM]).T
        seen.eroding[:] = row[:, _ERODING].sum(axis=1).T
        ahead = np.concatenate([before[None, STEADY], masses[:-1, STEADY]])
        ahead = ahead + np.float32(SELDOM) * np.concatenate([before[None, CALM], masses[:-1, CALM]])
        shallow, deep = by_depth(steps.densities)
        beginning = self._begins[-1] * deep
        for k in range(1, DEPTHS - 1):
            beginning = beginning + self._begins[k] * shallow[:, k]
        onset = (beginning * ahead).sum(axis=(1, 2)) / total
        onset[: max(0, FIRST_JUDGED - first)] = 0
        seen.onset[:] = onset.T
        seen.within[:] = ((levels.sum(axis=1) / total[:, None]) * self.blocks.spread[:, None]).sum(axis=1).T
        self.predict(first, np.concatenate([before.sum(axis=0)[None], levels[:-1]]), at, seen)
        last: Singles = levels[-1]
        return last

    def predict(self, first: int, levels: Singles, at: Floats, seen: Seen) -> None:
        """Write what scores a steady bond would have, as predicted before some sessions, into ``seen``.

        Args:
            first: the first of them; ``levels`` (sessions, LEVELS, blocks, clients) masses before each.
            at: (sessions, blocks, clients) the score expected at the lowest level.
        """
        held = levels.sum(axis=1)
        weight = held / held.sum(axis=1, keepdims=True)
        held = np.maximum(held, np.float32(1e-30))
        middle = (INDEX * levels).sum(axis=1) / held
        square = (INDEX**2 * levels).sum(axis=1) / held
        unit = self.blocks.unit[:, None]
        means = at + unit * middle
        inside = unit**2 * np.maximum(square - middle**2, 0) + self.blocks.spread[:, None] ** 2
        expected = (weight * means).sum(axis=1)
        variance = (weight * (inside + (means - expected[:, None]) ** 2)).sum(axis=1)
        seen.expected[:] = expected.T
        seen.spread[:] = np.sqrt(variance).T
        if first == 0:
            # The grid lies around the first score, which must not be told as if it had been foreseen.
            seen.expected[:, 0] = seen.spread[:, 0] = np.nan

    def backward(
        self, passage: Passage, last: Integers, since: int = 0, later: Singles | None = None
    ) -> tuple[Floats, Floats]:
        """Smooth a batch: P(a rupture is open | all scores) and P(it is sliding | all), (clients, sessions).

        Args:
            last: (clients,) index of each client's last score; behind it nothing more is known.
            since: the earliest session that is wanted; zeros before it.
            later: (STATES, LEVELS, blocks, clients) how likely everything behind the passage is from each state at its
                end, where the courses go on behind it.
        """
        sessions, *shape = passage.masses.shape
        clients = shape[-1]
        wandering = self.wandering(0, sessions)
        ruptured, eroding = np.zeros((clients, sessions)), np.zeros((clients, sessions))
        message, other = np.ones(shape, dtype=np.float32), np.empty(shape, dtype=np.float32)
        whole = np.ones(clients, dtype=np.float32)
        if later is not None:
            message = later
            whole = (passage.masses[-1] * later).sum(axis=(0, 1, 2))
        for session in range(sessions - 1, since - 1, -1):
            mass = passage.masses[session]
            over = np.flatnonzero(last == session)
            if len(over):
                # The product of mass and message has the same sum at every session, so it is read once.
                whole[over] = mass[..., over].sum(axis=(0, 1, 2))
            ending = np.flatnonzero(last <= session)
            if len(ending):
                message[..., ending] = 1
            both = (mass[: CALM + 1] * message[: CALM + 1]).reshape(CALM + 1, -1, clients).sum(axis=1) / whole
            ruptured[:, session] = 1 - both[STEADY] - both[CALM]
            eroding[:, session] = both[_ERODING].sum(axis=0)
            if session > since:
                message, other = self._before(session, message, other, passage, wandering[session])
        return ruptured, eroding

    def _before(
        self, session: int, message: Singles, other: Singles, passage: Passage, wandering: Singles
    ) -> tuple[Singles, Singles]:
        """The message of the session before ``session``. Returns it and the array that is free now."""
        for state in (STEADY, CALM):
            steady = message[state].reshape(LEVELS, -1)
            steady[:] = np.dot(wandering, steady)
        shallow, deep = by_depth(passage.densities[session][None])
        _weigh(message, shallow[0], deep[0], message)
        if session >= FIRST_JUDGED:
            self._back(message.reshape(STATES, -1), other.reshape(STATES, -1))
            message, other = other, message
        by = passage.moves.get(session)
        if by is not None:
            shift(message, -by)
        return message, other


INDEX = np.arange(LEVELS, dtype=np.float32)[:, None, None]


def off_middle(levels: Singles) -> Integers:
    """By how many levels blocks lie too low for what they believe: (levels, blocks, clients) to (blocks, clients)."""
    count = len(levels)
    held = levels.sum(axis=0)
    off = (INDEX[:count] * levels).sum(axis=0) / np.maximum(held, np.float32(1e-30)) - (count - 1) / 2
    by: Integers = np.where((np.abs(off) > _TOLERANCE) & (held > 1e-30), np.rint(off), 0).astype(np.int64)
    return by


def _weigh(mass: Singles, shallow: Singles, deep: Singles, out: Singles) -> None:
    """``mass`` (STATES, LEVELS, blocks, clients) times how likely a score is in each state."""
    rows = (ROWS, DEPTHS, *mass.shape[1:])
    here, there = mass.reshape(rows), out.reshape(rows)
    np.multiply(here[:, :-1], shallow, out=there[:, :-1])
    np.multiply(here[:, -1], deep, out=there[:, -1])


def _stretches(sessions: int) -> list[tuple[int, int]]:
    starts = [session for session in range(sessions) if begins_stretch(session)]
    return list(zip(starts, [*starts[1:], sessions], strict=True))


def begins_stretch(session: int) -> bool:
    """Whether a stretch of a batch begins at a session; those behind the first ones are equally long."""
    last = _FIRST_STRETCHES[-1]
    return session in _FIRST_STRETCHES or (session > last and (session - last) % _STRETCH == 0)


def shift(mass: Singles, by: Integers) -> None:
    """Move each block's levels of ``mass`` (states, LEVELS, blocks, clients) down by ``by`` (blocks, clients)."""
    for steps in np.unique(by[by != 0]).tolist():
        blocks, clients = np.nonzero(by == steps)
        here = mass[:, :, blocks, clients]
        moved = np.zeros_like(here)
        if abs(steps) < LEVELS:
            if steps > 0:
                moved[:, :-steps] = here[:, steps:]
            else:
                moved[:, -steps:] = here[:, :steps]
        mass[:, :, blocks, clients] = moved
