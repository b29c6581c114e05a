"""Letters as bytes: both sides seal and open the same, and what is none is told from what is."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.vault.errors import VaultError
from reattune.vault.letters import (
    LARGEST,
    LONGEST_CONTENT,
    SIZES,
    AddressKey,
    LetterMalformed,
    LetterNotOpened,
    LetterTooLarge,
    address_of,
    check_letter,
    open_letter,
    seal_letter,
)

DATA = Path(__file__).parents[1] / "data" / "letters"
VECTORS = json.loads((DATA / "letters.json").read_text("utf-8"))
RFC = json.loads((DATA / "rfc9180-p256-sha256-aes256gcm-base.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def pair() -> AddressKey:
    return AddressKey.new()


def test_the_vector_of_rfc_9180_opens() -> None:
    secret = ec.derive_private_key(int(RFC["skRm"], 16), ec.SECP256R1())
    first = RFC["encryptions"][0]
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    sealed, info, aad = (bytes.fromhex(each) for each in (RFC["enc"] + first["ct"], RFC["info"], first["aad"]))
    # The public function takes no additional data, and the vectors of the RFC have some.
    assert openssl.hpke._decrypt_with_aad(suite, sealed, secret, info, aad) == bytes.fromhex(first["pt"])


@pytest.mark.parametrize("side", ["sealed_by_hpke_core", "sealed_by_python"])
def test_what_either_side_sealed_opens(side: str) -> None:
    private = base64.b64decode(VECTORS["private"])
    for each in VECTORS[side]:
        assert json.loads(open_letter(private, base64.b64decode(each["letter"]))) == each["content"]


def test_the_key_pair_and_its_address_are_what_they_were() -> None:
    pair = AddressKey.from_private(base64.b64decode(VECTORS["private"]))
    assert base64.b64encode(pair.public).decode() == VECTORS["public"]
    assert pair.address.hex() == address_of(pair.public).hex() == VECTORS["address"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000) | st.integers(0, LONGEST_CONTENT).map(bytes))
def test_what_is_sealed_opens_and_its_size_is_a_step(content: bytes) -> None:
    pair = AddressKey.new()
    letter = seal_letter(pair.public, content)
    check_letter(letter)
    assert len(letter) in SIZES
    assert open_letter(pair.private, letter) == content


def test_what_is_too_long_is_refused_before_and_after_sealing(pair: AddressKey) -> None:
    assert len(seal_letter(pair.public, bytes(LONGEST_CONTENT))) == LARGEST
    with pytest.raises(LetterTooLarge, match="at most 65,450 bytes"):
        seal_letter(pair.public, bytes(LONGEST_CONTENT + 1))
    for check in (check_letter, lambda letter: open_letter(pair.private, letter)):
        with pytest.raises(LetterTooLarge):
            check(b"\x01" + bytes(65 * 1024))


def test_every_changed_byte_is_noticed(pair: AddressKey) -> None:
    letter = seal_letter(pair.public, b"words")
    for place in range(len(letter)):
        changed = bytearray(letter)
        changed[place] ^= 1
        with pytest.raises((LetterMalformed, LetterNotOpened)):
            open_letter(pair.private, bytes(changed))


def test_a_letter_for_another_address_does_not_open(pair: AddressKey) -> None:
    with pytest.raises(LetterNotOpened, match="another address"):
        open_letter(AddressKey.new().private, seal_letter(pair.public, b"words"))


def test_another_info_is_another_letter(pair: AddressKey) -> None:
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), pair.public[1:])
    framed = (5).to_bytes(4, "big") + b"words" + bytes(1024 - 86 - 5)
    other = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(framed, point, info=b"something else")
    assert len(other) == 1023
    with pytest.raises(LetterNotOpened):
        open_letter(pair.private, b"\x01" + other)


@pytest.mark.parametrize(
    "framed",
    [
        (2000).to_bytes(4, "big") + bytes(938),  # a length beyond its end
        (2**32 - 1).to_bytes(4, "big") + bytes(938),
        (3).to_bytes(4, "big") + b"words" + bytes(933),  # something behind what it says
    ],
)
def test_what_is_padded_otherwise_is_refused(pair: AddressKey, framed: bytes) -> None:
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), pair.public[1:])
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    with pytest.raises(LetterMalformed, match="isn’t padded"):
        open_letter(pair.private, b"\x01" + suite.encrypt(framed, point, info=b"reattune letter 1"))


@pytest.mark.parametrize(
    "letter",
    [b"", b"\x01", b"\x02" + bytes(1023), bytes(1024), b"\x01" + bytes(1023), b"\x01\x04" + bytes(1022), b"{}" * 512],
)
def test_what_is_no_letter_is_told_without_a_key(letter: bytes) -> None:
    with pytest.raises(LetterMalformed):
        check_letter(letter)


@pytest.mark.parametrize(
    "private", [b"", bytes(33), b"\x01" + bytes(32), b"\x01" + b"\xff" * 32, b"\x02" + b"\x01" * 32]
)
def test_what_is_no_private_key_is_named(private: bytes) -> None:
    with pytest.raises(VaultError, match="private key"):
        AddressKey.from_private(private)


@pytest.mark.parametrize("public", [b"", bytes(66), b"\x01\x04" + b"\x07" * 64, b"\x02\x04" + b"\x07" * 64])
def test_what_is_no_public_key_is_named(public: bytes) -> None:
    with pytest.raises(VaultError, match="public key"):
        seal_letter(public, b"words")
