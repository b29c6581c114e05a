"""A simulated second rater, the therapist, of the same courses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Flags, Floats


@dataclass(frozen=True)
class SecondRater:
    """How therapists rate the courses of a simulation, 0-100, higher is better; sd means this rater's own.

    Both look at one bond: therapists see some ruptures, and what clients hide in their answers they do not hide in
    their own. What changes clients' answers without being a rupture shows in theirs in part.

    Attributes:
        level_mean, level_sd: of therapists' ratings at the first session, between pairs; ``likeness`` their
            correlation with the client's level.
        growth_mean, growth_sd: points gained for each unit of log(session).
        spread_median, spread_log_sd: sd from session to session, log-normal, each pair's own.
        autocorrelation: lag-1, of the noise of neighbouring sessions.
        shared: correlation of the noise of both in the same session, where nothing is wrong.
        noticed: share of ruptures that the therapist notices; the others leave their ratings as they were.
        felt: how far ratings fall in a noticed rupture, in sd, for each sd of the client's.
        moved: how far lasting changes of level, and dips after a break, show in the therapist's ratings, in sd, for
            each sd of the client's.
        missing: share of sessions that the therapist has not rated, drawn for each pair between these two.
        begins: the first session that therapists rate.

    Raises:
        ValueError: a figure cannot be, with its name.
    """

    level_mean: float = 70.0
    level_sd: float = 10.0
    likeness: float = 0.4
    growth_mean: float = 2.5
    growth_sd: float = 1.5
    spread_median: float = 4.5
    spread_log_sd: float = 0.35
    autocorrelation: float = 0.25
    shared: float = 0.0
    noticed: float = 0.6
    felt: float = 0.8
    moved: float = 0.4
    missing: tuple[float, float] = (0.05, 0.20)
    begins: int = 1

    def __post_init__(self) -> None:
        for name in ("noticed", "autocorrelation", "shared"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} lies between 0 and 1, and this is {getattr(self, name):g}.")
        if not -1 <= self.likeness <= 1:
            raise ValueError(f"likeness is a correlation between -1 and 1, and this is {self.likeness:g}.")
        for name in ("level_sd", "growth_sd", "spread_log_sd", "felt", "moved"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is 0 or more, and this is {getattr(self, name):g}.")
        if not self.spread_median > 0:
            raise ValueError(f"spread_median is above 0, and this is {self.spread_median:g}.")
        low, high = self.missing
        if not 0 <= low <= high <= 1:
            raise ValueError(f"missing goes from a lower to a higher share, LOW..HIGH; this is {low:g}..{high:g}.")
        if self.begins < 1:
            raise ValueError(f"begins is the number of a session, from 1; this is {self.begins}.")


# The usual therapist, and those whose figures are not what bayes believes beforehand: each beside the plain courses.
SECOND_VARIANTS: dict[str, SecondRater] = {
    "unseeing": SecondRater(noticed=0.2),
    "all-seeing": SecondRater(noticed=0.95, felt=1.0),
    "faint": SecondRater(felt=0.4),
    "shared-moods": SecondRater(shared=0.3),
    "restless": SecondRater(spread_median=8.0, level_sd=14.0),
    "seldom-rates": SecondRater(missing=(0.5, 0.7), begins=4),
}


@dataclass(frozen=True)
class SharedCourse:
    """What both raters are looking at; each (clients, sessions), in the client's sd.

    Attributes:
        onset, in_rupture: of ruptures; ``depth`` how deep.
        moved: lasting changes of level and dips, upward.
        noise: of the client's ratings.
        level: (clients,) the client's at the first session, standardised between clients.
    """

    onset: Flags
    in_rupture: Flags
    depth: Floats
    moved: Floats
    noise: Floats
    level: Floats


def second_view(
    course: SharedCourse, noise: Floats, rater: SecondRater, random: np.random.Generator
) -> tuple[Floats, Flags]:
    """What therapists would answer if answers had no steps and no ends, and the sessions of ruptures they notice.

    Args:
        noise: (clients, sessions) of unit variance, the rater's own.
    """
    clients, sessions = len(course.depth), course.depth.shape[1]
    alike = rater.likeness
    level = alike * course.level + np.sqrt(1 - alike**2) * random.standard_normal(clients)
    spread = rater.spread_median * np.exp(rater.spread_log_sd * random.standard_normal(clients))
    growth = rater.growth_mean + rater.growth_sd * random.standard_normal(clients)
    steady = (rater.level_mean + rater.level_sd * level)[:, None] + growth[:, None] * np.log1p(np.arange(sessions))
    sees = _noticed(course, rater, random)
    own = rater.shared * course.noise + np.sqrt(1 - rater.shared**2) * noise
    fallen = np.where(sees, course.depth, 0.0)
    return steady + spread[:, None] * (rater.moved * course.moved - rater.felt * fallen + own), sees


def _noticed(course: SharedCourse, rater: SecondRater, random: np.random.Generator) -> Flags:
    sees = np.zeros(course.depth.shape, dtype=bool)
    now = np.zeros(len(sees), dtype=bool)
    for session in range(course.depth.shape[1]):
        drawn = random.random(len(sees)) < rater.noticed
        now = np.where(course.onset[:, session], drawn, now) & course.in_rupture[:, session]
        sees[:, session] = now
    return sees


def unrated(shape: tuple[int, int], rater: SecondRater, random: np.random.Generator) -> Flags:
    """(clients, sessions) which of them the therapist has not rated."""
    share = random.uniform(*rater.missing, size=shape[0])
    found: Flags = random.random(shape) < share[:, None]
    found[:, : rater.begins - 1] = True
    return found
