"""What a request carries: little, whole, and in good time."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from io import BytesIO

import pytest
from django.test import Client

from reattune.journal.documents import Moment
from reattune.web.hosted.read_timeout_worker import PATIENCE_SECONDS, Deadlines, seconds_for
from reattune.web.http.bodies import LARGEST_FORM
from tests.web.journals import opened
from tests.web.page_walker import read
from tests.web.test_hosted import Server, only_postgresql

Own = Callable[..., Client]


class Unread(BytesIO):
    """A body of which nothing may be read."""

    def read(self, *_size: object) -> bytes:
        raise AssertionError("it was read")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"), [("/unlock/", 413), ("/note/", 413), ("/no/page/", 404), ("/settings/file/in/", 302)]
)
def test_what_is_too_large_is_not_read(path: str, status: int) -> None:
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        sent = {"CONTENT_LENGTH": str(LARGEST_FORM + 1), "CONTENT_TYPE": kind, "wsgi.input": Unread()}
        answer = Client().request(PATH_INFO=path, REQUEST_METHOD="POST", **sent)
        assert answer.status_code == status


@pytest.mark.django_db
def test_a_large_file_is_read_where_a_journal_is_open(own: Own) -> None:
    file = BytesIO(b"A line of a diary.\n" * 200_000)
    file.name = "diary.txt"
    assert len(file.getvalue()) > LARGEST_FORM
    answer = own().post("/settings/file/in/", {"file": file})
    assert answer.status_code == 200
    assert Client().post("/settings/file/in/", {"file": file}).headers["Location"] == "/unlock/"


@pytest.mark.django_db
def test_half_a_form_is_none(own: Own) -> None:
    client = own()
    button = read("/note/", client.get("/note/").content.decode()).buttons()[0]
    body = "&".join(["what=The+joke+that"])
    assert button
    answer = client.request(
        PATH_INFO=button.address,
        REQUEST_METHOD="POST",
        CONTENT_TYPE="application/x-www-form-urlencoded",
        CONTENT_LENGTH=str(len(body) + 40),
        **{"wsgi.input": BytesIO(body.encode())},
    )
    assert answer.status_code == 408
    assert not opened(client).journal.all(Moment)


def test_who_sends_a_byte_now_and_then_is_not_waited_for() -> None:
    here, there = socket.socketpair()
    deadlines = Deadlines()
    with deadlines.over(here):
        deadlines.allow(here, 0.1)
        there.sendall(b"a")
        assert here.recv(10) == b"a"
        threading.Timer(0.2, deadlines.look).start()
        began = time.monotonic()
        assert here.recv(10) == b""
        assert time.monotonic() - began < 5
        here.sendall(b"answered all the same")
    assert not deadlines._until
    for each in (here, there):
        each.close()


@pytest.mark.parametrize("length", ["", "-1", "1e9", "٣", "0"])
def test_without_a_length_there_is_one_deadline(length: str) -> None:
    assert seconds_for(length) == PATIENCE_SECONDS


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("slow"))
    yield running
    running.process.terminate()
    assert running.process.wait(40) == 0


@only_postgresql
def test_slow_bodies_do_not_stop_a_server(server: Server) -> None:
    _status, page, _headers = server.ask("/unlock/")
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    head = (
        f"POST /unlock/ HTTP/1.1\r\nHost: {server.host}\r\nX-Forwarded-Proto: https\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\ncsrf"
    )
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(8)]
    for each in slow:
        each.sendall(head.encode())
    over = threading.Event()

    def trickle() -> None:
        while not over.wait(1):
            for each in slow:
                try:
                    each.sendall(b"a")
                except OSError:
                    continue

    threading.Thread(target=trickle, daemon=True).start()
    time.sleep(1)
    connection = HTTPConnection("127.0.0.1", server.port, timeout=2 * PATIENCE_SECONDS + 10)
    connection.request("GET", "/help/", headers={"Host": server.host, "X-Forwarded-Proto": "https"})
    assert connection.getresponse().status == 200
    over.set()
    for each in slow:
        each.close()
