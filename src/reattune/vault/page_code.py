"""A page that a code opens: 100 random bits in five groups of four, for one page alone, told by voice.

A code is as random as a key, so that HKDF makes the key of it: stretching, as for a passphrase, would add nothing that
a guesser feels. At a thousand million million guesses a second half of the codes would take twenty million years.
"""

from __future__ import annotations

import os

from reattune.vault.crypto_primitives import NONCE_BYTES, decrypt, encrypt, key_for
from reattune.vault.errors import WrongSecret
from reattune.vault.recovery_code import from_letters, groups, to_letters

LETTERS = 20
_CODE_BYTES = LETTERS * 5 // 8 + 1
_SALT_BYTES = 16
PURPOSE = "page 1"
BOUND = f"reattune {PURPOSE}".encode()
# Lengths show in steps.
_STEP = 1024


def new_code() -> str:
    """A new code, like ``7QK2-M0XD-…``."""
    number = int.from_bytes(os.urandom(_CODE_BYTES), "big") >> (_CODE_BYTES * 8 - LETTERS * 5)
    return "-".join(groups(to_letters(number.to_bytes(_CODE_BYTES, "big"), LETTERS)))


def sealed_with(code: str, plain: bytes) -> bytes:
    """Salt, nonce and AES-256-GCM ciphertext of ``plain``, padded with spaces to the next KiB.

    Raises:
        WrongSecret: it cannot be a code.
    """
    salt = os.urandom(_SALT_BYTES)
    return salt + encrypt(_key(code, salt), plain + b" " * (-len(plain) % _STEP), BOUND)


def opened_with(code: str, sealed: bytes) -> bytes:
    """What was sealed, without its padding. The page itself does the same in its reader's browser.

    Raises:
        WrongSecret: the code is wrong, or the bytes were changed.
    """
    if len(sealed) < _SALT_BYTES + NONCE_BYTES:
        raise WrongSecret("This is no page.")
    return decrypt(_key(code, sealed[:_SALT_BYTES]), sealed[_SALT_BYTES:], BOUND).rstrip(b" ")


def _key(code: str, salt: bytes) -> bytes:
    # The letters themselves are what the key is made of: the page needs no arithmetic for it.
    if from_letters(code, LETTERS, _CODE_BYTES) is None:
        raise WrongSecret("A code has 20 letters and digits.")
    return key_for(PURPOSE, "".join(groups(code)).encode(), salt)
