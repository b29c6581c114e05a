"""Sealed rows: nothing but the right row, revision, journal and key opens them."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reattune.vault import Seal, SealBroken, WrongSecret, browser_secret, unwrap_for_browser, wrap_for_browser
from reattune.vault.crypto_primitives import random_key

KEY, JOURNAL = random_key(), bytes(range(16))
SEAL = Seal(KEY, JOURNAL)
ROW = SEAL.row_id(UUID(int=7))


@given(st.binary(max_size=20_000), st.integers(0, 2**40))
def test_it_works(plain: bytes, revision: int) -> None:
    assert SEAL.open(ROW, revision, SEAL.seal(ROW, revision, plain)) == plain


def test_any_changed_byte_is_refused() -> None:
    sealed = SEAL.seal(ROW, 1, b"something that happened")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            SEAL.open(ROW, 1, bytes(changed))


@pytest.mark.parametrize("cut", [b"", b"\x01", b"\x01" + bytes(12), b"\x01" + bytes(20)])
def test_a_cut_row_is_refused(cut: bytes) -> None:
    with pytest.raises(SealBroken):
        SEAL.open(ROW, 1, cut)


def test_another_row_revision_journal_or_key_is_refused() -> None:
    sealed = SEAL.seal(ROW, 3, b"words")
    other_row = SEAL.row_id(uuid4())
    for seal, row, revision in (
        (SEAL, other_row, 3),
        (SEAL, ROW, 2),
        (SEAL, ROW, 4),
        (Seal(KEY, bytes(16)), ROW, 3),
        (Seal(random_key(), JOURNAL), ROW, 3),
    ):
        with pytest.raises(SealBroken):
            seal.open(row, revision, sealed)


def test_sizes_tell_in_steps_only() -> None:
    def size(length: int) -> int:
        return len(SEAL.seal(ROW, 1, bytes(length)))

    assert size(0) == size(100) == size(252)
    assert size(253) == size(400)
    assert size(5000) == size(8000)


def test_the_same_words_never_look_the_same() -> None:
    assert SEAL.seal(ROW, 1, b"words") != SEAL.seal(ROW, 1, b"words")


def test_row_names_are_stable_and_tell_nothing_of_the_id() -> None:
    document = UUID("019c0000-0000-7000-8000-000000000001")
    assert SEAL.row_id(document) == SEAL.row_id(document)
    assert SEAL.row_id(document) != Seal(random_key(), JOURNAL).row_id(document)
    assert document.bytes[:6] not in SEAL.row_id(document)


def test_half_a_key_opens_nothing() -> None:
    secret, session = browser_secret(), bytes(32)
    wrapped = wrap_for_browser(KEY, secret, session)
    assert unwrap_for_browser(wrapped, secret, session) == KEY
    assert KEY not in wrapped
    for wrong_secret, wrong_session in ((browser_secret(), session), (secret, bytes([1] * 32))):
        with pytest.raises(WrongSecret):
            unwrap_for_browser(wrapped, wrong_secret, wrong_session)
