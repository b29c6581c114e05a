"""After a talk: what else was said in it, talking again without preparing, and a next attempt with nothing chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import Moment, Relationship, Rupture, Session, TalkPlan
from tests.web.journals import opened
from tests.web.test_bad_input_on_pages import TODAY, check_in, note, therapist_of
from tests.web.test_say_and_mend import finished, page, talk, thread_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
TOO = "Was any of this said too?"


def held(client: Client, *words: str) -> None:
    for each in words:
        client.post("/held/", {"words": each, "weight": "5"})


@pytest.mark.parametrize("outcome", ["repaired", "partly", "unheard", ""])
def test_what_else_was_left_unsaid_can_be_said_from_the_page_after_a_talk(own: Own, outcome: str) -> None:
    client = own()
    held(client, "That I dread Tuesdays.", "That the bill came late.", "Her plants.", "Her dog.")
    after = talk(client, thread_of(client, finished(client, note(client, "The clock."))), outcome=outcome)
    shown = page(client, after).partition("<main")[2]
    assert TOO in shown
    assert shown.count("I’ve said this") == 3
    assert "The clock." not in shown.partition(TOO)[2], "what the talk was about is said"
    act = shown.partition('action="/held/')[2].partition('"')[0]
    answer = client.post(f"/held/{act}", {"after": after.split("/")[2]})
    assert answer.headers["Location"] == after
    assert page(client, "/held/").partition("Said</h2>")[2].count("I haven’t said it yet") == 1
    assert "Her dog." in page(client, after), "the next one moves up"


def test_nothing_is_asked_that_was_written_later_or_where_nothing_is_theirs_to_mend(own: Own) -> None:
    client = own()
    for days in (9, 2):
        check_in(client, TODAY - timedelta(days=days))
    fields = {
        "who": therapist_of(client),
        "day": (TODAY - timedelta(days=5)).isoformat(),
        "what": "x",
        "cause": "other",
    }
    moment = client.post("/note/", {**fields, "stop": ""}).headers["Location"]
    held(client, "That I dread Tuesdays.")
    thread = thread_of(client, finished(client, moment))
    after = talk(client, thread, day=TODAY - timedelta(days=3), outcome="partly")
    assert TOO not in page(client, after), "it was written after that talk"
    again = talk(client, thread, outcome="unheard", met=["retaliated"])
    assert TOO not in page(client, again), "they turned on the person for saying it"


def test_talking_again_needs_no_preparing_and_mends(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "a")))
    for outcome in ("unheard", "partly"):
        after = talk(client, thread, outcome=outcome)
        for address in (thread, after):
            shown = page(client, address)
            assert "We’ve talked again" in shown
            assert f'href="{thread}talk/"' in shown
    after = talk(client, thread, outcome="repaired")
    assert "It’s mended" in page(client, after)
    assert opened(client).journal.all(Rupture)[0].state == "repaired"


def test_with_nothing_chosen_the_first_way_is_taken(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "a")))
    talk(client, thread, outcome="unheard")
    shown = page(client, thread).partition('value="other_words"')
    assert "checked" in shown[2].partition(">")[0]
    answer = client.post(f"{thread}plan/")
    assert answer.status_code == 302
    assert opened(client).journal.all(TalkPlan)[-1].approach == "other_words"


def test_a_person_changed_and_changed_back_finds_the_session_again(own: Own) -> None:
    client = own()
    check_in(client, TODAY)
    session = opened(client).journal.all(Session)[0]
    therapist = str(session.relationship_id)
    fields = {"who": therapist, "day": TODAY.isoformat(), "what": "x", "cause": "other"}
    moment = client.post(f"/note/?session={session.id}", {**fields, "stop": ""}).headers["Location"]

    def of_session() -> bool:
        return opened(client).journal.all(Moment)[0].session_id == session.id

    assert of_session()
    client.post(f"{moment}change/", {**fields, "who": "new", "name": "Jo", "role": "friend"})
    assert not of_session()
    client.post(f"{moment}change/", fields)
    assert of_session()
    jo = next(each for each in opened(client).journal.all(Relationship) if each.name == "Jo")
    client.post(f"{moment}change/", {**fields, "who": str(jo.id), "day": (TODAY - timedelta(days=3)).isoformat()})
    client.post(f"{moment}change/", {**fields, "day": (TODAY - timedelta(days=3)).isoformat()})
    assert not of_session(), "there was no session that day"


def test_a_therapy_ended_on_the_day_that_was_said_and_can_go_on(own: Own) -> None:
    client = own()
    check_in(client, TODAY - timedelta(days=30))
    thread = thread_of(client, finished(client, note(client, "a")))
    shown = page(client, "/settings/person/ended/")
    assert "When did it end?" in shown
    assert f'value="{TODAY.isoformat()}"' in shown
    for days, said in ((-1, "in the future"), (31, "before it began, on")):
        day = (TODAY - timedelta(days=days)).isoformat()
        assert said in client.post("/settings/person/ended/", {"day": day}).content.decode()
        assert opened(client).journal.therapist is not None
    day = TODAY - timedelta(days=12)
    there = client.post("/settings/person/ended/", {"day": day.isoformat()}).headers["Location"]
    assert f"until {day.day} {day:%B %Y}" in page(client, there)
    ended = opened(client).journal.all(Relationship)[0].ended
    assert ended is not None
    assert timezone.localtime(ended).date() == day
    assert "This has ended" in page(client, thread)
    assert "Ended" in page(client, thread).partition("<main")[2]
    client.post(f"{there}on/")
    assert "This has ended" not in page(client, thread), "what ended with the therapy is where it was"
