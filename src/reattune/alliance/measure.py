"""What a score means: its range, its steps, and which direction is better."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reattune.alliance.arrays import Floats


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measure as detectors know it; none of them assumes anything else. Its parts are given by name.

    Attributes:
        higher_is_better: which direction of the score is the better one.
        low, high: the least and the greatest possible score; infinite where there is none or it is not known.
        step: distance of neighbouring possible scores; 0 where scores are continuous or it is not known.

    Raises:
        ValueError: the direction is not true or false, the range is empty, or the step negative.
    """

    higher_is_better: bool = True
    low: float = -math.inf
    high: float = math.inf
    step: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.higher_is_better, bool):
            raise ValueError(
                f"higher_is_better is True or False, and this is {self.higher_is_better!r}. A range is low=…, high=…."
            )
        if not self.low < self.high:
            raise ValueError(
                f"A measure's lowest score is below its highest; these are {self.low:g} and {self.high:g}."
            )
        if not 0 <= self.step < math.inf:
            raise ValueError(f"A measure's step is not negative, and this is {self.step:g}.")

    def upward(self, scores: Floats) -> Floats:
        """The scores turned so that higher is better, in the same units. Its own inverse."""
        return scores if self.higher_is_better else -scores

    @property
    def upward_range(self) -> tuple[float, float]:
        """The range in the same turn."""
        return (self.low, self.high) if self.higher_is_better else (-self.high, -self.low)

    @property
    def has_range(self) -> bool:
        """Whether both ends are known."""
        return math.isfinite(self.high - self.low)


PERCENT = Measure(low=0.0, high=100.0)

# Ranges that questionnaires of sessions have; the first that holds all scores is the likeliest.
_USUAL = ((1.0, 5.0), (1.0, 7.0), (0.0, 10.0), (0.0, 40.0), (0.0, 100.0))


def usual_measure(scores: Floats) -> Measure:
    """The narrowest usual range that holds all scores, higher better; 0 to 100 where none does. NaN is passed over."""
    there = scores[scores == scores]
    for low, high in _USUAL:
        if len(there) and there.min() >= low and there.max() <= high:
            return Measure(low=low, high=high)
    return PERCENT
