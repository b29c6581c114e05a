"""Simulated courses of therapy with known ruptures: for the proof, the bench and the tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate_answers import answered, unit_noise
from reattune.alliance.simulate_second import SecondRater, SharedCourse, second_view, unrated


@dataclass(frozen=True)
class Simulation:
    """What a simulated cohort is like. Scores are 0-100, higher is better; sd means within-person sd.

    The defaults follow what is published on session-by-session alliance where it is, and are otherwise stated
    guesses; every one is an argument.

    Attributes:
        shortest, longest, mean_sessions: sessions of a course; between them a gamma distribution of shape 1.3.
        level_mean, level_sd: of people, at their first session.
        growth_mean, growth_sd: of people, points gained for each unit of log(session).
        spread_median, spread_log_sd: within-person sd, log-normal.
        autocorrelation: lag-1, of the noise of neighbouring sessions.
        items, item_steps: a score is the mean of so many items with so many steps each, so it lies on a lattice.
            0 items leaves scores as they are.
        item_noise: sd of each item's own noise, in its steps, before it is rounded; 0 is none, and then all items
            say the same.
        floor, ceiling: scores beyond are cut to them.
        missing: share of sessions without a rating, drawn for each person between these two.
        lightning: chance at each steady session (from the third on) that a sudden rupture begins.
        trickle: chance that a slow one begins.
        depth_mean, depth_shape: of a lightning, gamma, in sd.
        slope, slide: of a trickle, sd lost in a session, and in how many sessions; uniform between the two.
        repaired: share that is ever repaired.
        repair: chance at each session that a repairable one begins to mend.
        slow_repair: share of repairs that come back over two sessions, not at once.
        stronger, stronger_by: share of repairs that end higher than before, and by how many sd (uniform up to).
        leave: chance at each session of an open rupture that the course ends there.
        noise_freedom: degrees of freedom of Student's t noise, scaled to the same sd; 0 is normal.
        shifts, shift_by: chance at each session of a lasting change of level that is no rupture, up or down, and
            its sd in within-person sd.
        break_every, break_dip: a holiday of the therapist every so many sessions, after which one session lies
            lower by so many sd, and is no rupture; 0 is none.
        careless: share of people who from some session on repeat their last answer with chance .8.
        silent: share of ruptures in which a person stops answering from the second session on, until it has mended.
        masked: share of ruptures in which they first answer as if there were none: a calm that is none;
            ``masked_sessions`` how many sessions they do, uniform between the two.

    Raises:
        ValueError: a figure cannot be, with its name.
    """

    shortest: int = 4
    longest: int = 60
    mean_sessions: float = 20.5
    level_mean: float = 77.0
    level_sd: float = 11.0
    growth_mean: float = 2.0
    growth_sd: float = 1.5
    spread_median: float = 4.5
    spread_log_sd: float = 0.35
    autocorrelation: float = 0.25
    items: int = 6
    item_steps: int = 10
    item_noise: float = 0.0
    floor: float = 0.0
    ceiling: float = 100.0
    missing: tuple[float, float] = (0.10, 0.15)
    lightning: float = 0.06
    trickle: float = 0.01
    depth_mean: float = 2.5
    depth_shape: float = 4.0
    slope: tuple[float, float] = (0.35, 0.70)
    slide: tuple[int, int] = (4, 8)
    repaired: float = 0.65
    repair: float = 1 / 3
    slow_repair: float = 0.4
    stronger: float = 0.25
    stronger_by: float = 0.8
    leave: float = 0.04
    noise_freedom: float = 0.0
    shifts: float = 0.0
    shift_by: float = 2.0
    break_every: int = 0
    break_dip: float = 1.5
    careless: float = 0.0
    silent: float = 0.0
    masked: float = 0.0
    masked_sessions: tuple[int, int] = (2, 5)

    def __post_init__(self) -> None:
        for name in _SHARES:
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is a share or a chance between 0 and 1, and this is {value:g}.")
        if self.lightning + self.trickle > 1:
            raise ValueError("lightning and trickle are chances of one session, together at most 1.")
        for name in _ABOVE_NONE:
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is above 0, and this is {getattr(self, name):g}.")
        for name in _NOT_BELOW_NONE:
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is 0 or more, and this is {getattr(self, name):g}.")
        for name in ("missing", "slope", "slide", "masked_sessions"):
            low, high = getattr(self, name)
            if not 0 <= low <= high or (name == "missing" and high > 1) or (name == "slide" and low < 1):
                raise ValueError(f"{name} goes from a lower to a higher figure, LOW..HIGH; this is {low:g}..{high:g}.")
        if not 1 <= self.shortest <= self.longest or not self.mean_sessions > self.shortest:
            raise ValueError("A course has at least one session, shortest <= longest, and mean_sessions lies above.")
        if not self.floor < self.ceiling:
            raise ValueError(f"floor lies below ceiling; these are {self.floor:g} and {self.ceiling:g}.")
        if 0 < self.noise_freedom <= 2:
            raise ValueError(f"noise_freedom is 0 or above 2, where the sd is finite; this is {self.noise_freedom:g}.")


_SHARES = (
    "lightning", "trickle", "repaired", "repair", "slow_repair", "stronger", "leave", "shifts", "careless", "silent",
    "masked", "autocorrelation",
)  # fmt: skip
_ABOVE_NONE = ("spread_median", "depth_mean", "depth_shape", "item_steps")
_NOT_BELOW_NONE = (
    "level_sd", "growth_sd", "spread_log_sd", "items", "item_noise", "stronger_by", "noise_freedom", "shift_by",
    "break_every", "break_dip",
)  # fmt: skip


# The plain model, what breaks it on purpose, and worlds whose figures are not those that bayes believes beforehand: a
# method is judged on all.
VARIANTS: dict[str, Simulation] = {
    "plain": Simulation(),
    "heavy-tails": Simulation(noise_freedom=3.0),
    "no-ceiling": Simulation(floor=-np.inf, ceiling=np.inf),
    "level-shifts": Simulation(shifts=0.02),
    "breaks": Simulation(break_every=8),
    "careless": Simulation(careless=0.2),
    "half-rate": Simulation(lightning=0.03, trickle=0.005),
    "double-rate": Simulation(lightning=0.12, trickle=0.02),
    "steep-growth": Simulation(growth_mean=5.0),
    "falling-growth": Simulation(growth_mean=-2.0),
    "shallow": Simulation(depth_mean=1.7),
    "deep": Simulation(depth_mean=3.5),
    "item-noise": Simulation(item_noise=0.9, slide=(4, 9)),
    "several": Simulation(
        lightning=0.03, trickle=0.02, depth_mean=2.0, growth_mean=0.0, spread_median=6.0, level_mean=70.0, repaired=0.5
    ),
    "long-ruptures": Simulation(lightning=0.10, trickle=0.02, repaired=0.3, repair=0.2),
    "ceiling-40": Simulation(items=4, level_mean=92.0, level_sd=7.0),
    "calm": Simulation(lightning=0.0, trickle=0.0),
    "silent": Simulation(silent=0.5),
    "masked": Simulation(masked=0.5),
}
DISPLACED = tuple(VARIANTS)[6:]

# What each session is, in ``Truth.state``.
STEADY, RUPTURED, ERODING, REPAIRING = range(4)


@dataclass(frozen=True)
class Truth:
    """What really happened, on the grid of the ratings; each (clients, grid).

    Attributes:
        state: 0 steady, 1 ruptured, 2 eroding, 3 repairing; -1 behind the end of a course.
        onset: the first session of each rupture.
        trickle: whether the rupture a session lies in began slowly.
        level: the expected score without any rupture.
        depth: how far below it the expected score lies, in score units.
        spread: (clients,) within-person sd.
        noticed: sessions of ruptures that a second rater notices; ``None`` where there is one rater.
    """

    state: NDArray[np.int8]
    onset: Flags
    trickle: Flags
    level: Floats
    depth: Floats
    spread: Floats
    noticed: Flags | None = None

    @property
    def in_rupture(self) -> Flags:
        """Whether a rupture is open, from its onset until the bond is back. (clients, grid)."""
        return self.state > STEADY


@dataclass(frozen=True)
class Cohort:
    """Ratings with their truth."""

    ratings: Ratings
    truth: Truth


def simulate(clients: int, seed: int, options: Simulation | None = None, second: SecondRater | None = None) -> Cohort:
    """A cohort of ``clients`` courses, the same for the same seed and options.

    Args:
        second: a second rater of them; the courses and the first rater's answers are the same with one and without.

    Raises:
        ValueError: fewer than one client.
    """
    if clients < 1:
        raise ValueError(f"A cohort has at least one client, and this asks for {clients}.")
    options = options or Simulation()
    random = np.random.default_rng(seed)
    length = _lengths(clients, options, random)
    course = _Courses(clients, int(length.max()), options, random)
    state, onset, trickle, depth, level, leaves = course.run()
    sessions = np.arange(state.shape[1])
    ended = np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, state.shape[1])
    behind = sessions >= np.maximum(np.minimum(length, ended), options.shortest)[:, None]
    noise = unit_noise(state.shape, options, random) * course.spread[:, None]
    hides = _hides(state, onset, options, random)
    scores = level - np.where(hides.masked, 0.0, depth) - course.dips(state.shape) + noise
    scores = answered(scores, options, random)
    share = random.uniform(*options.missing, size=clients)
    missing = random.random(state.shape) < share[:, None]
    missing |= hides.silent
    missing[:, 0] = False
    scores[missing | behind] = np.nan
    state[behind], onset[behind], trickle[behind] = -1, False, False
    names = [f"c{number}" for number in range(1, clients + 1)]
    ratings = Ratings(names, scores, np.ones(clients, dtype=np.int64), measure_of(options))
    truth = Truth(state, onset, trickle, level, depth, course.spread)
    if second is None:
        return Cohort(ratings, truth)
    own = np.random.default_rng([seed, 2])
    shared = course.shared(truth, noise)
    seen, noticed = second_view(shared, unit_noise(state.shape, options, own, second.autocorrelation), second, own)
    answers = answered(seen, replace(options, careless=0.0), own)
    answers[unrated(state.shape, second, own) | behind] = np.nan
    return Cohort(replace(ratings, second=answers), replace(truth, noticed=noticed))


def _lengths(clients: int, options: Simulation, random: np.random.Generator) -> Integers:
    shape = 1.3
    beyond = random.gamma(shape, (options.mean_sessions - options.shortest) / shape, clients)
    return np.clip(options.shortest + np.floor(beyond + 0.5), options.shortest, options.longest).astype(np.int64)


class _Courses:
    """The hidden course of every client, one session after another."""

    def __init__(self, clients: int, sessions: int, options: Simulation, random: np.random.Generator) -> None:
        self.options, self.random, self.shape = options, random, (clients, sessions)
        self.spread = options.spread_median * np.exp(options.spread_log_sd * random.standard_normal(clients))
        self.start = options.level_mean + options.level_sd * random.standard_normal(clients)
        self.growth = options.growth_mean + options.growth_sd * random.standard_normal(clients)
        self._offset = np.zeros(clients)  # lasting changes of level
        self._phase = random.integers(0, max(options.break_every, 1), clients)

    def run(self) -> tuple[NDArray[np.int8], Flags, Flags, Floats, Floats, Flags]:
        clients, sessions = self.shape
        state, onset = np.zeros(self.shape, dtype=np.int8), np.zeros(self.shape, dtype=bool)
        slow, leaves = np.zeros(self.shape, dtype=bool), np.zeros(self.shape, dtype=bool)
        depth, level = np.zeros(self.shape), np.zeros(self.shape)
        self._state, self._depth = np.zeros(clients, dtype=np.int8), np.zeros(clients)
        self._slow, self._mends = np.zeros(clients, dtype=bool), np.zeros(clients, dtype=bool)
        self._slope, self._left = np.zeros(clients), np.zeros(clients, dtype=np.int64)
        for session in range(sessions):
            began = self._step(judged=session >= 2)
            state[:, session], onset[:, session], slow[:, session] = self._state, began, self._slow
            depth[:, session] = self._depth * self.spread
            level[:, session] = self.start + self.growth * np.log(session + 1) + self._offset
            open_now = (self._state == RUPTURED) | (self._state == ERODING)
            leaves[:, session] = open_now & (self._chance() < self.options.leave)
        slow &= state > STEADY
        return state, onset, slow, depth, level, leaves

    def _chance(self) -> Floats:
        return self.random.random(self.shape[0])

    def _step(self, judged: bool) -> Flags:
        options, was = self.options, self._state.copy()
        mending = (was == RUPTURED) & self._mends & (self._chance() < options.repair)
        slowly = mending & (self._chance() < options.slow_repair)
        back = (was == REPAIRING) | (mending & ~slowly)
        self._depth = np.where(slowly, self._depth / 2, np.where(back, 0.0, self._depth))
        self._state[slowly], self._state[back] = REPAIRING, STEADY
        stronger = back & (self._chance() < options.stronger)
        self._offset += np.where(stronger, self._chance() * options.stronger_by * self.spread, 0.0)
        sliding = was == ERODING
        self._depth += np.where(sliding, self._slope, 0.0)
        self._left -= sliding
        self._state[sliding & (self._left <= 0)] = RUPTURED
        self._shift()
        return self._begin((was == STEADY) & judged)

    def _shift(self) -> None:
        if self.options.shifts:
            shifted = self._chance() < self.options.shifts
            by = self.options.shift_by * self.spread * self.random.standard_normal(self.shape[0])
            self._offset += np.where(shifted, by, 0.0)

    def _begin(self, steady: Flags) -> Flags:
        options, random, clients = self.options, self.random, self.shape[0]
        chance = self._chance()
        struck = steady & (chance < options.lightning)
        slides = steady & ~struck & (chance < options.lightning + options.trickle)
        drawn = random.gamma(options.depth_shape, options.depth_mean / options.depth_shape, clients)
        slope = random.uniform(*options.slope, size=clients)
        steps = random.integers(options.slide[0], options.slide[1] + 1, clients)
        began = struck | slides
        self._depth = np.where(struck, drawn, np.where(slides, slope, self._depth))
        self._slope, self._left = np.where(slides, slope, self._slope), np.where(slides, steps - 1, self._left)
        self._slow = np.where(began, slides, self._slow)
        self._mends = np.where(began, self._chance() < options.repaired, self._mends)
        self._state[struck], self._state[slides] = RUPTURED, ERODING
        return began

    def shared(self, truth: Truth, noise: Floats) -> SharedCourse:
        """What a second rater is looking at too; ``noise`` (clients, sessions) is that of the scores."""
        spread = self.spread[:, None]
        usual = self.start[:, None] + self.growth[:, None] * np.log1p(np.arange(noise.shape[1]))
        moved = (truth.level - usual - self.dips(noise.shape)) / spread
        level = (self.start - self.options.level_mean) / max(self.options.level_sd, 1e-9)
        return SharedCourse(truth.onset, truth.in_rupture, truth.depth / spread, moved, noise / spread, level)

    def dips(self, shape: tuple[int, int]) -> Floats:
        """How much lower a session lies because it follows a break. (clients, sessions), score units."""
        every = self.options.break_every
        if not every:
            return np.zeros(shape)
        after = (np.arange(shape[1]) + self._phase[:, None]) % every == every - 1
        after[:, :2] = False
        return np.where(after, self.options.break_dip * self.spread[:, None], 0.0)


@dataclass(frozen=True)
class _Hides:
    """What people do not show, each (clients, sessions): where they answer as if nothing were, and where not at all."""

    masked: Flags
    silent: Flags


def _hides(state: NDArray[np.int8], onset: Flags, options: Simulation, random: np.random.Generator) -> _Hides:
    """Which sessions of ruptures are hidden; nothing is drawn where nobody hides anything."""
    masked, silent = np.zeros(state.shape, dtype=bool), np.zeros(state.shape, dtype=bool)
    if not options.masked and not options.silent:
        return _Hides(masked, silent)
    clients = len(state)
    left, mute = np.zeros(clients, dtype=np.int64), np.zeros(clients, dtype=bool)
    low, high = options.masked_sessions
    for session in range(state.shape[1]):
        began, is_open = onset[:, session], state[:, session] > STEADY
        hides, stops = random.random(clients) < options.masked, random.random(clients) < options.silent
        left = np.where(began, np.where(hides, random.integers(low, high + 1, clients), 0), left)
        mute = np.where(began, stops, mute & is_open)
        masked[:, session] = is_open & (left > 0)
        silent[:, session] = is_open & mute & ~began
        left = np.maximum(left - 1, 0)
    return _Hides(masked, silent)


def measure_of(options: Simulation) -> Measure:
    """The measure, as a person who knows the questionnaire would give it."""
    step = 100 / (options.items * options.item_steps) if options.items else 0.0
    return Measure(low=options.floor, high=options.ceiling, step=step)


def variant(name: str, **changes: object) -> Simulation:
    """A named variant, with changes.

    Raises:
        ValueError: there is no such variant.
    """
    if name not in VARIANTS:
        raise ValueError(f"There is no variant {name!r}. The variants are: {', '.join(VARIANTS)}.")
    return replace(VARIANTS[name], **changes)  # type: ignore[arg-type]
