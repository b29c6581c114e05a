"""Words that were sent with a form whose page leads on without keeping them are half-written, and stay to be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Draft, Relationship, Rupture
from reattune.web.store.open_journal import OpenJournal
from tests.web.files_brought import as_it_is
from tests.web.journals import opened
from tests.web.made_up_histories import Story
from tests.web.test_bad_input_on_pages import note
from tests.web.test_say_and_mend import finished, page, plan_of, thread_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "She began with him, but only after I reminded her twice."


def half_written(client: Client) -> list[str]:
    drafts = opened(client).journal.all(Draft)
    return [value for each in drafts for values in each.fields.values() for value in values if " " in value]


def a_boundary(journal: OpenJournal) -> None:
    therapist = journal.journal.therapist
    assert therapist
    Story(journal).moment("He put his hand on my knee.", therapist, crossed=["sexual"])


def test_not_yet_keeps_what_was_written_beside_it(own: Own) -> None:
    client = own()
    told = Story(opened(client))
    rupture = told.rupture(told.moment(days=9), days=9)
    talk = told.talk(rupture, "partly", plan_id=told.plan(rupture).id, agreed="We begin with him next week.")
    address = f"/after/{talk.id}/agreed/"
    sent = as_it_is(page(client, address), "agreed_words")
    assert client.post(address, {**sent, "agreed_words": WORDS, "later": ""}).headers["Location"] == "/today/"
    assert half_written(client) == [WORDS]
    assert WORDS in page(client, address)


@pytest.mark.parametrize("where", ["talk", "happened", "how", "new"])
def test_what_was_sent_after_a_boundary_was_noted_elsewhere_stays(own: Own, where: str) -> None:
    client = own()
    moment = note(client, "The clock.")
    if where == "new":
        address, field = "/thread/", "title"
    elif where == "talk":
        address, field = f"{thread_of(client, finished(client, moment))}talk/", "they_said"
    else:
        address, field = f"{plan_of(client, moment)}{where}/", {"happened": "words", "how": "hope"}[where]
    sent = as_it_is(page(client, address), field)
    a_boundary(opened(client))
    assert client.post(address, {**sent, field: WORDS}).status_code == 302
    assert WORDS in half_written(client)


def test_nothing_is_half_written_where_nothing_was_written_or_all_is_kept(own: Own) -> None:
    client = own()
    note(client, "The clock.")
    for address, field in (("/thread/", "title"), ("/held/", "words"), ("/note/", "what"), ("/check/", "unsaid_words")):
        sent = as_it_is(page(client, address), field)
        client.post(address, {**sent, field: WORDS, "stop": ""})
        assert half_written(client) == [], address
        client.post(address, {**as_it_is(page(client, address), field), "stop": ""})
        assert half_written(client) == [], address


def test_a_page_that_names_the_therapist_is_not_about_the_next_one(own: Own) -> None:
    client = own()
    story = as_it_is(page(client, "/thread/"), "title")
    ending, in_another_window = (as_it_is(page(client, "/settings/person/ended/"), "whom") for _window in range(2))
    client.post("/settings/person/ended/", ending)
    client.post("/settings/person/", {"name": "Ada"})
    assert client.post("/thread/", {**story, "title": WORDS}).headers["Location"] == "/today/"
    assert not opened(client).journal.all(Rupture)
    assert half_written(client) == [WORDS]
    again = client.post("/settings/person/ended/", in_another_window)
    assert "Ada" in again.content.decode()
    names = {each.name: each.status.value for each in opened(client).journal.all(Relationship)}
    assert names["Ada"] == "current"
