"""Beside words of harm, "Was a boundary crossed?" leads to where that can be answered, or isn't offered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import (
    Attempt,
    Belief,
    Candidate,
    CheckIn,
    Ending,
    LooseNote,
    Moment,
    Practice,
    Rupture,
    Session,
    TalkPlan,
    Unsaid,
)
from reattune.journal.rupture_states import begin
from reattune.web.store.letterbox import open_letterbox
from tests.web.journals import opened
from tests.web.test_note_while_locked import address_on

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
HARM = "He hit me last night and I was afraid he would do it again."
BUTTON = r'href="([^"]+)">Was a boundary crossed\? Note it down'
KINDS = (Moment, CheckIn, Unsaid, TalkPlan, Attempt, Belief, Practice, Ending)


def write(client: Client, kind: type) -> None:
    journal = opened(client)
    who = journal.journal.therapist
    assert who
    of = {"relationship_id": who.id}
    if kind is CheckIn:
        session = journal.create(Session, at=journal.now, **of)
        journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers={}, unsaid_words=HARM)
        return
    if kind in (TalkPlan, Attempt):
        story = journal.create(Rupture, began=journal.now, title="The clock", transitions=begin(journal.now), **of)
        of = {"rupture_id": story.id}
    given: dict[type, dict[str, object]] = {
        Moment: {"at": journal.now, "what": HARM},
        Unsaid: {"since": journal.now, "words": HARM},
        TalkPlan: {"what_happened": HARM},
        Attempt: {"at": journal.now, "they_said": HARM},
        Practice: {"tried": "asked", "plan": HARM},
        Ending: {"form": "talk", "why": HARM},
        Belief: {"words": HARM, "about_relationship_id": who.id},
    }
    journal.create(kind, **({} if kind is Belief else of), **given[kind])


def shown(client: Client, address: str = "/today/") -> str:
    """A page as it is right after something was written."""
    client.cookies["reattune_once"] = opened(client).mark
    return client.get(address).content.decode()


def button_on(client: Client, address: str) -> str:
    found = re.search(BUTTON, shown(client, address))
    return found[1] if found else ""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_of_each_thing_about_somebody_it_is_asked(own: Own, kind: type) -> None:
    client = own()
    write(client, kind)
    button = button_on(client, "/today/")
    assert button.startswith("/which/")
    assert client.get(button).status_code == 200


def test_a_note_that_came_in_is_taken_in_and_sorted_first(own: Own) -> None:
    client = own()
    client.post("/lock/")
    client.post("/down/", {"address": address_on(client), "words": HARM, "zone": "Europe/London"})
    client.post("/unlock/", {"passphrase": client.passphrase})  # type: ignore[attr-defined]
    open_letterbox(opened(client))
    assert button_on(client, "/today/") == "/arrived/"
    page = client.get("/arrived/").content.decode()
    assert "Are you safe?" in page
    assert not re.search(BUTTON, page)  # it is here that it is saved
    taken = re.search(r'action="(/arrived/[0-9a-f-]+/take/)"', page)
    assert taken
    sorting = client.post(taken[1]).headers["Location"]
    note = opened(client).journal.all(LooseNote)[0]
    assert button_on(client, "/today/") == sorting == f"/loose/?note={note.id}"
    page = client.get(sorting).content.decode()
    assert "Are you safe?" in page
    assert not re.search(BUTTON, page)
    who = opened(client).journal.therapist
    assert who
    client.post("/loose/", {"note": str(note.id), "who": str(who.id)})
    assert opened(client).journal.all(Moment)[0].what == HARM
    assert client.get(button_on(client, "/today/")).status_code == 200


def test_of_a_belief_about_nobody_nothing_is_asked_that_has_no_answer(own: Own) -> None:
    client = own()
    client.post("/held-true/one/", {"words": "He hit me and I deserve it."})
    page = shown(client)
    assert "Are you safe?" in page
    assert not re.search(BUTTON, page)


@pytest.mark.parametrize("where", ["note", "contact", "need", "look back"])
def test_words_about_the_next_therapist_are_heard(own: Own, where: str) -> None:
    client = own()
    if where == "need":
        client.post("/next/", {"words": HARM, "wanted": "no", "weight": "3"})
    elif where == "look back":
        journal = opened(client)
        back = {"at": journal.now - timedelta(minutes=1), "session": 1, "words": HARM}
        journal.create(Candidate, name="Dr. B", look_backs=(back,))
    else:
        client.post("/next/one/", {"name": "Dr. B", where: HARM})
    page = shown(client)
    assert "Are you safe?" in page
    assert not re.search(BUTTON, page)
