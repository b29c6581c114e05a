"""Answers to what was shared, as a file or behind a web link; and links that end, and are taken back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import Answer, CameIn, LooseNote, Moment, Relationship, Share, TalkPlan
from reattune.vault.letters import AddressKey, seal_letter
from reattune.web.hosted.environment import Hosting
from reattune.web.store import idle_clock, shared_links
from reattune.web.store.letterbox import address_key
from reattune.web.store.models import SharedLink
from reattune.web.store.shared_links import MOST, note_opened
from tests.web.journals import opened, sure
from tests.web.test_sharing import content_of, made_page, moment, sent

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db

CANARY = "canary 19 of an answer"


@pytest.fixture
def me(own: Own) -> Client:
    return own()


@pytest.fixture
def hosted(settings: Any) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="x" * 40)


def answer_to(share_id: object, words: str = CANARY, **other: object) -> dict[str, object]:
    said = {"letter": 1, "id": str(uuid4()), "at": datetime.now(UTC).isoformat(), "zone": "UTC", "kind": "answer"}
    return {**said, "share_id": str(share_id), "words": words, "name": "Jo", **other}


def as_file(public: bytes, content: object, **other: object) -> bytes:
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    letter = base64.b64encode(seal_letter(public, plain)).decode()
    whole = {"format": "reattune-answer", "version": 1, "to": "00" * 10, "letter": letter, **other}
    return json.dumps(whole).encode()


def brings(client: Client, content: bytes, name: str = "answer.json") -> HttpResponse:
    return client.post("/settings/file/in/", {"file": SimpleUploadedFile(name, content)})  # type: ignore[return-value]


def public_of(client: Client) -> bytes:
    pair = address_key(opened(client))
    assert pair
    return pair.public


def shared_page(client: Client) -> tuple[Share, dict[str, Any]]:
    """Something that was shared as a page, and what its reader's browser has."""
    code, file = made_page(client, f"/out/{moment(client).id}/")
    (share,) = opened(client).journal.all(Share)
    return share, content_of(code, file)


def takes_in(client: Client) -> HttpResponse:
    (waiting,) = opened(client).journal.all(CameIn)
    return client.post(f"/arrived/{waiting.id}/take/")  # type: ignore[return-value]


# Answers


def test_an_answer_file_waits_and_stands_with_what_was_shared_once_it_is_taken_in(me: Client) -> None:
    share, content = shared_page(me)
    pair = address_key(opened(me))
    assert pair
    assert content["answer"] == {
        "share": str(share.id), "key": base64.b64encode(pair.public).decode(), "address": pair.address.hex(),
    }  # fmt: skip
    answer = brings(me, as_file(base64.b64decode(content["answer"]["key"]), answer_to(share.id)))
    assert answer.headers["Location"] == "/arrived/"
    assert opened(me).journal.all(Answer) == []
    assert CANARY in me.get("/arrived/").content.decode()
    assert CANARY not in me.get(f"/out/given/{share.id}/").content.decode()
    assert takes_in(me).headers["Location"] == f"/out/given/{share.id}/#answers"
    page = me.get(f"/out/given/{share.id}/").content.decode()
    assert CANARY in page
    assert "signed “Jo”" in page
    assert "Nothing proves who wrote it." in page
    assert "How did they respond?" in page
    assert "One answer" in me.get("/out/").content.decode()
    assert CANARY in me.get("/so-far/").content.decode()


def test_it_is_asked_how_it_was_met_until_it_is_said(me: Client) -> None:
    share, content = shared_page(me)
    brings(me, as_file(base64.b64decode(content["answer"]["key"]), answer_to(share.id)))
    takes_in(me)
    (answer,) = opened(me).journal.all(Answer)
    assert answer.asked is None
    assert me.post(f"/out/answer/{answer.id}/", {"met": ["nonsense"]}).status_code == 302
    assert opened(me).journal.get(Answer, answer.id).asked is None
    me.post(f"/out/answer/{answer.id}/", {"met": ["listened", "apologised"]})
    assert opened(me).journal.get(Answer, answer.id).met == ("listened", "apologised")
    page = me.get(f"/out/given/{share.id}/").content.decode()
    assert "They apologised</span>" in page
    assert "I’d rather not say" not in page


def test_an_answer_stands_in_its_story(me: Client) -> None:
    known = moment(me)
    me.post(f"/note/{known.id}/say/")
    (plan,) = opened(me).journal.all(TalkPlan)
    made_page(me, f"/out/{plan.id}/")
    (share,) = opened(me).journal.all(Share)
    assert share.rupture_id == plan.rupture_id
    brings(me, as_file(public_of(me), answer_to(share.id)))
    takes_in(me)
    page = me.get(f"/thread/{plan.rupture_id}/").content.decode()
    assert "They answered" in page
    assert CANARY in page
    assert "Nothing proves who wrote it." in page


