"""Web links are counted, and said to be taken back, as they lie on the server, whatever a journal says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reattune.web.hosted.environment import Hosting
from reattune.web.store.models import SealedJournal, SharedLink
from reattune.web.store.shared_links import links_of
from tests.web.journals import exported, opened, sure
from tests.web.page_walker import read
from tests.web.test_answers_and_links import link_fields, makes_link
from tests.web.test_sharing import moment

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


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
