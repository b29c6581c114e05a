"""Keys, sealing and recovery. The vault knows bytes, not meanings.

Every primitive comes from the ``cryptography`` package; nothing here is invented but the order of the steps.
"""

from reattune.vault.errors import SealBroken, VaultError, WrongRecoveryCode, WrongSecret
from reattune.vault.keyring import Keyring
from reattune.vault.row_encryption import Seal
from reattune.vault.session_key import browser_secret, unwrap_for_browser, wrap_for_browser

__all__ = [
    "Keyring",
    "Seal",
    "SealBroken",
    "VaultError",
    "WrongRecoveryCode",
    "WrongSecret",
    "browser_secret",
    "unwrap_for_browser",
    "wrap_for_browser",
]
