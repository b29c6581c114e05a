"""The reliable-change index: the least change that measurement error alone would rarely make."""

from __future__ import annotations

import math

# Where a measure's reliability is not given: the least that is commonly asked of a scale.
USUAL_RELIABILITY = 0.80


def reliable_change(sd: float, reliability: float = USUAL_RELIABILITY, z: float = 1.96) -> float:
    """The index in score units.

    Args:
        sd: standard deviation between people, usually at the first session, in score units.
        reliability: of the measure, above 0 and below 1.
        z: normal quantile of the wanted confidence; 1.96 is 95 %.

    Raises:
        ValueError: an argument is out of range.

    Source: Jacobson and Truax 1991, 10.1037/0022-006X.59.1.12.
    """
    if not 0 < reliability < 1:
        raise ValueError(f"A reliability lies between 0 and 1, and this is {reliability:g}.")
    if sd < 0:
        raise ValueError(f"A standard deviation is not negative, and this is {sd:g}.")
    return z * sd * math.sqrt(2 * (1 - reliability))
