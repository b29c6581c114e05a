"""The one command, as it is met in a terminal."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from typer.testing import CliRunner

from reattune import __version__
from reattune.cli import app
from reattune.web.installation.running import found


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "reattune", *arguments], capture_output=True, text=True, check=False)


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


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = run("--data", str(tmp_path / "file" / "data"), "--no-browser")
    assert refused.returncode == 2
    assert "Choose another folder with --data" in refused.stderr
    assert "Traceback" not in refused.stderr + os.linesep
