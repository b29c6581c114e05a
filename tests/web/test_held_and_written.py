"""The app was stopped after it wrote an entry and before the browser heard of it: the form, sent again, makes no second
one; whatever else was typed comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import Draft, Moment, Relationship, Removed
from reattune.web.store.models import TakenForm, UnlockedSession
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
from tests.web.page_walker import read
from tests.web.test_clients import add

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "She said it again.\r\nI laughed, and went home early."


def form_of(client: Client, what: str) -> dict[str, str]:
    page = client.get("/note/").content.decode()
    mark = re.search(r'name="journal" value="([^"]+)"', page)
    who = opened(client).journal.therapist
    assert mark
    assert who
    day = timezone.localdate().isoformat()
    return {"journal": mark[1], "draft_of": "/note/", "what": what, "who": str(who.id), "day": day}


def sent_after_a_stop(client: Client, address: str, form: dict[str, str]) -> str:
    """What unlocking leads to, where a start of the app has locked the journal and forgotten which forms it took."""
    UnlockedSession.objects.all().delete()
    TakenForm.objects.all().delete()
    held = re.search(r'name="held" value="([^"]+)"', client.post(address, form).content.decode())
    assert held
    return client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]}).headers["Location"]


def test_what_was_written_is_not_there_twice(own: Own) -> None:
    client = own()
    form = form_of(client, WORDS)
    client.post("/draft/", form)
    client.post("/note/", form)
    [moment] = opened(client).journal.all(Moment)
    assert sent_after_a_stop(client, "/note/", form) == f"/note/{moment.id}/"
    journal = opened(client).journal
    assert (len(journal.all(Moment)), journal.all(Draft)) == (1, [])
    # Nothing is lost: it waits beside what was deleted.
    [waiting] = journal.all(Removed)
    assert waiting.kind_of == "draft"


@pytest.mark.parametrize("more", ["More than that.", ""])
def test_what_was_not_written_comes_back(own: Own, more: str) -> None:
    client = own()
    form = form_of(client, WORDS)
    if more:
        client.post("/note/", form)
    again = {**form, "what": f"{form['what']} {more}"}
    assert sent_after_a_stop(client, "/note/", again) == "/note/"
    assert "went home early" in client.get("/note/").content.decode()


def test_choices_of_a_form_that_changes_an_entry_come_back(own: Own) -> None:
    client = own()
    form = form_of(client, WORDS)
    client.post("/note/", form)
    [moment] = opened(client).journal.all(Moment)
    address = f"/note/{moment.id}/change/"
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    assert seen
    changed = {**form, "draft_of": address, "cause": "judged_me", "seen": seen[1]}
    assert sent_after_a_stop(client, address, changed) == address
    assert re.search(r'value="judged_me"[^>]*(checked|selected)', client.get(address).content.decode())


def filled(client: Client, address: str, **fields: str) -> dict[str, str]:
    page = read(address, client.get(address).content.decode())
    (form,) = [each for each in page.buttons() if each.address.partition("?")[0] == address][:1]
    empty = {name: "" if "written on the way" in value else value for name, value in form.fields}
    return {**empty, **fields}


def test_the_same_words_of_another_session_come_back_with_their_ratings(own: Own) -> None:
    client = own()
    day, before = (timezone.localdate() - timedelta(days=each) for each in (1, 8))
    words = {"unsaid": "yes", "unsaid_words": "That I was bored again."}
    first = filled(client, "/check/", day=str(before), cared_for="8", **words)
    assert client.post("/check/", first).status_code == 302
    other = filled(client, "/check/", day=str(day), cared_for="1", **words)
    assert sent_after_a_stop(client, "/check/", other).partition("?")[0] == "/check/"
    again = filled(client, "/check/")
    assert (again["day"], again["cared_for"], again["unsaid_words"]) == (str(day), "1", words["unsaid_words"])
    assert not opened(client).journal.all(Removed)
    # The very same form was written.
    assert sent_after_a_stop(client, "/check/", first).partition("?")[0] != "/check/"


def test_the_same_words_of_another_client_come_back(own: Own) -> None:
    client = own(journal_kind="therapist")
    forms = [f"/those/{add(client, name).id}/after/" for name in ("Anna", "Bea")]
    for number, address in enumerate(forms):
        sent = filled(client, address, happened="Nothing special today.", own_safe=str(number))
        if number == 0:
            assert client.post(address, sent).status_code == 302
    assert sent_after_a_stop(client, forms[1], sent) == forms[1]
    assert filled(client, forms[1])["happened"] == "Nothing special today."
    for name, value in (("withdrawal", "fell_silent"), ("place", "video")):
        more = filled(client, forms[0], happened="Nothing special today.", own_safe="0") | {name: value}
        assert sent_after_a_stop(client, forms[0], more) == forms[0]
    # Nor is another session of the same day with the same client.
    more = filled(client, forms[0], happened="Nothing special today.", own_safe="9")
    assert sent_after_a_stop(client, forms[0], more) == forms[0]


def test_the_same_words_about_somebody_else_come_back(own: Own) -> None:
    client = own()
    mum = opened(client).create(Relationship, name="Mum", role="parent")
    form = form_of(client, WORDS)
    assert client.post("/note/", form).status_code == 302
    assert sent_after_a_stop(client, "/note/", {**form, "who": str(mum.id)}) == "/note/"
    assert "went home early" in client.get("/note/").content.decode()


def test_the_same_practice_of_another_day_comes_back(own: Own) -> None:
    client = own()
    mum, today = opened(client).create(Relationship, name="Mum", role="parent"), timezone.localdate()
    done = filled(client, "/try/one/", plan="Ask for what I need.", who=str(mum.id), day=str(today), name="")
    assert client.post("/try/one/", done).status_code == 302
    later = {**done, "day": str(today + timedelta(days=6))}
    assert sent_after_a_stop(client, "/try/one/", later) == "/try/one/"


def test_the_same_words_on_another_day_come_back(own: Own) -> None:
    client = own()
    form = form_of(client, WORDS)
    journal = opened(client)
    long_ago = timezone.now() - timedelta(days=3)
    journal.record(journal.make(Moment, relationship_id=form["who"], at=long_ago, what=WORDS, created=long_ago))
    assert sent_after_a_stop(client, "/note/", form) == "/note/"
    assert "went home early" in client.get("/note/").content.decode()
