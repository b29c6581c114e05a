"""Courses and therapists that readings by two raters are judged on, by name."""

from __future__ import annotations

from reattune.alliance.simulate import VARIANTS, Simulation
from reattune.alliance.simulate_second import SECOND_VARIANTS, SecondRater

# Every variant of the courses with the usual therapist, and the plain ones with every other.
PAIRS: dict[str, tuple[Simulation, SecondRater]] = {
    **{name: (simulation, SecondRater()) for name, simulation in VARIANTS.items()},
    **{name: (VARIANTS["plain"], rater) for name, rater in SECOND_VARIANTS.items()},
    "shared-shifts": (VARIANTS["level-shifts"], SecondRater(moved=1.0)),
}
