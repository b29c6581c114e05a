"""A real server with its own data folder, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.person import Person
from tests.installation_per_worker import store_of

# Off: everything by which Chromium would look for hosts of its own, and asking whose certificate a test's server has:
# a context's own switch for that reaches pages, and no service worker.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--ignore-certificate-errors",
]

# What is seen at once ends the waiting at once. On a machine where much else runs, five seconds can be too short.
expect.set_options(timeout=20_000)


@dataclass
class Server:
    """A running Reattune."""

    address: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    started = start(folder, free_port())
    try:
        yield started
    finally:
        started.process.terminate()
        started.process.wait(20)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """For a server of a test's own."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def start(folder: Path, port: int, program: Sequence[str] = (sys.executable, "-m", "reattune")) -> Server:
    """A server with its data in ``folder``; whoever starts it ends it."""
    log = folder / "log.txt"
    command = [*program, "--port", str(port), "--data", str(folder / "data"), "--no-browser"]
    with log.open("ab") as output:
        environment = {**os.environ, **store_of(folder), "TZ": "UTC"}
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    _wait(port, process, log)
    return Server(f"http://127.0.0.1:{port}", folder / "data", log, process)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("The server did not start.")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "No Chromium found. Run: sudo apt install chromium (or set CHROMIUM)."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def person(chromium: Browser, server: Server) -> Iterator[Callable[..., Person]]:
    """Makes people with a browser of their own; at the end, nothing may have failed in any console."""
    contexts = []
    complaints: list[str] = []

    def make(width: int = 390, javascript: bool = True, scheme: str = "light", zoom: float = 1) -> Person:
        context = chromium.new_context(
            viewport={"width": int(width / zoom), "height": 844},
            java_script_enabled=javascript,
            color_scheme="dark" if scheme == "dark" else "light",
            device_scale_factor=zoom,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        _listen(page, complaints)
        return Person(page, server.address, javascript)

    yield make
    for context in contexts:
        context.close()
    assert not complaints


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(f"error on {page.url}: {error}"))
    page.on(
        "console",
        lambda message: complaints.append(f"{message.text} on {page.url}") if message.type == "error" else None,
    )
