"""One process at a time serves a data folder: it holds a lock of the operating system on a file there.

The lock goes with its process, however that ends. One that was suspended or hangs, and answers nobody, still holds it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_FILE = "serving.lock"
_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
_TRIES = 5  # whoever looks whether it is held holds it for that moment


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
        for again in range(_TRIES, -1, -1):
            try:
                _lock(held)
                break
            except OSError as error:
                if error.errno not in _HELD:
                    break
                if not again:
                    raise ServedAlready from error
                time.sleep(0.02)
        yield
    finally:
        os.close(held)


def served(folder: Path) -> bool:
    """Whether a process may be serving this very folder: not where a copy of it lies that nobody serves.

    True as well where that can't be told: no such file is there yet, or the file system knows no locks. Two that look
    at once are in nobody's way.
    """
    try:
        looked = os.open(folder / _FILE, os.O_RDWR)
    except OSError:
        return True
    try:
        return not _look(looked)
    finally:
        os.close(looked)


if sys.platform == "win32":
    import msvcrt

    def _lock(held: int) -> None:
        msvcrt.locking(held, msvcrt.LK_NBLCK, 1)

    def _look(looked: int) -> bool:
        # There is no lock for several there: who looks for a moment is told from who serves by trying again.
        for _again in range(_TRIES):
            with contextlib.suppress(OSError):
                _lock(looked)
                return True
            time.sleep(0.02)
        return False
else:
    import fcntl

    def _lock(held: int) -> None:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _look(looked: int) -> bool:
        with contextlib.suppress(OSError):
            fcntl.flock(looked, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
        return False
