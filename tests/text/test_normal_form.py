"""Unicode's normal forms: the same as ever, in a time that grows with the length alone."""

from __future__ import annotations

import ast
import sys
import time
import unicodedata
from pathlib import Path
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reattune
from reattune.reflection import danger_probability
from reattune.reflection.danger_recogniser import dangers
from reattune.reflection.sharing.names import NamesTakenOut, Somebody
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


# Letters of which each is five or more others, as many as eighteen, once it is taken apart.
SENTENCES = [each for each in _EACH if len(unicodedata.normalize("NFKD", each)) > 4]


@pytest.mark.parametrize("beside", ["", "I want to kill myself. "])
def test_letters_that_are_whole_sentences_are_read_like_others(beside: str) -> None:
    """Each was read as eighteen, and a fifth of what a field has room for held a page up for seconds."""

    def cost(letter: str) -> float:
        danger_probability.forget()
        began = time.process_time()
        dangers(f"{beside}{letter * 250}. " * 30)
        NamesTakenOut([Somebody(UUID(int=1), "Anna", "a friend")], ()).out_of(letter * 7_500)
        return time.process_time() - began

    cost("a")
    assert cost("\ufdfa") < 4 * cost("\u03b1")


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(st.sampled_from([*LETTERS, *SENTENCES]), st.text(max_size=3)), max_size=9).map("".join))
def test_only_such_letters_stay_where_others_are_made_plain(text: str) -> None:
    found = normal_form.compatible(text)
    assert len(found) <= 4 * len(text)
    assert unicodedata.normalize("NFKD", found) == unicodedata.normalize("NFKD", text)
    assert [each for each in found if each in SENTENCES] == [each for each in text if each in SENTENCES]
    assert all(each in SENTENCES or unicodedata.normalize("NFKD", each) == each for each in found)


def test_such_letters_are_few() -> None:
    assert 0 < len(SENTENCES) < 50
    assert all(folding.folded(each) == pieces.folded(each) == each for each in "\ufdfa\ufdfb")
    assert pieces.folded("\u2167 \u247d \ufb03") == folding.folded("\u2167 \u247d \ufb03") == "viii (10) ffi"


def test_nothing_else_makes_a_normal_form() -> None:
    found = []
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = isinstance(node, ast.Attribute) and node.attr in {"normalize", "is_normalized"}
            taken = isinstance(node, ast.ImportFrom) and node.module == "unicodedata"
            if called or taken:
                found.append(path.relative_to(ROOT).as_posix())
    assert set(found) == {"text/normal_form.py"}
