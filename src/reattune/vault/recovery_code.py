"""The recovery code: 144 random bits and a checksum, in letters that are hard to confuse.

Crockford's base32 (no I, L, O or U), eight groups of four: ``7QK2-M0XD-…``. What is typed may have any case,
spaces or dashes, and O for 0 or I and L for 1.
"""

from __future__ import annotations

import hashlib
import os

from reattune.content.translated_sentences import say
from reattune.vault.errors import WrongRecoveryCode

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_SECRET_BYTES = 18
_CHECK_BYTES = 2
_CHARACTERS = (_SECRET_BYTES + _CHECK_BYTES) * 8 // 5


def new_recovery_secret() -> bytes:
    """The random bytes behind a new code."""
    return os.urandom(_SECRET_BYTES)


def to_code(secret: bytes) -> str:
    """The code that a person writes down."""
    return "-".join(groups(to_letters(secret + _check(secret), _CHARACTERS)))


def to_letters(raw: bytes, count: int) -> str:
    """Bytes as so many letters, five bits each."""
    number = int.from_bytes(raw, "big")
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))


def from_letters(typed: str, count: int, size: int) -> bytes | None:
    """The bytes behind so many letters; ``None`` where it cannot be such."""
    letters = _cleaned(typed)
    if len(letters) != count or any(letter not in _ALPHABET for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    return number.to_bytes(size, "big")


def groups(code: str) -> list[str]:
    """The code in its groups of four."""
    letters = _cleaned(code)
    return [letters[start : start + 4] for start in range(0, len(letters), 4)]


def from_code(code: str) -> bytes:
    """The secret behind a typed code.

    Raises:
        WrongRecoveryCode: with the sentence that helps to find the slip.
    """
    letters = _cleaned(code)
    wrong = next((letter for letter in letters if letter not in _ALPHABET), None)
    if wrong:
        raise WrongRecoveryCode(
            say("A recovery code never contains {wrong}. Please check that character again.", wrong=repr(wrong))
        )
    if len(letters) != _CHARACTERS:
        raise WrongRecoveryCode(
            say(
                "A recovery code has {characters} letters and digits; this one has {letters}.",
                characters=_CHARACTERS,
                letters=len(letters),
            )
        )
    raw = from_letters(letters, _CHARACTERS, _SECRET_BYTES + _CHECK_BYTES) or b""
    if _check(raw[:_SECRET_BYTES]) != raw[_SECRET_BYTES:]:
        raise WrongRecoveryCode(
            say("A letter or digit in this recovery code is wrong. Please compare it with your paper again.")
        )
    return raw[:_SECRET_BYTES]


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"reattune recovery code" + secret).digest()[:_CHECK_BYTES]


def _cleaned(code: str) -> str:
    return "".join(letter for letter in code.upper().translate(_LOOKALIKES) if letter not in " -\u2013\u2014\t\r\n")
