"""A journal's keyring: the data key, wrapped once by the passphrase and once by the recovery code."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from reattune.content.translated_sentences import say
from reattune.text.normal_form import normal_form
from reattune.vault import recovery_code
from reattune.vault.crypto_primitives import (
    KEY_BYTES,
    NONCE_BYTES,
    KdfParameters,
    decrypt,
    encrypt,
    key_for,
    key_from_passphrase,
    random_key,
)
from reattune.vault.errors import VaultError, WrongSecret

FORMAT = 1
SHORTEST_PASSPHRASE = 10
# Of a journal's id and of a salt; and of a data key as it lies wrapped: nonce, key, tag.
ID_BYTES, WRAPPED_BYTES = 16, NONCE_BYTES + KEY_BYTES + 16


@dataclass(frozen=True)
class Keyring:
    """What is stored of a journal's keys. It opens nothing by itself.

    Attributes:
        journal_id: bound into both wrappings, so a keyring cannot be given to another journal.
        kdf, salt: how the passphrase becomes a wrapping key.
        by_passphrase, by_recovery: the data key, wrapped.
        older: data keys from before, wrapped by the one of today: backups from then open, and none of them leads here.
    """

    journal_id: bytes
    kdf: KdfParameters
    salt: bytes
    by_passphrase: bytes
    by_recovery: bytes
    older: tuple[bytes, ...] = ()

    @classmethod
    def create(
        cls, journal_id: bytes, passphrase: str, parameters: KdfParameters | None = None
    ) -> tuple[Keyring, bytes, str]:
        """A keyring for a new journal, its data key, and its recovery code.

        Raises:
            VaultError: the passphrase is too short.
        """
        data_key = random_key()
        keyring, code = cls.around(journal_id, data_key, passphrase, parameters)
        return keyring, data_key, code

    @classmethod
    def around(
        cls, journal_id: bytes, data_key: bytes, passphrase: str, parameters: KdfParameters | None = None
    ) -> tuple[Keyring, str]:
        """A keyring around a data key that is there already, and its recovery code. Nothing is sealed again.

        Raises:
            VaultError: the passphrase is too short.
        """
        _check_passphrase(passphrase)
        empty = cls(journal_id, parameters or KdfParameters.today(), b"", b"", b"")
        return empty._wrapped_by_passphrase(data_key, passphrase).with_new_recovery(data_key)

    @classmethod
    def of_nobody(cls, journal_id: bytes, salt: bytes) -> Keyring:
        """A keyring that nothing opens, and that takes as long to try as one that something does."""
        return cls(journal_id, KdfParameters.today(), salt, os.urandom(60), os.urandom(60))

    def open_with_passphrase(self, passphrase: str) -> bytes:
        """The data key.

        Raises:
            WrongSecret: the passphrase is not the one of this journal.
        """
        key = key_from_passphrase(_normal(passphrase), self.salt, self.kdf)
        return decrypt(key, self.by_passphrase, self._bound("passphrase"))

    def open_with_recovery(self, code: str) -> bytes:
        """The data key.

        Raises:
            WrongRecoveryCode: it cannot be a recovery code.
            WrongSecret: it is one, of another journal or an older one.
        """
        key = key_for("recovery", recovery_code.from_code(code), self.journal_id)
        return decrypt(key, self.by_recovery, self._bound("recovery"))

    def with_passphrase(self, data_key: bytes, passphrase: str) -> Keyring:
        """The same data key under a new passphrase. Nothing is sealed again.

        Raises:
            VaultError: the passphrase is too short.
        """
        _check_passphrase(passphrase)
        return self._wrapped_by_passphrase(data_key, passphrase)

    def with_new_key(self, data_key: bytes, passphrase: str, code: str) -> tuple[Keyring, bytes]:
        """A new data key under a new passphrase and the recovery code that is known. Every row is to be sealed anew.

        Raises:
            VaultError: the passphrase is too short.
            WrongRecoveryCode: it cannot be a recovery code.
        """
        new = random_key()
        keys = (data_key, *self.older_keys(data_key))
        older = tuple(encrypt(key_for("older", new, self.journal_id), each, self._bound("older")) for each in keys)
        return replace(self, older=older).with_passphrase(new, passphrase).with_recovery(new, code), new

    def older_keys(self, data_key: bytes) -> list[bytes]:
        """The data keys from before, the newest first; one that is damaged is left out."""
        found = []
        for each in self.older:
            with contextlib.suppress(WrongSecret):
                found.append(decrypt(key_for("older", data_key, self.journal_id), each, self._bound("older")))
        return found

    def outdated(self) -> bool:
        """Whether today's passphrases are stretched harder than this one was."""
        today = KdfParameters.today()
        return self.kdf.memory_kib * self.kdf.passes < today.memory_kib * today.passes

    def stretched_anew(self, data_key: bytes, passphrase: str) -> Keyring:
        """The same passphrase under today's parameters. Nothing is sealed again."""
        return replace(self, kdf=KdfParameters.today())._wrapped_by_passphrase(data_key, passphrase)

    def with_new_recovery(self, data_key: bytes) -> tuple[Keyring, str]:
        """A new recovery code; the old one opens nothing any more."""
        code = recovery_code.to_code(recovery_code.new_recovery_secret())
        return self.with_recovery(data_key, code), code

    def with_recovery(self, data_key: bytes, code: str) -> Keyring:
        """Another recovery code in the place of the old one, which opens nothing any more.

        Raises:
            WrongRecoveryCode: it cannot be a recovery code.
        """
        secret = recovery_code.from_code(code)
        wrapped = encrypt(key_for("recovery", secret, self.journal_id), data_key, self._bound("recovery"))
        return replace(self, by_recovery=wrapped)

    def to_bytes(self) -> bytes:
        """For storing: JSON with base64."""
        fields = ("journal_id", "salt", "by_passphrase", "by_recovery")
        plain = {name: base64.b64encode(getattr(self, name)).decode() for name in fields}
        older = {"older": [base64.b64encode(each).decode() for each in self.older]} if self.older else {}
        return json.dumps({"format": FORMAT, "kdf": self.kdf.to_plain(), **plain, **older}).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Keyring:
        """The reverse of :meth:`to_bytes`.

        Raises:
            VaultError: it is damaged, or a newer Reattune wrote it.
        """
        try:
            plain = json.loads(stored)
            if type(plain["format"]) is not int:
                raise TypeError("a format is a number")
            if plain["format"] > FORMAT:
                raise VaultError(say("A newer Reattune made this journal. Update Reattune to open it."))
            decoded = {
                name: base64.b64decode(plain[name], validate=True)
                for name in ("journal_id", "salt", "by_passphrase", "by_recovery")
            }
            older = tuple(base64.b64decode(each, validate=True) for each in plain.get("older", []))
            keyring = cls(kdf=KdfParameters.from_plain(plain["kdf"]), **decoded, older=older)
            if not keyring._is_whole():
                raise ValueError("a part of another length")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise VaultError(say("The keys of this journal are damaged. Restore it from a backup.")) from error
        return keyring

    def _is_whole(self) -> bool:
        wrapped = (self.by_passphrase, self.by_recovery, *self.older)
        lengths = {len(self.journal_id), len(self.salt)} == {ID_BYTES}
        return lengths and all(len(each) == WRAPPED_BYTES for each in wrapped)

    def _wrapped_by_passphrase(self, data_key: bytes, passphrase: str) -> Keyring:
        salt = os.urandom(16)
        key = key_from_passphrase(_normal(passphrase), salt, self.kdf)
        return replace(self, salt=salt, by_passphrase=encrypt(key, data_key, self._bound("passphrase")))

    def _bound(self, way: str) -> bytes:
        return f"reattune keyring {FORMAT} {way} ".encode() + self.journal_id


