"""Thinking of leaving and choosing the next one: what is written there is kept, and nobody becomes somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from reattune.journal.documents import Candidate, Ending, Fit, Relationship
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "He said he would kill me if I told anyone."


def in_the_field(client: Client) -> str:
    found = re.search(r'<textarea[^>]*name="why"[^>]*>([^<]*)', client.get("/going/").content.decode())
    assert found
    return unescape(found[1]).strip()


@pytest.mark.parametrize(("door", "leads_to"), [
    ("safe", "/going/"), ("pause", "/going/"), ("leave", "/going/"), ("talk", "/going/"), ("look", "/next/"),
])  # fmt: skip
def test_what_is_written_without_a_therapists_name_is_kept(own: Own, door: str, leads_to: str) -> None:
    """It was thrown away, draft and all; and who does not feel safe was led to a page for finding a new therapist."""
    client = own(therapist="")
    assert opened(client).journal.latest_therapist is None
    client.post("/typing/", {"draft_of": "/going/", "why": WORDS})
    onward = client.post("/going/", {"draft_of": "/going/", "why": WORDS, "about": ["hurt"], "choice": door})
    assert onward.headers["Location"].startswith(leads_to)
    journal = opened(client).journal
    (ending,) = journal.all(Ending)
    assert (ending.form, ending.why, ending.about) == (door, WORDS, ("hurt",))
    assert ending.relationship_id == journal.therapist.id  # type: ignore[union-attr]
    assert "In the middle" not in client.get("/today/").content.decode()
    if door == "safe":
        assert "Getting out safely" in client.get(onward.headers["Location"]).content.decode()


def test_looking_without_a_word_names_nobody(own: Own) -> None:
    client = own(therapist="")
    assert client.post("/going/", {"choice": "look"}).headers["Location"] == "/next/"
    assert not opened(client).journal.all(Relationship)


@pytest.mark.parametrize("door", ["pause", "leave", "talk"])
def test_words_that_one_takes_out_there_are_out(own: Own, door: str) -> None:
    client = own()
    client.post("/going/", {"why": "He reads my phone.", "about": ["hurt"], "choice": door})
    assert in_the_field(client) == "He reads my phone."
    client.post("/going/", {"why": "", "choice": door})
    assert in_the_field(client) == ""
    (ending,) = opened(client).journal.all(Ending)
    assert (ending.why, ending.about) == ("", ())
    assert "He reads my phone." in client.get("/settings/away/").content.decode()


def test_what_is_looked_for_is_as_it_was_said_last(own: Own) -> None:
    client = own()
    client.post("/next/", {"words": "silence", "wanted": "yes", "weight": "1"})
    client.post("/next/", {"words": "silence", "wanted": "no", "weight": "3"})
    (fit,) = opened(client).journal.all(Fit)
    assert [(need.words, need.wanted, need.weight) for need in fit.needs] == [("silence", False, 3)]


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_somebody_of_the_same_name_is_asked_about(own: Own, past: bool, answer: str) -> None:
    """A new therapist of the same first name became the old one, who had crossed a boundary, unasked."""
    client = own()
    old = opened(client).journal.therapist
    assert old
    if past:
        client.post("/settings/person/ended/", {"day": ""})
        client.post("/settings/person/", {"name": "Eva"})
    client.post("/next/one/", {"name": "miriam", "contact": "", "note": "warm on the phone"})
    (one,) = opened(client).journal.all(Candidate)
    sent = {"name": "miriam", "contact": "", "note": "warm on the phone", "choose": "1"}
    asked = client.post(f"/next/{one.id}/", sent)
    assert asked.status_code == 200
    assert "Is it the same person?" in asked.content.decode()
    assert opened(client).journal.get(Candidate, one.id).relationship_id is None
    assert client.post(f"/next/{one.id}/", {**sent, "same": answer}).headers["Location"] == "/today/"
    journal = opened(client).journal
    therapist = journal.therapist
    assert therapist
    assert journal.get(Candidate, one.id).relationship_id == therapist.id
    assert (therapist.id == old.id) is (answer == "yes")
    before = [each for each in journal.all(Relationship) if each.id != therapist.id]
    assert [each.status for each in before] == ["past"] * len(before)
    assert len(before) == past + (answer == "no")
