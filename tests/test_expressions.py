"""No expression of the program has the form that makes some text cost very much; `bench/slow_words.py` times them."""

from __future__ import annotations

import re

import pytest

from tests.expressions import examples, in_code, nested, of_danger, overlapping

# All of it may be empty, so that it never has to go back.
NEVER_FAILS = {"text/pieces.py"}


@pytest.mark.parametrize(
    ("expression", "slow"),
    [
        (r"(a+)+$", True),
        (r"(?:\w+\s?)*x", True),
        (r"(?:,\d{3})+", False),
        (r"\w+(?:'\w+)*", False),
        (r"(?:[.,]*\d)+", False),
    ],
)
def test_what_doubles_with_each_letter_is_told(expression: str, slow: bool) -> None:
    assert bool(nested(expression)) is slow


@pytest.mark.parametrize(
    ("expression", "slow"),
    [(r"[\d ]*\d[\d.]*x", True), (r"\s*\n\s*", True), (r"\d*,\d+", False), (r"[a-z]+ [0-9]+", False)],
)
def test_what_grows_with_the_square_is_told(expression: str, slow: bool) -> None:
    assert bool(overlapping(expression)) is slow


def test_no_expression_doubles_with_each_letter() -> None:
    found = {**in_code(), **of_danger()}
    assert len(in_code()) > 40
    assert len(found) > 500
    assert {place: said for place, said in found.items() if _parses(said) and nested(said)} == {}


def test_no_expression_of_the_code_grows_with_the_square() -> None:
    """Those of danger may: none of them sees more than 480 characters at once."""
    slow = {place: said for place, said in in_code().items() if overlapping(said)}
    assert {place: said for place, said in slow.items() if place.partition(":")[0] not in NEVER_FAILS} == {}


def test_texts_are_made_from_the_expressions_themselves() -> None:
    made = examples(r"(?:kill|hurt) myself\s+now")
    assert "kill myselfnow"[:4] in "".join(made)
    assert len(examples(r"a|b|c")) >= 3


def _parses(said: str) -> bool:
    try:
        re.compile(said)
    except re.error:
        return False
    return True
