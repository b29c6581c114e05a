"""What a journal is called where many lie together: eight letters and digits of its random id, ``7QK2-M0XD``.

A name is no secret. It says where a passphrase is to be tried, so that a guess is a guess at one journal and not at
all of them, and so that two people may choose the same passphrase. It is never chosen: a name that could be refused
as taken would tell that a journal exists.
"""

from __future__ import annotations

from reattune.vault.recovery_code import from_letters, groups, to_letters

_LETTERS = 8
_BYTES = _LETTERS * 5 // 8
ID_BYTES = 16


def name_of(journal_id: bytes) -> str:
    """The name of a journal."""
    return "-".join(groups(to_letters(journal_id[:_BYTES], _LETTERS)))


def ids_named(name: str) -> tuple[bytes, bytes] | None:
    """The least and the greatest id with this name; ``None`` where it cannot be a name.

    Almost always one journal or none lies between them. It may be typed in any case, with O for 0 and I or L for 1.
    """
    beginning = from_letters(name, _LETTERS, _BYTES)
    if beginning is None:
        return None
    rest = ID_BYTES - _BYTES
    return beginning + bytes(rest), beginning + b"\xff" * rest
