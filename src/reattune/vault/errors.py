"""What can go wrong with keys and seals, as sentences."""


class VaultError(Exception):
    """Something about a key or a seal is not right."""


class WrongSecret(VaultError):
    """A passphrase, recovery code or browser secret does not open this."""


class TooManyAtOnce(Exception):
    """More passphrases are being stretched in this process than its memory is meant for, and the wait was long."""


class WrongRecoveryCode(VaultError):
    """What was typed cannot be a recovery code: wrong length, letters or check."""


class SealBroken(VaultError):
    """A sealed row was changed, moved, or belongs to another journal or revision."""
