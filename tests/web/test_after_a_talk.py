"""After a talk: what else was said in it, talking again without preparing, and a next attempt with nothing chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal import Journal, JournalError
from reattune.journal.documents import (
    Attempt,
    Belief,
    Moment,
    Practice,
    Relationship,
    Removed,
    Rupture,
    Session,
    TalkPlan,
)
from tests.web.files_brought import lies_in
from tests.web.journals import opened
from tests.web.test_bad_input_on_pages import TODAY, check_in, note, therapist_of
from tests.web.test_each_deleted import TALK, mended
from tests.web.test_say_and_mend import finished, page, talk, thread_of
from tests.web.test_typed_and_left import hidden

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
TOO = "Was any of this said too?"
ASKED = "Some of what you wrote sounds as though"


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


MOVE = {"person": "to", "therapist": "move"}


@pytest.mark.parametrize("choice", ["reopen", "let-go", "end"])
@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_what_made_it_work_is_kept_where_the_story_went_on_in_another_window(own: Own, kind: str, choice: str) -> None:
    client = own(journal_kind=kind)
    rupture, attempt = mended(client, kind)
    story, _, after = TALK[kind]
    client.post(f"/{story}/{rupture.id}/{MOVE[kind]}/{choice}/")
    assert opened(client).journal.get(Rupture, rupture.id).state != "repaired"
    answer = client.post(f"/{after}/{attempt.id}/", {"word": "stronger", "what_made_it_work": "She listened."})
    assert answer.status_code == 302
    assert "She listened." in client.get(f"/{story}/{rupture.id}/").content.decode()


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_where_something_cannot_be_kept_its_words_are_on_the_answer(
    own: Own, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise JournalError("That isn’t so any more.")

    client = own(journal_kind=kind)
    _, attempt = mended(client, kind)
    address, fields = f"/{TALK[kind][2]}/{attempt.id}/", {"word": "stronger", "what_made_it_work": "She listened."}
    fields["draft_of"] = address
    monkeypatch.setattr(Journal, "record", refuse)
    answer = client.post(address, fields)
    assert answer.status_code == 409
    assert "That isn’t so any more." in answer.content.decode()
    assert "She listened." in answer.content.decode()


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_what_was_noted_before_the_outcome_was_known_is_not_written_over_for_good(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    if kind == "person":
        how = f"{thread_of(client, finished(client, note(client, 'The clock.')))}talk/"
        change = "/after/{}/change/"
    else:
        client.post("/those/one/", {"name": "A"})
        [someone] = opened(client).journal.clients
        client.post(f"/those/{someone.id}/what/", {"title": "late", "day": TODAY.isoformat(), "only_note": ""})
        [story] = opened(client).journal.all(Rupture)
        how, change = f"/what/{story.id}/how/", "/how/{}/change/"
    sent = {"day": TODAY.isoformat(), "outcome": ""}
    assert client.post(how, {**sent, "they_said": "I’ll ruin you."}).status_code == 302
    [attempt] = opened(client).journal.all(Attempt)
    # A window that stood open meanwhile writes over nothing.
    window = hidden(page(client, how))
    assert client.post(change.format(attempt.id), {**sent, "they_said": "At length."}).status_code == 302
    stale = client.post(how, {**window, **sent, "they_said": "I’ll ruin you.", "outcome": "partly"})
    assert "changed in another window" in stale.content.decode()
    assert opened(client).journal.get(Attempt, attempt.id).they_said == "At length."
    # What is written over waits for thirty days; with the outcome alone nothing is written over.
    before = len(opened(client).journal.all(Removed))
    client.post(how, {**sent, "they_said": "", "outcome": ""})
    assert "removed" in lies_in(client, "At length.")
    assert len(opened(client).journal.all(Removed)) == before + 1
    client.post(how, {**sent, "they_said": "", "outcome": "unheard"})
    assert len(opened(client).journal.all(Removed)) == before + 1


@pytest.mark.parametrize("crossed", [("violence",), ()])
def test_after_a_boundary_nothing_asks_for_practising_with_them(own: Own, crossed: tuple[str, ...]) -> None:
    client = own()
    journal = opened(client)
    tom = journal.create(Relationship, name="Tom", role="partner")
    plan = "Tell Tom that I see Anna."
    tried = journal.create(Practice, relationship_id=tom.id, tried="firmer", plan=plan, planned_for=journal.now)
    belief = journal.create(Belief, words="I am too much for people.", about_relationship_id=tom.id)
    moment = journal.create(Moment, relationship_id=tom.id, at=journal.now, what="He forgot dinner.", cause="other")
    thread = thread_of(client, finished(client, f"/note/{moment.id}/"))
    after = talk(client, thread, outcome="repaired")
    client.post(after, {"what_made_it_work": "He listened."})
    mended = f"/held-true/{belief.id}/"
    places = {"/today/": "You planned to practise with Tom", "/try/": plan, mended: "mended something with"}
    for each, words in places.items():
        assert words in page(client, each), each
    again = opened(client)
    again.create(Moment, relationship_id=tom.id, at=again.now, what="Tom held me down and hit me.", crossed=crossed)
    for each, words in places.items():
        assert words not in page(client, each) or (each == mended and not crossed), each
    shown = page(client, f"/try/{tried.id}/")
    assert ("This isn’t yours to mend" if crossed else ASKED) in shown
    if crossed:
        assert client.get(f"{after}later/").headers["Location"] == thread


def test_where_a_therapy_has_ended_no_talk_is_offered_that_could_not_be_noted(own: Own) -> None:
    client = own()
    plan = finished(client, note(client, "The clock."))
    thread = thread_of(client, plan)
    assert "We’ve talked about it" in page(client, f"{plan}card/")
    client.post("/settings/person/ended/")
    after = page(client, f"{plan}card/")
    for offered in ("We’ve talked about it", "Rehearse it", "Set a reminder before you meet"):
        assert offered not in after
    assert client.get(f"{thread}talk/").status_code == 302


def test_a_moment_whose_day_is_put_right_leaves_the_session_of_the_other_day(own: Own) -> None:
    client = own()
    week = timedelta(days=7)
    for day in (TODAY, TODAY - week):
        check_in(client, day)
    sessions = {each.local_day(each.at): each.id for each in opened(client).journal.all(Session)}
    where = note(client, "The clock.")
    (moment,) = opened(client).journal.all(Moment)
    opened(client).change(moment, session_id=sessions[TODAY])
    shown = hidden(page(client, f"/note/{moment.id}/change/"))
    assert where
    for day in (TODAY - week, TODAY - timedelta(days=3), TODAY):
        sent = {
            **shown,
            "who": therapist_of(client),
            "what": "The clock.",
            "cause": "judged_me",
            "day": day.isoformat(),
        }
        assert client.post(f"/note/{moment.id}/change/", sent).status_code == 302
        (now,) = opened(client).journal.all(Moment)
        assert now.session_id == sessions.get(day)
        shown = hidden(page(client, f"/note/{moment.id}/change/"))
