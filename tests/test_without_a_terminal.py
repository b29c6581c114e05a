"""Started from the desktop: a second start finds the first, a failure is a page, an entry comes and goes."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reattune.web.installation import running, shortcut
from reattune.web.installation.failures import CannotServe, Why
from reattune.web.installation.local_server import serve_here
from reattune.web.installation.served_alone import alone, served
from reattune.web.pages.begin.cannot_start import page
from tests.browser.conftest import free_port

# What `webbrowser` opens, written down instead: the standard library takes it from BROWSER.
READER = '#!/bin/sh\necho "$1" >> "{0}"\n'


@pytest.fixture
def desktop(tmp_path: Path) -> dict[str, str]:
    """The environment of a desktop, whose browser writes down what it is asked to open."""
    browser = tmp_path / "browser"
    browser.write_text(READER.format(tmp_path / "opened"))
    browser.chmod(0o755)
    return {**os.environ, "DISPLAY": ":99", "BROWSER": f"{browser} %s", "LANG": "en_GB.UTF-8", "LC_ALL": ""}


def opened(tmp_path: Path) -> list[str]:
    found = tmp_path / "opened"
    return found.read_text().split() if found.exists() else []


def reattune(environment: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reattune", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def first(tmp_path: Path, desktop: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    command = [sys.executable, "-m", "reattune", "--port", str(port), "--data", str(tmp_path / "data"), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=desktop)
    yield process, port
    process.terminate()
    process.communicate(timeout=20)


def until_served(data: Path, process: subprocess.Popen[str]) -> running.Running:
    """What a process that was just started writes down and proves."""
    while (now := running.found(data)) is None:
        assert process.poll() is None
    return now


def test_a_second_start_opens_the_browser_at_the_first(
    tmp_path: Path, desktop: dict[str, str], first: tuple[subprocess.Popen[str], int]
) -> None:
    """At once, too: the first has not answered yet when the second begins. It is not locked by it."""
    process, port = first
    while not (tmp_path / "data" / "running.json").exists():
        assert process.poll() is None
    second = reattune(desktop, "--port", port, "--data", tmp_path / "data")
    assert second.returncode == 0, second.stderr
    assert f"already running at http://127.0.0.1:{port}/" in second.stdout
    assert opened(tmp_path) == [f"http://127.0.0.1:{port}/"]
    elsewhere = reattune(desktop, "--port", free_port(), "--data", tmp_path / "data", "--no-browser")
    assert "already running" in elsewhere.stdout
    assert opened(tmp_path) == [f"http://127.0.0.1:{port}/"]
    assert process.poll() is None


def test_one_that_began_before_an_update_makes_room_for_the_new_one(
    tmp_path: Path, desktop: dict[str, str], first: tuple[subprocess.Popen[str], int]
) -> None:
    process, port = first
    data = tmp_path / "data"
    until_served(data, process)
    before = json.loads((data / "running.json").read_text())
    (data / "running.json").write_text(json.dumps({**before, "program": "of before"}))
    command = [sys.executable, "-m", "reattune", "--port", str(port), "--data", str(data), "--no-browser"]
    second = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=desktop)
    try:
        assert "Reattune has stopped" in process.communicate(timeout=30)[0]
        now = until_served(data, second)
        assert (now.pid, now.program) == (second.pid, running.program())
    finally:
        second.terminate()
        said = second.communicate(timeout=20)[0]
    assert "Reattune was still running from before it was updated." in said


def test_it_is_stopped_by_a_command_and_says_so(
    tmp_path: Path, desktop: dict[str, str], first: tuple[subprocess.Popen[str], int]
) -> None:
    process, _port = first
    until_served(tmp_path / "data", process)
    assert "Every journal is locked" in reattune(desktop, "stop", "--data", tmp_path / "data").stdout
    assert "Reattune has stopped" in process.communicate(timeout=20)[0]
    assert process.returncode == 0
    assert "isn't running" in reattune(desktop, "stop", "--data", tmp_path / "data").stdout


def test_a_copy_of_the_folder_made_while_it_runs_is_not_taken_for_it(
    tmp_path: Path, desktop: dict[str, str], first: tuple[subprocess.Popen[str], int]
) -> None:
    """It holds the same key and the same note: whoever starts the copy must not write on in the original."""
    process, _port = first
    data, copy = tmp_path / "data", tmp_path / "copy"
    until_served(data, process)
    shutil.copytree(data, copy)
    assert running.found(copy) is None
    assert "isn't running" in reattune(desktop, "stop", "--data", copy).stdout
    assert process.poll() is None
    port = free_port()
    command = [sys.executable, "-m", "reattune", "--port", str(port), "--data", str(copy), "--no-browser"]
    second = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=desktop)
    try:
        now = until_served(copy, second)
        assert (now.pid, now.port) == (second.pid, port)
    finally:
        second.terminate()
        second.communicate(timeout=20)
    assert running.found(data) is not None


def test_whoever_looks_whether_a_folder_is_served_is_not_taken_for_who_serves_it(tmp_path: Path) -> None:
    """A start that looked at the same moment as another took a copy for served, and wrote on in the original."""
    with alone(tmp_path):
        assert served(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        assert not any(threads.map(lambda _number: served(tmp_path), range(4_000)))


@pytest.mark.skipif(os.name == "nt", reason="an open folder isn't moved there")
def test_a_folder_that_was_moved_while_it_runs_is_stopped_at_once(
    tmp_path: Path, desktop: dict[str, str], first: tuple[subprocess.Popen[str], int]
) -> None:
    process, _port = first
    data, moved = tmp_path / "data", tmp_path / "moved"
    until_served(data, process)
    data.rename(moved)
    assert "Every journal is locked" in reattune(desktop, "stop", "--data", moved).stdout
    assert process.wait(20) == 0


@pytest.mark.skipif(os.name == "nt", reason="nothing is suspended there")
def test_one_that_is_suspended_keeps_a_second_from_the_folder(
    tmp_path: Path, desktop: dict[str, str], first: tuple[subprocess.Popen[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At another port too: what is open in the first stays so, and what it wrote down about itself stays there."""
    process, _port = first
    data = tmp_path / "data"
    until_served(data, process)
    process.send_signal(signal.SIGSTOP)
    try:
        monkeypatch.setattr(running, "_PATIENCE", 0.5)
        with pytest.raises(CannotServe, match="doesn't answer") as refused:
            serve_here(free_port(), data, False, lambda _said: None)
    finally:
        process.send_signal(signal.SIGCONT)
    assert refused.value.why is Why.RUNNING
    assert running.found(data) is not None
    assert "Every journal is locked" in reattune(desktop, "stop", "--data", data).stdout


