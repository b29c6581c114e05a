"""One browser, two journals: what stands on a page of one is never kept in the other that was unlocked since."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import Draft, Moment
from reattune.journal.vocabulary import JournalKind
from reattune.web.store.models import UnlockedSession
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import open_first
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, session_of
from tests.web.page_walker import Node, read
from tests.web.test_passphrase_again import fields_of
from tests.web.test_permissions import addresses, filled, undone
from tests.web.test_taken_once import rows

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
OTHER = "words of the other one"
CANARY = "I will leave on Friday and nobody knows."
KINDS = list(JournalKind)


def form_on(client: Client, address: str) -> dict[str, Any]:
    """What the form that is kept while it is typed sends, from a page as it was made."""
    buttons = read(address, client.get(address).content.decode()).buttons()
    return fields_of(next(each for each in buttons if any(name == "draft_of" for name, _value in each.fields)))


def held_in(answer: HttpResponse) -> str:
    found = re.search(r'name="held" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def marks(form: Node) -> list[str]:
    return [each.attributes["value"] for each in form.all("input") if each.attributes.get("name") == "journal"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_says_whose_page_it_is_on(own: Own, kind: JournalKind) -> None:
    client, documents = filled(own, kind)
    mark, without, seen = opened(client).mark, [], 0
    for name, address in addresses(documents):
        with undone():
            got = client.get(address)
        if got.status_code != 200 or not got.headers["Content-Type"].startswith("text/html") or got.streaming:
            continue
        for form in read(address, got.content.decode()).root.all("form"):
            seen += form.attributes.get("method") == "post"
            if form.attributes.get("method") == "post" and marks(form) != [mark]:
                without.append((name, form.attributes.get("action"), marks(form)))
    assert without == []
    assert seen > 100


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_one_is_kept_in_the_other(own: Own, kind: JournalKind) -> None:
    """Every button of every page of one journal, pressed while the other of the same kind is open."""
    his = own(OTHER, "Anselm", kind)
    his.post("/lock/")
    client, documents = filled(own, kind)
    pages = [(address, client.get(address)) for _name, address in addresses(documents)]
    client.post("/unlock/", {"passphrase": OTHER})
    keys, cookies = session_of(client), deepcopy(client.cookies)
    before, wrong, pressed = rows(keys[0]), [], 0
    for address, got in pages:
        if got.status_code != 200 or not got.headers["Content-Type"].startswith("text/html") or got.streaming:
            continue
        for button in read(address, got.content.decode()).buttons():
            fields = fields_of(button)
            with undone():
                answer = client.post(button.address, {**fields, "current": OTHER, "sure": "on"})
                after = rows(keys[0])
            client.cookies = deepcopy(cookies)
            pressed += 1
            lost = "draft_of" in fields and not held_in(answer)
            if after != before or lost or (not held_in(answer) and answer.headers.get("Location") != "/unlock/"):
                wrong.append((button.address, button.label, answer.status_code, answer.headers.get("Location")))
    assert wrong == []
    assert pressed > 40


def test_what_was_typed_on_the_page_of_one_comes_back_in_it(own: Own) -> None:
    own(OTHER, "Anselm").post("/lock/")
    client = own(PASSPHRASE)
    fields = {**form_on(client, "/note/"), "what": [CANARY]}
    client.post("/unlock/", {"passphrase": OTHER})
    his = opened(client)
    assert client.post("/typing/", fields, headers={"HX-Request": "true"}).headers["Location"] == "/unlock/"
    answer = client.post("/note/", {**fields, "stop": ""})
    assert "belongs to a different journal" in answer.content.decode()
    assert CANARY not in answer.content.decode()
    assert list(OpenJournal(*session_of(client)).journal) == list(his.journal)
    client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held_in(answer)})
    assert CANARY in client.get("/note/").content.decode()


@pytest.mark.parametrize("address", ["/lock/", "/leave/"])
def test_locking_from_the_page_of_one_locks_the_other_and_keeps_nothing_in_it(own: Own, address: str) -> None:
    own(OTHER, "Anselm").post("/lock/")
    client = own(PASSPHRASE)
    fields = {**form_on(client, "/note/"), "what": [CANARY]}
    client.post("/unlock/", {"passphrase": OTHER})
    keys = session_of(client)
    answer = client.post(address, fields)
    assert not UnlockedSession.objects.exists()
    assert CANARY not in repr(list(OpenJournal(*keys).journal))
    if address == "/lock/":
        client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held_in(answer)})
        assert CANARY in client.get("/note/").content.decode()


@pytest.mark.parametrize("address", ["/typing/", "/note/", "/lock/"])
def test_what_met_a_lock_is_not_kept_in_what_has_no_passphrase(own: Own, address: str) -> None:
    own(PASSPHRASE).post("/lock/")
    client = Client()
    client.post("/begin/write/", {"zone": "Europe/London"})
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    fields = {**form_on(client, "/note/"), "what": [CANARY]}
    long_ago = timezone.now() - timedelta(minutes=16)
    UnlockedSession.objects.filter(journal__provisional=False).update(last_seen=long_ago)
    answer = client.post(address, {**fields, "stop": ""})
    first = open_first(client.get("/measures/").wsgi_request)
    assert first
    assert not OpenJournal(*first).journal.all(Draft)
    assert CANARY not in client.get("/today/").content.decode()
    client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held_in(answer)})
    assert CANARY in client.get("/note/").content.decode()


def test_what_has_no_passphrase_keeps_what_was_typed_on_its_own_page(own: Own) -> None:
    own(PASSPHRASE).post("/lock/")
    client = Client()
    client.post("/begin/write/", {"zone": "Europe/London"})
    fields = {**form_on(client, "/note/"), "what": [CANARY], "stop": ""}
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    client.post("/note/", fields)
    assert not opened(client).journal.all(Moment)
    client.post("/lock/")
    first = open_first(client.get("/measures/").wsgi_request)
    assert first
    assert [each.what for each in OpenJournal(*first).journal.all(Moment)] == [CANARY]


def test_who_opens_another_journal_sees_nothing_of_words_of_danger(own: Own) -> None:
    own(OTHER).post("/lock/")
    mine = own()
    sent = {**form_on(mine, "/note/"), "what": "He hit me again. I want to kill myself.", "stop": ""}
    answer = mine.post("/note/", sent)
    assert answer.status_code == 302
    seen = deepcopy(mine)
    assert "alone with this" in seen.get(answer.headers["Location"]).content.decode(), "in full, once, in one's own"
    assert mine.cookies["reattune_once"].value not in ("", "1")
    mine.post("/lock/")
    mine.post("/unlock/", {"passphrase": OTHER})
    theirs = mine.get("/today/").content.decode()
    assert "alone with this" not in theirs
    assert "note near" not in theirs


def test_what_is_typed_in_a_tab_of_another_journal_locks_none(own: Own) -> None:
    """Each two seconds it was led to the page for unlocking, unseen, and that page locks whatever is open."""
    client = own()
    form = form_on(client, "/note/")
    client.cookies = own(passphrase="five other quiet words too", therapist="Other").cookies
    asks = {"HX-Request": "true"}
    led = client.post("/typing/", {**form, "what": "Words of the first."}, headers=asks, follow=True)
    assert led.status_code == 204
    assert client.get("/today/").status_code == 200
    assert client.get("/unlock/").status_code == 200
    assert client.get("/today/").status_code == 302, "who is led there to be seen has locked it"
