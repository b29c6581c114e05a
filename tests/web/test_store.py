"""Sealed rows in the database: nothing in clear, nothing silently overwritten, damage named."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reattune.journal.documents import Moment, Relationship
from reattune.web.store.models import JournalAddress, SealedJournal, SealedRow
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.unlocking import new_journal
from tests.on_the_disk import on_the_disk
from tests.web.conftest import PASSPHRASE
from tests.web.journals import session_of

pytestmark = pytest.mark.django_db
CANARY = "Canary-of-the-ninth-hour"

WRITE_EVERYTHING = """
import sys
from pathlib import Path
from reattune.web.installation.local_server import start_django
start_django(Path(sys.argv[1]))
from django.http import HttpResponse
from django.test import Client, RequestFactory
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import begin_session, new_journal
from tests.journal.every_kind import every_kind
canary = sys.argv[2]
journal_id, data_key, code = new_journal(f"passphrase {canary}")
opened = OpenJournal(journal_id, data_key)
for document in every_kind(canary):
    opened.record(document)
for document in list(opened.journal):
    if document.kind not in ("talk_plan", "attempt", "rupture"):
        opened.change(document)
from reattune.journal.documents import Moment, Relationship, Vector
from reattune.web.pages.follow.echo_questions import asked_about
for who in opened.journal.all(Relationship):
    opened.change(who, keep_apart=False)
told = [opened.create(Moment, relationship_id=who.id, at=opened.now, what=canary, meant_about_me=canary,
                      feelings=["hurt"]) for who in opened.journal.all(Relationship)]
assert asked_about(opened, told[0])[0], "nothing is suggested"
vectors = [each.what for each in opened.journal.all(Vector) if each.moment_id == told[0].id]
assert vectors, "no vectors were made"
opened.keep_draft("/note/", {"what": [canary]})
opened.sent = {"what": [canary]}
opened.discard_draft("/note/")
opened.keep_draft("/check/", {"unsaid_words": [canary]})
from reattune.journal.documents import Address, CameIn
from reattune.journal.documents.letters import letter_from_plain, letter_to
from reattune.vault.letters import seal_letter
from reattune.web.store.letterbox import address_key, deliver, open_letterbox
for each in opened.journal.all(Address):
    opened.discard(each)
def arrives(number):
    given = {"letter": 1, "id": f"0f8fad5b-d9cb-469f-a165-70867728950{number}", "at": opened.now}
    note = letter_to(letter_from_plain({**given, "kind": "note", "words": canary}))
    assert deliver(address_key(opened).address, seal_letter(address_key(opened).public, note)) is None
open_letterbox(opened)
arrives(1)
open_letterbox(opened)
assert [each for each in opened.journal.all(CameIn) if each.content.id.hex.endswith("01")], "nothing came in"
arrives(2)
begin_session(HttpResponse(), RequestFactory().get("/"), journal_id, data_key)
client = Client(raise_request_exception=False)
client.post("/unlock/", {"passphrase": canary}, HTTP_HOST="localhost")
client.post("/unlock/recovery/", {"code": canary, "passphrase": canary, "again": canary}, HTTP_HOST="localhost")
from unittest import mock
with mock.patch("reattune.web.pages.begin.unlock.keyrings", side_effect=RuntimeError(canary)):
    answer = client.post("/unlock/", {"passphrase": canary}, HTTP_HOST="localhost")
    assert answer.status_code == 500, answer.status_code
address = address_key(opened).address.hex()
assert client.post("/down/", {"address": address, "words": canary}, HTTP_HOST="localhost").status_code == 302
with mock.patch("reattune.web.pages.begin.letters_in.deliver", side_effect=RuntimeError(canary)):
    assert client.post("/down/", {"address": address, "words": canary}, HTTP_HOST="localhost").status_code == 500