def test_an_answer_to_what_is_not_here_any_more_is_a_note(me: Client) -> None:
    brings(me, as_file(public_of(me), answer_to(uuid4())))
    takes_in(me)
    (note,) = opened(me).journal.all(LooseNote)
    assert note.words == CANARY
    assert opened(me).journal.all(Answer) == []


def test_the_same_answer_twice_is_said_to_be_here(me: Client) -> None:
    share, _content = shared_page(me)
    file = as_file(public_of(me), answer_to(share.id))
    brings(me, file)
    takes_in(me)
    again = brings(me, file)
    assert "This answer came in before." in again.content.decode()
    assert len(opened(me).journal.all(Answer)) == 1
    assert opened(me).journal.all(CameIn) == []


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda mine: as_file(AddressKey.new().public, answer_to(uuid4())), "written for another journal"),
        (lambda mine: as_file(mine, b"{not json"), "inside this answer can’t be read"),
        (lambda mine: as_file(mine, {"letter": 1, "kind": "answer"}), "inside this answer can’t be read"),
        (lambda mine: as_file(mine, answer_to(uuid4(), "")), "inside this answer can’t be read"),
        (lambda mine: as_file(mine, answer_to(uuid4()), version=2), "made by a newer Reattune"),
        (lambda mine: as_file(mine, answer_to(uuid4()), version="1"), "doesn’t say which version"),
        (lambda mine: as_file(mine, answer_to(uuid4()), to="zz"), "part of the answer is missing"),
        (lambda mine: as_file(mine, answer_to(uuid4()), letter="AAAA"), "is damaged"),
        (lambda mine: as_file(mine, answer_to(uuid4()), letter=None), "part of the answer is missing"),
        (lambda mine: as_file(mine, answer_to(uuid4()))[:-40], "is damaged"),
        (lambda mine: as_file(mine, answer_to(uuid4()), more="x" * 100_000), "too large for an answer"),
    ],
)
def test_each_refused_file_gets_its_sentence(me: Client, file: Callable[[bytes], bytes], sentence: str) -> None:
    answer = brings(me, file(public_of(me)))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert opened(me).journal.all(CameIn) == []


def test_deleting_what_was_shared_takes_its_answers_along_and_brings_them_back(me: Client) -> None:
    share, _content = shared_page(me)
    brings(me, as_file(public_of(me), answer_to(share.id)))
    takes_in(me)
    assert "an answer" in me.get(f"/away/{share.id}/").content.decode()
    me.post(f"/away/{share.id}/")
    assert opened(me).journal.all(Answer) == []


def test_erasing_somebody_takes_answers_about_them_along(me: Client) -> None:
    jonas = opened(me).create(Relationship, name="Jonas", role="partner")
    made_page(me, f"/out/{moment(me, relationship_id=jonas.id).id}/")
    (share,) = opened(me).journal.all(Share)
    assert share.relationship_id != jonas.id
    brings(me, as_file(public_of(me), answer_to(share.id)))
    takes_in(me)
    me.post(f"/with/{jonas.id}/off/", {"current": "four quiet words here", "sure": "on"})
    journal = opened(me)
    assert (journal.damages, journal.journal.all(Share), journal.journal.all(Answer)) == ([], [], [])


# Web links


def link_fields(client: Client, address: str) -> dict[str, Any]:
    page = client.get(address).content.decode()
    share_id = page.partition('name="share" value="')[2].partition('"')[0]
    sealed = base64.b64encode(b"sealed by a browser " * 40).decode()
    return {**sent(client, address), "way": "link", "share": share_id, "days": "30", "sealed": sealed, **sure(client)}


def makes_link(client: Client, **other: str) -> tuple[str, Share]:
    address = f"/out/{moment(client).id}/"
    told = client.post(address, {**link_fields(client, address), **other})
    assert told.status_code == 200, told.content
    answer = told.json()
    share_id = answer["record"].rstrip("/").rpartition("/")[2]
    return answer["address"], next(each for each in opened(client).journal.all(Share) if str(each.id) == share_id)


def reads(address: str) -> HttpResponse:
    return Client().post(f"{address}in/", secure=True)  # type: ignore[return-value]


@pytest.fixture
def host(hosted: None, own: Own) -> Client:
    return own()


def test_a_link_is_read_until_it_is_taken_back(host: Client) -> None:
    address, share = makes_link(host)
    assert base64.b64decode(reads(address).json()["sealed"]).startswith(b"sealed by a browser ")
    (row,) = SharedLink.objects.all()
    assert row.opened == timezone.now().date()
    page = host.get(f"/out/given/{share.id}/").content.decode()
    assert "first opened on" in page
    assert "Take it back" in page
    host.post(f"/out/given/{share.id}/back/")
    assert SharedLink.objects.count() == 0
    assert reads(address).status_code == 404
    page = host.get(f"/out/given/{share.id}/").content.decode()
    assert "Taken back on" in page
    assert "first opened on" in page
    assert "Take it back" not in page