def test_what_another_process_wrote_down_stays(tmp_path: Path) -> None:
    written = tmp_path / "running.json"
    written.write_text(json.dumps({"port": 8321, "pid": os.getpid() + 1}))
    running.forget(tmp_path)
    assert written.exists()
    running.note(tmp_path, 8321)
    running.forget(tmp_path)
    assert not written.exists()


class Impostor(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"0" * 64)

    def log_message(self, *_words: object) -> None:
        pass


def test_another_program_at_that_port_is_not_taken_for_it(tmp_path: Path, desktop: dict[str, str]) -> None:
    """It could ask for the passphrase. No browser is sent there, nothing is stopped; the page says what is wrong."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Impostor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    data, port = tmp_path / "data", server.server_port
    data.mkdir()
    (data / "server-key").write_text("k" * 64)
    (data / "running.json").write_text(json.dumps({"port": port, "pid": os.getpid()}))
    try:
        assert running.found(data) is None
        assert not running.stop(data)
        refused = reattune(desktop, "--port", port, "--data", data)
    finally:
        server.shutdown()
        server.server_close()
    assert refused.returncode == 2
    assert f"Port {port} is taken" in refused.stderr
    (shown,) = opened(tmp_path)
    assert shown.startswith("file://")
    file = Path(shown.removeprefix("file://"))
    assert "Another program is using the place" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.unlink()


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"port": "x", "pid": 1}', '{"port": 99999999, "pid": 1}', "\udcff"])
def test_a_damaged_note_of_what_runs_is_no_failure(tmp_path: Path, said: str) -> None:
    (tmp_path / "server-key").write_text("k" * 64)
    (tmp_path / "running.json").write_bytes(said.encode("utf-8", "surrogateescape"))
    assert running.found(tmp_path) is None


def test_a_folder_that_cannot_be_used_is_a_page_in_the_language_of_the_desktop(
    tmp_path: Path, desktop: dict[str, str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = reattune({**desktop, "LANG": "de_AT.UTF-8"}, "--data", tmp_path / "file" / "data")
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    (shown,) = opened(tmp_path)
    file = Path(shown.removeprefix("file://"))
    words = file.read_text("utf-8")
    file.unlink()
    assert '<html lang="de">' in words
    assert str(tmp_path / "file" / "data") in words


def test_every_failure_has_its_page_and_no_name_of_a_folder_becomes_html() -> None:
    for why in Why:
        words = page(CannotServe("It <b>can't</b>.", why, Path("/home/<script>/ä")), "en")
        assert "<script>" not in words
        assert "It &lt;b&gt;can&#x27;t&lt;/b&gt;." in words
        assert "<title>Notes</title>" in words
        assert "://" not in words.split("<body>")[1]


def test_what_runs_is_proved_with_its_own_key_alone() -> None:
    assert running.proof("ab" * 32, "one key") != running.proof("ab" * 32, "another key")
    for asked in ("", "ab", "zz" * 32, "ab" * 33, "ab" * 32 + "\n"):
        assert running.proof(asked, "one key") is None


def test_a_shortcut_comes_and_goes(tmp_path: Path, desktop: dict[str, str]) -> None:
    environment = {**desktop, "XDG_DATA_HOME": str(tmp_path / "share")}
    data = tmp_path / 'my "own" 100% $HOME \\ folder'
    made = reattune(environment, "install-shortcut", "--data", data)
    assert made.returncode == 0, made.stderr
    found = {path.relative_to(tmp_path / "share").as_posix() for path in (tmp_path / "share").rglob("*.*")}
    assert found == {
        "applications/reattune.desktop",
        "icons/hicolor/scalable/apps/reattune.svg",
        "icons/hicolor/512x512/apps/reattune.png",
    }
    lines = (tmp_path / "share/applications/reattune.desktop").read_text("utf-8").splitlines()
    assert "Name=Notes" in lines
    assert "Name[de]=Notizen" in lines
    starts = next(line for line in lines if line.startswith("Exec="))
    # Read back as the specification says: the string's escapes, then the field codes, then quotes as a shell has them.
    quoted = starts.removeprefix("Exec=").replace("\\\\", "\\").replace("%%", "%")
    words = subprocess.check_output(["sh", "-c", f"printf '%s\\n' {quoted}"], text=True).splitlines()
    assert words[-2:] == ["--data", str(data)]
    assert Path(words[0]).exists()
    for said in ("The shortcut is gone.", "There was no shortcut."):
        assert said in reattune(environment, "install-shortcut", "--remove").stdout
    assert not list((tmp_path / "share").rglob("*.*"))


def test_a_shortcut_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "applications").write_text("a file in the way")
    with pytest.raises(shortcut.NoShortcut, match="can't be written"):
        shortcut.install(None)
    assert not list((tmp_path / "share").rglob("*.svg"))


def test_what_the_desktop_validates(tmp_path: Path) -> None:
    """One line for each key that the specification knows; a name with a line in it stays one line."""
    words = shortcut.entry(["/opt/a b/reattune"], None, "My\nNotes")
    assert "Name=My Notes\n" in words
    assert 'Exec="/opt/a b/reattune"\n' in words
    assert words.count("[Desktop Entry]") == 1
