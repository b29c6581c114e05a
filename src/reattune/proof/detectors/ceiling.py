"""The best that can be seen: the Bayes-optimal filter that knows the simulator and its true parameters.

It shares no code and no approximation with the ``bayes`` detector: many random courses are drawn by the
simulator's own rules, weighted by how well they explain the ratings so far, and counted.
"""

from __future__ import annotations

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.detectors.event import Alarms
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import ERODING, REPAIRING, RUPTURED, STEADY, Simulation
from reattune.alliance.simulate_second import SecondRater

# Ruptures are proposed more often than they come, so that enough particles try one; the weights set it right.
_PROPOSE_LIGHTNING, _PROPOSE_TRICKLE = 0.20, 0.04
_PARTICLES_AT_ONCE = 200_000


def ceiling(
    ratings: Ratings, simulation: Simulation, particles: int, seed: int, second: SecondRater | None = None
) -> Alarms:
    """P(in a rupture now | so far) and P(it begins now | so far) by a particle filter.

    Args:
        ratings: simulated with ``simulation``, in its units.
        particles: more are closer to the optimum from below; 8,000 fall short by about half a percent.
        seed: of the random courses.
        second: the second rater that the ratings were simulated with; unless given, the ceiling sees the first alone.

    Cost: O(clients x sessions x particles).

    Source: Gordon, Salmond & Smith 1993, 10.1049/ip-f-2.1993.0015.
    """
    random = np.random.default_rng(seed)
    now, onset = np.full(ratings.scores.shape, np.nan), np.full(ratings.scores.shape, np.nan)
    together = max(1, _PARTICLES_AT_ONCE // particles)
    for begin in range(0, len(now), together):
        part = slice(begin, begin + together)
        rated = ~np.isnan(ratings.scores[part])
        sessions = int(np.flatnonzero(rated.any(axis=0)).max()) + 1
        swarm = _Swarm((len(rated), particles), simulation, random, second)
        for session in range(sessions):
            swarm.step(session)
            swarm.weigh(session, ratings.scores[part, session])
            if second is not None and ratings.second is not None:
                swarm.weigh_second(session, ratings.second[part, session], second)
            now[part, session], onset[part, session] = swarm.say()
    there = ~np.isnan(ratings.scores)
    return Alarms(np.where(there, now, np.nan), np.where(there, onset, np.nan))


class _Swarm:
    """Particles (clients, particles): each a whole person and the state of one course."""

    _KEPT = (
        "level", "growth", "spread", "state", "depth", "mends", "slope", "left", "noise", "phase", "careless", "masked",
        "mute",
    )  # fmt: skip

    _KEPT_OF_SECOND = ("own_level", "own_growth", "own_spread", "own_noise", "sees")

    def __init__(
        self, shape: tuple[int, int], options: Simulation, random: np.random.Generator, second: SecondRater | None
    ) -> None:
        self.options, self.random, self.shape = options, random, shape
        normal = random.standard_normal
        self.level = options.level_mean + options.level_sd * normal(shape)
        self.growth = options.growth_mean + options.growth_sd * normal(shape)
        self.spread = options.spread_median * np.exp(options.spread_log_sd * normal(shape))
        self.state, self.depth = np.zeros(shape, dtype=np.int8), np.zeros(shape)
        self.mends, self.slope, self.left = np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape, dtype=int)
        self.noise, self.weight = np.zeros(shape), np.zeros(shape)
        self.phase = random.integers(0, max(options.break_every, 1), shape)
        careless = random.random(shape) < options.careless
        self.careless = np.where(careless, random.integers(3, 12, shape), 10**6)
        self.masked, self.mute = np.zeros(shape, dtype=int), np.zeros(shape, dtype=bool)
        self.began: Flags = np.zeros(shape, dtype=bool)
        self.before = np.full(shape[0], np.nan)
        self.second = second
        if second is not None:
            like = (self.level - options.level_mean) / max(options.level_sd, 1e-9)
            apart = second.likeness * like + np.sqrt(1 - second.likeness**2) * normal(shape)
            self.own_level = second.level_mean + second.level_sd * apart
            self.own_growth = second.growth_mean + second.growth_sd * normal(shape)
            self.own_spread = second.spread_median * np.exp(second.spread_log_sd * normal(shape))
            self.own_noise, self.sees = np.zeros(shape), np.zeros(shape, dtype=bool)

    def _chance(self) -> Floats:
        return self.random.random(self.shape)

    def step(self, session: int) -> None:
        """Let every course go on by one session, as the simulator does."""
        options, was = self.options, self.state.copy()
        if session:
            # That the course went on says that nobody left an open rupture here.
            stayed = np.log1p(-options.leave)
            self.weight += np.where((was == RUPTURED) | (was == ERODING), stayed, 0.0)
        mending = (was == RUPTURED) & self.mends & (self._chance() < options.repair)
        slowly = mending & (self._chance() < options.slow_repair)
        back = (was == REPAIRING) | (mending & ~slowly)
        self.depth = np.where(slowly, self.depth / 2, np.where(back, 0.0, self.depth))
        self.state[slowly], self.state[back] = REPAIRING, STEADY
        stronger = back & (self._chance() < options.stronger)
        self._move(np.where(stronger, self._chance() * options.stronger_by * self.spread, 0.0))
        sliding = was == ERODING
        self.depth += np.where(sliding, self.slope, 0.0)
        self.left -= sliding
        self.state[sliding & (self.left <= 0)] = RUPTURED
        if options.shifts:
            by = options.shift_by * self.spread * self.random.standard_normal(self.shape)
            self._move(np.where(self._chance() < options.shifts, by, 0.0))
        self.masked = np.maximum(self.masked - 1, 0)
        self.mute &= self.state > STEADY
        self.began = np.zeros(self.shape, dtype=bool)
        if session >= 2:
            self._begin(was == STEADY)

    def _move(self, by: Floats) -> None:
        """A lasting change of level, which both raters see."""
        self.level += by
        if self.second is not None:
            self.own_level += self.second.moved * self.own_spread * by / self.spread

    def _begin(self, steady: Flags) -> None:
        options, random, chance = self.options, self.random, self._chance()
        struck = steady & (chance < _PROPOSE_LIGHTNING)
        slides = steady & ~struck & (chance < _PROPOSE_LIGHTNING + _PROPOSE_TRICKLE)
        with np.errstate(divide="ignore"):
            self.weight += np.where(struck, np.log(options.lightning / _PROPOSE_LIGHTNING), 0.0)
            self.weight += np.where(slides, np.log(options.trickle / _PROPOSE_TRICKLE), 0.0)
        calm = (1 - options.lightning - options.trickle) / (1 - _PROPOSE_LIGHTNING - _PROPOSE_TRICKLE)
        self.weight += np.where(steady & ~struck & ~slides, np.log(calm), 0.0)
        drawn = random.gamma(options.depth_shape, options.depth_mean / options.depth_shape, self.shape)
        slope = random.uniform(*options.slope, size=self.shape)
        steps = random.integers(options.slide[0], options.slide[1] + 1, self.shape)
        self.began = struck | slides
        self.depth = np.where(struck, drawn, np.where(slides, slope, self.depth))
        self.slope, self.left = np.where(slides, slope, self.slope), np.where(slides, steps - 1, self.left)
        self.mends = np.where(self.began, self._chance() < options.repaired, self.mends)
        self.state[struck], self.state[slides] = RUPTURED, ERODING
        if options.masked:
            low, high = options.masked_sessions
            hides = random.random(self.shape) < options.masked
            drawn = np.where(hides, random.integers(low, high + 1, self.shape), 0)
            self.masked = np.where(self.began, drawn, self.masked)
        if self.second is not None:
            self.sees = np.where(self.began, self._chance() < self.second.noticed, self.sees)
        if options.silent:
            self.mute = np.where(self.began, self._chance() < options.silent, self.mute)

    def weigh(self, session: int, scores: Floats) -> None:
        """Weight courses by the session's scores, and draw the noise that explains them."""
        options = self.options
        shown = np.where(self.masked > 0, 0.0, self.depth)
        mean = self.level + self.growth * np.log(session + 1) - shown * self.spread
        if options.break_every and session >= 2:
            after = (session + self.phase) % options.break_every == options.break_every - 1
            mean = mean - np.where(after, options.break_dip * self.spread, 0.0)
        phi = options.autocorrelation if session else 0.0
        scale = np.sqrt(1 - phi**2)
        score = scores[:, None]
        low, high = self._ends(scores)
        below = ((low - mean) / self.spread - phi * self.noise) / scale
        above = ((high - mean) / self.spread - phi * self.noise) / scale
        fresh, likely = self._explain(below, above)
        free = self._unexplained()
        rated = ~np.isnan(score)
        repeats = self.careless <= session
        same = np.abs(score - self.before[:, None]) < 1e-9
        likely = np.where(repeats, 0.2 * likely + 0.8 * same, likely)
        # A score that was only repeated says nothing about the noise.
        explained = rated & ~(repeats & same)
        self.noise = phi * self.noise + scale * np.where(explained, fresh, free)
        self.weight += np.where(rated, np.log(np.maximum(likely, 1e-300)), 0.0)
        if options.silent and session:
            # Whoever has stopped answering gives no score, and no score is a little likelier for it.
            mute, usual = self.mute & ~self.began, float(np.mean(options.missing))
            self.weight += np.where(rated, np.where(mute, -700.0, 0.0), np.where(mute, 0.0, np.log(max(usual, 1e-9))))
        self.before = np.where(np.isnan(scores), self.before, scores)

    def weigh_second(self, session: int, scores: Floats, second: SecondRater) -> None:
        """The same by the second rater's scores; behind :meth:`weigh`."""
        options = self.options
        fallen = second.felt * np.where(self.sees & (self.state > STEADY), self.depth, 0.0)
        if options.break_every and session >= 2:
            after = (session + self.phase) % options.break_every == options.break_every - 1
            fallen = fallen + np.where(after, second.moved * options.break_dip, 0.0)
        mean = self.own_level + self.own_growth * np.log(session + 1)
        mean += self.own_spread * (second.shared * self.noise - fallen)
        spread = self.own_spread * np.sqrt(1 - second.shared**2)
        phi = second.autocorrelation if session else 0.0
        scale = np.sqrt(1 - phi**2)
        low, high = self._ends(scores)
        below = ((low - mean) / spread - phi * self.own_noise) / scale
        above = ((high - mean) / spread - phi * self.own_noise) / scale
        fresh, likely = self._explain(below, above)
        rated = ~np.isnan(scores[:, None])
        self.own_noise = phi * self.own_noise + scale * np.where(rated, fresh, self._unexplained())
        self.weight += np.where(rated, np.log(np.maximum(likely, 1e-300)), 0.0)

    def _ends(self, scores: Floats) -> tuple[Floats, Floats]:
        """Between which answers lie that give such scores; (clients, 1) each."""
        options, score = self.options, scores[:, None]
        step = 100 / (options.items * options.item_steps) if options.items else 1e-3
        low = np.where(score <= options.floor + 1e-9, -np.inf, score - step / 2)
        high = np.where(score >= options.ceiling - 1e-9, np.inf, score + step / 2)
        return low, high

    def _unexplained(self) -> Floats:
        freedom = self.options.noise_freedom
        if not freedom:
            return self.random.standard_normal(self.shape)
        return self.random.standard_t(freedom, self.shape) * np.sqrt((freedom - 2) / freedom)

    def _explain(self, below: Floats, above: Floats) -> tuple[Floats, Floats]:
        """Noise between two bounds, and how likely that is."""
        from scipy.special import ndtr, ndtri, stdtr, stdtrit

        freedom = self.options.noise_freedom
        unit = np.sqrt((freedom - 2) / freedom) if freedom else 1.0
        # In the lower tail, where small probabilities keep their digits.
        upper = below > 0
        start = np.where(upper, -above, below) / unit
        stop = np.where(upper, -below, above) / unit
        if freedom:
            first, second = stdtr(freedom, start), stdtr(freedom, stop)
        else:
            first, second = ndtr(start), ndtr(stop)
        at = np.clip(first + (second - first) * self._chance(), 1e-300, 1 - 1e-12)
        noise = stdtrit(freedom, at) if freedom else ndtri(at)
        return unit * np.where(upper, -noise, noise), second - first

    def say(self) -> tuple[Floats, Floats]:
        """The two probabilities; then the swarm gathers where it is likely."""
        weight = np.exp(self.weight - self.weight.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        now, onset = (weight * (self.state > STEADY)).sum(axis=1), (weight * self.began).sum(axis=1)
        self.weight = np.log(np.maximum(weight, 1e-300))
        for client in np.flatnonzero(1 / (weight**2).sum(axis=1) < self.shape[1] / 2):
            self._resample(int(client), weight[client])
        return now, onset

    def _resample(self, client: int, weight: Floats) -> None:
        count = self.shape[1]
        places = (np.arange(count) + self.random.random()) / count
        chosen: Integers = np.minimum(np.searchsorted(np.cumsum(weight), places), count - 1)
        for name in (*self._KEPT, *(self._KEPT_OF_SECOND if self.second is not None else ())):
            values = getattr(self, name)
            values[client] = values[client, chosen]
        self.weight[client] = 0.0
