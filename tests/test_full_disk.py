"""A full disk, or somebody who holds the file: said so, and never that a backup should be put in its place."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest
import typer
from django.db import OperationalError

from reattune.web.installation.backup_commands import _or_said
from reattune.web.installation.data_folder import prepare
from reattune.web.installation.failures import Why
from reattune.web.installation.local_server import _cannot_open, _cannot_store
from reattune.web.store.manifest import KeyChanged
from reattune.web.store.open_journal import Conflict
from reattune.web.store.waiting import OthersFirst


def of_sqlite(words: str, code: int) -> OperationalError:
    error = OperationalError(words)
    error.__cause__ = sqlite3.OperationalError(words)
    error.__cause__.sqlite_errorcode = code
    return error


def test_a_full_disk_is_found_before_anything_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = []

    def full(_file: int) -> None:
        room.append(max(each.stat().st_size for each in tmp_path.iterdir()))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as found:
        prepare(tmp_path)
    assert room == [64 * 1024]
    assert not list(tmp_path.iterdir())
    said = _cannot_store(tmp_path, found.value)
    assert said.why is Why.FOLDER
    assert "Make some room" in str(said)


@pytest.mark.parametrize(
    ("words", "code"),
    [("disk I/O error", 4618), ("database or disk is full", 13), ("database is locked", 5), ("unable to open", 14)],
)
def test_what_has_damaged_nothing_is_no_reason_for_a_backup(words: str, code: int) -> None:
    said = _cannot_open(Path("here"), of_sqlite(words, code))
    assert said.why is Why.FOLDER
    assert "backup" not in str(said)
    assert "Leave the journals where they are" in str(said)


@pytest.mark.parametrize(("words", "code"), [("database disk image is malformed", 11), ("file is not a database", 26)])
def test_a_damaged_file_is_told_from_it(words: str, code: int) -> None:
    said = _cannot_open(Path("here"), of_sqlite(words, code))
    assert said.why is Why.DATABASE
    assert "from a backup" in str(said)


@pytest.mark.parametrize(("words", "code"), [("table x already exists", 1), ("constraint failed", 19)])
def test_what_may_be_a_fault_of_ours_is_no_reason_for_a_backup_either(words: str, code: int) -> None:
    said = str(_cannot_open(Path("here"), of_sqlite(words, code)))
    assert "from a backup" not in said
    assert "Leave the folder as it is" in said


@pytest.mark.parametrize("error", [Conflict(), KeyChanged(), OthersFirst(), of_sqlite("disk is full", 13)])
def test_a_command_that_cannot_write_says_why(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, _or_said():
        raise error
    assert ended.value.exit_code == 2
    assert "ry again" in capsys.readouterr().err
