"""What can go wrong with keys and seals, as sentences."""


class VaultError(Exception):
    """Something about a key or a seal is not right."""


class WrongSecret(VaultError):
    """A passphrase, recovery code or browser secret does not open this."""


class WrongRecoveryCode(VaultError):
    """What was typed cannot be a recovery code: wrong length, letters or check."""


class SealBroken(VaultError):
    """A sealed row was changed, moved, or belongs to another journal or revision."""
