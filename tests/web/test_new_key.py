"""A new passphrase and what was known before: an old copy, an old passphrase, an old code, another window."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from unittest import mock
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from reattune.journal.codec import encode
from reattune.journal.documents import Address, CameIn, Moment, Preferences, Relationship, Removed
from reattune.journal.documents.letters import letter_from_plain, letter_to
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus
from reattune.vault import Keyring, Seal, WrongSecret
from reattune.vault.backup_file import JournalCopy, from_file, to_file
from reattune.vault.letters import AddressKey, LetterNotOpened, open_letter, seal_letter
from reattune.web.hosted.environment import Hosting
from reattune.web.store.backups import copies, restore
from reattune.web.store.letterbox import deliver
from reattune.web.store.models import JournalAddress, SealedJournal, SealedRow, WaitingLetter
from reattune.web.store.new_key import seal_under
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.unlocking import keyring_of
from tests.journal.every_kind import every_kind
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, session_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
NEW = "words nobody ever learned"


@pytest.fixture
def client(own: Own) -> Client:
    made = own()
    journal = opened(made)
    for each in every_kind("words from before"):
        if isinstance(each, Relationship) and each.role is RelationshipKind.THERAPIST:
            each = each.model_copy(update={"status": RelationshipStatus.PAST})
        if each.kind != "preferences":
            journal.record(each)
    return made


def copy_now() -> JournalCopy:
    (found,) = from_file(b"".join(to_file(copies()))).journals
    return found


def change(client: Client, **more: str) -> str:
    given = {"current": PASSPHRASE, "passphrase": NEW, "again": NEW, **more}
    return client.post("/settings/passphrase/", given).content.decode()


def recover(client: Client) -> Client:
    other = Client()
    given = {"code": client.recovery_code, "passphrase": NEW, "again": NEW}  # type: ignore[attr-defined]
    assert other.post("/unlock/recovery/", given).headers["Location"] == "/today/"
    return other


def changed(client: Client, way: str) -> Client:
    if way == "recovery":
        return recover(client)
    assert "Everything has been encrypted again." in change(client, code=client.recovery_code)  # type: ignore[attr-defined]
    return client


@pytest.mark.parametrize("way", ["recovery", "change"])
def test_an_old_copy_opens_nothing_that_is_here_now(client: Client, way: str) -> None:
    old = copy_now()
    before = {encode(each) for each in opened(client).journal if not isinstance(each, (Address, Preferences, Removed))}
    now = changed(client, way)
    journal = opened(now)
    assert not journal.damages
    assert len(before) > 20
    assert before <= {encode(each) for each in journal.journal}
    friend = journal.journal.all(Relationship)[0]
    journal.create(Moment, relationship_id=friend.id, at=journal.now, what="written after")
    for key in old_keys(old, client):
        seal = Seal(key, old.journal_id)
        for row_id, revision, sealed in SealedRow.objects.values_list("row_id", "revision", "sealed"):
            with pytest.raises(Exception, match="changed outside"):
                seal.open(bytes(row_id), revision, bytes(sealed))
        assert keyring_of(old.journal_id).older_keys(key) == []
    # The passphrase of today opens it, and so does the code.
    ring = keyring_of(old.journal_id)
    assert ring.open_with_passphrase(NEW) == ring.open_with_recovery(client.recovery_code)  # type: ignore[attr-defined]
    with pytest.raises(WrongSecret):
        ring.open_with_passphrase(PASSPHRASE)


@pytest.mark.parametrize("way", ["recovery", "change"])
def test_an_old_copy_opens_no_note_that_is_written_now(client: Client, way: str) -> None:
    old, beside = copy_now(), Client()
    beside.post("/unlock/", {"passphrase": PASSPHRASE})
    beside.post("/lock/")
    assert offered_on(beside)
    (former,) = JournalAddress.objects.values_list("id", "public_key")
    now = changed(client, way)
    now.post("/lock/")
    assert offered_on(now) not in ("", bytes(former[0]).hex())
    assert offered_on(Client()) == offered_on(now)
    now.post("/down/", {"address": offered_on(now), "words": "I leave on Friday"})
    letter = bytes(WaitingLetter.objects.get().sealed)
    known = private_halves(old)
    assert len(known) == 1
    for pair in known:
        with pytest.raises(LetterNotOpened):
            open_letter(pair.private, letter)
    # A browser that knows the former address alone offers none until the journal was unlocked there; what somebody
    # still seals to it, an answer to a page made before, comes in.
    assert offered_on(beside) == ""
    said = {"letter": 1, "kind": "note", "words": "to the former one", "id": str(uuid4()), "at": timezone.now()}
    sent = seal_letter(bytes(former[1]), letter_to(letter_from_plain({**said, "zone": "UTC"})))
    assert deliver(bytes(former[0]), sent) is None
    beside.post("/unlock/", {"passphrase": NEW})
    came = [getattr(each.content, "words", "") for each in opened(beside).journal.all(CameIn)]
    assert {"I leave on Friday", "to the former one"} <= set(came)
    beside.post("/lock/")
    assert offered_on(beside) == offered_on(now)


def test_the_page_that_made_a_new_key_tells_an_installed_app_the_new_address(client: Client, settings: object) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    told = re.search(r'name="notes-to"[^>]* data-to="([^"]+)"', change(client, code=client.recovery_code))  # type: ignore[attr-defined]
    assert told
    assert bytes.fromhex(told[1]) == bytes(JournalAddress.objects.get(notes=True).id)
    assert client.cookies["reattune_to"].value == told[1]


def test_who_wants_no_notes_while_locked_is_offered_none_after_a_new_key_either(client: Client) -> None:
    journal = opened(client)
    assert journal.journal.preferences
    journal.change(journal.journal.preferences, no_locked_notes=True)
    now = recover(client)
    now.post("/lock/")
    assert offered_on(now) == offered_on(Client()) == ""


def offered_on(client: Client) -> str:
    """The address that the locked page offers a note to."""
    found = re.search(r'name="address" value="([^"]+)"', client.get("/unlock/").content.decode())
    return found[1] if found else ""


def private_halves(old: JournalCopy) -> list[AddressKey]:
    """What an old copy with the old passphrase knows of the journal's addresses."""
    key = Keyring.from_bytes(old.keyring).open_with_passphrase(PASSPHRASE)
    found = []
    for each in old.rows:
        plain = json.loads(Seal(key, old.journal_id).open(each.row_id, each.revision, each.sealed))
        if plain["kind"] == "address":
            with suppress(ValueError):  # the fixture's is no key
                found.append(AddressKey.from_private(base64.b64decode(plain["private"], validate=True)))
    return found