again = OpenJournal(journal_id, data_key)
assert not again.damages and len(again.journal) == len(opened.journal)
Path(sys.argv[3]).write_bytes(data_key + vectors[0][:64].encode() + code.encode())
"""


def disguises(secret: bytes) -> set[bytes]:
    """How a secret might lie in a file."""
    found = {secret, secret.decode("latin-1").encode("utf-16-le"), secret.hex().encode()}
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + secret)
        found.add(encoded[4:-4])
    return found


def test_a_canary_in_every_field_lies_nowhere(tmp_path: Path) -> None:
    data, keys = tmp_path / "data", tmp_path / "keys"
    command = [sys.executable, "-c", WRITE_EVERYTHING, str(data), CANARY, str(keys)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"RuntimeError in" in done.stderr  # the error was logged, without its words
    secrets = [CANARY.encode(), keys.read_bytes()[:32], keys.read_bytes()[32:96], keys.read_bytes()[96:]]
    secrets.append(base64.b64decode(secrets[2]))
    files = [*on_the_disk(data)]
    assert files
    for name, lies in [*((path.name, content) for path, content in files), ("log", done.stdout + done.stderr)]:
        for secret in secrets:
            for disguise in disguises(secret):
                assert disguise not in lies, f"{disguise!r} lies open in {name}"


@pytest.fixture
def opened() -> OpenJournal:
    journal_id, data_key, _code = new_journal("four quiet words here")
    made = OpenJournal(journal_id, data_key)
    made.again = lambda: OpenJournal(journal_id, data_key)  # type: ignore[attr-defined]
    return made


def reopened(opened: OpenJournal) -> OpenJournal:
    return opened.again()  # type: ignore[attr-defined, no-any-return]


def test_what_is_written_is_there_when_opened_again(opened: OpenJournal) -> None:
    therapist = opened.create(Relationship, name="Miriam", role="therapist")
    changed = opened.change(therapist, note="on Thursdays")
    assert list(reopened(opened).journal) == [changed]
    assert SealedRow.objects.get().revision == 2


def test_a_stale_write_never_overwrites(opened: OpenJournal) -> None:
    therapist = opened.create(Relationship, name="Miriam", role="therapist")
    other_window = reopened(opened)
    opened.change(therapist, note="first")
    with pytest.raises(Conflict):
        other_window.change(therapist, note="second")
    assert reopened(opened).journal.therapist.note == "first"  # type: ignore[union-attr]


CHANGED = "This entry was changed outside Reattune, or is damaged, and can’t be trusted."
PUT_BACK = "An entry was put back to an older state, or added, outside Reattune, and can’t be trusted."


def test_a_damaged_row_is_named_and_the_rest_opens(opened: OpenJournal) -> None:
    therapist = opened.create(Relationship, name="Miriam", role="therapist")
    moment = opened.create(Moment, relationship_id=therapist.id, at=opened.now, what="x")
    row = SealedRow.objects.first()
    assert row is not None
    rows = SealedRow.objects.filter(journal_id=row.journal_id, row_id=row.row_id)
    rows.update(sealed=bytes(row.sealed)[:-1] + bytes([bytes(row.sealed)[-1] ^ 1]))
    again = reopened(opened)
    assert len(again.journal) == 1
    assert again.damages == [CHANGED]
    assert moment in again.journal or therapist in again.journal


def test_a_row_put_back_to_an_older_state_is_refused(opened: OpenJournal) -> None:
    therapist = opened.create(Relationship, name="Miriam", role="therapist")
    old = SealedRow.objects.values("revision", "sealed").get()
    opened.change(therapist, note="newer")
    SealedRow.objects.update(**old)
    again = reopened(opened)
    assert len(again.journal) == 0
    assert PUT_BACK in again.damages


def test_a_row_taken_away_is_missed(opened: OpenJournal) -> None:
    opened.create(Relationship, name="Miriam", role="therapist")
    SealedRow.objects.all().delete()
    assert reopened(opened).damages == ["An entry was taken away outside Reattune."]


def test_a_damaged_head_is_named_and_everything_opens_and_goes_on(opened: OpenJournal) -> None:
    therapist = opened.create(Relationship, name="Miriam", role="therapist")
    SealedJournal.objects.update(head=b"nonsense")
    again = reopened(opened)
    assert len(again.journal) == 1
    assert "list of entries was changed" in again.damages[0]
    again.change(therapist, note="on we go")
    said = f"On {timezone.now():%-d %B %Y} it turned out that the list of entries had been changed outside Reattune."
    for number in range(2):
        again = reopened(opened)
        assert [each.startswith(said) for each in again.damages] == [True]
        again.change(again.journal.all(Relationship)[0], note=f"and on {number}")
    again = reopened(opened)
    again.put_list_change_away()
    assert reopened(opened).damages == []
    assert reopened(opened).journal.all(Relationship)[0].note == "and on 1"


def test_what_was_taken_away_behind_a_damaged_head_is_still_told_after_unlocking(own: Callable[..., Client]) -> None:
    """Unlocking itself writes, and so did a note on the locked page that anybody may leave."""
    client = own()
    before = set(SealedRow.objects.values_list("row_id", flat=True))
    keys = session_of(client)
    journal = OpenJournal(*keys)
    journal.create(Moment, relationship_id=journal.journal.all(Relationship)[0].id, at=journal.now, what="THE RECORD")
    client.post("/lock/")
    SealedRow.objects.exclude(row_id__in=before).delete()
    head = bytes(SealedJournal.objects.get().head)
    SealedJournal.objects.update(head=head[:-1] + bytes([head[-1] ^ 1]))
    address = JournalAddress.objects.get()
    client.post("/down/", {"address": bytes(address.id).hex(), "words": "buy milk"})
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    for page in ("/today/", "/so-far/", "/settings/"):
        assert "had been changed outside Reattune" in client.get(page).content.decode()
    # Whoever did it and then sits at the open journal can't hide it.
    for typed in ({}, {"current": "not the words of this one"}):
        assert client.post("/settings/list-read/", typed).status_code == 200
        assert "had been changed outside Reattune" in client.get("/today/").content.decode()
    answer = client.post("/settings/list-read/", {"current": PASSPHRASE})
    assert answer.headers["Location"] == "/today/"
    assert "had been changed outside Reattune" not in client.get("/today/").content.decode()
    kept = client.get("/settings/").content.decode()
    assert (
        "the list of entries had been changed outside Reattune. It was read, and put away with the passphrase." in kept
    )


def test_a_row_that_was_doubled_is_refused_and_named(opened: OpenJournal) -> None:
    opened.create(Relationship, name="Miriam", role="therapist")
    row = SealedRow.objects.get()
    before = len(reopened(opened).journal)
    SealedRow.objects.create(
        journal_id=row.journal_id, row_id=bytes(15) + b"\x07", revision=row.revision, created=row.created,
        updated=row.updated, sealed=bytes(row.sealed),
    )  # fmt: skip
    again = reopened(opened)
    assert len(again.journal) == before
    assert len(again.damages) == 1
    assert "added, outside Reattune" in again.damages[0]


def test_rows_do_not_move_between_journals(opened: OpenJournal) -> None:
    opened.create(Relationship, name="Miriam", role="therapist")
    other_id, other_key, _code = new_journal("words of another one")
    SealedRow.objects.update(journal_id=other_id)
    other = OpenJournal(other_id, other_key)
    assert len(other.journal) == 0
    assert other.damages == [PUT_BACK]


def test_what_was_discarded_is_not_missed(opened: OpenJournal) -> None:
    opened.keep_draft("/note/", {"what": ["half a sentence"]})
    opened.sent = {"what": ["half a sentence"]}
    opened.discard_draft("/note/")
    again = reopened(opened)
    assert again.damages == []
    assert not SealedRow.objects.exists()


def test_the_database_keeps_its_promises() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            answers = [
                cursor.execute(f"SHOW {name}").fetchone()[0]
                for name in ("synchronous_commit", "fsync", "transaction_isolation")
            ]
        assert answers == ["on", "on", "read committed"]
        return
    with connection.cursor() as cursor:
        answers = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "secure_delete")
        ]
    assert answers == ["wal", 2, 1]


def test_every_query_of_rows_names_its_journal(own: Callable[..., Client]) -> None:
    """A distributed database finds the shard by the journal; a query without it would ask them all."""
    client = own()
    with CaptureQueriesContext(connection) as said:
        given = {"who": "new", "name": "Jo", "role": "friend", "day": "2026-01-05", "what": "x", "stop": ""}
        moment = client.post("/note/", given).headers["Location"]
        client.post("/typing/", {"draft_of": f"{moment}size/", "reaction": "4"})
        client.post(f"{moment}size/", {"reaction": "4", "event": "2"})
        for address in ("/today/", "/so-far/", moment, "/settings/file/notes.sealed", "/settings/file/notes.json"):
            assert client.get(address).status_code == 200
    rows = [each["sql"] for each in said.captured_queries if "store_sealedrow" in each["sql"]]
    assert len(rows) > 10
    for sql in rows:
        where = sql if sql.startswith("INSERT") else sql.partition("WHERE")[2]
        assert "journal_id" in where, sql
