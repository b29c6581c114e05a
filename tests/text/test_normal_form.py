"""Normal forms: as Unicode has them, and however many marks stand on a letter, in the time that their number takes."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reattune
from reattune.exchange.column_names import words_of
from reattune.text import folding, pieces
from reattune.text.normal_form import MOST_MARKS, normal_form

FORMS: list[Literal["NFC", "NFKD"]] = ["NFC", "NFKD"]
# Each pair is out of order: what stands nearer to the letter comes last. The last ones only become marks.
PAIRS = ["\u0315\u0300", "\u0301\u0323", "\u05b1\u05b0", "\u0f73", "\u0f75\u0f71", "\uff9e\u0300", "\u0344\u0316"]
READ: list[Callable[[str], object]] = [
    lambda text: normal_form("NFC", text),
    lambda text: normal_form("NFKD", text),
    folding.folded,
    pieces.folded,
    words_of,
]
# A passphrase has at most 1,000 letters, and what it opens hangs on each of them.
ITSELF = {"text/normal_form.py", "vault/keyring.py"}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("read", READ)
def test_very_many_marks_cost_no_more_than_other_letters(read: Callable[[str], object], pair: str) -> None:
    text = "a" + pair * 60_000
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 3  # a few hundredths, where nothing else is busy; it was minutes


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_other_text_is_in_the_form_that_unicode_says(text: str) -> None:
    for form in FORMS:
        assert normal_form(form, text) == unicodedata.normalize(form, text)


def test_of_too_many_marks_the_first_stay() -> None:
    assert normal_form("NFKD", "a" + "\u0300" * MOST_MARKS + "b") == "a" + "\u0300" * MOST_MARKS + "b"
    assert normal_form("NFKD", "a" + "\u0300" * 5_000 + "b") == "a" + "\u0300" * MOST_MARKS + "b"


def test_what_the_program_reads_is_normalised_in_this_way_alone() -> None:
    root = Path(reattune.__file__).parent
    found = {
        str(each.relative_to(root)) for each in root.rglob("*.py") if re.search(r"\bnormalize\(", each.read_text())
    }
    assert found == ITSELF
