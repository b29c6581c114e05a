"""Taking the journal along, bringing it in, and erasing it, through the pages."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reattune.journal.documents import Belief, CheckIn, LooseNote, Relationship, Removed, Session
from reattune.vault.backup_file import from_file
from reattune.web.store.backups import documents_in
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from tests import installation_per_worker
from tests.on_the_disk import on_the_disk
from tests.web.conftest import PASSPHRASE
from tests.web.journals import exported, opened, session_of

pytestmark = pytest.mark.django_db
Own = Callable[..., Client]


def note(client: Client, what: str) -> str:
    given = {"who": "new", "name": "Jo", "role": "friend", "day": "2026-01-05", "what": what, "stop": ""}
    return client.post("/note/", given).headers["Location"]


def upload(client: Client, content: bytes, name: str = "notes.json") -> str:
    answer = client.post("/settings/file/in/", {"file": SimpleUploadedFile(name, content)})
    return answer.content.decode()


def held(page: str) -> dict[str, str]:
    found = re.search(r'name="held_file" value="([^"]+)"', page)
    assert found
    return {"held_file": found[1], "bring": ""}


def test_out_of_one_journal_and_into_another_twice(own: Own) -> None:
    first = own()
    note(first, "A remark about lists.")
    answer = exported(first, "/settings/file/notes.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    second = own("words of another journal", "Anselm")
    page = upload(second, answer.content)
    assert "What this import would change" in page
    assert "the settings" in page
    assert "A remark about lists." not in second.get("/so-far/").content.decode()
    assert "Import complete" in second.post("/settings/file/in/", held(page)).content.decode()
    seen = second.get("/so-far/").content.decode()
    assert "A remark about lists." in seen
    assert "Anselm" in second.get("/today/").content.decode()
    assert "There’s nothing to import" in upload(second, answer.content)


def test_a_file_held_for_one_journal_is_not_taken_by_another(own: Own) -> None:
    first, second = own(), own("words of another journal")
    page = upload(second, exported(first, "/settings/file/notes.json").content)
    answer = first.post("/settings/file/in/", held(page))
    assert "Part of the file got lost" in answer.content.decode()


def test_an_export_has_nothing_of_what_was_deleted_or_written_before_and_the_backup_has(own: Own) -> None:
    client = own()
    note(client, "A remark nobody may read.")
    note(client, "A name written in anger.")
    first, second = opened(client).journal.moments()
    client.post(f"/away/{first.id}/")
    day, who = "2026-01-05", str(second.relationship_id)
    client.post(f"/note/{second.id}/change/", {"who": who, "day": day, "what": "A milder word.", "cause": "other"})
    assert len(opened(client).journal.all(Removed)) == 2
    file = exported(client, "/settings/file/notes.json").content.decode()
    assert "A milder word." in file
    assert "nobody may read" not in file
    assert "in anger" not in file
    page = client.get("/settings/file/").content.decode()
    assert "isn’t in these files" in page
    assert f"All {len(json.loads(file)['documents'])} entries" in page
    backup = client.get("/settings/file/notes.sealed").content
    in_backup, _problems = documents_in(from_file(backup).journals[0], session_of(client)[1])
    assert sum(isinstance(each, Removed) for each in in_backup) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"PK\x03\x04"])
def test_a_bad_file_is_refused_and_nothing_is_written(own: Own, content: bytes) -> None:
    client = own()
    before = SealedRow.objects.count()
    page = upload(client, content)
    assert 'class="error"' in page
    assert SealedRow.objects.count() == before
    assert "Choose the file first." in client.post("/settings/file/in/").content.decode()
    assert client.get("/settings/file/in/").status_code == 302


def test_an_exported_journal_in_an_archive_is_known_as_one(own: Own) -> None:
    client = own()
    note(client, "A remark about lists.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.json", exported(client).content)
    page = upload(client, packed.getvalue(), "notes.json.zip")
    assert "is a journal exported from Reattune, inside an archive. Unpack the archive, and choose that file." in page


def test_tables_as_one_archive(own: Own) -> None:
    client = own()
    note(client, "=1+1")
    archive = zipfile.ZipFile(io.BytesIO(exported(client, "/settings/file/tables.zip").content))
    assert "'=1+1" in archive.read("moments.csv").decode()


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_what_nobody_answered_or_rated_is_in_the_tables_too(own: Own, kind: str) -> None:
    """A check-in with no more than an urge to leave and a note, a belief that was never rated."""
    client = own(journal_kind=kind)
    journal = opened(client)
    who = journal.journal.therapist or journal.create(Relationship, name="Anna", role="client")
    session = journal.create(Session, relationship_id=who.id, at=journal.now)
    fields = {"urge_to_leave": 9, "note": "Too tired."} if kind == "person" else {"note": "Too tired."}
    journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers={}, **fields)
    if kind == "person":
        journal.create(Belief, words="I am too much.", about_relationship_id=who.id, since=journal.now)
    archive = zipfile.ZipFile(io.BytesIO(exported(client, "/settings/file/tables.zip").content))
    assert "Too tired." in archive.read("check-ins.csv").decode()
    assert ("I am too much." in archive.read("beliefs.csv").decode()) is (kind == "person")
    assert "but not every word" in client.get("/settings/file/").content.decode()


def test_the_tables_do_not_come_back_as_ratings_and_say_what_does(own: Own) -> None:
    client = own()
    client.post("/check/", {"day": "2026-01-05", "safe": "4", "way": "6", "place": "in_person"})
    archive = zipfile.ZipFile(io.BytesIO(exported(client, "/settings/file/tables.zip").content))
    for name in archive.namelist():
        head, _line, rows = archive.read(name).partition(b"\r\n")
        rows = rows or b",".join([b"2026-01-05"] * (head.count(b",") + 1))
        for table in (head + b"\r\n" + rows, (head + b"\r\n" + rows).replace(b",", b";")):
            page = upload(client, table, name)
            assert "is a table that Reattune exports for spreadsheets" in page
            assert "import the JSON file or a backup instead" in page


def test_erasing_needs_the_passphrase_and_a_tick_and_takes_only_ones_own(own: Own) -> None:
    other = own("words of another journal")
    client = own()
    note(client, "Gone soon.")
    rows = SealedJournal.objects.count()
    wrong = client.post("/settings/file/off/", {"current": "not these words", "sure": "on"}).content.decode()
    assert "This isn’t the passphrase of this journal." in wrong
    assert (
        "Tick this if you mean it." in client.post("/settings/file/off/", {"passphrase": PASSPHRASE}).content.decode()
    )
    assert SealedJournal.objects.count() == rows
    answer = client.post("/settings/file/off/", {"current": PASSPHRASE, "sure": "on"})
    assert answer.headers["Location"] == "/"
    assert SealedJournal.objects.count() == rows - 1
    assert UnlockedSession.objects.count() == 1
    assert client.get("/today/").headers["Location"].startswith("/unlock/")
    assert other.get("/today/").status_code == 200


def test_out_erase_in_gives_the_same_journal(own: Own) -> None:
    client = own()
    note(client, "Kept in a file meanwhile.")
    before = json.loads(exported(client, "/settings/file/notes.json").content)["documents"]
    client.post("/settings/file/off/", {"current": PASSPHRASE, "sure": "on"})
    again = own(therapist="Someone new")
    page = upload(again, json.dumps({"format": "reattune-journal", "version": 1, "documents": before}).encode())
    again.post("/settings/file/in/", held(page))
    after = {each["id"]: each for each in json.loads(exported(again, "/settings/file/notes.json").content)["documents"]}
    for each in before:
        if each["kind"] != "preferences":
            came = after[each["id"]]
            # A moment says of itself that a file brought it; and one therapist is the current one.
            assert bool(came.get("brought")) == (each["kind"] == "moment")
            beside = {"status": each.get("status"), "brought": None}
            assert {**came, **beside} == {**each, **beside}


ERASE = """
import sys
from pathlib import Path
from reattune.web.installation.local_server import start_django
start_django(Path(sys.argv[1]))
from django.db import connection
from reattune.journal.documents import Moment, Relationship
from reattune.web.store.models import SealedJournal, SealedRow
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import new_journal
journal_id, data_key, _code = new_journal("four quiet words here")
opened = OpenJournal(journal_id, data_key)
friend = opened.create(Relationship, name="A", role="friend")
for number in range(40):
    opened.create(Moment, relationship_id=friend.id, at=opened.now, what="x" * 900)