def old_keys(old: JournalCopy, client: Client) -> list[bytes]:
    ring = Keyring.from_bytes(old.keyring)
    return [ring.open_with_passphrase(PASSPHRASE), ring.open_with_recovery(client.recovery_code)]  # type: ignore[attr-defined]


def test_a_backup_from_before_is_merged_with_the_passphrase_of_today_alone(client: Client) -> None:
    old = from_file(b"".join(to_file(copies())))
    journal = opened(recover(client))
    for each in journal.journal.all(Moment)[:1]:
        journal.discard(each)
    assert restore(old, lambda: iter([PASSPHRASE])).locked == 1
    done = restore(old, lambda: iter([NEW]))
    assert (done.locked, done.problems) == (0, [])
    assert done.merged >= 1


def test_a_backup_from_before_comes_in_through_settings_too(client: Client) -> None:
    file = client.get("/settings/file/notes.sealed").content
    now = recover(client)
    journal = opened(now)
    gone = journal.journal.all(Moment)[0]
    journal.discard(gone)
    page = now.post("/settings/file/in/", {"file": SimpleUploadedFile("a.sealed", file)})
    assert page.status_code == 200
    assert 'name="bring"' in page.content.decode()


def test_a_backup_with_a_newer_key_says_so_and_opens_with_its_own_passphrase(client: Client) -> None:
    """On a computer that has the journal as it was before: no "everything is already here"."""
    old = from_file(b"".join(to_file(copies())))
    now = recover(client)
    journal = opened(now)
    friend = journal.journal.all(Relationship)[0]
    journal.create(Moment, relationship_id=friend.id, at=journal.now, what="written under the new key")
    file = b"".join(to_file(copies()))
    SealedJournal.objects.all().delete()
    restore(old, lambda: iter(()))
    here = Client()
    here.post("/unlock/", {"passphrase": PASSPHRASE})
    page = here.post("/settings/file/in/", {"file": SimpleUploadedFile("a.sealed", file)}).content.decode()
    assert "None of the entries in this backup open here." in page
    assert "already here" not in page
    before = len(opened(here).journal)
    done = restore(from_file(file), lambda: iter([PASSPHRASE] * 3), lambda: iter(["not this one here"]))
    assert (done.merged, done.locked, len(done.problems)) == (0, 1, 1)
    assert "got a new key" in done.problems[0]
    done = restore(from_file(file), lambda: iter([PASSPHRASE]), lambda: iter([NEW]))
    assert (done.locked, done.problems) == (0, [])
    assert len(opened(here).journal) > before


