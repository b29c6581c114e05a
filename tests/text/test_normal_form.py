"""Unicode's normal forms: the same as ever, in a time that grows with the length alone."""

from __future__ import annotations

import ast
import sys
import time
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reattune
from reattune.reflection.danger_recogniser import dangers
from reattune.text import folding, normal_form, pieces

ROOT = Path(reattune.__file__).parent
FORMS: tuple[normal_form.Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
_EACH = [chr(code) for code in range(0x20, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
MARKS = [each for each in _EACH if all(map(unicodedata.combining, unicodedata.normalize("NFKD", each)))]
LETTERS = [each for each in _EACH if unicodedata.normalize("NFD", each)[1:]]
_RUN = st.lists(st.sampled_from(MARKS), min_size=31, max_size=80).map("".join)
# Out of order: as dear as marks can be.
ACCENTS = "a" + "\u0315" * 50_000 + "\u0300" * 50_000


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(LETTERS), st.text(max_size=3), _RUN), max_size=6).map("".join))
def test_it_is_the_form_that_unicode_has(text: str) -> None:
    for form in FORMS:
        assert normal_form.normal_form(form, text) == unicodedata.normalize(form, text)


def test_every_mark_is_known() -> None:
    run = normal_form._long_run()
    assert len(MARKS) > 800
    assert all(run.fullmatch(each * 31) for each in MARKS)


@pytest.mark.parametrize("marks", ["\u0315\u0300", "\uff9e\u0300", "\u0344\u0315\u0323", "\u0f73\u0f75\u0300"])
@pytest.mark.parametrize("form", FORMS)
def test_marks_out_of_order_take_no_longer_than_their_number(
    form: Literal["NFC", "NFD", "NFKC", "NFKD"], marks: str
) -> None:
    began = time.process_time()
    normal_form.normal_form(form, "a" + "".join(each * (100_000 // len(marks)) for each in marks))
    assert time.process_time() - began < 5


def test_a_letter_with_very_many_accents_is_read_like_others() -> None:
    began = time.process_time()
    assert not dangers(ACCENTS)
    assert folding.folded(ACCENTS) == pieces.folded(ACCENTS) == "a"
    assert time.process_time() - began < 10


def test_nothing_else_makes_a_normal_form() -> None:
    found = []
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = isinstance(node, ast.Attribute) and node.attr in {"normalize", "is_normalized"}
            taken = isinstance(node, ast.ImportFrom) and node.module == "unicodedata"
            if called or taken:
                found.append(path.relative_to(ROOT).as_posix())
    assert set(found) == {"text/normal_form.py"}
