"""Passphrase, recovery code, data key."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.vault import Keyring, VaultError, WrongRecoveryCode, WrongSecret, recovery_code
from reattune.vault.crypto_primitives import KdfParameters
from reattune.vault.keyring import first_opened, first_recovered

ID = bytes(range(16))
QUICK = KdfParameters(memory_kib=8 * 1024, passes=1, lanes=1)
PASSPHRASE = "four quiet words here"


@pytest.fixture(scope="module")
def made() -> tuple[Keyring, bytes, str]:
    return Keyring.create(ID, PASSPHRASE, QUICK)


def test_it_works(made: tuple[Keyring, bytes, str]) -> None:
    keyring, data_key, code = made
    again = Keyring.from_bytes(keyring.to_bytes())
    assert again == keyring
    assert again.open_with_passphrase(PASSPHRASE) == data_key
    assert again.open_with_recovery(code) == data_key
    assert len(data_key) == 32


def test_the_parameters_are_those_promised() -> None:
    keyring, _key, _code = Keyring.create(ID, PASSPHRASE)
    assert keyring.kdf == KdfParameters(memory_kib=65536, passes=3, lanes=4)


def test_wrong_secrets_open_nothing(made: tuple[Keyring, bytes, str]) -> None:
    keyring = made[0]
    with pytest.raises(WrongSecret):
        keyring.open_with_passphrase(PASSPHRASE + " ")
    with pytest.raises(WrongSecret):
        keyring.open_with_recovery(recovery_code.to_code(bytes(18)))


def test_a_keyring_does_not_open_as_another_journals(made: tuple[Keyring, bytes, str]) -> None:
    stolen = replace(made[0], journal_id=bytes(16))
    with pytest.raises(WrongSecret):
        stolen.open_with_passphrase(PASSPHRASE)
    with pytest.raises(WrongSecret):
        stolen.open_with_recovery(made[2])


def test_a_new_passphrase_rewraps_the_same_key(made: tuple[Keyring, bytes, str]) -> None:
    keyring, data_key, code = made
    changed = keyring.with_passphrase(data_key, "another set of words")
    assert changed.open_with_passphrase("another set of words") == data_key
    assert changed.open_with_recovery(code) == data_key
    with pytest.raises(WrongSecret):
        changed.open_with_passphrase(PASSPHRASE)


def test_a_new_recovery_code_ends_the_old_one(made: tuple[Keyring, bytes, str]) -> None:
    keyring, data_key, code = made
    changed, new_code = keyring.with_new_recovery(data_key)
    assert changed.open_with_recovery(new_code) == data_key
    with pytest.raises(WrongSecret):
        changed.open_with_recovery(code)


def test_of_several_the_right_one_opens(made: tuple[Keyring, bytes, str]) -> None:
    other, other_key, other_code = Keyring.create(bytes(16), "words of someone else", QUICK)
    rings = [made[0], other]
    assert first_opened(rings, "words of someone else") == (other, other_key)
    assert first_recovered(rings, other_code) == (other, other_key)
    with pytest.raises(WrongSecret):
        first_opened(rings, "words of nobody at all")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    keyring, data_key, _code = Keyring.create(ID, "caf\u00e9 at the corner", QUICK)
    assert keyring.open_with_passphrase("cafe\u0301 at the corner") == data_key


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(VaultError, match="at least 10"):
        Keyring.create(ID, "short", QUICK)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{}",
        b"[]",
        b'{"format": 1}',
        json.dumps({"format": 1, "kdf": {"memory_kib": 10**12, "passes": 1, "lanes": 1}}),
    ],
)
def test_a_damaged_keyring_says_so(stored: bytes | str) -> None:
    with pytest.raises(VaultError, match="damaged"):
        Keyring.from_bytes(stored.encode() if isinstance(stored, str) else stored)


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": ""},
        {"salt": base64.b64encode(bytes(15)).decode()},
        {"journal_id": ""},
        {"by_passphrase": base64.b64encode(bytes(59)).decode()},
        {"by_recovery": ""},
        {"older": ["AAAA"]},
        {"older": [1]},
        {"older": 7},
        {"format": float("nan")},
        {"format": "1"},
        {"kdf": [1]},
        {"kdf": {"memory_kib": float("inf"), "passes": 1, "lanes": 1}},
        {"kdf": {"memory_kib": float("nan"), "passes": 1, "lanes": 1}},
        {"kdf": {"memory_kib": 8192.0, "passes": 1, "lanes": 1}},
        {"kdf": {"memory_kib": "8192", "passes": 1, "lanes": 1}},
        {"kdf": {"memory_kib": 8192, "passes": True, "lanes": 1}},
        {"kdf": {"memory_kib": 4 * 1024 * 1024, "passes": 1, "lanes": 1}},
        {"kdf": {"memory_kib": 512 * 1024, "passes": 4, "lanes": 1}},
    ],
)
def test_a_keyring_that_cannot_be_tried_is_damaged(
    made: tuple[Keyring, bytes, str], changes: dict[str, object]
) -> None:
    with pytest.raises(VaultError, match="damaged"):
        Keyring.from_bytes(json.dumps(json.loads(made[0].to_bytes()) | changes).encode())


def test_one_that_fails_shuts_no_other(made: tuple[Keyring, bytes, str]) -> None:
    keyring, data_key, code = made
    odd = [replace(keyring, salt=b""), replace(keyring, kdf=KdfParameters(1, 1, 1))]
    assert first_opened([*odd, keyring], PASSPHRASE) == (keyring, data_key)
    assert first_recovered([*odd, keyring], code)[1] == data_key
    with pytest.raises(WrongSecret):
        first_opened(odd, PASSPHRASE)


def test_a_keyring_of_the_future_says_so(made: tuple[Keyring, bytes, str]) -> None:
    plain = json.loads(made[0].to_bytes()) | {"format": 2}
    with pytest.raises(VaultError, match="newer Reattune"):
        Keyring.from_bytes(json.dumps(plain).encode())


@given(st.binary(min_size=18, max_size=18))
def test_a_recovery_code_survives_being_written_down(secret: bytes) -> None:
    code = recovery_code.to_code(secret)
    assert len(recovery_code.groups(code)) == 8
    assert recovery_code.from_code(code) == secret
    assert recovery_code.from_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == secret


@settings(max_examples=200)
@given(st.binary(min_size=18, max_size=18), st.integers(0, 31), st.integers(1, 31))
def test_one_wrong_letter_is_noticed(secret: bytes, place: int, shift: int) -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    letters = list(recovery_code.to_code(secret).replace("-", ""))
    letters[place] = alphabet[(alphabet.index(letters[place]) + shift) % 32]
    try:
        assert recovery_code.from_code("".join(letters)) != secret  # one in 65,536 passes the checksum
    except WrongRecoveryCode as error:
        assert "A letter or digit" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "this one has 0"), ("ABCD-EFGH", "this one has 8"), ("U" * 32, "never contains 'U'")]
)
def test_what_cannot_be_a_code_says_why(typed: str, sentence: str) -> None:
    with pytest.raises(WrongRecoveryCode, match=sentence):
        recovery_code.from_code(typed)


def test_passphrases_that_are_stretched_at_the_same_time_do_not_wait_for_each_other_for_ever() -> None:
    """As today's are, in several lanes; in a process of its own, which could hang."""
    program = """
from concurrent.futures import ThreadPoolExecutor
from reattune.vault.crypto_primitives import KdfParameters, key_from_passphrase
lanes = KdfParameters(8 * 1024, 1, KdfParameters.today().lanes)
with ThreadPoolExecutor(8) as threads:
    print(len(set(threads.map(lambda _: key_from_passphrase("words", bytes(16), lanes), range(24)))))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "1\n", done.stderr
