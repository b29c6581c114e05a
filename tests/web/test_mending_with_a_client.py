"""A therapist opens what went wrong with a client, finds words, says how it went, and is told of another way."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from reattune.journal.documents import (
    Attempt,
    CameIn,
    ClientNote,
    Observation,
    Relationship,
    Removed,
    Repair,
    Rupture,
    Session,
    TalkPlan,
)
from reattune.journal.vocabulary import Cause, RuptureState
from tests.web.journals import opened
from tests.web.test_came_in import arrives

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
CARD = ["You looked at the clock while I was crying.", "I’d like you to say so next time."]


@pytest.fixture
def chair(own: Own) -> Client:
    return own(journal_kind="therapist")


@pytest.fixture
def client_id(chair: Client) -> str:
    return str(opened(chair).create(Relationship, name="K. 14", role="client").id)


def went_wrong(chair: Client, client_id: str, **given: object) -> Rupture:
    sent = {"day": "2026-03-02", "causes": ["judged_me"], "title": "The affair", **given}
    answer = chair.post(f"/those/{client_id}/what/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return opened(chair).journal.all(Rupture)[-1]


def plan_of(chair: Client) -> TalkPlan:
    return opened(chair).journal.all(TalkPlan)[-1]


def talked(chair: Client, rupture: Rupture, outcome: str, **given: object) -> Attempt:
    answer = chair.post(f"/what/{rupture.id}/how/", {"day": "2026-03-09", "outcome": outcome, **given})
    assert answer.status_code == 302, answer.content.decode()
    return opened(chair).journal.all(Attempt)[-1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"day": "2999-01-01"}, "This day is in the future."),
        ({"day": "yesterday"}, "Write the date like this"),
        ({"day": ""}, "Which day was it?"),
        ({"causes": ["he_is_difficult"]}, "This isn’t one of the choices"),
        ({"title": "x" * 201}, "This is too long"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    chair: Client, client_id: str, given: dict[str, object], said: str
) -> None:
    sent = {"day": "2026-03-02", "causes": ["judged_me"], "their_words": "I felt small", **given}
    page = chair.post(f"/those/{client_id}/what/", sent).content.decode()
    assert said in page
    assert "I felt small" in page
    assert not opened(chair).journal.all(Rupture)


def test_with_nobody_there_is_nothing_to_open(chair: Client, own: Own) -> None:
    assert chair.get(f"/those/{uuid4()}/what/").status_code == 404
    assert chair.post(f"/those/{uuid4()}/what/", {"day": "2026-03-02"}).status_code == 404
    person = own("words of somebody in therapy")
    therapist = opened(person).journal.therapist
    assert therapist
    assert person.get(f"/those/{therapist.id}/what/").status_code == 404


def test_the_parts_come_with_openings_of_the_cause_in_the_therapists_voice(chair: Client, client_id: str) -> None:
    went_wrong(chair, client_id)
    page = chair.get(f"/tell/{plan_of(chair).id}/").content.decode()
    for title in ("What do you think it did to them?", "What was your part in it?", "What would you like to ask?"):
        assert title in page
    assert "I was closer to my own opinion than to you" in page
    assert "You didn’t come here to be judged, least of all by me" in page
    assert "joke" not in page.split("<main")[1].split("footer")[0]


def test_an_opening_comes_in_without_javascript_and_what_was_typed_stays(chair: Client, client_id: str) -> None:
    went_wrong(chair, client_id)
    address = f"/tell/{plan_of(chair).id}/"
    page = chair.post(address, {"my_part": "I was tired.", "opening": "my_part:1"}).content.decode()
    field = re.search(r'<textarea name="my_part"[^>]*>\s*([^<]*)', page)
    assert field
    assert field[1].startswith("I was tired.\nI have a view on this")
    assert plan_of(chair).my_part == ""
    for wrong in ("my_part:99", "my_part:x", "nothing:1", ":"):
        assert chair.post(address, {"my_part": "Kept.", "opening": wrong}).status_code in (200, 302)


def test_the_words_become_a_card(chair: Client, client_id: str) -> None:
    rupture = went_wrong(chair, client_id)
    words = {"what_happened": "I judged you.", "my_part": "It was my opinion.", "what_i_want_to_ask": "How was that?"}
    answer = chair.post(f"/tell/{plan_of(chair).id}/", {**words, "delivery": "send_before", "make": ""})
    card = chair.get(answer.headers["Location"]).content.decode()
    assert card.index("I judged you.") < card.index("It was my opinion.") < card.index("How was that?")
    assert "you don’t have to answer at all" in card
    assert "K. 14" not in card.split("<main")[1]
    assert opened(chair).journal.get(Rupture, rupture.id).state is RuptureState.PREPARING


def test_only_noted_it_has_no_plan_yet(chair: Client, client_id: str) -> None:
    rupture = went_wrong(chair, client_id, only_note="")
    assert not opened(chair).journal.all(TalkPlan)
    page = chair.get(f"/what/{rupture.id}/").content.decode()
    assert "Find the words" in page
    assert "I judged them" in page
    assert chair.post(f"/what/{rupture.id}/words/").status_code == 302
    assert plan_of(chair).rupture_id == rupture.id


def test_a_card_that_came_in_opens_the_plan_with_their_words_on_top(chair: Client, client_id: str) -> None:
    arrives(chair, None, kind="share", title="My card", lines=CARD, name="K.")
    chair.get("/today/")
    [letter] = opened(chair).journal.all(CameIn)
    chair.post(f"/arrived/{letter.id}/take/", {"client": client_id})
    [note] = opened(chair).journal.all(ClientNote)
    address = f"/those/{client_id}/what/?note={note.id}"
    assert address in chair.get(f"/those/{client_id}/").content.decode()
    page = chair.get(address).content.decode()
    assert CARD[0] in page
    assert "Read it to the end" in page
    chair.post(address, {"day": "2026-03-02", "their_words": note.words, "causes": ["seemed_bored_or_absent"]})
    page = chair.get(f"/tell/{plan_of(chair).id}/").content.decode()
    assert page.index(CARD[0]) < page.index("What was your part in it?")
    assert opened(chair).journal.all(Rupture)[0].their_words == note.words


def test_words_of_somebody_else_or_of_nobody_are_not_shown(chair: Client, client_id: str) -> None:
    other = opened(chair).create(Relationship, name="B. 2", role="client")
    note = opened(chair).create(ClientNote, relationship_id=other.id, at="2026-03-02T18:00:00Z", words="Of B. alone")
    for named in (note.id, uuid4(), "x"):
        address = f"/those/{client_id}/what/?note={named}"
        assert "Of B. alone" not in chair.get(address).content.decode()
        assert chair.post(address, {"day": "2026-03-02", "title": "Something"}).status_code == 302


def test_what_was_noticed_is_not_asked_twice(chair: Client, client_id: str) -> None:
    journal = opened(chair)
    session = journal.create(Session, relationship_id=client_id, at="2026-03-02T18:00:00Z")
    noticed = journal.create(Observation, session_id=session.id, happened="A face that closed")
    address = f"/those/{client_id}/what/?observation={noticed.id}"
    assert 'value="A face that closed"' in chair.get(address).content.decode()
    chair.post(address, {"day": "2026-03-02", "title": "A face that closed"})
    [rupture] = opened(chair).journal.all(Rupture)
    assert plan_of(chair).what_happened == "A face that closed"
    assert opened(chair).journal.get(Observation, noticed.id).rupture_id == rupture.id
    other = opened(chair).create(Relationship, name="B. 2", role="client")
    chair.post(f"/those/{other.id}/what/?observation={noticed.id}", {"day": "2026-03-02"})  # somebody else's
    assert opened(chair).journal.get(Observation, noticed.id).rupture_id == rupture.id


def test_where_their_words_sound_like_danger_that_comes_first(chair: Client, client_id: str) -> None:
    calm = went_wrong(chair, client_id, their_words="You looked at the clock.")
    assert "sound like danger" not in chair.get(f"/what/{calm.id}/").content.decode()
    grave = went_wrong(chair, client_id, their_words="I went home and I want to kill myself.")
    for address in (f"/what/{grave.id}/", f"/tell/{plan_of(chair).id}/"):
        page = chair.get(address).content.decode()
        assert "Some of these words sound like danger" in page
        assert "Numbers to call" in page


def test_a_conversation_cannot_lie_in_the_future_or_before_it_happened(chair: Client, client_id: str) -> None:
    rupture = went_wrong(chair, client_id)
    for day in ("2999-01-01", ""):
        page = chair.post(f"/what/{rupture.id}/how/", {"day": day, "they_said": "It was hard"}).content.decode()
        assert "It was hard" in page
    assert not opened(chair).journal.all(Attempt)


@pytest.mark.parametrize("outcome", ["unheard", "partly"])
def test_what_did_not_reach_them_leads_to_another_way(chair: Client, client_id: str, outcome: str) -> None:
    rupture = went_wrong(chair, client_id)
    chair.post(f"/tell/{plan_of(chair).id}/", {"my_part": "It was my opinion.", "make": ""})
    attempt = talked(chair, rupture, outcome, client_met=["said_it_was_fine"], they_said="No, it’s fine.")
    page = chair.get(f"/how/{attempt.id}/").content.decode()
    assert "Another way" in page
    assert "Begin with: last time, I explained more than I listened" in page
    chair.post(f"/what/{rupture.id}/words/", {"approach": "name_not_heard"})
    plan = plan_of(chair)
    assert (plan.attempt, plan.approach, plan.my_part) == (2, "name_not_heard", "It was my opinion.")
    page = chair.get(f"/tell/{plan.id}/").content.decode()
    assert "No, it’s fine." in page
    assert "Last time I explained more than I listened" in page


def test_mended_it_is_asked_what_made_it_work_and_later_whether_it_holds(chair: Client, client_id: str) -> None:
    rupture = went_wrong(chair, client_id)
    attempt = talked(chair, rupture, "repaired", client_met=["told_me_more", "cried"])
    chair.post(f"/how/{attempt.id}/", {"word": "stronger", "what_made_it_work": "I didn’t explain."})
    page = chair.get(f"/what/{rupture.id}/").content.decode()
    assert "I didn’t explain." in page
    assert "Is it still mended?" in page
    assert chair.post(f"/how/{attempt.id}/later/", {"held": "perhaps"}).status_code == 200
    chair.post(f"/how/{attempt.id}/later/", {"held": "no", "held_words": "Colder again"})
    [repair] = opened(chair).journal.all(Repair)
    assert repair.held is False
    chair.post(f"/what/{rupture.id}/move/reopen/")
    assert opened(chair).journal.get(Rupture, rupture.id).state is RuptureState.NOTICED


def test_what_was_noted_of_a_conversation_can_be_changed(chair: Client, client_id: str) -> None:
    rupture = went_wrong(chair, client_id)
    attempt = talked(chair, rupture, "unheard", they_said="Nothing")
    chair.post(
        f"/how/{attempt.id}/change/", {"day": "2026-03-09", "outcome": "partly", "client_met": ["could_not_say"]}
    )
    journal = opened(chair).journal
    assert journal.get(Rupture, rupture.id).state is RuptureState.PARTLY
    assert journal.get(Attempt, attempt.id).client_met == ("could_not_say",)


@pytest.mark.parametrize("cause", [Cause.CROSSED_A_BOUNDARY, Cause.BROKE_CONFIDENCE])
def test_where_a_boundary_was_crossed_nobody_is_pressed(chair: Client, client_id: str, cause: Cause) -> None:
    rupture = went_wrong(chair, client_id, causes=[cause])
    for address in (f"/what/{rupture.id}/", f"/tell/{plan_of(chair).id}/"):
        assert "This one is yours to answer for" in chair.get(address).content.decode()
    attempt = talked(chair, rupture, "unheard")
    for address in (f"/what/{rupture.id}/", f"/how/{attempt.id}/"):
        assert "Another way" not in chair.get(address).content.decode()
    assert "Don’t press it on them a second time" in chair.get(f"/what/{rupture.id}/").content.decode()


def test_it_can_be_let_go_and_taken_up_again_and_no_other_word_moves_it(chair: Client, client_id: str) -> None:
    rupture = went_wrong(chair, client_id)
    for choice, state in (
        ("let-go", RuptureState.LET_GO),
        ("nonsense", RuptureState.LET_GO),
        ("take-back", RuptureState.PREPARING),
        ("end", RuptureState.ENDED),
    ):
        chair.post(f"/what/{rupture.id}/move/{choice}/")
        assert opened(chair).journal.get(Rupture, rupture.id).state is state
    assert chair.post(f"/what/{rupture.id}/move/reopen/").status_code == 409


def test_what_is_deleted_waits_and_can_be_restored(chair: Client, client_id: str) -> None:
    rupture = went_wrong(chair, client_id)
    address = reverse("own:delete", args=[rupture.id])
    assert f"/what/{rupture.id}/" in chair.get(address).content.decode()  # the way back
    chair.post(address)
    assert not opened(chair).journal.all(Rupture)
    assert not opened(chair).journal.all(TalkPlan)
    [removed] = opened(chair).journal.all(Removed)
    chair.post(reverse("own:bring-back", args=[removed.id]))
    assert opened(chair).journal.get(Rupture, rupture.id).title == "The affair"


def test_the_guides_are_those_of_this_side(chair: Client, own: Own) -> None:
    page = chair.get("/read/").content.decode()
    assert "Raising it yourself" in page
    assert "Why say anything at all?" not in page
    for number in range(1, 7):
        assert "10." in chair.get(f"/read/{number}/").content.decode()
    assert chair.get("/read/7/").status_code == 404
    person = own("words of somebody in therapy")
    assert "Raising it yourself" not in person.get("/read/").content.decode()
