"""Web links are counted, and said to be taken back, as they lie on the server, whatever a journal says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reattune.journal.documents import Removed, Share
from reattune.vault.backup_file import Backup
from reattune.web.hosted.environment import Hosting
from reattune.web.store.backups import copies, restore
from reattune.web.store.models import SealedJournal, SharedLink
from reattune.web.store.shared_links import links_of
from tests.web.journals import exported, opened, sure
from tests.web.page_walker import read
from tests.web.test_answers_and_links import link_fields, makes_link, reads
from tests.web.test_sharing import moment

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
ELSEWHERE = "A web link that isn’t kept here can’t be taken back from here."


@pytest.fixture
def host(own: Own, settings: Any) -> Client:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="x" * 40)
    return own()


def brings(client: Client, content: bytes) -> None:
    """A file, looked at and imported."""
    page = client.post("/settings/file/in/", {"file": SimpleUploadedFile("notes.json", content)}).content.decode()
    fields = next(each.fields for each in read("/", page).buttons() if dict(each.fields).get("held_file"))
    assert "Import complete" in client.post("/settings/file/in/", {**dict(fields), "bring": "1"}).content.decode()


def said_otherwise(client: Client, **fields: Any) -> bytes:
    """The journal as a file that says something else of everything shared, later."""
    whole = json.loads(exported(client).content)
    later = (opened(client).now + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    shares = [each for each in whole["documents"] if each["kind"] == "share"]
    for each in shares:
        each.update(fields, updated=later)
    return json.dumps({**whole, "documents": shares}).encode()


def refused_link(client: Client) -> str:
    address = f"/out/{moment(client).id}/"
    answer = client.post(address, link_fields(client, address))
    assert answer.status_code == 400
    sentence: str = answer.json()["sentence"]
    return sentence


# Counted


def test_a_file_that_names_other_links_makes_no_room_for_more(host: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.web.pages.give.share.MOST", 2)
    makes_link(host)
    makes_link(host)
    brings(host, said_otherwise(host, expires="2020-01-01T00:00:00Z", link="", link_secret=""))
    assert refused_link(host) == "You have 2 web links already. Take one back first."


def test_a_file_that_says_they_ended_makes_no_room_for_more(host: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.web.pages.give.share.MOST_BYTES_OF_ONE", 1_500)
    makes_link(host)
    brings(host, said_otherwise(host, expires="2020-01-01T00:00:00Z"))
    assert refused_link(host) == "You have 1 web links already. Take one back first."
    assert SharedLink.objects.count() == 1


def test_a_new_data_key_makes_no_room_for_more(host: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.web.pages.give.share.MOST", 1)
    _address, _share = makes_link(host)
    (before,) = SharedLink.objects.values_list("whose", flat=True)
    new = "five quiet words over there"
    given = {**sure(host), "passphrase": new, "again": new, "code": host.recovery_code}  # type: ignore[attr-defined]
    assert "Everything has been encrypted again." in host.post("/settings/passphrase/", given).content.decode()
    host.passphrase = new  # type: ignore[attr-defined]
    brings(host, said_otherwise(host, link="", link_secret=""))
    (after,) = SharedLink.objects.values_list("whose", flat=True)
    assert bytes(before) != bytes(after)
    assert links_of(opened(host)) == (1, 800)


def test_links_kept_before_there_were_marks_count_as_well(host: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.web.pages.give.share.MOST", 2)
    makes_link(host)
    SharedLink.objects.update(whose=None)
    makes_link(host)
    assert links_of(opened(host)) == (2, 1600)
    assert refused_link(host) == "You have 2 web links already. Take one back first."


def test_nobody_is_told_whose_a_link_is_nor_which_are_of_one_journal(host: Client, own: Own) -> None:
    other = own("another four quiet words")
    for each in (host, host, other):
        makes_link(each)
    assert [links_of(opened(each))[0] for each in (host, other)] == [2, 1]
    marks = [bytes(each) for each in SharedLink.objects.values_list("whose", flat=True)]
    assert len(set(marks)) == 3
    known = b"".join(bytes(each.id) + bytes(each.keyring) for each in SealedJournal.objects.all())
    assert not any(each[:8] in known for each in marks)


# Taken back


def page_of(client: Client, share: Share) -> str:
    return client.get(f"/out/given/{share.id}/").content.decode()


def test_a_link_made_elsewhere_is_never_said_to_be_taken_back(host: Client, own: Own, settings: Any) -> None:
    address, share = makes_link(host)
    assert ELSEWHERE not in page_of(host, share)
    whole = exported(host).content
    # One's own computer has a database of its own, and none of the host's links in it.
    (row,) = SharedLink.objects.all()
    SharedLink.objects.all().delete()
    settings.HOSTING = None
    mine = own("another four quiet words")
    brings(mine, whole)
    page = page_of(mine, share)
    assert ELSEWHERE in page
    assert "Take it back</button>" not in page
    assert "not opened" not in page, "that is not known here"
    assert "not opened" not in mine.get("/out/").content.decode()
    mine.post(f"/out/given/{share.id}/back/")
    assert opened(mine).journal.get(Share, share.id).taken_back is None
    assert "aken back on" not in page_of(mine, share)
    assert ELSEWHERE in mine.get(f"/away/{share.id}/").content.decode()
    assert ELSEWHERE in mine.get(f"/with/{share.relationship_id}/off/").content.decode()
    assert ELSEWHERE in mine.get("/settings/file/off/").content.decode()
    mine.post(f"/away/{share.id}/")
    (removed,) = [each for each in opened(mine).journal.all(Removed) if each.kind_of == "share"]
    mine.post(f"/settings/away/{removed.id}/back/")
    assert opened(mine).journal.get(Share, share.id).taken_back is None
    row.save(force_insert=True)
    settings.HOSTING = Hosting(hosts=("testserver",), secret="x" * 40)
    assert reads(address).status_code == 200


def test_what_a_file_says_was_taken_back_leads_nowhere(host: Client) -> None:
    address, share = makes_link(host)
    _address, other = makes_link(host)
    reads(address)
    whole = json.loads(said_otherwise(host, taken_back="2026-11-27T12:00:00Z"))
    whole["documents"] = [each for each in whole["documents"] if each["id"] == str(share.id)]
    brings(host, json.dumps(whole).encode())
    assert reads(address).status_code == 404
    assert SharedLink.objects.count() == 1
    page = page_of(host, share)
    assert "Taken back on" in page
    assert "first opened on" in page
    assert "Take it back</button>" in page_of(host, other)


def test_a_file_does_not_change_which_link_it_is_nor_what_takes_it_back(host: Client) -> None:
    address, share = makes_link(host)
    brings(host, said_otherwise(host, link="A" * 22, link_secret="A" * 32, title="Another heading"))
    here = opened(host).journal.get(Share, share.id)
    assert (here.title, here.link, here.link_secret) == ("Another heading", share.link, share.link_secret)
    host.post(f"/out/given/{share.id}/back/")
    assert reads(address).status_code == 404


def said_before(client: Client, share: Share, **fields: Any) -> None:
    """What a file could make a journal say of a link that is still there."""
    opened(client).change(share, **fields)
    assert SharedLink.objects.count() == 1


@pytest.mark.parametrize("fields", [{"taken_back": NOON}, {"expires": NOON}])
def test_what_still_leads_somewhere_is_said_and_can_be_taken_back(host: Client, fields: dict[str, Any]) -> None:
    address, share = makes_link(host)
    said_before(host, share, **fields)
    for page in (page_of(host, share), host.get("/out/").content.decode()):
        assert "aken back on" not in page
        assert "nded on" not in page
        assert "ntil" in page
        assert "not opened" in page
    assert "Take it back</button>" in page_of(host, share)
    host.post(f"/out/given/{share.id}/back/")
    assert reads(address).status_code == 404
    assert "Taken back on" in page_of(host, share)


@pytest.mark.parametrize("how", ["delete", "somebody", "journal"])
def test_what_is_deleted_or_erased_is_asked_of_the_server_and_not_of_the_journal(host: Client, how: str) -> None:
    address, share = makes_link(host)
    said_before(host, share, taken_back=NOON)
    addresses = {"delete": f"/away/{share.id}/", "somebody": f"/with/{share.relationship_id}/off/"}
    assert host.post(addresses.get(how, "/settings/file/off/"), {**sure(host), "sure": "on"}).status_code == 302
    assert SharedLink.objects.count() == 0
    assert reads(address).status_code == 404


def test_with_the_journal_go_links_that_nothing_in_it_names_any_more(host: Client) -> None:
    address, share = makes_link(host)
    opened(host).discard(share)
    host.post("/settings/file/off/", {**sure(host), "sure": "on"})
    assert reads(address).status_code == 404


def test_what_a_restored_backup_says_was_taken_back_leads_nowhere(host: Client) -> None:
    address, share = makes_link(host)
    said_before(host, share, taken_back=NOON)
    backup = Backup(tuple(copies()), ())
    opened(host).discard(share)
    done = restore(backup, lambda: iter([sure(host)["current"]]))
    assert (done.merged, done.problems) == (1, [])
    assert reads(address).status_code == 404
