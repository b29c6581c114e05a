"""What a request carries: little, whole, and in good time."""

from __future__ import annotations

import itertools
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from http.client import HTTPConnection
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from reattune.journal.documents import Moment
from reattune.web.hosted import read_timeout_worker
from reattune.web.hosted.environment import Hosting
from reattune.web.hosted.read_timeout_worker import PATIENCE_SECONDS, Deadlines, PatientWorker, seconds_for
from reattune.web.http import large_transfers
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
def test_what_takes_no_files_lets_none_be_sent() -> None:
    first, tries = Client(), Client()
    first.post("/begin/write/", {"zone": "Europe/London"})
    assert first.get("/today/").status_code == 200
    tries.get("/example/today/")
    for client, path in ((first, "/settings/file/in/"), (tries, "/example/settings/file/in/")):
        sent = {"CONTENT_LENGTH": str(LARGEST_FORM + 1), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        answer = client.request(PATH_INFO=path, REQUEST_METHOD="POST", **sent, **{"wsgi.input": Unread()})
        assert answer.headers["Location"] == "/unlock/"


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


def test_who_reads_a_byte_now_and_then_holds_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = socket.socketpair()
    monkeypatch.setattr(read_timeout_worker, "PATIENCE_SECONDS", 0.1)
    worker = PatientWorker.__new__(PatientWorker)
    worker._deadlines = Deadlines()
    pages = [b"a page " * 20, b"a page " * 1_000_000]

    def app(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        page = pages.pop(0)
        start_response("200 OK", [("Content-Length", "20")])
        return [page]

    timed = worker._timed(app)
    with worker._deadlines.over(here):
        for each in timed({"gunicorn.socket": here}, lambda *_said: None):
            here.sendall(each)
        threading.Timer(0.3, worker._deadlines.look).start()
        began = time.monotonic()
        (large,) = timed({"gunicorn.socket": here}, lambda *_said: None)
        with pytest.raises(BrokenPipeError):
            here.sendall(large)
        assert time.monotonic() - began < 10
    for each in (here, there):
        each.close()


def _hosted(settings: object, threads: int) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50, threads=threads)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_few_large_answers_go_at_once_and_all_others_go(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_transfers, "_WAITS", 0.01)
    _hosted(settings, 8)
    sizes = [2_000_000, 2_000_000, 2_000_000, 1_000, 2_000_000, 2_000_000]
    view = large_transfers.few_large_at_once(lambda _request: HttpResponse(b"x" * sizes.pop(0)))
    ask = RequestFactory().get("/so-far/")
    one, two, three, small = (view(ask) for _number in range(4))
    assert [each.status_code for each in (one, two, three, small)] == [200, 200, 429, 200]
    three.close()
    small.close()
    assert view(ask).status_code == 429
    one.close()
    one.close()
    assert view(ask).status_code == 200


def test_few_large_files_come_at_once(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_transfers, "_WAITS", 0.01)
    _hosted(settings, 4)
    statuses: list[int] = []

    def inner(request: HttpRequest) -> HttpResponse:
        if request.path == "/outer/":
            statuses.extend(view(large(path)).status_code for path in ("/inner/",))
            statuses.append(view(RequestFactory().post("/note/", {"what": "a form"})).status_code)
        return HttpResponse(b"done")

    def large(path: str) -> HttpRequest:
        return RequestFactory().generic("POST", path, b"x" * (LARGEST_FORM + 1))

    view = large_transfers.few_large_at_once(inner)
    assert view(large("/outer/")).status_code == 200
    assert statuses == [429, 200]
    assert view(large("/inner/")).status_code == 200


@pytest.mark.django_db
def test_few_files_are_weighed_at_once_however_small_they_come(
    own: Own, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is packed is small on its way, and large once it is unpacked."""
    client = own()
    monkeypatch.setattr(large_transfers, "_WAITS_TO_WEIGH", 0.01)
    _hosted(settings, 4)
    monkeypatch.setattr(large_transfers, "journal_open", lambda _request, _cookie: True)
    statuses: list[int] = []

    def small() -> HttpRequest:
        request = RequestFactory().post("/settings/file/in/", {"file": SimpleUploadedFile("a.zip", b"x")})
        request.COOKIES = {name: each.value for name, each in client.cookies.items()}
        return request

    def inner(request: HttpRequest) -> HttpResponse:
        if not statuses:
            statuses.append(0)
            statuses.append(view(small()).status_code)
            statuses.append(view(RequestFactory().post("/note/", {"what": "a form"})).status_code)
        return HttpResponse(b"done")

    view = large_transfers.few_large_at_once(inner)
    assert view(small()).status_code == 200
    assert statuses == [0, 429, 200]
    assert view(small()).status_code == 200


def test_few_wait_for_a_place_and_the_rest_are_told_at_once(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that waited kept a thread for a second: ten small connections a second left nobody one."""
    monkeypatch.setattr(large_transfers, "_WAITS", 30.0)
    _hosted(settings, 4)
    has_place, goes_on = threading.Event(), threading.Event()

    def inner(_request: HttpRequest) -> HttpResponse:
        has_place.set()
        goes_on.wait(30)
        return HttpResponse(b"done")

    view = large_transfers.few_large_at_once(inner)

    def status() -> int:
        return view(RequestFactory().generic("POST", "/inner/", b"x" * (LARGEST_FORM + 1))).status_code

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(status)
        assert has_place.wait(30)
        others = [threads.submit(status) for _number in range(6)]
        told = [each.result() for each in itertools.islice(as_completed(others, timeout=15), 5)]
        goes_on.set()
        assert told == [429] * 5
        assert first.result() == 200
        assert sorted(each.result() for each in others) == [200, *told]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["//settings/file/in/", "/Settings/File/In/", "/settings/file/in", "/settings/../settings/file/in/", "/no/"]
)
def test_nothing_is_read_where_there_is_no_page(path: str, settings: object) -> None:
    for hosted in (False, True):
        if hosted:
            _hosted(settings, 4)
        for length in (1, LARGEST_FORM - 1):
            sent = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "application/x-www-form-urlencoded"}
            answer = Client().request(PATH_INFO=path, REQUEST_METHOD="POST", **sent, **{"wsgi.input": Unread()})
            assert answer.status_code == 404
            assert "There’s no page at this address" in answer.content.decode()


