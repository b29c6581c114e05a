"""A milder boundary is prepared for, talked about and left like other things, and its record stays in reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Session
from tests.web.journals import opened
from tests.web.test_bad_input_on_pages import TODAY, note, therapist_of
from tests.web.test_say_and_mend import finished, page, plan_of, talk, thread_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
ASKED = "sounds as though a boundary was crossed"


def milder(client: Client, what: str = "She wrote to me at ten in the evening.") -> str:
    moment = note(client, what, "crossed_a_boundary")
    client.post(f"{moment}which/", {"smaller": "outside_contact"})
    return moment


def record_of(client: Client, shown: str) -> str:
    found = re.search(r'href="(/kept/[0-9a-f-]{36}/)"', shown)
    assert found
    return found[1]


def test_the_record_and_where_to_turn_stay_in_reach_while_it_is_prepared_and_not_heard(own: Own) -> None:
    client = own()
    moment = milder(client)
    client.post(record_of(client, page(client, moment)), {"words": "I told Marta the same evening."})
    thread = thread_of(client, plan_of(client, moment))
    after = talk(client, thread, outcome="unheard", met=["dismissed"])
    for address in (moment, thread, after):
        shown = page(client, address).partition("<main")[2]
        assert "Where to turn" in shown, address
        assert "I told Marta the same evening." in page(client, record_of(client, shown)), address


def test_a_record_that_was_begun_stays_in_reach_of_a_moment_with_no_boundary(own: Own) -> None:
    client = own()
    moment = milder(client)
    client.post(record_of(client, page(client, moment)), {"words": "At the door, in May."})
    client.post(f"{moment}which/", {})
    client.post(moment.replace("note", "which"), {"none": ""})
    assert "Your record" in page(client, moment)


def test_what_was_talked_about_before_it_happened_was_not_about_it(own: Own) -> None:
    client = own()
    a_week_ago = {"day": (TODAY - timedelta(days=7)).isoformat(), "cause": "judged_me", "stop": ""}
    who = therapist_of(client)
    earlier = client.post("/note/", {"who": who, "what": "The joke", **a_week_ago}).headers["Location"]
    thread = thread_of(client, finished(client, earlier))
    talk(client, thread, TODAY - timedelta(days=5), outcome="partly")
    later = note(client, "And the yawn, since then")
    client.post(f"{later}say/", {"join": thread.strip("/").split("/")[-1]})
    assert "I brought it up on" in page(client, earlier)
    shown = page(client, later)
    assert "Part of:" in shown
    assert "I brought it up on" not in shown


def test_what_was_added_to_a_story_is_taken_out_again(own: Own) -> None:
    client = own()
    thread = thread_of(client, plan_of(client, note(client, "The joke about my lists")))
    moment = note(client, "The yawn")
    client.post(f"{moment}say/", {"join": thread.strip("/").split("/")[-1]})
    shown = page(client, moment)
    assert "Take it out of" in shown
    assert "The yawn" in page(client, thread)
    client.post(f"{moment}out/")
    assert "Part of:" not in page(client, moment)
    assert "The yawn" not in page(client, thread)
    assert "Prepare to bring it up" in page(client, moment)


def test_what_is_all_of_a_story_stays_in_it(own: Own) -> None:
    client = own()
    moment = note(client, "The joke about my lists")
    thread = thread_of(client, plan_of(client, moment))
    assert "Take it out of" not in page(client, moment)
    client.post(f"{moment}out/")
    assert "The joke about my lists" in page(client, thread)


def test_after_talks_are_allowed_again_a_break_is_a_break(own: Own) -> None:
    client = own()
    client.post("/going/", {"about": ["crossed_line"], "choice": "pause"})
    person = re.search(r"/with/[0-9a-f-]{36}/", page(client, "/with/"))
    assert person
    assert "isn’t yours to mend" in page(client, person[0])
    client.post(f"{person[0]}once-more/")
    going = page(client, "/going/")
    assert not re.search(r'value="crossed_line"[^>]*checked', going)
    answer = client.post(
        "/going/", {"about": re.findall(r'name="about" value="(\w+)"[^>]*checked', going), "choice": "pause"}
    )
    assert "/until/" in answer.headers["Location"]
    assert "Stop offering this" in page(client, person[0])


def test_a_permission_that_has_lapsed_says_so_and_one_touch_gives_it_again(own: Own) -> None:
    client = own()
    client.post("/going/", {"about": ["crossed_line"], "choice": "pause"})
    person = re.search(r"/with/[0-9a-f-]{36}/", page(client, "/with/"))
    assert person
    client.post(f"{person[0]}once-more/")
    answer = client.post("/going/", {"about": ["crossed_line"], "choice": "leave"})
    assert "So this page comes first" in page(client, answer.headers["Location"])
    shown = page(client, person[0])
    assert "You allowed this once" in shown
    assert "Let me prepare conversations with them" in shown
    client.post(f"{person[0]}once-more/")
    assert "Stop offering this" in page(client, person[0])


def test_a_break_that_safety_came_before_is_a_break_again_when_nothing_was_crossed(own: Own) -> None:
    client = own()
    answer = client.post("/going/", {"about": ["crossed_line", "unsure"], "choice": "pause"})
    asked = re.search(
        r'href="([^"]+)">No boundary was crossed, and I feel safe', page(client, answer.headers["Location"])
    )
    assert asked
    assert "/until/" in client.post(asked[1]).headers["Location"]
    assert "Ending therapy well" not in page(client, "/today/")


def test_taking_the_safe_way_back_begins_nothing_else_and_keeps_the_words(own: Own) -> None:
    client = own()
    words = "We just go round in circles."
    answer = client.post("/going/", {"about": ["not_helping"], "why": words, "choice": "safe"})
    asked = re.search(
        r'href="([^"]+)">No boundary was crossed, and I feel safe', page(client, answer.headers["Location"])
    )
    assert asked
    assert client.post(asked[1]).headers["Location"] == "/going/"
    assert words in page(client, "/going/")
    today = page(client, "/today/")
    assert "Ending therapy well" not in today
    assert "Getting out safely" not in today


def test_where_only_a_milder_one_was_said_the_safe_way_out_lets_one_talk(own: Own) -> None:
    client = own()
    answer = client.post("/going/", {"about": ["crossed_line"], "why": "She writes at night.", "choice": "safe"})
    safe = answer.headers["Location"]
    which = re.search(r'href="(/which/[0-9a-f-]{36}/)"', page(client, safe))
    assert which
    client.post(which[1], {"smaller": "outside_contact", "day": ""})
    shown = page(client, safe)
    asked = re.search(r'href="([^"]+)">I feel safe, and I’d like to be able to talk about it', shown)
    assert asked
    assert "Keep a dated record" in shown
    client.post(asked[1])
    assert "isn’t yours to mend" not in page(client, "/going/")


def test_another_way_that_was_chosen_by_mistake_can_be_chosen_again(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "a")))
    talk(client, thread, TODAY - timedelta(days=0), outcome="unheard")
    client.post(f"{thread}plan/", {"approach": "third_person"})
    assert "Choose another way" in page(client, thread)
    opening = "I’ve brought this up before, and I didn’t feel heard."
    client.post(f"{thread}plan/", {"approach": "name_not_heard"})
    assert opening in page(client, thread)
    client.post(f"{thread}plan/", {"approach": "other_words"})
    assert opening not in page(client, thread)


def test_a_milder_one_is_no_answer_to_words_of_harm(own: Own) -> None:
    client = own()
    words = "My therapist kissed me and put his hand on my leg."
    moment, other = note(client, words, "other"), note(client, "She was late.", "other")
    client.post(f"{moment}which/", {"smaller": "too_familiar"})
    for there in ("/today/", moment, other):
        assert ASKED in page(client, there), there
    assert "Prepare to bring it up" not in page(client, other)
    client.post("/meant/", {"of": moment.strip("/").split("/")[-1], "back": "/today/"})
    for there in ("/today/", moment, other):
        assert ASKED not in page(client, there), there
    assert "You can talk about this, but you don’t have to" in page(client, moment)


def test_words_of_a_check_in_are_asked_about_where_they_became_an_entry(own: Own) -> None:
    client = own()
    journal = opened(client)
    who = journal.journal.therapist
    assert who
    session = journal.create(Session, relationship_id=who.id, at=journal.now, form="in_person")
    words = {"unsaid": True, "unsaid_words": "He kissed me and put his hand on my leg."}
    key = "reattune-check-in/1"
    check_in = journal.create(CheckIn, session_id=session.id, instrument=key, answers={"safe": 3}, **words)
    assert ASKED in page(client, "/today/")
    for line in ("too_familiar", "outside_contact"):
        client.post(f"/which/{check_in.id}/", {"smaller": line})
    [moment] = opened(client).journal.moments()
    assert moment.crossed == ("outside_contact",)
    assert f"/which/{moment.id}/" in page(client, "/today/")
    client.post(f"/which/{moment.id}/", {"none": ""})
    assert ASKED not in page(client, "/today/")


def test_the_first_code_is_no_new_one_and_who_opens_with_it_has_it(client: Client) -> None:
    client.post("/begin/write/")
    client.post("/note/", {"what": "Something", "stop": ""})
    words = "five quiet words for this"
    shown = client.post("/begin/keep/", {"passphrase": words, "again": words}).content.decode()
    code = re.search(r'name="code" value="([^"]+)"', shown)
    assert code
    wrong = client.post("/begin/recovery/", {"code": code[1], "ending": "8888-9999"}).content.decode()
    assert "old code" not in wrong
    assert "Do this later" in wrong
    assert "Make one and write it down" in page(client, "/today/")
    client.post("/lock/")
    other = "six other quiet words for this"
    client.post("/unlock/recovery/", {"code": code[1], "passphrase": other, "again": other})
    assert "Make one and write it down" not in page(client, "/today/")


def test_saving_without_a_tick_says_nothing_in_the_persons_name(own: Own) -> None:
    client = own()
    moment = note(client, "She kissed me at the door.", "crossed_a_boundary")
    before = opened(client).journal.moments()
    which = moment.replace("/note/", "/which/")
    shown = client.post(which, {}).content.decode()
    assert "Tick what comes closest, or choose “None of these”." in shown
    assert opened(client).journal.moments() == before
    assert "may have been crossed" in page(client, "/today/")
    client.post(which, {"none": ""})
    assert "may have been crossed" not in page(client, "/today/")
