"""The few primitives, with their parameters in one place."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from threading import BoundedSemaphore
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reattune.content.translated_sentences import say
from reattune.vault.errors import TooManyAtOnce, VaultError, WrongSecret

KEY_BYTES = 32
NONCE_BYTES = 12
# So many passphrases are stretched at a time in one process; others wait so long. One, and not more: with several lanes
# OpenSSL's Argon2id takes threads from one pool, and two derivations at once wait for each other for ever.
AT_ONCE, PATIENCE = 1, 20.0
_turns = BoundedSemaphore(AT_ONCE)
_line = BoundedSemaphore(1_000)


@dataclass(frozen=True)
class KdfParameters:
    """How hard Argon2id (RFC 9106) stretches a passphrase."""

    memory_kib: int
    passes: int
    lanes: int

    @classmethod
    def today(cls) -> KdfParameters:
        """What new passphrases are stretched with: the second recommended option of RFC 9106, 64 MiB."""
        return cls(memory_kib=64 * 1024, passes=3, lanes=4)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> KdfParameters:
        """From stored values; refuses what would hang the machine or protect nothing.

        Raises:
            VaultError: a value is out of bounds.
        """
        parameters = cls(int(plain["memory_kib"]), int(plain["passes"]), int(plain["lanes"]))
        if not (
            8 * 1024 <= parameters.memory_kib <= 4 * 1024 * 1024
            and 1 <= parameters.passes <= 64
            and 1 <= parameters.lanes <= 64
        ):
            raise VaultError(say("The key settings of this journal are damaged."))
        return parameters

    def to_plain(self) -> dict[str, int]:
        """Values for storing."""
        return asdict(self)


def random_key() -> bytes:
    """A fresh 256-bit key from the operating system."""
    return os.urandom(KEY_BYTES)


def let_in_line(most: int) -> None:
    """Let at most so many threads of this process be busy with a passphrase or wait for it: the others answer pages.

    Called once, before the first passphrase.
    """
    global _line
    _line = BoundedSemaphore(most)


def key_from_passphrase(passphrase: str, salt: bytes, parameters: KdfParameters) -> bytes:
    """The wrapping key of a passphrase: about a tenth of a second and 64 MiB, on purpose.

    Raises:
        TooManyAtOnce: so many were asked of this process that there is no place in the line, or the wait was too long.
    """
    line = _line
    if not line.acquire(blocking=False):
        raise TooManyAtOnce
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise TooManyAtOnce
        try:
            return Argon2id(
                salt=salt,
                length=KEY_BYTES,
                iterations=parameters.passes,
                lanes=parameters.lanes,
                memory_cost=parameters.memory_kib,
            ).derive(passphrase.encode())
        finally:
            _turns.release()
    finally:
        line.release()


def key_for(purpose: str, secret: bytes, salt: bytes | None = None) -> bytes:
    """A key for one purpose from a secret that is random already (HKDF-SHA256)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=f"reattune {purpose}".encode()).derive(secret)


def encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """AES-256-GCM with a random nonce in front; ``bound`` is authenticated, not hidden."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The reverse of :func:`encrypt`.

    Raises:
        WrongSecret: the key is wrong, or the bytes or what is bound to them changed.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise WrongSecret("This does not open it.") from error