def test_what_was_left_out_is_not_already_here(client: Client) -> None:
    copy = from_file(client.get("/settings/file/notes.sealed").content).journals[0]
    bad = copy.rows.pop()
    copy.rows.append(replace(bad, sealed=bytes([bad.sealed[0]]) + bytes(len(bad.sealed) - 1)))
    file = SimpleUploadedFile("a.sealed", b"".join(to_file([copy])))
    page = client.post("/settings/file/in/", {"file": file}).content.decode()
    assert "“Left out” above says what isn’t here" in page
    assert "everything in this file is already here" not in page


def test_with_the_passphrase_from_before_nothing_is_merged(client: Client) -> None:
    """Also where the data key stays: who knew it once changes nothing."""
    old = from_file(b"".join(to_file(copies())))
    assert "an older copy of this journal and the old passphrase" in change(client)
    assert restore(old, lambda: iter([PASSPHRASE])).locked == 1
    assert restore(old, lambda: iter([NEW])).locked == 0


def test_another_code_changes_nothing(client: Client) -> None:
    before = SealedJournal.objects.get().keyring
    _ring, _key, another = Keyring.create(bytes(16), PASSPHRASE)
    assert "isn’t the recovery code of this journal" in change(client, code=another)
    assert "this one has 3" in change(client, code="ABC")
    assert SealedJournal.objects.get().keyring == before


def test_another_window_with_the_key_from_before_writes_nothing(client: Client) -> None:
    window = opened(client)
    now = recover(client)
    friend = window.journal.all(Relationship)[0]
    with pytest.raises(Conflict):
        window.create(Moment, relationship_id=friend.id, at=window.now, what="too late")
    journal = opened(now)
    assert not journal.damages
    assert "too late" not in {each.what for each in journal.journal.all(Moment)}


def test_a_failure_half_way_changes_nothing(client: Client) -> None:
    journal_id, data_key = session_of(client)
    before = {encode(each) for each in OpenJournal(journal_id, data_key).journal}
    keyring, new = keyring_of(journal_id).with_new_key(data_key, NEW, client.recovery_code)  # type: ignore[attr-defined]
    with (
        mock.patch("reattune.web.store.new_key.Head.write", side_effect=OSError),
        pytest.raises(OSError),  # noqa: PT011
    ):
        seal_under(keyring, new, data_key)
    again = OpenJournal(journal_id, data_key)
    assert not again.damages
    assert {encode(each) for each in again.journal} == before
    assert keyring_of(journal_id).open_with_passphrase(PASSPHRASE) == data_key


def test_what_is_damaged_stays_named(client: Client) -> None:
    row = SealedRow.objects.all()[3]
    bad = bytes(row.sealed[:40]) + bytes([row.sealed[40] ^ 1]) + bytes(row.sealed[41:])
    SealedRow.objects.filter(row_id=row.row_id).update(sealed=bad)
    SealedRow.objects.filter(row_id=SealedRow.objects.all()[5].row_id).delete()
    assert len(opened(recover(client)).damages) == 2
