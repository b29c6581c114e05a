"""What was deleted comes back whole, or waits where it was: no press of Restore takes the last copy of words away."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from reattune.journal import JournalError
from reattune.journal.codec import encode
from reattune.journal.documents import Address, Echo, Moment, Relationship, Removed
from reattune.journal.merge import merge
from reattune.vault.letters import AddressKey
from reattune.web.store.letterbox import address_key, address_keys
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import bring, journal_file, lies_in, plain, preview
from tests.web.journals import exported, opened
from tests.web.test_deletion import note

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def change(client: Client, moment: UUID, what: str) -> None:
    known = opened(client).journal.get(Moment, moment)
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(f"/note/{moment}/change/").content.decode())
    assert seen
    given = {"seen": unescape(seen[1]), "who": str(known.relationship_id), "day": "2026-01-05", "what": what}
    assert client.post(f"/note/{moment}/change/", given).status_code == 302


def restore(client: Client, removed: Removed) -> str:
    answer = client.post(f"/settings/away/{removed.id}/back/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_deleted_words_come_back_though_an_older_form_came_from_a_backup_meanwhile(own: Own) -> None:
    client = own()
    moment = note(client, "First words.")
    backup = client.get("/settings/file/notes.sealed").content
    change(client, moment, "Second words that took an hour.")
    client.post(f"/away/{moment}/")
    bring(client, backup, "notes.sealed")
    change(client, moment, "First words, and a line.")
    [gone] = [each for each in opened(client).journal.all(Removed) if not each.replaced]
    assert "Second words" in restore(client, gone)
    assert opened(client).journal.get(Moment, moment).what == "Second words that took an hour."
    assert lies_in(client, "First words, and a line.") == ["removed"]


def test_what_a_computer_whose_clock_was_ahead_replaced_comes_back(own: Own) -> None:
    client = own()
    moment = note(client, "Words of this computer.")
    raw = json.loads(exported(client).content)
    ahead = (datetime.now(UTC) + timedelta(days=200)).isoformat()
    for each in raw["documents"]:
        if each["kind"] == "moment":
            each |= {"what": "Words of the other computer.", "updated": ahead}
    bring(client, json.dumps(raw).encode(), "notes.json")
    [gone] = opened(client).journal.all(Removed)
    restore(client, gone)
    assert opened(client).journal.get(Moment, moment).what == "Words of this computer."
    assert lies_in(client, "Words of the other computer.") == ["removed"]


LAST = "2200-12-31T23:59:59.999999Z"


def brought_at_the_end_of_time(client: Client, kind: str, **changes: str) -> None:
    raw = json.loads(exported(client).content)
    for each in raw["documents"]:
        if each["kind"] == kind:
            each |= {**changes, "updated": LAST}
    bring(client, json.dumps(raw).encode(), "notes.json")


def test_what_a_file_of_the_last_moment_replaced_comes_back(own: Own) -> None:
    client = own()
    moment = note(client, "Words of mine that took an hour.")
    brought_at_the_end_of_time(client, "moment", what="Other words.")
    [gone] = opened(client).journal.all(Removed)
    assert gone.replaced
    assert "took an hour" in restore(client, gone)
    assert opened(client).journal.get(Moment, moment).what == "Words of mine that took an hour."
    assert opened(client).damages == []


def test_the_same_file_again_changes_nothing(own: Own) -> None:
    client = own()
    note(client, "Words of mine that took an hour.")
    raw = json.loads(exported(client).content)
    for each in raw["documents"]:
        each |= {"updated": LAST} | ({"what": "Other words."} if each["kind"] == "moment" else {})
    bring(client, json.dumps(raw).encode(), "notes.json")
    page = preview(client, json.dumps(raw).encode(), "notes.json")
    assert "There’s nothing to import" in page
    assert len(opened(client).journal.all(Removed)) == 1


def test_what_lies_here_from_the_last_moment_can_be_changed_and_loses_nothing(own: Own) -> None:
    client = own()
    moment = note(client, "Words of mine that took an hour.")
    journal = opened(client)
    [first] = journal.journal.all(Moment)
    journal.record(first.model_copy(update={"what": "Other words.", "updated": datetime.fromisoformat(LAST)}))
    older = {"documents": (encode(first).decode(),), "kind_of": "moment", "title": "", "replaced": True}
    gone = journal.create(Removed, at=journal.now, **older)
    assert client.post(f"/settings/away/{gone.id}/back/").status_code == 409
    assert lies_in(client, "took an hour") == ["removed"]
    change(client, moment, "Third words.")
    assert opened(client).journal.get(Moment, moment).what == "Third words."
    assert opened(client).damages == []


def test_what_could_not_be_read_again_is_not_written(own: Own) -> None:
    client = own()
    moment = note(client, "Words of mine that took an hour.")
    journal = opened(client)
    unreadable = {"updated": datetime(2201, 1, 1, tzinfo=UTC)}
    with pytest.raises(JournalError):
        journal.record(journal.journal.get(Moment, moment).model_copy(update=unreadable))
    assert opened(client).journal.get(Moment, moment).what == "Words of mine that took an hour."


def test_what_cannot_come_back_yet_waits_and_is_named(own: Own) -> None:
    client = own()
    note(client, "With one.", "Mum")
    note(client, "With the other.", "Dad")
    journal = opened(client)
    who = {each.name: each.id for each in journal.journal.all(Relationship)}
    of = {each.relationship_id: each.id for each in journal.journal.all(Moment)}
    link = {"moment_id": of[who["Mum"]], "earlier_id": of[who["Dad"]]}
    journal.create(Echo, answer="yes", words="Both went silent.", **link)
    for name in ("Mum", "Dad"):
        client.post(f"/away/{who[name]}/")
    gone = {each.title: each for each in opened(client).journal.all(Removed)}
    page = restore(client, gone["Mum"])
    assert "couldn’t be restored" in page
    [left] = [each for each in opened(client).journal.all(Removed) if each.id == gone["Mum"].id]
    assert left.title == "Both went silent."
    assert "couldn’t be restored" not in restore(client, gone["Dad"])
    restore(client, left)
    after = opened(client).journal
    assert [each.words for each in after.all(Echo)] == ["Both went silent."]
    assert after.all(Removed) == []


def test_what_is_here_just_so_is_back(own: Own) -> None:
    client = own()
    moment = note(client, "Some words.")
    backup = client.get("/settings/file/notes.sealed").content
    client.post(f"/away/{moment}/")
    bring(client, backup, "notes.sealed")
    [gone] = opened(client).journal.all(Removed)
    assert "Some words." in restore(client, gone)
    assert opened(client).journal.all(Removed) == []


@pytest.mark.parametrize("kind", ["address", "preferences", "removed"])
def test_nothing_comes_back_that_nobody_deletes(own: Own, kind: str) -> None:
    client = own()
    inside = {
        "address": {"private": "AAAA"},
        "preferences": {},
        "removed": {"at": "2026-01-05T12:00:00Z"},
    }[kind]
    journal = opened(client)
    words = json.dumps(plain(kind, **inside))
    for replaced in (False, True):
        removed = journal.create(Removed, at=journal.now, kind_of="moment", documents=[words], replaced=replaced)
        was = {each.id for each in opened(client).journal}
        assert client.post(f"/settings/away/{removed.id}/back/").status_code == 409
        assert {each.id for each in opened(client).journal} == was


def test_a_file_that_can_be_read_brings_nothing_that_such_a_file_never_holds(own: Own) -> None:
    client = own()
    inside = json.dumps(plain("address", private="AAAA"))
    someone = plain("relationship", name="Ada", role="friend")
    bring(client, journal_file(someone, plain("removed", at="2026-01-05T12:00:00Z", documents=[inside])), "n.json")
    assert opened(client).journal.all(Removed) == []


@pytest.mark.parametrize("form", ["https://elsewhere.example/unlock/", "//elsewhere.example/", "/\\elsewhere.example/"])
def test_a_draft_leads_nowhere_else(own: Own, form: str) -> None:
    client = own()
    words = json.dumps(plain("draft", form=form, fields={"what": ["some words"]}))
    journal = opened(client)
    removed = journal.create(Removed, at=journal.now, kind_of="draft", documents=[words])
    answer = client.post(f"/settings/away/{removed.id}/back/")
    assert "elsewhere" not in answer.headers.get("Location", "")
    assert answer.status_code == 409


def test_the_key_of_another_copy_opens_letters_and_is_no_address(own: Own) -> None:
    client = own()
    client.post("/lock/")
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    journal = opened(client)
    mine = address_key(journal)
    other = AddressKey.new()
    made = journal.make(Address, private=base64.b64encode(other.private).decode())
    older = made.model_copy(update={"created": made.created - timedelta(days=9)})
    for _ in range(2):
        journal.take_in(merge(journal.journal, [older]).changes)
        assert address_key(journal) == mine
        assert set(address_keys(journal)) == {mine and mine.address, other.address}
        older = older.model_copy(update={"updated": older.updated + timedelta(days=1)})
    mine_there = next(each for each in journal.journal.all(Address) if not each.beside)
    newer = mine_there.model_copy(update={"beside": True, "updated": mine_there.updated + timedelta(days=1)})
    journal.take_in(merge(journal.journal, [newer]).changes)
    assert address_key(journal) == mine


@pytest.mark.parametrize("kind", ["sealed", "json"])
def test_what_another_computer_wrote_a_little_earlier_is_not_lost(own: Own, kind: str) -> None:
    """A note changed on both: the newer form stays, and the other one's words wait beside what was deleted."""
    client = own()
    moment = note(client, "First words.")
    change(client, moment, "First words. And an hour of words written on the laptop.")
    other = client.get("/settings/file/notes.sealed").content if kind == "sealed" else exported(client).content
    journal = opened(client)
    journal.change(journal.journal.get(Moment, moment), what="First words, and others written on the phone.")
    for each in opened(client).journal.all(Removed):
        opened(client).discard(each)
    assert "Older than yours, with different words or answers" in preview(client, other, f"notes.{kind}")
    bring(client, other, f"notes.{kind}")
    assert opened(client).journal.get(Moment, moment).what == "First words, and others written on the phone."
    (kept,) = (each for each in opened(client).journal.all(Removed) if "an hour of words" in each.documents[0])
    assert "There’s nothing to import" in preview(client, other, f"notes.{kind}"), "a second time changes nothing"
    client.post(f"/settings/away/{kept.id}/back/")
    assert "an hour of words" in opened(client).journal.get(Moment, moment).what


def test_a_client_whose_earlier_name_is_anothers_by_now_comes_back_under_it_with_a_number(own: Own) -> None:
    client = own(journal_kind="therapist")
    client.post("/those/one/", {"name": "17"})
    [one] = opened(client).journal.clients
    client.post(f"/those/{one.id}/name/", {"name": "17 old"})
    client.post("/those/one/", {"name": "17"})
    [removed] = [each for each in opened(client).journal.all(Removed) if each.kind_of == "relationship"]
    assert client.post(f"/settings/away/{removed.id}/back/").status_code == 302
    assert sorted(each.name for each in opened(client).journal.clients) == ["17", "17 2"]
    assert opened(client).journal.get(Relationship, one.id).name == "17 2"
