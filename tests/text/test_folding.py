"""Texts as a search compares them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.text.folding import folded, folded_with_places


@pytest.mark.parametrize(
    ("text", "plain"),
    [("", ""), ("CLOCK", "clock"), ("Straße", "strasse"), ("José", "jose"), ("Jose\u0301", "jose"), ("ﬁne", "fine"),
     ("İstanbul", "istanbul"), ("ΣΊΣΥΦΟΣ", "σισυφοσ"), ("don’t", "don't"), ("so\u00adft", "soft"), ("a\u200db", "ab"),
     ("\u202eabc", "abc"), ("❤\ufe0f", "❤"), ("ＡＢ", "ab")],
)  # fmt: skip
def test_case_accents_and_what_nobody_sees_do_not_count(text: str, plain: str) -> None:
    assert folded(text) == plain


@settings(deadline=None)
@given(st.text(max_size=60))
def test_each_letter_folds_by_itself_and_knows_where_it_came_from(text: str) -> None:
    plain, places = folded_with_places(text)
    assert plain == folded(text)
    assert len(places) == len(plain)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)
