"""Care: danger near the words, what is not for repair, leaving, and the next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client

from reattune.journal.vocabulary import MILD_LINES, NOT_FOR_REPAIR, CrossedLine
from reattune.web.pages.shared.wording import crisis_lines
from tests.web.journals import exported
from tests.web.test_bad_input_on_pages import TODAY, check_in, note, therapist_of
from tests.web.test_say_and_mend import finished, page, talk, thread_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
REPAIR_PROMPTS = (
    "Prepare to bring it up", "Say it once", "Look at other ways", "Prepare to say it again", "Keep writing",
    "Rehearse it", "One more try", "Open my card", "We’ve talked", "Put them together", "Say it in three lines",
    "Look at this more closely", "Something to mend", "Practise speaking up with them",
)  # fmt: skip


def walk(client: Client, start: str) -> dict[str, str]:
    """Every screen reached by links from ``start`` and from Today, with its text."""
    seen: dict[str, str] = {}
    waiting = [start, "/today/", "/going/", "/held/"]
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith(("/note/", "/thread/", "/today/", "/going/", "/held/", "/words/",
                                                      "/after/", "/check/", "/kept/", "/places/")):  # fmt: skip
            continue
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        seen[address] = answer.content.decode()
        waiting += [link.split("?")[0] for link in re.findall(r'href="(/[^"#]*)', seen[address])]
    return seen


def never_asks_to_mend(client: Client, start: str) -> None:
    screens = walk(client, start)
    assert len(screens) >= 6
    for address, text in screens.items():
        main = text.partition("<main")[2]
        for prompt in REPAIR_PROMPTS:
            assert prompt not in main, f"{prompt!r} on {address}"


@pytest.mark.parametrize("cause", sorted(NOT_FOR_REPAIR))
def test_no_screen_asks_to_mend_what_a_cause_says_is_not_theirs(own: Own, cause: str) -> None:
    client = own()
    check_in(client, TODAY - timedelta(days=2), urge_to_leave="9")
    moment = note(client, "What happened there", cause)
    client.post(f"{moment}say/")
    never_asks_to_mend(client, moment)
    assert "Keep a dated record" in page(client, moment)


@pytest.mark.parametrize("cause", sorted(NOT_FOR_REPAIR))
def test_which_boundary_it_was_is_asked_before_anything_is_said_about_it(own: Own, cause: str) -> None:
    client = own()
    moment = note(client, "She sat very near, and touched my arm.", cause)
    for address in (moment, "/today/"):
        asked = page(client, address).partition("<main")[2]
        assert "Which boundary was it?" in asked
        assert "yours to mend" not in asked
        assert "Prepare to bring it up" not in asked
    shown = page(client, moment)
    assert "They came closer than felt right" in shown
    assert "You don’t have to be sure" in shown
    assert "Get help now" in shown.partition("<main")[2]
    client.post(f"{moment}which/", {"smaller": "too_near"})
    assert "You can talk about this, but you don’t have to" in page(client, moment)
    client.post(f"{moment}which/", {"crossed": "sexual"})
    for address in (moment, "/today/"):
        assert "This isn’t yours to mend" in page(client, address)


@pytest.mark.parametrize("line", sorted(set(CrossedLine) - MILD_LINES))
def test_nor_where_the_person_ticks_it(own: Own, line: str) -> None:
    client = own()
    moment = note(client, "It was strange", "other")
    assert "Prepare to bring it up" in page(client, moment)
    client.post(f"{moment}which/", {"crossed": line})
    never_asks_to_mend(client, moment)
    client.post(f"{moment}which/", {})
    assert "Prepare to bring it up" in page(client, moment), "a tick can be taken back"


@pytest.mark.parametrize("line", sorted(MILD_LINES))
def test_a_mild_line_leaves_both_ways_open(own: Own, line: str) -> None:
    client = own()
    moment = note(client, "It was strange", "crossed_a_boundary")
    assert "Prepare to bring it up" not in page(client, moment), "until it is said which line it was"
    assert "Which boundary was it?" in page(client, moment)
    client.post(f"{moment}which/", {"smaller": line})
    shown = page(client, moment)
    assert "You can talk about this, but you don’t have to" in shown
    assert "Prepare to bring it up" in shown
    assert "Where to turn" in shown
    client.post(f"{moment}which/", {"smaller": line, "crossed": "threat"})
    never_asks_to_mend(client, moment)


def test_nor_where_they_were_hit_back_for_saying_it(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "a")))
    talk(client, thread, met=["retaliated"], outcome="unheard")
    never_asks_to_mend(client, thread)
    assert "This isn’t yours to mend" in page(client, thread)


def test_words_only_ask_whether_a_line_was_crossed(own: Own) -> None:
    client = own()
    moment = note(client, "My therapist kissed me and put his hand on my leg.", "other")
    shown = page(client, moment)
    assert "Was it one of these?" in shown
    assert "Prepare to bring it up" not in shown
    which = re.search(r'href="(/which/[0-9a-f-]{36}/)"', shown)
    assert which
    assert client.post(which[1], {"none": ""}).headers["Location"] == moment
    assert "Prepare to bring it up" in page(client, moment)
    assert "This isn’t yours to mend" not in shown


def test_wanting_to_die_does_not_hide_that_somebody_does_harm(own: Own) -> None:
    """Both are told where to turn, and nothing offers a talk with whoever did it."""
    client = own()
    words = "I don’t want to live any more. My therapist kissed me and put his hand on my leg."
    fields = {"who": therapist_of(client), "day": TODAY.isoformat(), "what": words, "cause": "other", "stop": ""}
    answer = client.post("/note/", fields)
    moment, shown = str(answer.headers["Location"]), page(client, str(answer.headers["Location"]))
    assert "You don’t have to be alone with this" in shown
    assert "It sounds as though someone may be hurting you" in shown
    assert "116 123" in shown
    lines = crisis_lines("GB")["entry"].lines
    assert all(line.name in shown for line in lines)
    assert "Was it one of these?" in shown
    assert "“My therapist kissed me and put his hand on my leg.”" in shown
    for there in walk(client, moment).values():
        assert "Prepare to bring it up" not in there


def test_the_record_is_dated_whole_and_alone(own: Own) -> None:
    client = own()
    moment = note(client, "He asked me to lend him money.", "crossed_a_boundary")
    note(client, "Something else, private.")
    address = f"/kept/{moment[6:42]}/"
    assert "attachment" not in client.get(f"{address}record.txt").headers.get("Content-Disposition", "")
    text = exported(client, f"{address}record.txt").content.decode()
    assert "He asked me to lend him money." in text
    assert f"{TODAY:%d %B %Y}" in text
    assert "private" not in text
    assert "He asked me to lend him money." in page(client, address)
    assert client.get("/kept/00000000-0000-7000-8000-000000000000/").status_code == 404


@pytest.mark.parametrize("region", ["US", "GB", "IE", "CA", "AU", "NZ", "DE", "AT", "CH", "ES", "FR", "NL", "BR", ""])
def test_where_to_turn_is_honest_about_what_was_not_found(own: Own, region: str) -> None:
    shown = page(own(), f"/places/?region={region}")
    assert any(words in shown for words in ("We don’t know the right place", "Choose a country, or", "thing-title"))
    assert "Getting out safely" in shown


DANGEROUS = "I want to die and I have a plan."


def test_danger_shows_the_lines_at_the_moment_of_writing_and_for_an_hour(own: Own) -> None:
    client = own()
    quiet = client.post("/typing/", {"draft_of": "/held/", "words": "She looked at the clock."})
    assert quiet.status_code == 204
    arriving = client.post("/typing/", {"draft_of": "/held/", "words": DANGEROUS})
    assert arriving.status_code == 200
    assert b"hx-swap-oob" in arriving.content
    assert b"116 123" in arriving.content
    assert "You don’t have to be alone with this" in arriving.content.decode()
    assert "Nobody is told that this message came up" in arriving.content.decode()
    shown = page(client, "/today/")
    assert "You don’t have to be alone with this" not in shown, "in full it is shown once, at the words"
    assert shown.index("get help") < shown.index("What brings you here today?")


def test_whoever_is_being_hurt_meets_lines_for_that_first_and_whoever_wants_to_die_does_not(own: Own) -> None:
    client = own()
    meant_for_that = "a partner, an ex or a relative hurts"
    hurt = client.post("/typing/", {"draft_of": "/held/", "words": "My boyfriend beat me again last night."})
    shown = hurt.content.decode()
    assert 0 < shown.index(meant_for_that) < shown.index("116 123")
    dying = client.post("/typing/", {"draft_of": "/asked/", "words": DANGEROUS}).content.decode()
    assert "116 123" in dying


def test_danger_locks_nothing_and_keeps_everything(own: Own) -> None:
    client = own()
    moment = note(client, DANGEROUS)
    first = page(client, moment)
    assert DANGEROUS in first
    assert "You don’t have to be alone with this" in first
    assert client.get("/going/").status_code == 200


def test_an_ordinary_day_shows_no_lines(own: Own) -> None:
    client = own()
    note(client, "She joked about my lists and it hurt. My back was killing me on the chair.")
    assert "You don’t have to be alone with this" not in page(client, "/today/")


def test_every_door_opens_with_nothing_filled_in(own: Own) -> None:
    client = own()
    note(client, "a")
    for choice, end in (("talk", "/few/"), ("pause", "/until/"), ("leave", "/well/"), ("look", "/next/")):
        assert client.post("/going/", {"choice": choice}).headers["Location"].endswith(end)
    assert client.post("/going/", {"choice": "nonsense"}).status_code == 200


def test_the_short_way_is_one_page_and_a_card(own: Own) -> None:
    client = own()
    short = client.post("/going/", {"choice": "talk", "why": "It was the joke."}).headers["Location"]
    assert "It was the joke." in page(client, short)
    assert "the card would be empty" in client.post(short, {"what_happened": " "}).content.decode()
    card = client.post(short, {"what_happened": "The joke.", "what_i_need": "That you ask."}).headers["Location"]
    assert "That you ask." in page(client, card)


def test_one_more_try_goes_to_what_was_not_heard(own: Own) -> None:
    client = own()
    assert "One more try" not in page(client, "/going/")
    thread = thread_of(client, finished(client, note(client, "a")))
    talk(client, thread, outcome="unheard", met=["got_defensive"])
    assert "One more try" in page(client, "/going/")
    assert client.post("/going/", {"choice": "another_way"}).headers["Location"] == thread


def test_a_break_is_agreed_seen_moved_and_ended(own: Own) -> None:
    client = own()
    address = client.post("/going/", {"choice": "pause"}).headers["Location"]
    assert "Choose a day" in client.post(address, {"until": ""}).content.decode()
    until = TODAY + timedelta(days=20)
    client.post(address, {"until": until.isoformat(), "tried": "We write to each other."})
    assert f"on a break until {until.day} {until:%B}" in page(client, "/today/")
    client.post(address, {"end": ""})
    assert "on a break" not in page(client, "/today/")


def test_leaving_well_has_words_by_reason_and_keeps_what_is_written(own: Own) -> None:
    client = own()
    address = client.post("/going/", {"choice": "leave", "about": ["done"]}).headers["Location"]
    assert "got what I came for" in page(client, address)
    client.post(address, {"how_to_say_it": "Goodbye.", "take_along": "My lists.", "goodbye": "It was a lot."})
    kept = page(client, address)
    for words in ("Goodbye.", "My lists.", "It was a lot.", "Saved."):
        assert words in kept


def test_two_sessions_later_it_asks_how_the_choice_turned_out(own: Own) -> None:
    client = own()
    client.post("/going/", {"choice": "look", "why": "I wanted to run."})
    assert "How did it turn out?" not in page(client, "/today/")


def test_the_next_one_from_needs_to_the_third_session(own: Own) -> None:
    client = own()
    moment = note(client, "a", "forgot_something")
    client.post(f"{moment}size/", {"reaction": "8", "event": "3", "stop": ""})
    shown = page(client, "/next/")
    assert "This once hurt a lot" in shown
    take = re.search(r"/next/take/[0-9a-f-]{36}/", shown)
    assert take
    client.post(take[0])
    client.post("/next/", {"words": "Asks how it is between us", "wanted": "yes", "weight": "3"})
    assert "Asks how it is between us" in page(client, "/next/")
    needs = re.findall(r'type="radio" name="(need_\w+)" value="2"', page(client, "/next/one/"))
    for name, met in (("Ada", "2"), ("Ben", "0")):
        client.post("/next/one/", {"name": name, needs[0]: "1", needs[1]: met})
    shown = page(client, "/next/")
    assert shown.index("Ada") < shown.index("Ben")
    assert "fit so far: 4 out of 5" in shown
    ada = re.search(r'href="(/next/[0-9a-f-]{36}/)">Ada', shown)
    assert ada
    assert client.post(ada[1], {"name": "Ada", "choose": ""}).headers["Location"] == "/today/"
    assert "The bond with Ada" in page(client, "/today/")
    assert "a" in page(client, moment), "the old relationship keeps its thread"
    for number in (1, 2, 3):
        check_in(client, date.today() - timedelta(days=3 - number))
        assert f"That was session {number} with Ada" in page(client, "/today/")
        back = f"{ada[1]}first/"
        client.post(back, {needs[0]: "2", "words": f"Hour {number}."})
        assert f"Hour {number}." in page(client, back)
    assert "That was session" not in page(client, "/today/")
    words = re.search(r'/next/drop/0/">.*?name="words" value="([^"]+)"', page(client, "/next/"))
    assert words
    client.post("/next/drop/0/", {"words": unescape(words[1])})
    assert "Not again" not in page(client, "/next/").partition("From your journal")[0]


def test_a_page_says_what_reattune_is_not(own: Own) -> None:
    assert "doesn’t treat, judge or diagnose" in Client().get("/").content.decode()
    client = own()
    assert "It doesn’t treat, diagnose" in page(client, "/settings/")


def test_what_was_written_for_leaving_is_on_the_page_to_print(own: Own) -> None:
    client = own()
    left = client.post("/going/", {"choice": "leave", "why": "I cannot cry there."}).headers["Location"]
    client.post(left, {"how_to_say_it": "I have decided to stop.", "goodbye": "Dear Paul, that was that."})
    printed = exported(client, "/settings/file/page/", parts=["endings"]).content.decode()
    for words in ("I cannot cry there.", "I have decided to stop.", "Dear Paul, that was that."):
        assert words in printed


def test_a_check_in_half_answered_is_saved_and_found(own: Own) -> None:
    client = own()
    made = client.post("/check/", {"day": TODAY, "place": "in_person", "safe": "5"})
    reading = made.headers["Location"]
    assert "No check-in yet" not in page(client, reading)
    assert reading in page(client, "/so-far/")


def test_after_the_therapy_has_ended_what_was_left_unsaid_is_there_to_read(own: Own) -> None:
    client = own()
    client.post("/held/", {"words": "That I dread Tuesdays.", "weight": "5"})
    client.post("/settings/person/ended/")
    shown = page(client, "/held/")
    assert "That I dread Tuesdays." in shown
    assert "Prepare to bring it up" not in shown
    assert client.post("/held/", {"words": "One more.", "weight": "5"}).status_code == 302
    assert "One more." not in page(client, "/held/")


def test_that_no_boundary_was_crossed_is_asked_about_and_can_be_taken_back(own: Own) -> None:
    client = own()
    left = client.post("/going/", {"choice": "safe", "why": "He stood too near."}).headers["Location"]
    asked = left.replace("/first/", "/no-line/")
    assert "Change this to “no boundary was crossed, and I feel safe”?" in page(client, asked)
    assert "yours to mend" in page(client, "/today/")
    assert client.post(asked).headers["Location"] == "/going/"
    assert "yours to mend" not in page(client, "/today/")
    assert "He stood too near." in page(client, "/going/"), "the words wait where they were written"
    again = client.post("/going/", {"choice": "safe", "why": "He stood too near."}).headers["Location"]
    assert again.endswith("/first/")
    assert "yours to mend" in page(client, "/today/")


def test_none_of_these_boundaries_leaves_an_ordinary_moment(own: Own) -> None:
    client = own()
    moment = note(client, "She told my doctor.", "broke_confidence")
    assert "may have been crossed" in page(client, "/today/")
    which = moment.replace("/note/", "/which/")
    client.post(which, {"none": ""})
    assert "may have been crossed" not in page(client, "/today/")
    assert "Prepare to bring it up" in page(client, moment)


def test_words_of_harm_are_asked_about_once_on_a_page_and_nothing_beside_it_asks_to_say_it(own: Own) -> None:
    client = own()
    note(client, "He hit me in the face and said he will kill me if I leave.")
    today = page(client, "/today/")
    assert today.count("He hit me in the face") == 1
    assert today.count("Was it one of these?") == 1
    assert "you could say it once" not in page(client, "/going/")
