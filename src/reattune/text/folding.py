"""Texts as a search compares them: small letters, no accents, no marks that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from reattune.text.normal_form import compatible

# Past this there is no combining mark but in a few ancient scripts.
_LAST = 0x1F000
_APOSTROPHES = ("’", "ʼ", "´")


def folded(text: str) -> str:
    """``text`` casefolded (so that ß is ss), its compatible letters made plain (ﬁ is fi, ﷺ stays), without accents.

    Apostrophes are straight. Marks of direction, soft hyphens and what joins letters unseen are left out. What one
    letter becomes does not depend on those beside it. O(length).
    """
    if text.isascii():
        return text.lower()
    for each in _APOSTROPHES:
        text = text.replace(each, "'")
    return _unseen().sub("", compatible(text)).casefold()


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """``text`` as `folded` has it, and of each of its characters the index in ``text`` of the one it comes from."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        plain = _letter(letter)
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), places


@lru_cache(maxsize=4_096)
def _letter(letter: str) -> str:
    return folded(letter)


@cache
def _unseen() -> re.Pattern[str]:
    """Accents, marks of direction and joining, and what chooses between two pictures of one sign."""
    each = (chr(code) for code in range(0x80, _LAST))
    unseen = [
        c for c in each if unicodedata.combining(c) or unicodedata.category(c) == "Cf" or "\ufe00" <= c <= "\ufe0f"
    ]
    return re.compile("[" + "".join(map(re.escape, unseen)) + "]+")
