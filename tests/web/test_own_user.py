"""Another user of the same computer gets no answer, whatever cookies they have."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from reattune.web.installation import own_user
from reattune.web.installation.own_user import OwnUsersSocket, is_of_another_user

HERE, THERE = "0100007F:2081", "0100007F:C350"
ME = os.getuid() if hasattr(os, "getuid") else 1000
ANOTHER = ME + 1


def line(local: str, remote: str, state: str, uid: int) -> list[str]:
    return ["0:", local, remote, state, "00000000:00000000", "00:00000000", "00000000", str(uid), "0", "1"]


LISTENING = line(HERE, "00000000:0000", "0A", ME)
OURS = line(HERE, THERE, "01", ME)


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ([LISTENING, OURS, line(THERE, HERE, "01", ME)], False),
        ([LISTENING, OURS, line(THERE, HERE, "01", ANOTHER)], True),
        ([LISTENING, OURS, line(THERE, "0100007F:2082", "01", ME)], True),  # another connection of mine
        ([LISTENING, line(THERE, HERE, "05", ANOTHER)], True),
        ([LISTENING, OURS], True),  # it was closed after it was sent
        ([], False),  # nothing is said here
        ([line(THERE, HERE, "01", ANOTHER)], False),  # a table without ourselves
    ],
)
def test_whose_the_other_end_is(lines: list[list[str]], refused: bool) -> None:
    assert is_of_another_user(lines, HERE, THERE) is refused


def test_what_was_closed_is_not_roots() -> None:
    assert is_of_another_user([LISTENING, line(THERE, HERE, "06", 0)], HERE, THERE) is (ME != 0)
    assert not is_of_another_user([LISTENING, line(THERE, HERE, "01", 0)], HERE, THERE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose a connection is")
def test_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with OwnUsersSocket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()) as client:
            accepted, there = listening.accept()
            accepted.close()
            assert there == client.getsockname()
        lines = own_user._lines

        def as_another() -> list[list[str]]:
            return [[*each[:7], str(ANOTHER), *each[8:]] for each in lines()]

        monkeypatch.setattr(own_user, "_lines", as_another)
        with socket.create_connection(listening.getsockname(), timeout=5) as client:
            with pytest.raises(BlockingIOError):
                listening.accept()
            assert client.recv(10) == b""
