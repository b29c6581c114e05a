"""Letters: bytes that anybody can seal to a journal's address, and that only its owner can open.

HPKE (RFC 9180) in base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. A letter is a version byte, the
encapsulated key (65 bytes) and the sealed text. The version byte leaves room for another suite beside this one. What is
sealed is a length, the content, and zeros up to the next size in `SIZES`: nothing but that step tells how much was
written. Base mode says nothing of who sealed it: a letter is from anybody until its reader thinks otherwise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reattune.content.translated_sentences import say
from reattune.vault.errors import VaultError

# The first byte of every letter and of every public key says which suite it is for; a new one is a line here, and
# letters of the older are opened as long as its key is kept.
VERSION_1 = b"\x01"
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"reattune letter 1"

LARGEST = 64 * 1024
SIZES = tuple(1024 << step for step in range(7))  # 1 KiB to 64 KiB, each twice the one before
_ENCAPSULATED, _TAG, _LENGTH = 65, 16, 4
OVERHEAD = len(VERSION_1) + _ENCAPSULATED + _TAG + _LENGTH
LONGEST_CONTENT = LARGEST - OVERHEAD

PUBLIC_BYTES = len(VERSION_1) + _ENCAPSULATED
PRIVATE_BYTES = len(VERSION_1) + 32
ADDRESS_BYTES = 10


class LetterTooLarge(VaultError):
    """A letter, or what is to become one, is larger than `LARGEST`."""


class LetterMalformed(VaultError):
    """These bytes cannot be a letter, whoever they are for."""


class LetterNotOpened(VaultError):
    """It has the form of a letter, but was sealed to another address, or changed on its way."""


@dataclass(frozen=True)
class AddressKey:
    """The key pair behind an address.

    Attributes:
        private: version byte and the 32 bytes of the scalar. It opens letters, and is to be sealed wherever it is kept.
        public: version byte and the 65 bytes of the uncompressed point. Anybody may have it.
    """

    private: bytes
    public: bytes

    @classmethod
    def new(cls) -> AddressKey:
        """A fresh one, from the operating system's randomness."""
        secret = ec.generate_private_key(ec.SECP256R1())
        number = secret.private_numbers().private_value
        return cls(VERSION_1 + number.to_bytes(PRIVATE_BYTES - 1, "big"), VERSION_1 + _point(secret.public_key()))

    @classmethod
    def from_private(cls, private: bytes) -> AddressKey:
        """The pair again from its private half.

        Raises:
            VaultError: these bytes are no private key of a suite that is known here.
        """
        return cls(private, VERSION_1 + _point(_secret(private).public_key()))

    @property
    def address(self) -> bytes:
        """The short id of the address, made from the public key: who has the one can check the other."""
        return address_of(self.public)


def address_of(public: bytes) -> bytes:
    """The id of the address with this public key: the first ten bytes of a hash, so that nobody guesses one."""
    return hashlib.sha256(b"reattune address " + public).digest()[:ADDRESS_BYTES]


def seal_letter(public: bytes, content: bytes) -> bytes:
    """A letter with ``content``, which may be at most `LONGEST_CONTENT` bytes.

    Raises:
        LetterTooLarge: it is longer.
        VaultError: these bytes are no public key of a suite that is known here.
    """
    size = next((size for size in SIZES if len(content) + OVERHEAD <= size), None)
    if size is None:
        raise LetterTooLarge(
            say("A letter holds at most {most} bytes, and this has {size}.", most=LONGEST_CONTENT, size=len(content))
        )
    framed = len(content).to_bytes(_LENGTH, "big") + content + bytes(size - OVERHEAD - len(content))
    return VERSION_1 + _SUITE.encrypt(framed, _public(public), info=_INFO)


def check_letter(letter: bytes) -> None:
    """Whether bytes that arrived can be a letter at all; nobody's key is needed to tell.

    Raises:
        LetterTooLarge: there are more of them than a letter has.
        LetterMalformed: another version, a size that no letter has, or no point of the curve where one must be.
    """
    if len(letter) > LARGEST:
        raise LetterTooLarge(
            say("A letter has at most {most} bytes, and this has {size}.", most=LARGEST, size=len(letter))
        )
    if letter[:1] != VERSION_1:
        raise LetterMalformed(say("These bytes aren’t a letter that this version of Reattune knows."))
    if len(letter) not in SIZES:
        raise LetterMalformed(say("No letter has this size."))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), letter[1 : 1 + _ENCAPSULATED])
    except ValueError as error:
        raise LetterMalformed(say("This letter doesn’t begin with a valid key.")) from error


def open_letter(private: bytes, letter: bytes) -> bytes:
    """What was sealed. Whatever it says is from anybody.

    Raises:
        LetterTooLarge, LetterMalformed: it is no letter.
        LetterNotOpened: it is for another address, or was changed.
        VaultError: these bytes are no private key.
    """
    check_letter(letter)
    try:
        framed = _SUITE.decrypt(letter[1:], _secret(private), info=_INFO)
    except (InvalidTag, ValueError) as error:
        raise LetterNotOpened(say("This letter was sealed for another address, or changed on its way.")) from error
    length = int.from_bytes(framed[:_LENGTH], "big")
    if length > len(framed) - _LENGTH or any(framed[_LENGTH + length :]):
        raise LetterMalformed(say("What is inside this letter isn’t padded as a letter is."))
    return framed[_LENGTH : _LENGTH + length]


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _secret(private: bytes) -> ec.EllipticCurvePrivateKey:
    if private[:1] != VERSION_1 or len(private) != PRIVATE_BYTES:
        raise VaultError(say("The private key of this address is damaged, or comes from a newer Reattune."))
    try:
        return ec.derive_private_key(int.from_bytes(private[1:], "big"), ec.SECP256R1())
    except ValueError as error:
        raise VaultError(say("The private key of this address is damaged.")) from error


def _public(public: bytes) -> ec.EllipticCurvePublicKey:
    if public[:1] != VERSION_1 or len(public) != PUBLIC_BYTES:
        raise VaultError(say("This public key is damaged, or comes from a newer Reattune."))
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public[1:])
    except ValueError as error:
        raise VaultError(say("This public key is damaged.")) from error
