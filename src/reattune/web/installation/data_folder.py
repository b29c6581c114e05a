"""Where journals lie on this machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import platformdirs

VARIABLE = "REATTUNE_DATA"


def data_folder(chosen: Path | None = None) -> Path:
    """The folder that was chosen, named by ``REATTUNE_DATA``, or this user's own."""
    if chosen is not None:
        return chosen.expanduser().absolute()
    named = os.environ.get(VARIABLE)
    return Path(named).absolute() if named else Path(platformdirs.user_data_dir("reattune", appauthor=False))


def prepare(folder: Path) -> None:
    """Make the folder, for this user alone.

    Raises:
        OSError: it cannot be made or written to.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    probe = folder / f".probe-{secrets.token_hex(4)}"
    probe.touch(mode=0o600)
    probe.unlink()


def installation_key(folder: Path) -> str:
    """The key that signs what the server hands out and takes back. It opens no journal."""
    path = folder / "server-key"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(48)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(key, "ascii")
        return key