def test_unknown_ended_and_taken_back_get_the_same_answer(host: Client) -> None:
    ended, _share = makes_link(host)
    SharedLink.objects.update(expires=timezone.now().date() - timedelta(days=1))
    back, share = makes_link(host)
    host.post(f"/out/given/{share.id}/back/")
    unknown = "/s/" + "A" * 22 + "/"
    pages, answers = set(), set()
    for address in (ended, back, unknown):
        token = address.strip("/").rpartition("/")[2]
        page, answer = Client().get(address), reads(address)
        page_headers = {name: value for name, value in page.headers.items() if name != "Content-Length"}
        csrf = page.content.decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        pages.add((page.status_code, page.content.decode().replace(token, "").replace(csrf, ""), str(page_headers)))
        answers.add((answer.status_code, answer.content, str(answer.headers)))
    assert len(answers) == 1
    assert len(pages) == 1
    idle_clock.look()
    assert SharedLink.objects.count() == 0, "what has ended is gone"


@pytest.mark.parametrize("days", ["1", "90"])
def test_a_link_lasts_so_many_days(host: Client, days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address, share = makes_link(host, days=days)
    assert share.expires
    later = timezone.now() + timedelta(days=int(days))
    monkeypatch.setattr(shared_links.timezone, "now", lambda: later)
    assert reads(address).status_code == 200
    monkeypatch.setattr(shared_links.timezone, "now", lambda: later + timedelta(days=1))
    assert reads(address).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("days", "0", "from 1 to 90 days"), ("days", "91", "from 1 to 90 days"), ("days", "x", "from 1 to 90 days"),
        ("sealed", "", "got lost"), ("sealed", "%%", "from 1 to 90 days"), ("share", "", "from 1 to 90 days"),
        ("sealed", base64.b64encode(b"x" * 800_000).decode(), "too much for one page"),
    ],
)  # fmt: skip
def test_what_cannot_become_a_link_says_why(host: Client, field: str, value: str, sentence: str) -> None:
    address = f"/out/{moment(host).id}/"
    answer = host.post(address, {**link_fields(host, address), field: value})
    assert answer.status_code == 400
    assert sentence in answer.json()["sentence"]
    assert SharedLink.objects.count() == 0
    assert opened(host).journal.all(Share) == []


def test_a_used_up_number_of_links_is_said(host: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.web.pages.give.share.MOST", 1)
    _address, share = makes_link(host)
    address = f"/out/{moment(host).id}/"
    answer = host.post(address, link_fields(host, address))
    assert "You have 1 web links already." in answer.json()["sentence"]
    host.post(f"/out/given/{share.id}/back/")
    makes_link(host)
    monkeypatch.setattr(shared_links, "MOST_TOGETHER", 1)
    monkeypatch.setattr("reattune.web.pages.give.share.MOST", MOST)
    answer = host.post(address, link_fields(host, address))
    assert answer.status_code == 507
    assert "too many web links here at the moment" in answer.json()["sentence"]


def test_the_links_of_one_journal_take_only_so_much(host: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _address, share = makes_link(host)
    monkeypatch.setattr("reattune.web.pages.give.share.MOST_BYTES_OF_ONE", 1_500)
    address = f"/out/{moment(host).id}/"
    answer = host.post(address, link_fields(host, address))
    assert answer.status_code == 400
    assert "You have 1 web links already." in answer.json()["sentence"]
    assert SharedLink.objects.count() == 1
    host.post(f"/out/given/{share.id}/back/")
    makes_link(host)


def test_only_who_shared_it_takes_it_back(host: Client) -> None:
    address, share = makes_link(host)
    forged = share.model_copy(update={"link_secret": "A" * 32})
    shared_links.take_back([forged])
    assert reads(address).status_code == 200


@pytest.mark.parametrize("how", ["delete", "somebody", "journal"])
def test_what_is_deleted_or_erased_leads_nowhere(host: Client, how: str) -> None:
    address, share = makes_link(host)
    sure = {"current": "four quiet words here", "sure": "on"}
    addresses = {
        "delete": f"/away/{share.id}/",
        "somebody": f"/with/{share.relationship_id}/off/",
        "journal": "/settings/file/off/",
    }
    assert host.post(addresses[how], sure).status_code == 302
    assert SharedLink.objects.count() == 0
    assert reads(address).status_code == 404


def test_the_day_of_opening_outlasts_the_link(host: Client) -> None:
    address, share = makes_link(host)
    reads(address)
    note_opened(opened(host))
    SharedLink.objects.all().delete()
    kept = opened(host).journal.get(Share, share.id).opened
    assert kept
    assert kept.date() == timezone.now().date()


def test_on_ones_own_machine_there_are_no_links(me: Client) -> None:
    known = moment(me)
    assert "A web link" not in me.get(f"/out/{known.id}/").content.decode()
    assert Client().get("/s/" + "A" * 22 + "/").status_code == 404
    assert Client().post("/s/" + "A" * 22 + "/in/").status_code == 404
    answer = me.post(f"/out/{known.id}/", {**sent(me, f"/out/{known.id}/"), "way": "link"})
    assert answer.status_code == 404
    assert opened(me).journal.all(Moment)
