"""An update is a promise: every version so far wrote a journal and a backup, and this one opens them whole.

`scripts/write_version_fixture.py` made them, by running that version.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reattune.journal.codec import decode, encode
from reattune.vault.backup_file import from_file
from reattune.web.store.backups import restore
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import keyrings

VERSIONS = sorted(path for path in Path(__file__).parent.iterdir() if (path / "opens.json").exists())
WITH_BACKUP = [path for path in VERSIONS if (path / "journals.copy").exists()]


def written(version: Path) -> dict[str, str]:
    """Every document of that version, upgraded to what it says in this one, by its id."""
    found = [decode(line) for line in (version / "documents.jsonl").read_bytes().splitlines()]
    return {str(each.id): encode(each).decode() for each in found}


def by_id(documents: list[str]) -> dict[str, str]:
    return {json.loads(each)["id"]: each for each in documents}


def laid_out(version: Path, folder: Path) -> Path:
    """The folder of journals as that version left it."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "journals.sqlite3")) as tables:
        tables.executescript((version / "journals.sql").read_text("utf-8"))
    return folder


def this_version(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: each for name, each in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)


def read_anew(folder: Path, secret: str) -> dict[str, Any]:
    done = this_version("tests.versions.read_anew", str(folder), secret)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_there_are_versions_to_open() -> None:
    assert len(VERSIONS) >= 5
    assert len(WITH_BACKUP) >= 4
    assert all(len(written(version)) >= 22 for version in VERSIONS)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)
def test_a_journal_of_every_version_opens_and_goes_on(version: Path, tmp_path: Path) -> None:
    """Every document, what was being typed, and a new entry; by passphrase, and by the code on paper."""
    opens = json.loads((version / "opens.json").read_text("utf-8"))
    # Each is tried with one of the two; both stretch a secret, and that takes its time.
    secret = opens["recovery_code" if VERSIONS.index(version) % 2 else "passphrase"]
    said = read_anew(laid_out(version, tmp_path / "data"), secret)
    assert said["damages"] == []
    there = by_id(said["documents"])
    for identity, document in written(version).items():
        assert there.pop(identity) == document
    assert [json.loads(each)["kind"] for each in there.values()] == ["draft"]
    assert said["draft"] == {"what": ["half a sentence"]}
    assert said["added"]


@pytest.mark.django_db
@pytest.mark.parametrize("version", WITH_BACKUP, ids=lambda path: path.name)
def test_a_backup_of_every_version_is_restored(version: Path) -> None:
    opens = json.loads((version / "opens.json").read_text("utf-8"))
    held = from_file((version / "journals.copy").read_bytes())
    assert not held.damages
    done = restore(held, lambda: iter(()))
    assert (done.new, done.problems) == (1, [])
    (ring,) = keyrings()
    opened = OpenJournal(ring.journal_id, ring.open_with_recovery(opens["recovery_code"]))
    assert not opened.damages
    there = {str(each.id): encode(each).decode() for each in opened.journal}
    assert written(version).items() <= there.items()
    # Once more beside itself: nothing is added, nothing is lost.
    again = restore(held, lambda: iter([opens["passphrase"]]))
    assert (again.new, again.merged, again.locked) == (0, 0, 0)


def test_a_journal_of_a_newer_version_is_left_alone_with_a_sentence(tmp_path: Path) -> None:
    folder = laid_out(VERSIONS[-1], tmp_path / "data")
    with closing(sqlite3.connect(folder / "journals.sqlite3")) as tables, tables:
        tables.execute("INSERT INTO django_migrations(app, name, applied) VALUES ('store', '0099_later', '2031-01-01')")
        before = list(tables.iterdump())
    refused = this_version("reattune", "backup", str(tmp_path / "copy"), "--data", str(folder))
    assert refused.returncode == 2
    assert "A newer Reattune has changed the tables of these journals (0099_later)." in refused.stderr
    assert "Update Reattune to open them." in refused.stderr
    assert "Traceback" not in refused.stderr
    with closing(sqlite3.connect(folder / "journals.sqlite3")) as tables:
        assert list(tables.iterdump()) == before
    assert not (tmp_path / "copy").exists()


def test_a_backup_of_a_newer_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    content = bytearray((WITH_BACKUP[-1] / "journals.copy").read_bytes())
    content[len(b"reattune backup")] = 9
    (tmp_path / "copy").write_bytes(content)
    refused = this_version("reattune", "restore", str(tmp_path / "copy"), "--data", str(tmp_path / "data"))
    assert refused.returncode == 2
    assert "made by a newer Reattune. Update Reattune to restore it." in refused.stderr
    assert not (tmp_path / "data").exists()
