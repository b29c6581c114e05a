"""Say it and mend it, page by page: what is odd, empty, huge, stale or out of order."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from tests.web.test_bad_input_on_pages import TODAY, check_in, note, therapist_of, thread_on_today

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
PLAN = re.compile(r"/words/[0-9a-f-]{36}/")
STEPS = ("happened", "felt", "made", "need", "fear")


def plan_of(client: Client, moment: str) -> str:
    location = client.post(f"{moment}say/").headers["Location"]
    found = PLAN.match(location)
    assert found
    return found[0]


def finished(client: Client, moment: str, words: str = "It hurt.") -> str:
    plan = plan_of(client, moment)
    for step in STEPS:
        assert client.post(f"{plan}{step}/", {"words": words if step == "happened" else ""}).status_code == 302
    assert client.post(f"{plan}how/", {"delivery": "say"}).headers["Location"] == f"{plan}card/"
    return plan


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def thread_of(client: Client, plan: str) -> str:
    found = re.search(r"/thread/[0-9a-f-]{36}/", page(client, f"{plan}card/"))
    assert found
    return found[0]


def talk(client: Client, thread: str, day: date = TODAY, **fields: object) -> str:
    response = client.post(f"{thread}talk/", {"day": day.isoformat(), **fields})
    assert response.status_code == 302, re.findall(r'class="error"[^>]*>([^<]+)', response.content.decode())
    return str(response.headers["Location"])


def test_openings_by_cause_softer_and_firmer(own: Own) -> None:
    client = own()
    plan = plan_of(client, note(client, "Over my lists", "joked_and_it_hurt"))
    for step, softer in (("happened", "There was a joke last time"), ("fear", "say it was only a joke")):
        shown = page(client, f"{plan}{step}/")
        assert shown.index("Softer") < shown.index(softer) < shown.index("Firmer")
    back = client.post(f"{plan}felt/", {"words": "Mine.", "opening": "1"}).content.decode()
    assert "Mine.\nI felt laughed at" in back


@pytest.mark.parametrize(
    ("fear", "warned"),
    [
        ("He'll be hurt. He looks so tired already.", False),
        ("I’m worried about hurting him, he is so tired.", False),
        ("I don't want to hurt her feelings.", False),
        ("That he will be hurt and disappointed in me.", False),
        ("That he will hurt me.", True),
        ("I'd hurt him, and then he'll hit me.", True),
    ],
)
def test_a_fear_for_them_is_not_a_fear_of_them(own: Own, fear: str, warned: bool) -> None:
    client = own()
    plan = plan_of(client, note(client, "a"))
    client.post(f"{plan}fear/", {"words": fear})
    assert ("Your safety comes first" in page(client, f"{plan}how/")) is warned


def test_an_empty_plan_makes_a_card_that_says_so(own: Own) -> None:
    client = own()
    plan = finished(client, note(client, "", "judged_me"), "")
    assert "no words on this card yet" in page(client, f"{plan}card/")
    assert "The card stays empty" in page(client, f"{plan}how/")


@pytest.mark.parametrize("words", ["x" * 50_000, "كان ذلك مؤلما 😔", "‮backwards", "<script>alert(1)</script>"])
def test_any_words_come_back_whole(own: Own, words: str) -> None:
    client = own()
    plan = finished(client, note(client, "a"), words)
    shown = page(client, f"{plan}card/")
    text = re.search(r"<textarea id=\"as-text\"[^>]*>(.*?)</textarea>", shown, re.DOTALL)
    assert text
    assert text[1] == words.replace("<", "&lt;").replace(">", "&gt;")


def test_too_long_says_so_and_keeps_what_was_typed(own: Own) -> None:
    client = own()
    plan = plan_of(client, note(client, "a"))
    shown = client.post(f"{plan}felt/", {"words": "y" * 100_001}).content.decode()
    assert "too long" in shown
    assert "y" * 1000 in shown


def test_a_reminder_tells_when_and_not_what(own: Own) -> None:
    client = own()
    check_in(client, TODAY - timedelta(days=3))
    plan = finished(client, note(client, "Over my lists"))
    answer = client.get(f"{plan}card/reminder.ics", {"day": "2030-05-31", "hour": "08:30"})
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reminder.ics"'
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert event["summary"] == "Reminder"
    assert event.decoded("dtstart").strftime("%Y-%m-%d %H:%M") == "2030-05-31 08:30"
    assert len(event.walk("VALARM")) == 1
    for telling in (b"lists", b"eattune", b"Miriam", plan[7:43].encode()):
        assert telling not in answer.content
    assert client.get(f"{plan}card/reminder.ics", {"day": "x", "hour": ""}).status_code == 400


def test_the_frame_goes_before_words_that_are_sent(own: Own) -> None:
    client = own()
    plan = finished(client, note(client, "a"))
    assert "This is for our next session" not in page(client, f"{plan}card/")
    client.post(f"{plan}how/", {"delivery": "send_before"})
    assert "This is for our next session" in page(client, f"{plan}card/")


def test_rehearsing_has_three_answers_by_cause_and_keeps_how_ready(own: Own) -> None:
    client = own()
    plan = finished(client, note(client, "a", "forgot_something"))
    assert "about 5 seconds" in page(client, f"{plan}aloud/read/")
    assert client.post(f"{plan}aloud/read/", {"ready": "3"}).headers["Location"].endswith("/aloud/answers/")
    shown = page(client, f"{plan}aloud/answers/")
    assert "I forgot, and it was important" in shown
    assert shown.count("You could say") == 3
    assert client.post(f"{plan}aloud/answers/").headers["Location"].endswith("/aloud/ready/")
    assert "you said 3 out of 10" in page(client, f"{plan}aloud/ready/")
    assert client.post(f"{plan}aloud/ready/", {"ready": "7"}).headers["Location"] == f"{plan}card/"
    assert client.get(f"{plan}aloud/nothing/").status_code == 404


def test_a_second_attempt_shows_the_first_and_begins_otherwise(own: Own) -> None:
    client = own()
    plan = finished(client, note(client, "a"), "You laughed.")
    thread = thread_of(client, plan)
    after = page(client, talk(client, thread, met=["explained", "got_defensive"], outcome="unheard"))
    assert "You don’t have to do anything about it today" in after
    for way in ("Say it in other words", "With a third person", "Leave it for today", "thinking of leaving therapy"):
        assert way in after
    location = client.post(f"{thread}plan/", {"approach": "ask_for_time"}).headers["Location"]
    second = page(client, location)
    assert "Last time" in second
    assert second.count("You laughed.") == 2
    assert "They got defensive" in second
    assert "first ten minutes today" in second


def test_a_stale_talk_is_not_kept_twice(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "a")))
    seen = re.search(r'name="seen" value="([^"]+)"', page(client, f"{thread}talk/"))
    assert seen
    talk(client, thread, outcome="unheard", seen=seen[1])
    again = client.post(f"{thread}talk/", {"day": TODAY.isoformat(), "outcome": "unheard", "seen": seen[1]})
    assert "changed in another window" in again.content.decode()
    assert page(client, thread).count("I said it, and wasn’t heard") == 1


def test_a_talk_before_its_rupture_says_so(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "a")))
    early = (TODAY - timedelta(days=9)).isoformat()
    shown = client.post(f"{thread}talk/", {"day": early, "feel_now": "Kept words."}).content.decode()
    assert "before the thing it was about happened" in shown
    assert "Kept words." in shown


def test_one_big_moment_is_asked_about_and_a_no_is_remembered(own: Own) -> None:
    client = own()
    moment = note(client, "She read my letter aloud.")
    client.post(f"{moment}size/", {"reaction": "9", "event": "4", "stop": ""})
    assert "Would you like to bring this up?" in page(client, "/today/")
    client.post("/asked/", {"source": "bond"})
    assert "Would you like to bring this up?" in page(client, "/today/"), "an answer to something else changes nothing"
    client.post("/asked/", {"source": "moment"})
    assert "Would you like to bring this up?" not in page(client, "/today/")
    assert "She read my letter aloud." in page(client, "/held/")


def test_several_small_moments_are_put_together_or_joined(own: Own) -> None:
    client = own()
    for number in range(4):
        small = note(client, f"Small thing {number}")
        if number < 3:
            said = "nothing is called small that was not rated"
            assert "Do these belong together?" not in page(client, "/today/"), said
        client.post(f"{small}size/", {"reaction": "4", "stop": ""})
    assert "Do these belong together?" in page(client, "/today/")
    form = page(client, "/thread/?noticed=moments")
    assert form.count("checked") == 4
    ids = re.findall(r'name="moments" value="([0-9a-f-]{36})"', form)
    day = re.search(r'name="day" value="([^"]+)"', form)
    assert day
    made = client.post("/thread/?noticed=moments", {"title": "Little by little", "day": day[1], "moments": ids})
    thread = made.headers["Location"]
    assert "bit by bit" in page(client, thread)
    for number in range(4, 8):
        client.post(f"{note(client, f'Small thing {number}')}size/", {"reaction": "4", "stop": ""})
    rupture = thread[8:44]
    joined = client.post("/asked/", {"source": "moments", "rupture": rupture})
    assert joined.headers["Location"] == thread
    assert page(client, thread).count("Small thing") == 8


def test_what_was_noted_can_be_said_let_go_and_taken_back(own: Own) -> None:
    client = own()
    client.post("/held/", {"words": "That I dread the holidays.", "weight": "6"})
    held = page(client, "/held/")
    act = re.search(r"/held/[0-9a-f-]{36}/", held)
    assert act
    assert "how heavy: 6 out of 10" in held
    client.post(f"{act[0]}let-go/")
    gone = page(client, "/held/")
    assert "Nothing here yet." in gone
    assert "That I dread the holidays." in gone
    client.post(f"{act[0]}take-back/")
    location = client.post(f"{act[0]}say/").headers["Location"]
    assert "That I dread the holidays." in page(client, location)
    assert "That I dread the holidays." in page(client, thread_on_today(client))
    assert client.post(f"/held/{therapist_of(client)}/let-go/").status_code == 404


def test_too_calm_is_asked_about_once(own: Own) -> None:
    client = own()
    for week in range(3):
        check_in(client, TODAY - timedelta(weeks=week), urge_to_leave="6")
    assert "No change lately" in page(client, "/today/")
    client.post("/asked/", {"source": "calm"})
    assert "No change lately" not in page(client, "/today/")


def test_a_mended_one_is_shown_asked_about_later_and_reopened(own: Own) -> None:
    client = own()
    for week in range(9, 4, -1):
        check_in(client, TODAY - timedelta(weeks=week))
    moment = note(client, "a")
    plan = finished(client, moment)
    thread = thread_of(client, plan)
    after = talk(client, thread, outcome="repaired", agreed="She asks first.")
    client.post(after, {"word": "stronger", "what_made_it_work": "Reading it."})
    shown = page(client, thread)
    assert "How you see it, and what the check-ins show" in shown
    assert "Too early to say" in shown
    later = f"{after}later/"
    assert "She asks first." in page(client, later)
    assert client.post(later, {"held": "no", "held_words": "It is back."}).headers["Location"] == thread
    assert "It came back" in page(client, thread)
    client.post(f"{thread}to/reopen/")
    again = page(client, thread)
    assert "Open again" in again
    assert "Reading it." in again
    assert client.get(later).status_code == 200


def test_the_end_of_a_therapy_ends_what_was_open(own: Own) -> None:
    client = own()
    thread = thread_of(client, finished(client, note(client, "a")))
    client.post("/settings/person/ended/")
    assert "This has ended" in page(client, thread)


def test_beside_a_crossed_boundary_no_page_of_saying_it_opens(own: Own) -> None:
    client = own()
    moment = note(client, "a")
    plan = finished(client, moment)
    thread = thread_of(client, plan)
    client.post(f"{note(client, 'b', 'crossed_a_boundary')}say/", {"join": thread[8:44]})
    for address in (f"{plan}happened/", f"{plan}card/", f"{plan}aloud/read/", f"{plan}how/"):
        assert client.get(address).headers["Location"] == thread
    assert "This isn’t yours to mend" in page(client, thread)
    assert "Prepare to bring it up" not in page(client, "/held/")


def test_what_works_claims_nothing_under_three(own: Own) -> None:
    client = own()
    for number in range(3):
        shown = page(client, "/ways/")
        # One sentence, and no list of what nothing can be said about.
        assert "enough here to say anything yet" in shown
        assert "<h2" not in shown
        plan = finished(client, note(client, str(number)))
        talk(client, thread_of(client, plan), outcome="partly" if number else "unheard", delivery="say")
    shown = page(client, "/ways/")
    assert "enough here to say anything yet" not in shown
    assert "something was mended in 2 out of 3" in shown
    assert "from 2 to 9 out of 10" in shown
    # A way that was tried once is not on the page beside it.
    plan = finished(client, note(client, "3"))
    talk(client, thread_of(client, plan), outcome="repaired", delivery="hand_over")
    assert "I gave it to them to read" not in page(client, "/ways/")


def test_guides_are_there_and_no_more(own: Own) -> None:
    client = own()
    assert page(client, "/read/").count("/read/") >= 5
    assert "Sources" in page(client, "/read/5/")
    assert client.get("/read/11/").status_code == 404
    assert client.get("/read/0/").status_code == 404


def test_what_was_said_without_a_card_is_said_and_can_be_taken_back(own: Own) -> None:
    client = own()
    client.post("/held/", {"words": "That the bill came late.", "weight": "3"})
    moment = note(client, "She looked at the clock.")
    for act in re.findall(r"/held/[0-9a-f-]{36}/said/", page(client, "/held/")):
        assert client.post(act).headers["Location"] == "/held/"
    shown = page(client, "/held/")
    assert "Nothing here yet." in shown
    assert shown.count("I haven’t said it yet") == 2
    assert "<dd>yes</dd>" in page(client, moment), "the moment says the same"
    for act in re.findall(r"/held/[0-9a-f-]{36}/take-back/", shown):
        client.post(act)
    assert page(client, "/held/").count("I’ve said this") == 2
    assert "<dd>yes</dd>" not in page(client, moment)


def test_a_moment_changed_to_not_said_is_left_unsaid_again(own: Own) -> None:
    client = own()
    moment = note(client, "She looked at the clock.")
    act = re.findall(r"/held/[0-9a-f-]{36}/said/", page(client, "/held/"))[0]
    client.post(act)
    client.post(f"{moment}did/", {"said": "no"})
    assert "I’ve said this" in page(client, "/held/")
    assert "I haven’t said it yet" not in page(client, "/held/")


def test_what_has_come_back_goes_on_with_its_story(own: Own) -> None:
    client = own()
    first = note(client, "She forgot the name of my son.", "forgot_something")
    thread = thread_of(client, finished(client, first))
    talk(client, thread, outcome="repaired")
    other = note(client, "She yawned.", "seemed_bored_or_absent")
    assert "open it once more" not in page(client, other), "another kind of thing"
    again = note(client, "She forgot his name again.", "forgot_something")
    shown = page(client, again)
    assert "open it once more" in shown
    assert "Add it to “She forgot the name" not in shown, "it is not open"
    mended = re.search(r'name="join" value="([0-9a-f-]{36})"', shown)
    assert mended
    assert client.post(f"{again}say/", {"join": mended[1]}).headers["Location"] == thread
    story = page(client, thread)
    assert "She forgot his name again." in story
    assert "She forgot the name of my son." in story
    assert "Prepare" in story


def whole_of(client: Client, moment: str) -> str:
    return f"{plan_of(client, moment)}whole/"


def moment_felt(client: Client, **fields: object) -> str:
    given = {"who": therapist_of(client), "day": TODAY.isoformat(), "what": "She corrected my English.", **fields}
    return str(client.post("/note/", {**given, "stop": ""}).headers["Location"])


def value_of(shown: str, name: str) -> str:
    found = re.search(rf'<textarea name="{name}"[^>]*>\n([^<]*)</textarea>', shown)
    assert found
    return found[1]


def test_from_what_happened_straight_to_the_words_with_nothing_asked_twice(own: Own) -> None:
    client = own()
    given = {"who": therapist_of(client), "day": TODAY.isoformat(), "what": "She yawned.", "words": "",
             "feelings": ["hurt", "angry", "small"], "feelings_words": "Like a bore."}  # fmt: skip
    whole = client.post("/note/", given).headers["Location"]
    assert whole.endswith("/whole/")
    shown = page(client, whole)
    assert value_of(shown, "what_happened") == "She yawned."
    assert value_of(shown, "what_i_felt") == "I felt hurt, angry and small. Like a bore."
    assert "On the card you speak to them" in shown
    assert client.post(whole, {"what_happened": "You yawned.", "make": ""}).headers["Location"].endswith("/card/")
    assert "You yawned." in page(client, whole.replace("whole", "card"))


def test_a_boundary_leads_to_no_words(own: Own) -> None:
    client = own()
    given = {"who": therapist_of(client), "day": TODAY.isoformat(), "what": "A hand.", "words": ""}
    for fields in ({"cause": "crossed_a_boundary"}, {"what": "He touched my breast.", "cause": "other"}):
        after = client.post("/note/", {**given, **fields}).headers["Location"]
        assert after.startswith("/note/"), fields
        assert "Prepare to bring it up" not in page(client, after)


def test_between_the_whole_page_and_one_question_at_a_time_no_word_is_lost(own: Own) -> None:
    client = own()
    whole = whole_of(client, moment_felt(client, feelings=["ashamed"]))
    step = client.post(whole, {"what_happened": "You did.", "what_i_need": "Time.", "steps": ""}).headers["Location"]
    assert step.endswith("/happened/")
    assert value_of(page(client, step), "words") == "You did."
    need = step.replace("happened", "need")
    assert client.post(need, {"words": "More time.", "whole": ""}).headers["Location"] == whole
    assert value_of(page(client, whole), "what_i_need") == "More time."


def test_an_opening_or_a_look_at_the_card_without_javascript_keeps_all_words_in_the_page(own: Own) -> None:
    client = own()
    whole = whole_of(client, moment_felt(client))
    typed = {"what_happened": "You did.", "what_i_felt": "Small.", "what_i_need": "Time.", "fear_on_card": "on",
             "what_i_fear": "A sigh.", "delivery": "hand_over", "may_have_misread": "on"}  # fmt: skip
    back = client.post(whole, {**typed, "opening": "need:0"}).content.decode()
    assert value_of(back, "what_i_need").startswith("Time.\n")
    assert value_of(back, "what_i_felt") == "Small."
    card = client.post(whole, {**typed, "show": ""}).content.decode()
    shown = re.findall(r'<p (?:dir="auto" )?data-(?:part|ticked|frame)="[^>]*"(?: data-if="[^"]*")?>([^<]+)</p>', card)
    assert "You did." in shown
    assert any("I may have misread this" in each for each in shown)
    assert any("easier for me than saying it" in each for each in shown)
    assert shown[-1] == "A sigh."
    assert client.post(whole, {**typed, "opening": "need:999", "stop": ""}).status_code == 302
    assert client.post(whole, {**typed, "opening": "nothing:x", "stop": ""}).status_code == 302


def test_the_whole_page_in_two_windows_is_not_overwritten_silently(own: Own) -> None:
    client = own()
    whole = whole_of(client, moment_felt(client))
    seen = re.search(r'name="seen" value="([^"]+)"', page(client, whole))
    assert seen
    client.post(whole, {"what_i_need": "from the first", "seen": seen[1], "stop": ""})
    both = client.post(whole, {"what_i_need": "from the second", "seen": seen[1], "make": ""}).content.decode()
    assert "changed in another window" in both
    assert "from the first" in both
    only = client.post(whole, {"what_i_need": "from the second", "seen": seen[1], "opening": "need:0"}).content.decode()
    assert f'name="seen" value="{seen[1]}"' in only, "an opening does not make a stale form a fresh one"


def test_a_feared_blow_is_spoken_of_before_the_card_is_made(own: Own) -> None:
    client = own()
    whole = whole_of(client, moment_felt(client))
    feared = {"what_happened": "You shouted.", "what_i_fear": "That he hits me again."}
    assert client.post(whole, {**feared, "make": ""}).headers["Location"] == whole
    assert "Your safety comes first" in page(client, whole)
    assert client.post(whole, {**feared, "make": "", "warned": "1"}).headers["Location"].endswith("/card/")


def person(client: Client, name: str) -> str:
    page(client, "/note/")
    given = {"who": "new", "name": name, "role": "friend", "day": TODAY.isoformat(), "what": "a"}
    client.post("/note/", {**given, "stop": ""})
    found = re.search(rf'<option value="([0-9a-f-]{{36}})"[^>]*>{name}', page(client, "/note/"))
    assert found
    return found[1]


def test_a_wrong_person_is_put_right_and_the_story_with_its_words_goes_along(own: Own) -> None:
    client = own()
    wrong = person(client, "Jo")
    moment = moment_felt(client, who=wrong)
    plan = plan_of(client, moment)
    client.post(f"{plan}whole/", {"what_happened": "You corrected me.", "make": ""})
    right = therapist_of(client)
    changed = client.post(f"{moment}change/", {"who": right, "day": TODAY.isoformat(), "what": "She corrected me."})
    assert changed.status_code == 302
    assert "Miriam" in page(client, moment)
    thread = thread_of(client, plan)
    assert "Miriam" in page(client, thread)
    assert "You corrected me." in page(client, f"{plan}card/")
    assert "You corrected me." not in page(client, f"/with/{wrong}/")


def test_of_a_story_with_more_in_it_only_the_moment_goes_to_the_right_person(own: Own) -> None:
    client = own()
    first = note(client, "She yawned.", "seemed_bored_or_absent")
    thread = thread_of(client, finished(client, first))
    other = note(client, "She looked away.", "seemed_bored_or_absent")
    joined = re.search(r"/thread/([0-9a-f-]{36})/", thread)
    assert joined
    client.post(f"{other}say/", {"join": joined[1]})
    assert "She looked away." in page(client, thread)
    client.post(f"{other}change/", {"who": person(client, "Jo"), "day": TODAY.isoformat(), "what": "She looked away."})
    assert "She looked away." not in page(client, thread)
    assert "Jo" in page(client, other)
    assert "She yawned." in page(client, thread)


def test_own_words_of_feeling_stand_as_a_sentence_beside_the_ticks(own: Own) -> None:
    client = own()
    whole = whole_of(client, moment_felt(client, feelings=["alone", "numb"], feelings_words="responsible for her"))
    assert value_of(page(client, whole), "what_i_felt") == "I felt alone and numb. Responsible for her."


def test_beside_the_words_one_can_say_that_a_boundary_was_crossed(own: Own) -> None:
    client = own()
    whole = whole_of(client, moment_felt(client, what="He said I look good in this dress."))
    shown = page(client, whole)
    assert "Was a boundary crossed? Note it down" in shown
    action = re.search(r'action="(/thread/[0-9a-f-]{36}/which/)"', shown)
    assert action
    client.post(action[1], {"crossed": ["sexual"]})
    assert client.get(whole).status_code == 302, "no words are asked for any more"
