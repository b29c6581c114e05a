"""What was typed comes back, also where the last that was seen of a page was an error or the way out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import Draft, Removed
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
from tests.web.test_bad_input_on_pages import TODAY, check_in, note, therapist_of
from tests.web.test_say_and_mend import finished, page, thread_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "She yawned while I told her about the storeroom."


def hidden(shown: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))


def test_words_on_a_page_with_an_error_are_there_again_after_leaving_it(own: Own) -> None:
    client = own()
    form = hidden(page(client, "/note/"))
    sent = {**form, "who": "new", "name": "", "day": TODAY.isoformat(), "what": WORDS, "stop": ""}
    refused = client.post("/note/", sent).content.decode()
    assert WORDS in refused
    assert "when you left" not in refused, "nobody has left"
    assert "You were in the middle of this" in page(client, "/today/")
    again = page(client, "/note/")
    assert WORDS in again
    assert "when you left" in again


def test_a_conversation_that_is_refused_is_not_lost(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "The joke")))
    form = hidden(page(client, f"{thread}talk/"))
    sent = {**form, "day": (TODAY - timedelta(days=40)).isoformat(), "agreed": WORDS}
    assert client.post(f"{thread}talk/", sent).status_code == 200
    assert WORDS in page(client, f"{thread}talk/")


def test_what_is_gone_on_with_still_belongs_to_its_session(own: Own) -> None:
    client = own()
    who = therapist_of(client)
    reading = check_in(client, TODAY, unsaid="yes", unsaid_words="What she said about my mother.")
    new = re.search(r'href="(/note/\?session=[0-9a-f-]{36})"', page(client, reading))
    assert new
    form = hidden(page(client, new[1]))
    client.post("/typing/", {**form, "what": WORDS, "day": TODAY.isoformat(), "who": who})
    again = hidden(page(client, "/note/"))
    assert again["session"] == form["session"]
    sent = {**again, "what": WORDS, "day": TODAY.isoformat(), "who": who, "stop": ""}
    answer = client.post("/note/", sent)
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]+)', answer.content.decode())
    held = page(client, "/held/")
    assert WORDS in held
    assert "What she said about my mother." not in held, "the moment of that session says it more fully"


def test_a_session_that_is_none_is_no_session(own: Own) -> None:
    client = own()
    for wrong in ("x", "00000000-0000-7000-8000-000000000000"):
        answer = client.post(
            "/note/",
            {"session": wrong, "what": WORDS, "day": TODAY.isoformat(), "who": therapist_of(client), "stop": ""},
        )
        assert answer.status_code == 302


def test_a_card_for_leaving_can_be_talked_about_on_an_earlier_day(own: Own) -> None:
    client = own()
    short = client.post("/going/", {"why": "She cut me off.", "choice": "talk"}).headers["Location"]
    card = client.post(short, {"what_happened": "You cut me off."}).headers["Location"]
    thread = thread_of(client, card.removesuffix("card/"))
    answer = client.post(f"{thread}talk/", {"day": (TODAY - timedelta(days=9)).isoformat()})
    assert answer.status_code == 302


def test_nobody_becomes_ones_therapist_twice(own: Own) -> None:
    client = own(therapist="")
    client.post("/next/one/", {"name": "Senka B."})
    candidate = re.search(r'href="(/next/[0-9a-f-]{36}/)"', page(client, "/next/"))
    assert candidate
    client.post("/settings/person/", {"name": "Senka B."})
    check_in(client, TODAY)
    for _ in range(2):
        form = hidden(page(client, candidate[1]))
        client.post(candidate[1], {**form, "name": "Senka B.", "choose": "", "same": "yes"})
    people = page(client, "/with/")
    assert people.partition("<main")[2].count(">Senka B.<") == 1
    shown = page(client, candidate[1])
    assert "You’ve started with this therapist." in shown
    assert 'name="choose"' not in shown


@pytest.mark.parametrize(("address", "field"), [("/going/", "why"), ("/held/", "words"), ("/held-true/one/", "words")])
def test_what_was_taken_out_of_a_form_is_on_no_page_and_waits_for_thirty_days(
    own: Own, address: str, field: str
) -> None:
    client = own()
    form = hidden(page(client, address))
    client.post("/typing/", {**form, field: WORDS})
    assert "She yawned" in page(client, "/today/")
    for emptied in ("", " ", ""):
        assert client.post("/typing/", {**form, field: emptied}).status_code == 204
    assert "She yawned" not in page(client, "/today/")
    assert "She yawned" not in page(client, address)
    journal = opened(client).journal
    assert not journal.all(Draft)
    [removed] = journal.all(Removed)
    client.post(f"/settings/away/{removed.id}/back/")
    again = page(client, address)
    assert WORDS in again, "it comes back from what was deleted"
    client.post("/typing/", {**hidden(again), field: ""})
    assert WORDS not in page(client, address), "also in the form that was filled with it"


def test_an_emptied_form_takes_away_nothing_that_another_window_typed(own: Own) -> None:
    client = own()
    one, other = hidden(page(client, "/going/")), hidden(page(client, "/going/"))
    client.post("/typing/", {**one, "why": WORDS})
    client.post("/typing/", {**other, "why": ""})
    client.post("/lock/", {**other, "why": ""})
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert WORDS in page(client, "/going/")
    client.post("/lock/", {**one, "why": ""})
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert WORDS not in page(client, "/going/"), "its own it does"


def test_an_emptied_form_that_met_a_locked_journal_is_emptied_there_too(own: Own) -> None:
    client = own()
    form = hidden(page(client, "/going/"))
    client.post("/typing/", {**form, "why": WORDS})
    client.post("/lock/")
    held = re.search(r'name="held" value="([^"]+)"', client.post("/lock/", {**form, "why": ""}).content.decode())
    assert held
    client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]})
    journal = opened(client).journal
    assert not journal.all(Draft)
    assert len(journal.all(Removed)) == 1