def first_opened(keyrings: list[Keyring], passphrase: str) -> tuple[Keyring, bytes]:
    """The keyring that this passphrase opens, with the data key. Every one is tried, so time tells nothing.

    Raises:
        WrongSecret: it opens none.
    """
    return _first(keyrings, lambda keyring: keyring.open_with_passphrase(passphrase))


def first_recovered(keyrings: list[Keyring], code: str) -> tuple[Keyring, bytes]:
    """The keyring that this recovery code opens, with the data key.

    Raises:
        WrongRecoveryCode: it cannot be a recovery code.
        WrongSecret: it opens none.
    """
    return _first(keyrings, lambda keyring: keyring.open_with_recovery(code))


def _first(keyrings: list[Keyring], opening: Callable[[Keyring], bytes]) -> tuple[Keyring, bytes]:
    found, no_memory = None, None
    for keyring in keyrings:
        # One that cannot be tried shuts no other.
        try:
            opened = (keyring, opening(keyring))
        except (WrongSecret, ValueError):
            continue
        except MemoryError as error:
            no_memory = error
            continue
        found = found or opened
    if found is None:
        raise no_memory or WrongSecret("This opens no journal here.")
    return found


def _check_passphrase(passphrase: str) -> None:
    if len(_normal(passphrase)) < SHORTEST_PASSPHRASE:
        raise VaultError(
            say(
                "A passphrase needs at least {n} characters. Four or five words in a row are easy to remember "
                "and hard to guess.",
                n=SHORTEST_PASSPHRASE,
            )
        )


def _normal(passphrase: str) -> str:
    # The same letters may arrive composed or decomposed from different keyboards.
    return normal_form("NFKC", passphrase)
