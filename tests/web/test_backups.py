"""Backup and restore: whole, damaged, beside what is there, and into it."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reattune.journal.documents import Moment, Relationship
from reattune.vault.backup_file import MAGIC, Backup, JournalCopy, NotABackup, from_file, to_file
from reattune.web.store import backups
from reattune.web.store.backups import BackupFailed, back_up, copies, restore
from reattune.web.store.models import SealedJournal, SealedRow
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.unlocking import new_journal
from tests import installation_per_worker
from tests.web.journals import exported

pytestmark = pytest.mark.django_db
WORDS = "four quiet words here"


@pytest.fixture
def opened() -> OpenJournal:
    journal_id, data_key, _code = new_journal(WORDS)
    made = OpenJournal(journal_id, data_key)
    made.again = lambda: OpenJournal(journal_id, data_key)  # type: ignore[attr-defined]
    friend = made.create(Relationship, name="Jo", role="friend")
    for number in range(12):
        made.create(Moment, relationship_id=friend.id, at=made.now, what=f"moment {number}")
    return made


def whole(opened: OpenJournal) -> OpenJournal:
    return opened.again()  # type: ignore[attr-defined, no-any-return]


def nobody() -> list[str]:
    return []


def test_a_backup_brings_back_a_journal_that_is_gone(opened: OpenJournal, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    assert back_up(file) == (1, 13)
    assert file.stat().st_mode & 0o777 == 0o600
    before = {each.id: each for each in opened.journal}
    SealedJournal.objects.all().delete()
    done = restore(from_file(file.read_bytes()), lambda: iter(nobody()))
    assert (done.new, done.problems) == (1, [])
    again = whole(opened)
    assert not again.damages
    assert {each.id: each for each in again.journal} == before
    friend = again.journal.all(Relationship)[0]
    again.create(Moment, relationship_id=friend.id, at=again.now, what="and on it goes")


def test_into_a_journal_that_is_here_the_newest_wins_and_twice_changes_nothing(
    opened: OpenJournal, tmp_path: Path
) -> None:
    file = tmp_path / "copy"
    back_up(file)
    first, second = opened.journal.all(Moment)[:2]
    opened.change(first, what="newer than the copy")
    opened.discard(second)
    held = from_file(file.read_bytes())
    assert restore(held, lambda: iter(["wrong words"])).locked == 1
    assert restore(held, lambda: iter(["wrong words", WORDS])).merged == 1
    again = whole(opened)
    assert again.journal.get(Moment, first.id).what == "newer than the copy"
    assert again.journal.get(Moment, second.id) == second
    assert restore(held, lambda: iter([WORDS])).merged == 0


def test_where_a_newer_form_is_brought_in_the_one_that_was_here_can_come_back(own: object) -> None:
    client, other = own(), own("words of the other machine")  # type: ignore[operator]
    given = {"who": "new", "name": "Jo", "role": "friend", "day": "2026-01-05", "what": "As it was.", "stop": ""}
    moment = client.post("/note/", given).headers["Location"]
    file = exported(client, "/settings/file/notes.json").content
    other.post("/settings/file/in/", {"file": SimpleUploadedFile("a.json", file)})

    def brings(which: Client, content: bytes) -> None:
        page = which.post("/settings/file/in/", {"file": SimpleUploadedFile("a.json", content)}).content.decode()
        found = re.search(r'name="held_file" value="([^"]+)"', page)
        if found:
            which.post("/settings/file/in/", {"held_file": found[1], "bring": ""})

    brings(other, file)
    client.post(f"{moment}size/", {"reaction": "4"})
    other.post(f"{moment}size/", {"reaction": "9"})
    newer = exported(other, "/settings/file/notes.json").content
    brings(client, newer)
    assert '"reaction": 9' in exported(client, "/settings/file/notes.json").content.decode()
    page = client.get("/settings/away/").content.decode()
    assert "As it was before a newer version was imported." in page
    brings(client, newer)
    assert client.get("/settings/away/").content.decode().count("/back/") == 1
    back = re.search(r'action="(/settings/away/[^"]+/back/)"', page)
    assert back
    assert client.post(back[1]).status_code == 302
    assert '"reaction": 4' in exported(client, "/settings/file/notes.json").content.decode()
    assert client.get("/settings/away/").content.decode().count("/back/") == 1


def test_a_damaged_backup_restores_what_it_can_and_says_what_it_could_not(opened: OpenJournal) -> None:
    content = b"".join(to_file(copies()))
    rng = random.Random(1)
    for _ in range(60):
        place = rng.randrange(len(MAGIC), len(content))
        damaged = content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]
        held = from_file(damaged)
        assert held.damages, place
        rows = [row for each in held.journals for row in each.rows]
        original = copies()[0].rows
        assert all(row in original for row in rows)
        assert len(rows) >= 12
    for cut in range(len(MAGIC), len(content), 997):
        held = from_file(content[:cut])
        assert held.damages


def test_without_its_keys_a_copy_still_comes_into_the_journal_that_is_here(opened: OpenJournal) -> None:
    (copy,) = copies()
    gone = opened.journal.all(Moment)[0]
    opened.discard(gone)
    copy.keyring = copy.head = b""
    done = restore(Backup((copy,), ()), lambda: iter([WORDS]))
    assert (done.merged, done.problems) == (1, [])
    assert whole(opened).journal.get(Moment, gone.id) == gone
    SealedJournal.objects.all().delete()
    done = restore(Backup((copy,), ()), lambda: iter([WORDS]))
    assert (done.new, len(done.problems)) == (0, 1)
    assert "left out" in done.problems[0]


@pytest.mark.parametrize(
    "changes",
    [{"salt": ""}, {"kdf": {"memory_kib": float("inf"), "passes": 1, "lanes": 1}}, {"journal_id": "A" * 21 + "Q=="}],
)
def test_a_journal_with_an_odd_keyring_is_left_out_and_shuts_no_other(own: object, changes: dict[str, object]) -> None:
    client = own()  # type: ignore[operator]
    [mine] = copies()
    ring = json.loads(mine.keyring) | {"journal_id": base64.b64encode(bytes(16)).decode()} | changes
    odd = JournalCopy(bytes(16), json.dumps(ring).encode(), b"", 0)
    done = restore(from_file(b"".join(to_file([odd]))), lambda: iter(nobody()))
    assert (done.new, len(done.problems)) == (0, 1)
    assert "left out" in done.problems[0]
    assert SealedJournal.objects.count() == 1
    client.post("/lock/")
    # Nor one that lies here from before files were looked at.
    SealedJournal.objects.create(id=odd.journal_id, keyring=odd.keyring, head=b"")
    assert client.get("/unlock/").status_code == 200
    assert client.post("/unlock/", {"passphrase": client.passphrase})["Location"] == "/today/"


def test_a_row_left_out_is_missed_and_the_rest_opens(opened: OpenJournal) -> None:
    (copy,) = copies()
    copy.rows.pop()
    SealedJournal.objects.all().delete()
    restore(from_file(b"".join(to_file([copy]))), lambda: iter(nobody()))
    again = whole(opened)
    assert len(again.damages) == 1
    assert len(again.journal) == 12


def test_a_backup_of_version_1_is_read_and_one_of_version_2_is_the_same_with_letters(opened: OpenJournal) -> None:
    content = b"".join(to_file(copies()))
    assert content.startswith(MAGIC)
    older = from_file(MAGIC[:-1] + b"\x01" + content[len(MAGIC) :])
    assert (older.damages, older.journals) == ((), tuple(copies()))


@pytest.mark.parametrize("content", [b"", b"{}", b"reattune backup", MAGIC[:-1] + b"\x03", b"\x00" * 999])
def test_what_is_no_backup_is_refused(content: bytes) -> None:
    with pytest.raises(NotABackup):
        from_file(content)


def test_a_backup_never_takes_the_place_of_a_file(opened: OpenJournal, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    file.write_text("something dear")
    with pytest.raises(BackupFailed, match="is there already"):
        back_up(file)
    assert file.read_text() == "something dear"
    with pytest.raises(BackupFailed, match="cannot be written"):
        back_up(tmp_path / "no such folder" / "copy")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy"]


def test_through_settings(own: object) -> None:
    client: Client = own()  # type: ignore[operator]
    given = {"who": "new", "name": "Jo", "role": "friend", "day": "2026-01-05", "what": "Kept sealed.", "stop": ""}
    client.post("/note/", given)
    copy = client.get("/settings/file/notes.sealed").content
    assert b"Kept sealed." not in copy

    def upload(who: Client) -> str:
        file = SimpleUploadedFile("x.sealed", copy)
        return str(who.post("/settings/file/in/", {"file": file}).content.decode())

    assert "There’s nothing to import" in upload(client)
    other: Client = own("words of another journal")  # type: ignore[operator]
    assert "This is a backup of another journal." in upload(other)


def run(*arguments: str, typed: str = "", **environment: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "reattune", *arguments], input=typed, text=True, check=False,
                          capture_output=True, env={**os.environ, **environment})  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


MAKE = """
import sys
from pathlib import Path
from reattune.web.installation.local_server import start_django
start_django(Path(sys.argv[1]))
from reattune.journal.documents import Relationship
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import new_journal
journal_id, data_key, _code = new_journal("four quiet words here")
OpenJournal(journal_id, data_key).create(Relationship, name="A", role="friend")
"""


def test_the_two_commands_as_somebody_would_use_them(tmp_path: Path) -> None:
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "copy"
    one, two = installation_per_worker.store_of(here), installation_per_worker.store_of(there)
    subprocess.run([sys.executable, "-c", MAKE, str(here)], check=True, env={**os.environ, **one})
    code, printed = run("backup", str(file), "--data", str(here), **one)
    assert (code, "1 journal with 1 entry" in printed) == (0, True), printed
    assert b"four quiet" not in file.read_bytes()
    code, printed = run("restore", str(file), "--data", str(there), **two)
    assert (code, "Restored: 1 journal." in printed) == (0, True), printed
    code, printed = run("restore", str(file), "--data", str(there), typed="\n", **two)
    assert (code, "no passphrase opened them: 1 journal" in printed) == (2, True), printed
    code, printed = run("restore", str(file), "--data", str(there), typed="four quiet words here\n", **two)
    assert (code, "Entries added or updated: 0." in printed) == (0, True), printed
    code, printed = run("restore", str(tmp_path / "none"), "--data", str(there), **two)
    assert (code, "can't be read" in printed) == (2, True), printed
    file.write_bytes(b"not a backup")
    code, printed = run("restore", str(file), "--data", str(there), **two)
    assert (code, "isn’t a backup made by Reattune" in printed) == (2, True), printed


def test_no_backup_is_made_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    file, folder = tmp_path / "copy", tmp_path / "mistyped"
    code, printed = run("backup", str(file), "--data", str(folder), DATABASE_URL="")
    assert (code, "isn't there, so there is nothing to back up" in " ".join(printed.split())) == (2, True), printed
    assert not file.exists()
    assert not folder.exists()


@pytest.mark.parametrize("what", ["taken away", "newer than the list", "an older state of it", "not in the list"])
def test_a_backup_brings_back_what_was_changed_outside(opened: OpenJournal, tmp_path: Path, what: str) -> None:
    """Also where an older backup holds rows that are newer than its list: restored twice, it is whole."""
    before = {each.id: each for each in opened.journal}
    moment = opened.journal.moments()[0]
    rows = SealedRow.objects.filter(row_id=opened._seal.row_id(moment.id))
    journals = SealedJournal.objects.filter(id=opened.journal_id)
    (lies,), (listed,) = rows.values("revision", "sealed"), journals.values("head", "head_revision")
    opened.change(moment, reaction=3)
    back_up(tmp_path / "copy")
    if what == "taken away":
        rows.delete()
    elif what == "newer than the list":
        journals.update(**listed)
    elif what == "an older state of it":
        rows.update(**lies)
    else:
        (kept,) = rows.values()
        opened.write_and_discard([], [moment])
        SealedRow.objects.create(**kept)
    assert whole(opened).damages
    done = restore(from_file((tmp_path / "copy").read_bytes()), lambda: iter([WORDS]))
    assert (done.merged, done.problems) == (1, [])
    again = whole(opened)
    assert again.damages == []
    assert {each.id for each in again.journal} == before.keys()
    assert again.journal.get(Moment, moment.id).reaction == 3


def test_what_an_ended_backup_left_is_taken_away_by_the_next(opened: OpenJournal, tmp_path: Path) -> None:
    """A whole copy under a name that nobody sees; what is being written at this moment, or isn't one, stays."""
    left, written, other = (tmp_path / name for name in (".monday.part", ".now.part", ".film.part"))
    for part in (left, written):
        part.write_bytes(MAGIC + b"whatever")
    other.write_bytes(b"of another program")
    for part in (left, other):
        os.utime(part, (0, 0))
    back_up(tmp_path / "tuesday")
    assert sorted(each.name for each in tmp_path.iterdir()) == [".film.part", ".now.part", "tuesday"]


def test_two_restores_at_once_speak_of_no_full_disk(opened: OpenJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy,) = copies()
    SealedJournal.objects.all().delete()
    really = backups._put_back

    def after_the_other(given: JournalCopy) -> None:
        really(given)
        really(given)

    monkeypatch.setattr(backups, "_put_back", after_the_other)
    with pytest.raises(Conflict):
        restore(Backup((copy,), ()), lambda: iter(()))
