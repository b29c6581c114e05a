"""What is filled into a sentence when it is shown, and whether another language fills in the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PERCENT = re.compile(r"%\((\w+)\)[sd]")
_BRACES = re.compile(r"(?<!\{)\{(\w*)\}(?!\})")
# Filled in by position, as a script does it; Django doubles the sign where it takes a sentence from a template.
_BARE = re.compile(r"%{1,2}([sd])\b")
_COUNT = {"n", "count"}


def filled_in(sentence: str) -> set[str]:
    """The names of what is filled in."""
    return {*_PERCENT.findall(sentence), *_BRACES.findall(sentence), *(f"%{each}" for each in _BARE.findall(sentence))}


def problem_of(english: Sequence[str], words: object) -> str:
    """What is wrong with a translation of a sentence (and its plural), as a sentence; empty where nothing is.

    A number may be left out: "one day" needs no figure.
    """
    if not isinstance(words, str) or not words.strip():
        return "A form is empty."
    wanted = set().union(*(filled_in(each) for each in english))
    needed = set.intersection(*(filled_in(each) for each in english)) - (_COUNT if len(english) > 1 else set())
    given = filled_in(words)
    if not needed <= given <= wanted:
        return f"It fills in {_named(given)}, and English fills in {_named(wanted)}."
    if len(re.findall(r"%(?!\()", words.replace("%%", ""))) and "%(" in words:
        return "A % that stands for itself has to be written %%."
    return ""


def _named(found: set[str]) -> str:
    return ", ".join(sorted(found)) or "nothing"
