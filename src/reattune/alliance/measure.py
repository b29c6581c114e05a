"""What a score means: its range, its steps, and which direction is better."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from reattune.alliance.array_types import Floats


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measure as detectors know it; none of them assumes anything else. Its parts are given by name.

    Attributes:
        higher_is_better: which direction of the score is the better one.
        low, high: the least and the greatest possible score; infinite where there is none or it is not known.
        step: distance of neighbouring possible scores; 0 where scores are continuous or it is not known.

    Raises:
        ValueError: the direction is not true or false, the range is empty, the step negative or wider than the range,
            or one of them is no number.
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
        if math.isnan(self.low) or math.isnan(self.high) or math.isnan(self.step):
            raise ValueError("A measure's lowest and highest score and its step are numbers.")
        if not self.low < self.high:
            raise ValueError(
                f"A measure's lowest score is below its highest; these are {self.low:g} and {self.high:g}."
            )
        if not 0 <= self.step < math.inf:
            raise ValueError(f"A measure's step is not negative, and this is {self.step:g}.")
        if self.step > self.high - self.low:
            raise ValueError(f"A measure's step lies within its range, and this is {self.step:g}.")

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

# Share of the scores that lie on their greatest or least value where a scale ends there, and how many times as many as
# on the value beside it.
_PILE, _TIMES = 0.03, 1.5


def with_seen_ends(measure: Measure, scores: Floats) -> Measure:
    """The measure with an end where the scores pile up, if it has none there: beyond it nobody could answer.

    A scale whose end is not known would be read as if a person who is better than it can say had come to rest.
    """
    there = scores[scores == scores]
    values, counts = np.unique(there, return_counts=True)
    if len(values) < 3:
        return measure
    piles = [counts[end] >= _PILE * len(there) and counts[end] >= _TIMES * counts[beside] for end, beside in _ENDS]
    low = float(values[0]) if piles[0] and math.isinf(measure.low) else measure.low
    high = float(values[-1]) if piles[1] and math.isinf(measure.high) else measure.high
    return replace(measure, low=low, high=high) if math.isinf(low) or math.isinf(high) else measure


_ENDS = ((0, 1), (-1, -2))
