"""The one command, as it is met in a terminal."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.table import Table
from typer.testing import CliRunner

from reattune import __version__
from reattune.cli import app
from reattune.terminal import Terminal
from reattune.web.installation.running import found


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reattune", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def test_version_and_help() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"reattune {__version__}\n"
    for words in (["--help"], ["study", "--help"], ["doctor", "--help"]):
        assert CliRunner().invoke(app, words).exit_code == 0


def test_doctor_on_nothing_on_a_journal_and_on_a_broken_one(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = run("doctor", "--data", str(folder))
    assert first.returncode == 0
    assert "not there yet" in first.stdout
    assert not folder.exists()
    folder.mkdir()
    (folder / "journals.sqlite3").write_bytes(b"this is no database, and long enough to be one" * 40)
    broken = run("doctor", "--data", str(folder))
    assert broken.returncode == 2
    assert "can't be opened" in broken.stdout


@pytest.mark.parametrize("command", [["study"], ["restore"], ["validate", "danger"], ["validate", "echoes"]])
@pytest.mark.parametrize("what", ["pipe", "device"])
def test_what_never_ends_is_no_file(tmp_path: Path, command: list[str], what: str) -> None:
    file = tmp_path / "ratings.csv"
    os.mkfifo(file) if what == "pipe" else file.symlink_to("/dev/zero")
    result = run(*command, str(file), *(["--data", str(tmp_path / "data")] if command == ["restore"] else []))
    assert result.returncode == 2
    assert "is a pipe or a device" in result.stderr
    assert not (tmp_path / "data").exists()


def test_a_terminal_obeys_nothing_that_a_file_is_called_or_says(tmp_path: Path) -> None:
    written = io.StringIO()
    table = Table("client", title="of \x1b]0;own\x07")
    table.add_row("\x1b[31mA\x9b5m")
    terminal = Terminal(file=written, force_terminal=True, width=80)
    terminal.print("odd\x1b[2Jname\r.csv", "two\nlines", markup=False)
    terminal.print(table)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", written.getvalue())
    assert "odd\\x1b[2Jname\\x0d.csv two\nlines" in shown
    assert "\\x1b[31mA\\x9b5m" in shown
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
    file = tmp_path / "odd\x1b[31m.csv"
    file.write_text("client,session,score\n")
    assert "\x1b[31m" not in run("study", str(file)).stderr


def started(data: Path) -> tuple[subprocess.Popen[str], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "reattune", "--port", str(port), "--data", str(data), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for _ in range(200):
        if found(data) is not None:
            return process, port
        time.sleep(0.1)
    raise AssertionError(process.communicate(timeout=1)[0])


def test_it_serves_until_it_is_stopped_and_says_so(tmp_path: Path) -> None:
    process, port = started(tmp_path / "data")
    assert "opens: 0 sealed journals" in run("doctor", "--data", str(tmp_path / "data")).stdout
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert f"http://127.0.0.1:{port}/" in output
    assert "Every journal is locked" in output
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "data" / "running.json").exists()


@pytest.mark.skipif(os.name != "posix", reason="folders have no such mode")
@pytest.mark.parametrize("others", ["", "a-letter.txt"])
def test_a_folder_that_was_there_is_for_its_user_alone_or_doctor_says_so(tmp_path: Path, others: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    if others:
        (folder / others).write_text("something else that lies there")
    assert "Run: chmod 700" in run("doctor", "--data", str(folder)).stdout
    assert folder.stat().st_mode & 0o777 == 0o755
    process, _port = started(folder)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert folder.stat().st_mode & 0o777 == (0o755 if others else 0o700)
    again = run("doctor", "--data", str(folder))
    assert ("Run: chmod 700" in again.stdout) is bool(others)
    assert again.returncode == (2 if others else 0)


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = run("--data", str(tmp_path / "file" / "data"), "--no-browser")
    assert refused.returncode == 2
    assert "Choose another folder with --data" in refused.stderr
    assert "Traceback" not in refused.stderr + os.linesep


@pytest.mark.parametrize("command", ["backup {}", "doctor --data {}", "study {}", "study a.csv --out {}", "restore {}"])
def test_a_name_longer_than_a_disk_takes_gets_a_sentence(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("client,session,score\na,1,50\n")
    given = command.format(tmp_path / ("x" * 300)).replace("a.csv", str(tmp_path / "a.csv")).split()
    said = run(*given)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert said.stderr.strip().endswith(".")
