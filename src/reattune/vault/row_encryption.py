"""Sealing rows: what a row says, bound to the journal, the row and the revision it stands in."""

from __future__ import annotations

import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from reattune.content.translated_sentences import say
from reattune.vault.crypto_primitives import NONCE_BYTES, key_for
from reattune.vault.errors import SealBroken

# The first byte of every sealed row says how it was sealed, so that ways can stand beside one another: a new one is a
# line in `_WAYS`, written from the day it becomes `NEWEST`, while rows of the older are read and sealed anew in time.
FORMAT_1 = b"\x01"  # AES-256-GCM, random nonce, padded
FORMAT_2 = b"\x02"  # ChaCha20-Poly1305, random nonce, padded: for processors without instructions for AES
_WAYS: dict[bytes, tuple[type[AESGCM] | type[ChaCha20Poly1305], str]] = {
    FORMAT_1: (AESGCM, "rows"),
    FORMAT_2: (ChaCha20Poly1305, "rows 2"),
}
NEWEST = FORMAT_1
_LENGTH_BYTES = 4
_SMALL_STEP, _LARGE_STEP, _LARGE_FROM = 256, 4096, 4096


class Seal:
    """Seals and opens the rows of one journal while its data key is at hand.

    Sizes leak in steps only: plain text is padded to the next 256 bytes, from 4 KiB on to the next 4 KiB.
    """

    def __init__(self, data_key: bytes, journal_id: bytes, way: bytes | None = None) -> None:
        """``way`` is the format to seal in, the newest unless told; all of them are opened."""
        self._ciphers = {
            each: cipher(key_for(purpose, data_key, journal_id)) for each, (cipher, purpose) in _WAYS.items()
        }
        self._naming_key = key_for("row names", data_key, journal_id)
        self._marking_key = key_for("own marks", data_key, journal_id)
        self._journal_id = journal_id
        self.way = way or NEWEST

    def row_id(self, document_id: UUID) -> bytes:
        """The name of a document's row, 16 bytes: always the same, and telling nothing without the key.

        A UUIDv7 carries the millisecond it was made; a row must not.
        """
        return hmac.digest(self._naming_key, document_id.bytes, "sha256")[:16]

    def own_mark(self, what: bytes) -> bytes:
        """What tells this journal that something beside its rows is its own, 32 bytes, and nobody without the key.

        Each thing has another one: they do not even tell that two things are of one journal.
        """
        return hmac.digest(self._marking_key, what, "sha256")

    def seal(self, row_id: bytes, revision: int, plain: bytes) -> bytes:
        """Sealed bytes for one revision of one row."""
        nonce = os.urandom(NONCE_BYTES)
        bound = self._bound_to(self.way, row_id, revision)
        return self.way + nonce + self._ciphers[self.way].encrypt(nonce, _padded(plain), bound)

    def open(self, row_id: bytes, revision: int, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            SealBroken: the bytes were changed, or are not of this row, revision or journal.
        """
        way = sealed[:1]
        if way not in self._ciphers:
            raise SealBroken(say("This entry was encrypted in a way that this version of Reattune doesn’t know."))
        try:
            padded = self._ciphers[way].decrypt(
                sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], self._bound_to(way, row_id, revision)
            )
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                say("This entry was changed outside Reattune, or is damaged, and can’t be trusted.")
            ) from error
        return padded[_LENGTH_BYTES : _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES], "big")]

    def _bound_to(self, way: bytes, row_id: bytes, revision: int) -> bytes:
        return way + self._journal_id + row_id + revision.to_bytes(8, "big")


def _padded(plain: bytes) -> bytes:
    framed = len(plain).to_bytes(_LENGTH_BYTES, "big") + plain
    step = _SMALL_STEP if len(framed) < _LARGE_FROM else _LARGE_STEP
    return framed + bytes(-len(framed) % step)
