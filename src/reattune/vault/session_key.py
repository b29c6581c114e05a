"""An unlocked journal between two requests: the data key, wrapped by a secret that only the browser has."""

from __future__ import annotations

import os

from reattune.vault.crypto_primitives import decrypt, encrypt, key_for

SECRET_BYTES = 32


def browser_secret() -> bytes:
    """A fresh secret for the browser's cookie."""
    return os.urandom(SECRET_BYTES)


def wrap_for_browser(data_key: bytes, secret: bytes, session_id: bytes) -> bytes:
    """The data key for the session store. Without the cookie's secret it opens nothing."""
    return encrypt(key_for("browser", secret, session_id), data_key, b"reattune unlocked " + session_id)


def unwrap_for_browser(wrapped: bytes, secret: bytes, session_id: bytes) -> bytes:
    """The data key again.

    Raises:
        WrongSecret: the cookie does not belong to this session.
    """
    return decrypt(key_for("browser", secret, session_id), wrapped, b"reattune unlocked " + session_id)
