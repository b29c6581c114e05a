"""The normal forms of Unicode, in a time that grows with the length of a text alone.

Marks that stand on one letter (accents, vowel signs) are put in order, which takes the square of their number, and
while it lasts nothing else runs. No language has more than a few on a letter; Unicode's own limit, of the text format
that is safe for streams (UAX 15), is thirty. What is more is left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

MOST_MARKS = 30
_FIRST, _LAST = 0x300, 0x1F000


def normal_form(form: Literal["NFC", "NFKD"], text: str) -> str:
    """``text`` in that normal form; of more than thirty marks in a row, the first thirty. O(length)."""
    if text.isascii():
        return text
    return unicodedata.normalize(form, _too_many().sub(r"\1", text))


@cache
def _too_many() -> re.Pattern[str]:
    marks = "".join(map(re.escape, filter(_is_mark, map(chr, range(_FIRST, _LAST)))))
    return re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")


def _is_mark(letter: str) -> bool:
    """Also of the few signs that only become marks."""
    return unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) > 0
