"""How big a moment was, against how big it looks."""

from __future__ import annotations

from reattune.journal import Journal
from reattune.journal.documents import Moment

LARGE = 7
OUT_OF_PROPORTION = 3
# With fewer moments of the person's own, only what they say of this one counts.
ENOUGH = 5
# What is usual for people (reaction expected at an event of 0, what each point of event adds, spread around it)
# counts as so many moments of one's own.
_WORTH = 6.0
_START, _RISE, _SPREAD = 3.0, 0.6, 1.8
_UPPER = 1.3


def is_big_reaction(moment: Moment, journal: Journal | None = None) -> bool:
    """Whether a reaction was large beside the event, measured against the person's own other moments.

    With fewer than `ENOUGH` others that have both numbers, the person's two answers decide: at least `LARGE`, and
    `OUT_OF_PROPORTION` above the event. With more, the reaction has to lie in the upper tail of what this person feels
    at an event of that size: more than 1.3 spreads above it (about one in ten). What is usual is a line through the
    other moments, drawn towards a common one that counts as six of them, so that few moments do not run away with it.
    A reaction under the middle of the scale is never called big.
    """
    if moment.reaction is None or moment.event is None:
        return False
    others = _others(moment, journal) if journal else []
    if len(others) < ENOUGH:
        return moment.reaction >= LARGE and moment.reaction - moment.event >= OUT_OF_PROPORTION
    expected, spread = _usual(others, moment.event)
    return moment.reaction > 5 and moment.reaction > moment.event and moment.reaction - expected >= _UPPER * spread


def _others(moment: Moment, journal: Journal) -> list[tuple[int, int]]:
    return [
        (other.event, other.reaction)
        for other in journal.moments()
        if other.id != moment.id and other.event is not None and other.reaction is not None
    ]


def _usual(others: list[tuple[int, int]], event: int) -> tuple[float, float]:
    """The reaction this person usually has at ``event``, and the spread around it.

    Ridge regression towards the common line: level and rise each count as `_WORTH` moments.
    """
    count = len(others)
    middle = sum(size for size, _reaction in others) / count
    beyond = [(size - middle, reaction - (_START + _RISE * size)) for size, reaction in others]
    level = sum(rest for _size, rest in beyond) / (count + _WORTH)
    # Two points of event is a usual spread between moments.
    rise = sum(size * rest for size, rest in beyond) / (sum(size * size for size, _rest in beyond) + _WORTH * 4)
    left = sum((rest - level - rise * size) ** 2 for size, rest in beyond)
    spread = ((left + _WORTH * _SPREAD**2) / (count + _WORTH)) ** 0.5
    return _START + _RISE * event + level + rise * (event - middle), spread
