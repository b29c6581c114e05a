"""Half-written words whose form is shut by now, or is about somebody else: read, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Ending, Relationship, Unsaid
from tests.web.journals import opened
from tests.web.page_walker import read
from tests.web.test_bad_input_on_pages import TODAY

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "I could not say that she fell asleep while I cried, zebracanary."


def carries_on(client: Client) -> str:
    """The page to which Today leads from what was half-written, as it is read."""
    found = re.search(r'href="([^"]+)">Carry on', client.get("/today/").content.decode())
    assert found
    return client.get(unescape(found[1]), follow=True).content.decode()


def draft_of(client: Client, address: str) -> str:
    """How the form there calls itself."""
    form = next(
        each
        for each in read(address, client.get(address).content.decode()).buttons()
        if "draft_of" in dict(each.fields)
    )
    return str(dict(form.fields)["draft_of"])


def types(client: Client, address: str, **words: str) -> dict[str, str]:
    sent = {"draft_of": draft_of(client, address), **words}
    assert client.post("/typing/", sent).status_code in (200, 204)
    return sent


def ends_and_names(client: Client, name: str) -> None:
    client.post("/settings/person/ended/", {"day": ""})
    if name:
        client.post("/settings/person/", {"name": name})


@pytest.mark.parametrize(("address", "field"), [("/check/", "unsaid_words"), ("/held/", "words"), ("/going/", "why")])
def test_what_was_half_written_of_a_therapy_that_ended_can_be_read(own: Own, address: str, field: str) -> None:
    client = own()
    types(client, address, **{field: WORDS})
    assert WORDS in carries_on(client)
    ends_and_names(client, "")
    assert WORDS in carries_on(client)
    client.post("/settings/person/", {"name": "Eva"})
    assert WORDS in carries_on(client)
    assert WORDS not in client.get(address).content.decode(), "it is nothing of the session with somebody else"


@pytest.mark.parametrize(("address", "field"), [("/check/", "unsaid_words"), ("/held/", "words"), ("/going/", "why")])
def test_a_form_that_was_open_about_one_therapist_is_not_kept_of_the_next(own: Own, address: str, field: str) -> None:
    client = own()
    sent = {
        "draft_of": draft_of(client, address),
        field: WORDS,
        "understood": "3",
        "day": TODAY.isoformat(),
        "weight": "5",
    }
    ends_and_names(client, "Eva")
    assert client.post(address, {**sent, "weight": "5", "choice": "pause"}).headers["Location"] == "/today/"
    journal = opened(client).journal
    assert not [*journal.all(CheckIn), *journal.all(Unsaid), *journal.all(Ending)]
    assert WORDS in carries_on(client)


def test_words_for_a_talk_that_is_offered_no_more_can_be_read(own: Own) -> None:
    client = own()
    who = opened(client).journal.therapist
    assert who
    noted = {"who": str(who.id), "day": TODAY.isoformat()}
    plan = client.post("/note/", {**noted, "what": "She laughed at me.", "cause": "joked_and_it_hurt", "words": "1"})
    types(client, plan.headers["Location"], what_happened=WORDS)
    client.post("/note/", {**noted, "what": "She touched my leg.", "cause": "crossed_a_boundary", "stop": "1"})
    assert WORDS in carries_on(client)


def test_what_was_typed_before_an_address_said_about_whom_is_gone_on_with(own: Own) -> None:
    client = own()
    client.post("/typing/", {"draft_of": "/check/", "unsaid_words": WORDS})
    assert WORDS in carries_on(client)
    assert WORDS in client.get("/check/").content.decode()


def test_what_was_typed_about_one_person_is_in_no_form_that_names_nobody(own: Own) -> None:
    client = own()
    mother = opened(client).create(Relationship, name="Mother", role="parent")
    types(client, f"/try/one/?who={mother.id}", plan=WORDS)
    assert WORDS in carries_on(client)
    assert WORDS not in client.get("/try/one/").content.decode()
