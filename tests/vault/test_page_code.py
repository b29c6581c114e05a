"""Codes of pages, and what they open."""

from __future__ import annotations

import re

import pytest

from reattune.vault import WrongSecret
from reattune.vault.page_code import new_code, opened_with, sealed_with

PLAIN = "a canary and an ü".encode()


def test_a_code_has_five_groups_of_four_and_no_letter_that_looks_like_another() -> None:
    codes = {new_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    assert all(re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    # Every place has every letter: no bit of the hundred is always the same.
    for place in (*range(4), *range(20, 24)):
        assert len({code[place] for code in codes}) == 32


def test_what_is_sealed_opens_with_its_code_however_it_is_typed() -> None:
    code = new_code()
    sealed = sealed_with(code, PLAIN)
    assert PLAIN not in sealed
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("0", "o").replace("1", "l")):
        assert opened_with(typed, sealed) == PLAIN


def test_another_code_opens_nothing() -> None:
    sealed = sealed_with(new_code(), PLAIN)
    for code in (new_code(), "", "7QK2", "UUUU-UUUU-UUUU-UUUU-UUUU", new_code() + "0"):
        with pytest.raises(WrongSecret):
            opened_with(code, sealed)
    with pytest.raises(WrongSecret):
        sealed_with("7QK2", PLAIN)


def test_no_byte_can_be_changed() -> None:
    code = new_code()
    sealed = sealed_with(code, PLAIN)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(WrongSecret):
            opened_with(code, bytes(changed))
    for length in (0, 5, 27, 28, 40, len(sealed) - 1):
        with pytest.raises(WrongSecret):
            opened_with(code, sealed[:length])


def test_the_same_words_are_sealed_differently_and_lengths_show_in_steps() -> None:
    code = new_code()
    assert sealed_with(code, PLAIN) != sealed_with(code, PLAIN)
    assert len({len(sealed_with(code, b"x" * length)) for length in range(1, 1025)}) == 1
