"""One process at a time serves a data folder: it holds a lock of the operating system on a file there.

The lock goes with its process, however that ends. One that was suspended or hangs, and answers nobody, still holds it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

_FILE = "serving.lock"
_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class ServedAlready(Exception):
    """Another process serves this folder."""


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While this process serves ``folder``. Where a file system knows no locks, nothing is kept from anybody.

    Raises:
        ServedAlready: another one does.
        OSError: the file cannot be made.
    """
    held = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(held)
        except OSError as error:
            if error.errno in _HELD:
                raise ServedAlready from error
        yield
    finally:
        os.close(held)


if sys.platform == "win32":
    import msvcrt

    def _lock(held: int) -> None:
        msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(held: int) -> None:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