rows = [bytes(sealed) for sealed in SealedRow.objects.filter(journal_id=journal_id).values_list("sealed", flat=True)]
keyring = bytes(SealedJournal.objects.get(id=journal_id).keyring)
Path(sys.argv[2]).write_bytes(b"".join(row[8:40] for row in [*rows, keyring]))
opened.erase()
connection.close()
"""


def test_after_erasing_not_even_the_sealed_rows_are_left(tmp_path: Path) -> None:
    data, marks = tmp_path / "data", tmp_path / "marks"
    done = subprocess.run([sys.executable, "-c", ERASE, str(data), str(marks)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    pieces = marks.read_bytes()
    assert len(pieces) >= 42 * 32
    if installation_per_worker.STORE == "postgresql":
        return  # its own log of writes keeps older pages for a while; the key they were sealed with is gone
    for file, lies in on_the_disk(data):
        for start in range(0, len(pieces), 32):
            assert pieces[start : start + 32] not in lies, file.name


def test_reminders_can_be_turned_off_and_a_copy_is_remembered(own: Own) -> None:
    client = own()
    assert "Don’t remind me about backups" in client.get("/settings/file/").content.decode()
    client.post("/settings/file/word/")
    assert "Remind me when the last backup is old" in client.get("/settings/file/").content.decode()
    assert "Last backed up or exported" not in client.get("/settings/file/").content.decode()
    client.get("/settings/file/notes.sealed")
    assert "Last backed up or exported" in client.get("/settings/file/").content.decode()


CSV = b"date,trust,goals\n2024-05-31,7,8\n2024-06-07,6,9\n2024-06-14,2,3\n2024-06-21,?,3\n"


def test_ratings_are_guessed_shown_corrected_pictured_and_then_written(own: Own) -> None:
    client = own()
    page = upload(client, CSV, "trust.csv")
    assert "<svg" in page
    assert "Row 5" in page
    assert re.search(r'name="ratings" value="1"[^>]*checked', page)
    assert opened(client).journal.all(CheckIn) == []
    fields = {
        **held(page), "when": "0", "order": "day", "ratings": ["1"], "note": "", "low": "0", "high": "10",
        "better": "high", "title": "Trust", "who": re.findall(r'<option value="([0-9a-f-]{36})"', page)[-1],
    }  # fmt: skip
    looked = {name: value for name, value in fields.items() if name != "bring"}
    again = client.post("/settings/file/in/", looked).content.decode()
    assert "What this import would change" in again
    assert opened(client).journal.all(CheckIn) == []
    wrong = client.post("/settings/file/in/", {**fields, "low": "10", "high": "0"})
    assert "The highest must be above the lowest." in wrong.content.decode()
    assert opened(client).journal.all(CheckIn) == []
    assert "Import complete" in client.post("/settings/file/in/", fields).content.decode()
    kept = opened(client).journal.all(CheckIn)
    assert [each.answers for each in kept] == [{"trust": 7}, {"trust": 6}, {"trust": 2}]
    assert "There’s nothing to import" in client.post("/settings/file/in/", looked).content.decode()
    assert client.get("/today/").status_code == 200


def test_ratings_in_a_workbook_are_read_like_any_others(own: Own) -> None:
    client = own()
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["Datum", "Vertrauen"], [date(2024, 5, 31), 7], [date(2024, 6, 7), 8.5]):
        book.active.append(row)
    book.save(out)
    page = upload(client, out.getvalue(), "trust.xlsx")
    fields = {
        **held(page), "when": "0", "order": "day", "ratings": ["1"], "note": "", "low": "0", "high": "10",
        "better": "high", "title": "Trust", "who": re.findall(r'<option value="([0-9a-f-]{36})"', page)[-1],
    }  # fmt: skip
    assert "Import complete" in client.post("/settings/file/in/", fields).content.decode()
    assert [each.answers for each in opened(client).journal.all(CheckIn)] == [{"vertrauen": 7}, {"vertrauen": 8.5}]
    book.create_sheet("2027").append(["Datum", "Vertrauen"])
    book["2027"].append([date(2027, 5, 31), 7])
    book.save(two := io.BytesIO())
    assert "These are not: 2027." in upload(client, two.getvalue(), "trust.xlsx")
    damaged = upload(client, out.getvalue()[:2000] + b"xl/workbook", "trust.xlsx")
    assert "read as a workbook" in damaged


def test_check_ins_as_fhir_out_and_in(own: Own) -> None:
    client, other = own(), own("words of another journal", "Anselm")
    client.post("/check/", {"day": "2026-01-05", "safe": "4", "place": "in_person"})
    for release in (4, 5):
        bundle = exported(client, f"/settings/file/fhir{release}.json")
        assert bundle.status_code == 200
        assert "There’s nothing to import" in upload(client, bundle.content, "f.json")
    assert client.get("/settings/file/fhir3.json").status_code == 404
    page = upload(other, bundle.content, "f.json")
    other.post("/settings/file/in/", held(page))
    assert [each.answers for each in opened(other).journal.all(CheckIn)] == [{"safe": 4}]
    assert "There’s nothing to import" in upload(other, bundle.content, "f.json")


def test_a_diary_waits_to_be_sorted(own: Own) -> None:
    client = own()
    diary = b"2024-05-31\nShe looked at the clock.\n\n2024-06-07\nBetter.\n"
    page = upload(client, diary, "diary.md")
    assert "She looked at the clock." in page
    assert opened(client).journal.all(LooseNote) == []
    done = client.post("/settings/file/in/", held(page)).content.decode()
    assert "/loose/" in done
    assert "2 entries from your diary are waiting" in client.get("/so-far/").content.decode()
    assert "There’s nothing to import" in upload(client, diary, "diary.md")
    for note_ in opened(client).journal.all(LooseNote):
        client.post(f"/loose/{note_.id}/aside/")
    assert "There’s nothing to import" in upload(client, diary, "diary.md")
    assert "/loose/" not in client.get("/so-far/").content.decode()


def test_ratings_without_a_therapist_say_what_to_do(own: Own) -> None:
    client = own(therapist="")
    assert "Name your therapist in Settings first" in upload(client, CSV, "trust.csv")


def test_a_file_that_is_too_large_is_refused_in_a_sentence(own: Own, settings: object) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]
    page = upload(own(), b"2024-05-31\n" + b"a" * 2_000, "a.txt")
    assert "too large" in page


def test_a_page_to_print(own: Own) -> None:
    client = own()
    note(client, "A remark about <lists>.")
    client.post("/check/", {"day": "2026-01-05", "safe": "4", "goals": "5", "place": "in_person"})
    assert "Choose at least one part." in client.post("/settings/file/page/", {}).content.decode()
    answer = exported(client, "/settings/file/page/", parts=["bond", "moments", "ruptures", "beliefs"])
    page = answer.content.decode()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "A remark about &lt;lists&gt;." in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="', page)
    assert "5 January 2026" in page
    late = exported(client, "/settings/file/page/", parts=["moments"], since="2026-01-06").content.decode()
    assert "A remark" not in late
    preferences = opened(client).journal.preferences
    assert preferences
    for zone in ("Europe/Berlin", "Pacific/Apia", "Pacific/Honolulu"):
        opened(client).change(preferences, zone=zone)
        for first in ("0001-01-01", "9999-12-31"):
            assert exported(client, "/settings/file/page/", parts=["moments"], since=first).status_code == 200
