"""Unicode's normal forms, in a time that grows with the length of a text, whatever marks stand in it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from typing import Literal

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
# More marks on one letter than any writing has (UAX #15, Stream-Safe Text Format).
_MOST = 30
# No letter of everyday writing becomes more, accents and all.
_MOST_UNFOLDED = 4
# Past this there is no combining mark. Some are in no class of marks, and become marks alone once they are taken apart.
_LAST, _MADE_OF_MARKS = 0x1F000, "\u0f73\u0f75\u0f81\uff9e\uff9f"


def normal_form(form: Form, text: str) -> str:
    """What `unicodedata.normalize` makes of ``text``; nothing else may call that.

    It puts marks in order by moving each past those before it, and while it does, no other thread of the process runs:
    of a letter with 200,000 accents, for minutes. So a run that is longer than any writing has is put in order before,
    which changes nothing of what becomes of it: a passphrase stays the same. O(length); such a run is sorted.
    """
    if not text.isascii():
        text = _long_run().sub(lambda run: _in_order(form, run.group()), text)
    return unicodedata.normalize(form, text)


def compatible(text: str) -> str:
    """``text`` with compatible letters made plain (NFKD), but for those that are whole words and sentences.

    One of them (ﷺ) is eighteen letters: who sends a text of them had eighteen times as much read. They stay as they
    are. O(length), and never more than four times as long.
    """
    if text.isascii():
        return text
    found = _unfolding().split(text)
    return "".join(part if place % 2 else normal_form("NFKD", part) for place, part in enumerate(found))


def without_sentences(text: str) -> str:
    """``text`` with a space for each letter that `compatible` leaves as it is: for what takes letters apart itself."""
    return text if text.isascii() else _unfolding().sub(" ", text)


@cache
def _unfolding() -> re.Pattern[str]:
    """Letters that become more than so many others."""
    each = (chr(code) for code in range(0x80, _LAST))
    found = "".join(letter for letter in each if len(unicodedata.normalize("NFKD", letter)) > _MOST_UNFOLDED)
    return re.compile(f"([{found}]+)")


def _in_order(form: Form, run: str) -> str:
    apart = "".join(_apart("NFKD" if "K" in form else "NFD", mark) for mark in run)
    ordered = []
    for _marks, group in groupby(apart, key=lambda each: unicodedata.combining(each) > 0):
        ordered += sorted(group, key=unicodedata.combining)
    return "".join(ordered)


@lru_cache(maxsize=2_048)
def _apart(form: Form, mark: str) -> str:
    return unicodedata.normalize(form, mark)


@cache
def _long_run() -> re.Pattern[str]:
    """A long run of what is marks alone once it is taken apart."""
    marks = [each for each in map(chr, range(0x80, _LAST)) if unicodedata.combining(each)]
    return re.compile(f"[{''.join(marks)}{_MADE_OF_MARKS}]{{{_MOST + 1},}}")
