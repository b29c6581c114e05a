"""Where journals lie on this machine."""

from __future__ import annotations

import os
import secrets
from fnmatch import fnmatch
from pathlib import Path

import platformdirs

VARIABLE = "REATTUNE_DATA"
_LEAST_KEY = 32
# Without so many bytes the database does not even open to be read.
_LEAST_ROOM = 64 * 1024
# What Reattune itself keeps in a data folder.
_OURS = ("journals.sqlite3*", "server-key", ".server-key-*", ".probe-*", "running.json", "serving.lock")


def data_folder(chosen: Path | None = None) -> Path:
    """The folder that was chosen, named by ``REATTUNE_DATA``, or this user's own."""
    if chosen is not None:
        return chosen.expanduser().absolute()
    named = os.environ.get(VARIABLE)
    return Path(named).absolute() if named else Path(platformdirs.user_data_dir("reattune", appauthor=False))


def prepare(folder: Path) -> None:
    """Make the folder, for this user alone.

    Raises:
        OSError: it cannot be made or written to, or the disk is full.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    probe = folder / f".probe-{secrets.token_hex(4)}"
    try:
        # An empty file, or a few bytes, are taken by a full disk too.
        with os.fdopen(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(bytes(_LEAST_ROOM))
            out.flush()
            os.fsync(out.fileno())
    finally:
        probe.unlink(missing_ok=True)


def others_see(folder: Path) -> bool:
    """Whether other users of this machine can see which files lie in a folder, how large they are, and from when."""
    return os.name == "posix" and bool(folder.stat().st_mode & 0o077)


def is_ours_alone(folder: Path) -> bool:
    """Whether a folder is this user's, and nothing lies in it but what Reattune keeps there."""
    if os.name != "posix" or folder.stat().st_uid != os.getuid():
        return False
    return all(any(fnmatch(each.name, known) for known in _OURS) for each in folder.iterdir())


def installation_key(folder: Path) -> str:
    """The key that signs what the server hands out and takes back. It opens no journal.

    One that a full disk or a power cut left empty or in part is made anew.

    Raises:
        OSError: it cannot be read or kept.
    """
    path = folder / "server-key"
    return _key_in(path) or _new_key(path)


def _key_in(path: Path) -> str:
    try:
        key = path.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return key if len(key) >= _LEAST_KEY else ""


def _new_key(path: Path) -> str:
    """Whole or not at all; of two starts at once, both have the one that was there first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48))
            out.flush()
            os.fsync(out.fileno())
        if path.exists() and not _key_in(path):
            made.replace(path)
        else:
            _name_if_free(made, path)
    finally:
        made.unlink(missing_ok=True)
    return _key_in(path)


def _name_if_free(made: Path, path: Path) -> None:
    try:
        path.hardlink_to(made)
    except FileExistsError:
        return
    except OSError:  # a file system without a second name for a file
        made.replace(path)
