"""On a computer that several people use: only its own user's programs are answered.

Browsers send the cookies of 127.0.0.1 to each of its ports, another user's program at one of them too. With what it got
there that program finds nothing open here: Linux says whose the other end of a connection is. Where nothing says so,
nothing is refused.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED, _LISTENS = "01", "0A"
_MAPPED = "0000000000000000FFFF0000"
_ROOT = 0


class OwnUsersSocket(socket.socket):
    """A listening socket that hears only who runs it, and root, who can read everything anyway."""

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """The next connection.

        Raises:
            BlockingIOError: it was another user's; it is closed.
        """
        connection, there = super().accept()
        if is_of_another_user(_lines(), _written(*self.getsockname()), _written(*there)):
            connection.close()
            raise BlockingIOError(errno.EWOULDBLOCK, "another user of this computer")
        return connection, there


def is_of_another_user(lines: list[list[str]], here: str, there: str) -> bool:
    """Whether the table of connections says that the end ``there`` is not ours, or that nobody waits there any more.

    A table in which our own listening socket is missing says nothing. An end that was closed belongs to nobody.
    """
    if not any(each[1] == here and each[3] == _LISTENS for each in lines):
        return False
    ends = [each for each in lines if each[1] == there and each[2] == here]
    mine = {os.getuid()} if hasattr(os, "getuid") else set()
    return not any(int(each[7]) in mine or (int(each[7]) == _ROOT and each[3] == _ESTABLISHED) for each in ends)


def _lines() -> list[list[str]]:
    found = []
    for table in _TABLES:
        try:
            said = table.read_text("ascii").splitlines()[1:]
        except (OSError, ValueError):
            continue
        rows = (line.split() for line in said)
        found += [[part.removeprefix(_MAPPED) for part in row] for row in rows if len(row) > 7]
    return found


def _written(host: str, port: int) -> str:
    """An address of IPv4 as the table has it."""
    return f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}:{port:04X}"
