"""The proxy of `deploy/Caddyfile`: the Caddy that Debian has loads it, and it does what the app relies on."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HERE = shutil.which("caddy", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
# `CADDY=/a/newer/caddy` tries another one.
CADDY = os.environ.get("CADDY") or HERE
PAGE = b"a page " * 350_000
pytestmark = pytest.mark.skipif(CADDY is None, reason="THE PROXY IS NOT TRIED HERE: no Caddy; `make test` fetches one")


def settings_for(caddy: str) -> str:
    """The file as `docs/hosting.md` says to write it for this Caddy."""
    words = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    found = re.search(
        r"v?(\d+)\.(\d+)", subprocess.run([caddy, "version"], capture_output=True, text=True, check=True).stdout
    )
    assert found
    if (int(found[1]), int(found[2])) < (2, 7):
        return words
    newer = re.search(r"sed -i '([^']+)' /etc/caddy/Caddyfile", (ROOT / "docs" / "hosting.md").read_text("utf-8"))
    assert newer
    return subprocess.run(["sed", newer[1]], input=words, capture_output=True, text=True, check=True).stdout


class App(BaseHTTPRequestHandler):
    """In the place of the app: says how long a form is that came whole, and has one large page."""

    protocol_version = "HTTP/1.1"
    begun: list[str] = []
    ended: list[str] = []
    cookies: list[str] = []

    def do_GET(self) -> None:
        self.begun.append(self.path)
        self.cookies.append(self.headers.get("Cookie", ""))
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(PAGE)
            self.wfile.flush()
        self.ended.append(self.path)

    def do_POST(self) -> None:
        self.begun.append(self.path)
        length, came = int(self.headers["Content-Length"]), 0
        while came < length and (piece := self.rfile.read1(min(65536, length - came))):
            came += len(piece)
        if came < length:
            self.close_connection = True
            return
        said = str(came).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_said: object) -> None:
        pass


class Proxy:
    def __init__(self, folder: Path, behind: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        assert CADDY
        words = settings_for(CADDY).replace("127.0.0.1:8321", f"127.0.0.1:{behind}")
        words = words.replace("notes.example.org {", f"http://127.0.0.1:{self.port} {{").replace(
            "{\n", "{\n\tadmin off\n", 1
        )
        (folder / "Caddyfile").write_text(words)
        self.log = folder / "log"
        environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        with self.log.open("wb") as log:
            said = [CADDY, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
            self.process = subprocess.Popen(said, env=environment, stdout=log, stderr=log)
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and answer; 0 where the connection was closed while this was sent."""
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            try:
                connection.request("POST" if body else "GET", path, body, {"Referer": "https://127.0.0.1/today/"})
            except ConnectionError:
                return 0, b""
            answer = connection.getresponse()
            return answer.status, answer.read()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    app = ThreadingHTTPServer(("127.0.0.1", 0), App)
    app.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    App.begun.clear()
    App.ended.clear()
    threading.Thread(target=app.serve_forever, daemon=True).start()
    running = Proxy(tmp_path, app.server_port)
    yield running
    running.end()
    app.shutdown()
    app.server_close()


def test_it_loads_and_asks_for_no_health(tmp_path: Path) -> None:
    assert CADDY
    (tmp_path / "Caddyfile").write_text(settings_for(CADDY))
    said = [CADDY, "adapt", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    found = subprocess.run(said, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["apps"]["http"]["servers"]
    assert "health_checks" not in found.stdout


def half_a_form(proxy: Proxy, path: str) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{proxy.port}\r\nContent-Length: 10\r\n\r\nhalf ".encode()


def test_a_form_is_passed_on_when_it_is_whole(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as slow:
        slow.sendall(half_a_form(proxy, "/typing/"))
        time.sleep(1)
        assert not App.begun
        slow.sendall(b"whole")
        assert slow.recv(65536).endswith(b"10")


@pytest.mark.parametrize(
    "path",
    [
        "//settings/file/in/",
        "/Settings/File/In/",
        "/settings//questions/",
        "/settings/./questions/",
        "/SETTINGS/questions/",
    ],
)
def test_nothing_is_passed_on_as_it_comes_but_to_the_very_addresses_of_files(proxy: Proxy, path: str) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as slow:
        slow.sendall(half_a_form(proxy, path))
        time.sleep(1)
        assert not App.begun
        slow.sendall(b"whole")
        assert slow.recv(65536).endswith(b"10")


@pytest.mark.parametrize("path", ["/settings/file/in/", "/settings/questions/", "/settings/file%2fin/"])
def test_a_file_is_passed_on_as_it_comes(proxy: Proxy, path: str) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as slow:
        slow.sendall(half_a_form(proxy, path))
        until = time.monotonic() + 20
        while not App.begun:
            assert time.monotonic() < until
            time.sleep(0.05)
        slow.sendall(b"whole")
        assert slow.recv(65536).endswith(b"10")


def test_a_page_that_nobody_reads_is_taken_off_the_apps_hands(proxy: Proxy) -> None:
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", proxy.port))
        slow.sendall(f"GET /so-far/ HTTP/1.1\r\nHost: 127.0.0.1:{proxy.port}\r\n\r\n".encode())
        until = time.monotonic() + 20
        while not App.ended:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert proxy.ask("/today/") == (200, PAGE)


@pytest.mark.parametrize("path", ["/help/", "/settings/file/in/"])
def test_cookies_of_a_neighbour_do_not_come_to_the_app(proxy: Proxy, path: str) -> None:
    alike = ["_", "__a", "__H", "__Hos", "__Hostess", "__", "__host-a", "_-__Host-a", "a__Host-b", "\u00a0__Host-c"]
    others = [f"{name}={'x' * 4000}" for name in ["a", "b", "c", *alike]]
    sent = "; ".join(
        ["first=1", *others[:3], "__Host-reattune_open=mine==", *others[3:], "__Host-reattune_to=ab; last=1"]
    )
    App.cookies.clear()
    with contextlib.closing(HTTPConnection("127.0.0.1", proxy.port, timeout=60)) as connection:
        connection.putrequest("GET", path)
        connection.putheader("Cookie", sent.encode("latin-1"))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    (came,) = App.cookies
    named = [each.strip() for each in came.split(";") if each.strip()]
    assert named == ["__Host-reattune_open=mine==", "__Host-reattune_to=ab"]


def test_files_may_be_large_and_forms_not(proxy: Proxy) -> None:
    large = bytes(9_000_000)
    assert proxy.ask("/settings/file/in/", large) == (200, str(len(large)).encode())
    assert proxy.ask("/note/", bytes(2_999_999)) == (200, b"2999999")
    assert proxy.ask("/note/", large)[0] in {0, 413, 502}, "no app gets a form that is not whole, or is too large"
    assert proxy.ask("/health/ready")[0] == 404


def test_it_writes_nothing_of_who_asked_for_what(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        behind = nobody.getsockname()[1]
    proxy = Proxy(tmp_path, behind)
    assert proxy.ask("/unlock/")[0] == 502
    assert proxy.ask("/note/", b"canary")[0] == 502
    proxy.end()
    written = proxy.log.read_text()
    assert written
    for word in ("/unlock/", "/note/", "/today/", "remote_ip", "User-Agent", "canary"):
        assert word not in written
