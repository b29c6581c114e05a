"""What this process leaves behind is for this user alone, and its memory is for nobody."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

from reattune.web.installation.data_folder import is_ours_alone, others_see

_PR_SET_DUMPABLE = 4  # prctl(2)


def keep_memory_private() -> None:
    """No crash writes the memory of this process to the disk, and no other program of this user reads it.

    The first where there is such a limit (not on Windows), the second on Linux.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def keep_files_private(folder: Path) -> None:
    """What is written from now on, and the database that lies in ``folder``, is for this user alone; and so is the
    folder itself, where nothing else lies in it."""
    os.umask(0o077)
    if others_see(folder) and is_ours_alone(folder):
        with contextlib.suppress(OSError):  # a file system that knows no such thing
            folder.chmod(0o700)
    for file in (*folder.glob("journals.sqlite3*"), *folder.glob("server-key")):
        with contextlib.suppress(OSError):  # somebody else's: it stays as they have it
            file.chmod(0o600)