@pytest.mark.parametrize(("path", "other"), [("/unlock/", "/leave/"), ("/leave/", "/unlock/")])
def test_slow_forms_leave_threads_for_others(
    path: str, other: str, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_transfers, "_WAITS", 0.01)
    _hosted(settings, 4)
    statuses: list[int] = []
    view = large_transfers.few_large_at_once(lambda _request: HttpResponse(b"done"))

    def form(address: str, body: BytesIO | None = None) -> HttpRequest:
        request = RequestFactory().generic("POST", address, b"next=a", "application/x-www-form-urlencoded")
        if body:
            request._stream = body  # type: ignore[attr-defined]
        return request

    class Slow(BytesIO):
        """While this comes, others do."""

        def __init__(self, deep: int) -> None:
            super().__init__(b"next=a")
            self.deep = deep

        def read(self, *size: object) -> bytes:
            deep, self.deep = self.deep, 0
            if deep:
                statuses.append(view(form(path, Slow(deep - 1))).status_code)
                statuses.append(view(form(other)).status_code)
                statuses.append(view(RequestFactory().get("/help/")).status_code)
            return super().read(*size)  # type: ignore[arg-type]

    assert view(form(path, Slow(3))).status_code == 200
    assert statuses[0] == 429, "as many come slowly as may"
    assert set(statuses[1:]) == {200}
    assert view(form(path)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/settings/file/in/", "/settings/questions/"])
def test_hosted_nothing_of_nobodys_is_read_where_files_are_brought(path: str, settings: object) -> None:
    _hosted(settings, 4)
    first = Client()
    first.post("/begin/write/", {"zone": "Europe/London"})
    for client in (Client(), first):
        for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
            sent = {"CONTENT_LENGTH": str(LARGEST_FORM - 1), "CONTENT_TYPE": kind, "wsgi.input": Unread()}
            answer = client.request(PATH_INFO=path, REQUEST_METHOD="POST", **sent)
            assert answer.headers["Location"] == "/unlock/"


@pytest.mark.django_db
def test_what_comes_slowly_where_files_are_brought_is_one_that_comes_until_it_is_there(
    own: Own, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_transfers, "_WAITS", 0.01)
    monkeypatch.setattr(large_transfers, "_WAITS_TO_WEIGH", 0.01)
    client = own()
    _hosted(settings, 4)
    statuses: list[int] = []

    def small(path: str, body: BytesIO | None = None) -> HttpRequest:
        request = RequestFactory().generic("POST", path, b"held_file=a", "application/x-www-form-urlencoded")
        request.COOKIES = {name: each.value for name, each in client.cookies.items()}
        if body:
            request._stream = body  # type: ignore[attr-defined]
        return request

    class Slow(BytesIO):
        def read(self, *size: object) -> bytes:
            if not statuses:
                statuses.extend(view(small(path)).status_code for path in ("/settings/file/in/", "/note/"))
            return super().read(*size)  # type: ignore[arg-type]

    def inner(request: HttpRequest) -> HttpResponse:
        if request.path == "/settings/questions/":  # while this is answered, others come
            statuses.append(view(small("/settings/file/in/")).status_code)
        return HttpResponse(b"done")

    view = large_transfers.few_large_at_once(inner)
    assert view(small("/settings/questions/", Slow(b"held_file=a"))).status_code == 200
    assert statuses == [429, 200, 429], "what is there is weighed one at a time"


def test_nobody_waits_for_the_rest_of_what_was_refused() -> None:
    waited: list[float] = []

    class Connection:
        class parser:  # noqa: N801
            @staticmethod
            def finish_body(deadline: float) -> bool:
                waited.append(deadline - time.monotonic())
                return False

    worker = PatientWorker.__new__(PatientWorker)
    assert worker._keepalive_after(Connection, True) is False
    assert waited[0] < 1
    assert worker._keepalive_after(Connection, False) is False


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


@only_postgresql
def test_pages_that_nobody_reads_do_not_stop_a_server(server: Server) -> None:
    _status, page, _headers = server.ask("/")
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    server.ask("/begin/write/", {"csrfmiddlewaretoken": token[1], "zone": "Europe/London"})
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', server.ask("/note/")[1])
    assert token
    # Each of these becomes six characters on a page.
    fields = {f"f{number}": "' " + "'" * 99_000 for number in range(9)}
    assert server.ask("/typing/", {"csrfmiddlewaretoken": token[1], "draft_of": "/note/", **fields})[0] in {200, 204}
    found = re.search(r"/typing/[0-9a-f-]{36}/", server.ask("/today/")[1])
    assert found
    cookie = "; ".join(f"{name}={value}" for name, value in server.cookies.items())
    head = f"Host: {server.host}\r\nX-Forwarded-Proto: https\r\nCookie: {cookie}\r\n\r\n"
    unread = []
    for _number in range(12):
        each = socket.socket()
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        each.connect(("127.0.0.1", server.port))
        each.sendall(f"GET {found[0]} HTTP/1.1\r\n{head}".encode())
        unread.append(each)
    for _number in range(4):
        time.sleep(1)
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", "/help/", headers={"Host": server.host, "X-Forwarded-Proto": "https"})
        assert connection.getresponse().status == 200
        connection.close()
    for each in unread:
        each.close()


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["zip", "idna", "base64", "utf-16", "nonsense", ""])
def test_a_form_is_read_as_what_our_pages_send_whatever_it_says_of_itself(own: Own, charset: str) -> None:
    client, said = own(), f"application/x-www-form-urlencoded; charset={charset}"
    sent = b"words=She+looked+away%C3%A9.&weight=3"
    assert client.generic("POST", "/held/", sent, content_type=said).status_code < 400
    assert "awayé" in client.get("/held/").content.decode()
