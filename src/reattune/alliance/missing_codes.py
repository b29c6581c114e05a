"""Numbers that stand for "missing": -9, 99, 999 and their kin are never taken for ratings without a word."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Floats, Integers
from reattune.alliance.published_scores import usual_range

# Digits that people write where there is no answer.
_CODES = frozenset(
    value for digits in ("7", "8", "9", "6") for times in range(1, 5) for value in (int(digits * times),)
) | {96, 97, 98, 996, 997, 998, 9997, 9998}
# A code of two digits within a usual scale is told by the gap below it, in spans and in usual steps of the others.
_GAP_SPAN, _GAP_STEPS = 0.25, 5
# A number so many times the top of the others' usual scale is no answer on it, unless many are.
_BEYOND, _MANY = 2, 0.1
# A code of one digit looks like the next answer: so many answers, of so many kinds, must speak against it.
_ANSWERS, _KINDS = 15, 4
# A code below a scale that goes below zero is this far from it, in spans of the others.
_BELOW = 0.75
# A code within the range is told by how much more often it comes than its neighbours.
_AT_LEAST, _TIMES_MORE, _NEIGHBOURS = 5, 4, 0.1


@dataclass(frozen=True)
class Suspect:
    """A number that is hardly a rating: how often it stands there, and whether it looks like a code."""

    value: float
    count: int
    code: bool


def suspects(scores: Floats, low: float | None = None, high: float | None = None) -> list[Suspect]:
    """Numbers among scores that are hardly ratings, the commonest first.

    Args:
        scores: any shape, NaN where missing.
        low, high: the measure's range, where it is known.
    """
    values, counts = np.unique(scores[~np.isnan(scores)], return_counts=True)
    if low is not None and high is not None:
        odd = (values < low) | (values > high)
        inside, inside_counts = values[~odd], counts[~odd]
        odd_values = {float(value) for value in values[odd]}
        odd_values |= _frequent(inside, inside_counts) | _zero(inside, inside_counts)
    else:
        odd_values = _far(values, counts)
    found = [
        Suspect(float(value), int(count), is_code(float(value)))
        for value, count in zip(values, counts, strict=True)
        if float(value) in odd_values
    ]
    return sorted(found, key=lambda each: (not each.code, -each.count))


def is_code(value: float) -> bool:
    """Whether a number is one of those that people write where there is no answer."""
    return math.isfinite(value) and value == round(value) and (abs(int(value)) in _CODES or (value < 0 and value >= -9))


def _far(values: Floats, counts: Integers) -> set[float]:
    """Numbers that stand apart from all others, where no range is known."""
    found = _negative_codes(values, counts)
    for _ in range(4):
        kept = np.array([value not in found for value in values], dtype=bool)
        new = _above(values[kept], counts[kept])
        if not new:
            break
        found |= new
    kept = np.array([value not in found for value in values], dtype=bool)
    return found | _frequent(values[kept], counts[kept]) | _zero(values[kept], counts[kept])


def _negative_codes(values: Floats, counts: Integers) -> set[float]:
    """Whole numbers below nothing else but zero and more, unless they go down from it step by step."""
    below, rest = values[values < 0], values[values >= 0]
    if not len(below) or not len(rest):
        return set()
    if not all(is_code(float(value)) for value in below):
        least, others = float(values[0]), values[1:]
        apart = float(others[0]) - least >= _BELOW * float(others[-1] - others[0])
        return {least} if is_code(least) and apart and int(counts[0]) >= 2 else set()
    close = len(below) >= 2 and bool((np.diff(values)[: len(below)] <= 1).all())
    return set() if close else {float(value) for value in below}


def _above(values: Floats, counts: Integers) -> set[float]:
    """The greatest number, if it can be no answer like the others."""
    if len(values) < 2:
        return set()
    top, often, others = float(values[-1]), int(counts[-1]), values[:-1]
    scale = usual_range(others)
    usual_top = scale[1] if scale else float(others[-1])
    gap, span = top - float(others[-1]), float(others[-1] - others[0])
    rare = often < _MANY * int(counts.sum())
    if top > _BEYOND * max(usual_top, 1.0) and rare and len(others) > 1 and (scale or gap > span):
        return {top}
    if not is_code(top):
        return set()
    if top < 10:
        return _single_digits(values, counts)
    if top > usual_top and len(others) > 1:
        return {top}
    step = float(np.median(np.diff(others))) if len(others) > 1 else 0.0
    apart = gap >= _GAP_SPAN * span and gap >= _GAP_STEPS * step and len(others) > 1
    return {top} if often >= 2 and apart else set()


def _single_digits(values: Floats, counts: Integers) -> set[float]:
    """7, 8 and 9 above whole answers that end two or more below them: "does not apply", "refused", "missing"."""
    for size in (1, 2, 3):
        above, others = values[-size:], values[:-size]
        if len(others) < _KINDS or not all(is_code(float(value)) for value in above):
            return set()
        whole = bool((others == np.round(others)).all()) and float(np.diff(others).max()) <= 1
        scale = usual_range(others)
        beyond = scale is not None and float(above[0]) > scale[1]
        enough = int(counts[:-size].sum()) >= _ANSWERS and int(counts[-size:].sum()) >= 2
        if whole and beyond and enough and float(above[0] - others[-1]) >= 2:
            return {float(value) for value in above}
    return set()


def _zero(values: Floats, counts: Integers) -> set[float]:
    """A nought that comes again and again, with nothing between it and all other answers."""
    if len(values) < _KINDS or values[0] != 0 or counts[0] < _AT_LEAST - 2 or counts.sum() < _ANSWERS:
        return set()
    gap, span = float(values[1]), float(values[-1] - values[1])
    step = float(np.median(np.diff(values[1:])))
    return {0.0} if gap > span and gap >= _GAP_STEPS * step and gap >= 0.4 * float(values[-1]) else set()


def _frequent(values: Floats, counts: Integers) -> set[float]:
    """A code within the range that comes far more often than the numbers around it: 99 on a scale to 100."""
    found: set[float] = set()
    if len(values) < 3:
        return found
    span = float(values[-1] - values[0])
    for value, count in zip(values, counts, strict=True):
        if value not in (88, 98, 99, 999) or count < _AT_LEAST or value < 0.4 * values[-1]:
            continue
        # The greatest number may be the scale's end, where answers gather.
        near = (np.abs(values - value) <= _NEIGHBOURS * span) & (values != value) & (values != values[-1])
        whole = bool((values == np.round(values)).all())
        places = max(1.0, 2 * _NEIGHBOURS * span) if whole else max(1, int(near.sum()))
        if count > _TIMES_MORE * (1 + float(counts[near].sum()) / places):
            found.add(float(value))
    return found
