"""The Reattune that runs on this computer: where it is, whether it is ours, and how it is stopped.

While it runs, a file beside the journals says at which port. That it is this installation, and no other program that
took the port meanwhile, it proves by signing what it is asked with the installation's own key.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import signal
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.utils.crypto import salted_hmac

from reattune.web.installation.served_alone import served

HOST = "127.0.0.1"
PATH = "/running/"
_FILE = "running.json"
_ASKED = re.compile(r"[0-9a-f]{64}")
_PATIENCE = 20.0  # seconds: one that was only just started answers when it is ready
_SALT = "reattune.running"


@dataclass(frozen=True)
class Running:
    """A Reattune that answers for the same journals.

    Attributes:
        program: which files it began with, as `program` says; empty where it is too old to say.
    """

    port: int
    pid: int
    program: str = ""

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.port}/"


def proof(asked: str, key: str) -> str | None:
    """What the installation with this key answers to 64 hexadecimal digits; nothing to anything else."""
    return salted_hmac(_SALT, asked, secret=key, algorithm="sha256").hexdigest() if _ASKED.fullmatch(asked) else None


def program() -> str:
    """A mark of the files of this program: another one after an update, also of the same version."""
    package = Path(__file__).parents[2]
    looked_at = sorted(each for each in package.rglob("*") if each.suffix in {".py", ".html", ".js", ".css"})
    sizes = [(each.relative_to(package).as_posix(), (s := each.stat()).st_size, s.st_mtime_ns) for each in looked_at]
    return hashlib.sha256(repr(sizes).encode()).hexdigest()[:16]


def note(folder: Path, port: int) -> None:
    """Write down that this process serves the journals in ``folder`` at ``port``."""
    path = folder / _FILE
    path.touch(mode=0o600)
    path.write_text(json.dumps({"port": port, "pid": os.getpid(), "program": program()}), "ascii")


def forget(folder: Path) -> None:
    """This process does not serve them any more. What another one wrote down stays."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if json.loads((folder / _FILE).read_text("ascii"))["pid"] == os.getpid():
            (folder / _FILE).unlink(missing_ok=True)


def forget_earlier(folder: Path) -> None:
    """This process alone serves them from now on: what an earlier one left there, or a copy holds, is no more so."""
    with contextlib.suppress(OSError):
        (folder / _FILE).unlink(missing_ok=True)


def found(folder: Path) -> Running | None:
    """The Reattune that serves the journals in ``folder`` at the moment, if one does and proves it.

    A copy of a folder, made while it was served, holds the same key and the same note: nobody serves the copy.
    """
    if not served(folder):
        return None
    try:
        said = json.loads((folder / _FILE).read_text("ascii"))
        running = Running(int(said["port"]), int(said["pid"]), str(said.get("program", "")))
        key = (folder / "server-key").read_text("ascii").strip()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    asked = secrets.token_hex(32)
    connection = HTTPConnection(HOST, running.port, timeout=_PATIENCE)
    try:
        connection.request("GET", f"{PATH}?asked={asked}")
        answer = connection.getresponse().read(200).decode("ascii", "replace")
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    return running if hmac.compare_digest(answer.encode(), (proof(asked, key) or "").encode()) else None


def found_soon(folder: Path, seconds: float = 5) -> Running | None:
    """The same where another one has begun to serve it at this moment, and may not have written down yet where."""
    until = time.monotonic() + seconds
    while not (folder / _FILE).exists() and time.monotonic() < until:
        time.sleep(0.05)
    return found(folder)


def stop(folder: Path, seconds: float = 20) -> bool:
    """Stop it, and wait until it has; says whether one ran.

    Raises:
        OSError: it may not be stopped by this user.
        TimeoutError: it did not stop in time.
    """
    running = found(folder)
    if running is None:
        return False
    os.kill(running.pid, signal.SIGTERM)
    until = time.monotonic() + seconds
    while (folder / _FILE).exists() and served(folder):  # a folder that was moved meanwhile keeps the note
        if time.monotonic() > until:
            raise TimeoutError(f"Reattune at {running.address} didn't stop within {seconds:g} seconds.")
        time.sleep(0.05)
    return True
