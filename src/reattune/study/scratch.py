"""Folders in which ratings lie unpacked while they are read: gone afterwards, however a run ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "reattune-study-"


def scratch_folder(where: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A new folder, for this user alone. What a run that was killed has left beside it is taken away."""
    for left in Path(where or tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        process = left.name.removeprefix(_PREFIX).partition("-")[0]
        if process.isdecimal() and not runs(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=where)


def runs(process: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
