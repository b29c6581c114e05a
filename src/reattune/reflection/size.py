"""How big a moment was, against how big it looks."""

from __future__ import annotations

from reattune.journal.documents import Moment

LARGE = 7
OUT_OF_PROPORTION = 3


def is_big_reaction(moment: Moment) -> bool:
    """Whether a reaction is large and out of proportion to the event, by what the person said of both.

    With few moments there is nothing to compare with, so only the person's own two answers decide.
    """
    if moment.reaction is None or moment.event is None:
        return False
    return moment.reaction >= LARGE and moment.reaction - moment.event >= OUT_OF_PROPORTION
