"""What is typed about one session, moment or note is no draft of the same form about another."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import Belief, CheckIn, Draft, Moment, Observation, Relationship, Session
from tests.web.journals import opened
from tests.web.test_two_journals_one_browser import form_on

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def sessions_of(client: Client, who: Relationship) -> list[Session]:
    journal = opened(client)
    return [journal.create(Session, relationship_id=who.id, at=journal.now - timedelta(days=days)) for days in (14, 7)]


def test_a_rating_of_one_session_never_moves_to_another(own: Own) -> None:
    client = own(journal_kind="therapist")
    who = opened(client).create(Relationship, name="17", role="client")
    first, second = sessions_of(client, who)
    one, other = (f"/those/{who.id}/typed/?session={each.id}" for each in (first, second))
    sent = form_on(client, other)
    numbers = [name for name in sent if name.startswith("item") or name.isdigit() or name in ("goals", "relationship")]
    client.post(other, {**sent, **dict.fromkeys(numbers, "9"), "note": "Of the second."})
    assert [each.session_id for each in opened(client).journal.all(CheckIn)] == [second.id]
    client.post("/typing/", {**form_on(client, one), "note": "Half of the first.", "typed_in": "w"})
    sent = form_on(client, other)
    assert "Of the second." in str(sent["note"])
    assert client.post(other, sent).status_code == 302
    assert [(each.session_id, each.note) for each in opened(client).journal.all(CheckIn)] == [
        (second.id, "Of the second.")
    ]
    assert "Half of the first." in str(form_on(client, one)["note"])
    today = client.get("/today/").content.decode()
    leads = re.search(rf'href="({re.escape(one)}[^"]*)"', html.unescape(today))
    assert leads, "and Today leads to it"
    assert "Half of the first." in client.get(leads[1]).content.decode()


def test_what_was_noted_after_one_session_is_not_of_another(own: Own) -> None:
    client = own(journal_kind="therapist")
    who = opened(client).create(Relationship, name="17", role="client")
    first, second = sessions_of(client, who)
    one, other = (f"/those/{who.id}/after/?session={each.id}" for each in (first, second))
    client.post("/typing/", {**form_on(client, one), "happened": "What happened in the first.", "typed_in": "w"})
    assert "What happened" not in str(form_on(client, other))
    sent = form_on(client, one)
    assert client.post(one, sent).status_code == 302
    assert [each.session_id for each in opened(client).journal.all(Observation)] == [first.id]
    assert not opened(client).journal.all(Draft)


def test_a_belief_from_one_moment_is_not_of_another(own: Own) -> None:
    client = own()
    journal = opened(client)
    assert journal.journal.therapist
    said = {"relationship_id": journal.journal.therapist.id, "at": journal.now, "reaction": 8}
    one, other = (
        journal.create(Moment, **said, what="She was late", meant_about_me=words)
        for words in ("I am ridiculous", "Nobody waits for me")
    )
    begun = {**form_on(client, f"/held-true/one/?of={one.id}"), "words": "I am ridiculous, and always was"}
    client.post("/typing/", begun)
    sent = form_on(client, f"/held-true/one/?of={other.id}")
    assert sent["words"] == ["Nobody waits for me"]
    client.post(f"/held-true/one/?of={other.id}", sent)
    assert [(each.words, each.moment_id) for each in opened(client).journal.all(Belief)] == [
        ("Nobody waits for me", other.id)
    ]


def test_a_moment_of_one_session_is_not_of_another(own: Own) -> None:
    client = own()
    therapist = opened(client).journal.therapist
    assert therapist
    first, second = sessions_of(client, therapist)
    client.post("/typing/", {**form_on(client, f"/note/?session={first.id}"), "what": "What jarred in the first."})
    assert "jarred" not in str(form_on(client, f"/note/?session={second.id}"))
    on_its_own = form_on(client, "/note/")
    assert "jarred" in str(on_its_own), "a new note goes on with it"
    client.post("/note/", {**on_its_own, "name": "", "stop": ""})
    assert [each.session_id for each in opened(client).journal.all(Moment)] == [first.id]
    assert not opened(client).journal.all(Draft)


def test_what_is_about_something_that_is_gone_can_be_read(own: Own) -> None:
    client = own()
    therapist = opened(client).journal.therapist
    assert therapist
    first, _second = sessions_of(client, therapist)
    client.post("/typing/", {**form_on(client, f"/note/?session={first.id}"), "what": "What jarred in the first."})
    journal = opened(client)
    journal.discard(first)
    (draft,) = journal.journal.all(Draft)
    today = client.get("/today/").content.decode()
    assert f"/typing/{draft.id}/" in today or str(draft.id) in today
