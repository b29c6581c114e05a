"""From the other chair: words for a client that reach them at the second time, and an answer that is practised."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.person import PASSPHRASE, Person

pytestmark = pytest.mark.browser
WIDTHS = (390, 820, 1280)


def begins_as_a_therapist(me: Person, passphrase: str) -> None:
    me.go("/begin/")
    me.write("Passphrase", passphrase)
    me.write("The same passphrase again", passphrase)
    me.page.locator("input[name=journal_kind][value=therapist]").check(force=True)
    me.touch("Next")
    groups = me.page.locator(".code span").all_inner_texts()
    me.write("The last two groups", " ".join(groups[-2:]))
    me.touch("I’ve written it down")
    me.touch("Open my journal")


def adds_a_client(me: Person, name: str) -> None:
    me.go("/those/one/")
    me.page.locator("input[name=name]").fill(name)
    me.page.locator("main form button.main").click()
    me.waits()
    me.reads(name)


def looks_at_every_width(me: Person, name: str) -> None:
    for width in WIDTHS if me.javascript else WIDTHS[:1]:
        me.page.set_viewport_size({"width": width, "height": 900})
        me.looks(f"chair-{name}-{width}")


def finds_the_words(me: Person, **said: str) -> None:
    for field, words in said.items():
        me.page.locator(f"textarea[name={field}]").fill(words)
    me.touch("Make the card")
    me.page.wait_for_url("**/card/")


def mends(me: Person) -> None:
    adds_a_client(me, "K. 14")
    me.touch("Something went wrong")
    me.page.get_by_label("What did they say or write about it?").fill("You looked at the clock while I was crying.")
    me.choose("What was missing", "I was bored or far away, or seemed so")
    me.page.get_by_label("A few words for what went wrong").fill("The clock")
    looks_at_every_width(me, "new")
    me.touch("Find the words")
    me.sees("You looked at the clock while I was crying.")
    me.page.locator("summary", has_text="Ways to begin: What was your part in it?").click()
    me.touch("I was tired that day, and I didn’t tell you")
    expect(me.page.locator("textarea[name=my_part]")).to_have_value("I was tired that day, and I didn’t tell you ")
    looks_at_every_width(me, "words")
    finds_the_words(me, what_happened="Last time I looked at the clock.", what_i_want_to_ask="What was that like?")
    me.sees("I was tired that day, and I didn’t tell you")
    looks_at_every_width(me, "card")
    me.touch("We’ve talked about it")
    me.choose("How did they respond?", "They said it was fine")
    me.choose("All in all", "It didn’t reach them")
    looks_at_every_width(me, "talk")
    me.touch("Save")
    me.reads("It didn’t reach them")
    looks_at_every_width(me, "another-way")
    me.choose("What could be different this time?", "Begin with: last time, I explained more than I listened")
    me.touch("Find the words again")
    me.sees("Last time")
    finds_the_words(me, my_part="I explained, and you’d asked for something else.")
    me.touch("We’ve talked about it")
    me.choose("How did they respond?", "They told me more about it", "They cried")
    me.choose("All in all", "It seems mended, to both of us")
    me.touch("Save")
    me.page.get_by_label("What made it work?").fill("I didn’t explain.")
    looks_at_every_width(me, "mended")
    me.touch("Save")
    assert me.page.locator("ol.thread .thing-title").all_inner_texts() == [
        "Words prepared",
        "You said it, and it didn’t reach them",
        "Words prepared again",
        "You talked, and it’s mended",
        "Mended",
    ]
    looks_at_every_width(me, "story")
    me.touch("Is it still mended?")
    looks_at_every_width(me, "held")


def practises(me: Person) -> None:
    me.go("/exercise/")
    looks_at_every_width(me, "practise")
    me.page.locator("a.door.first").click()
    me.waits()
    looks_at_every_width(me, "how")
    me.touch("Begin")
    if me.javascript:
        expect(me.page.locator("[data-countdown]")).to_have_text(re.compile(r"1:[45]\d"))
    else:
        me.sees("Take about 2 minutes.")
    looks_at_every_width(me, "one")
    me.page.get_by_label("What do you say?").fill("You were happy, and I made it sad. I’m sorry.")
    me.touch("Look at it beside others")
    me.reads("Side by side")
    me.sees("You were happy, and I made it sad.")
    me.sees("You were happy, and I talked you out of it.")
    me.choose("What do you find in yours?", "I said what my part was")
    me.page.get_by_label("What would you like to keep in mind?").fill("Shorter.")
    looks_at_every_width(me, "beside")
    me.touch("Save")
    me.touch("What you find in your answers")
    me.sees("You’ve looked at one answer so far.")
    me.sees("Shorter.")
    looks_at_every_width(me, "lately")
    me.go("/read/5/")
    me.reads("When you crossed a boundary")
    looks_at_every_width(me, "guide")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
def test_it_reaches_them_at_the_second_time_and_is_practised(person: Callable[..., Person], javascript: bool) -> None:
    me = person(javascript=javascript)
    # Each has a journal of its own on the same server, told apart by its passphrase.
    begins_as_a_therapist(me, f"{PASSPHRASE} {javascript}")
    mends(me)
    practises(me)


def test_an_answer_is_practised_with_the_keyboard_alone(person: Callable[..., Person]) -> None:
    me = person()
    begins_as_a_therapist(me, f"{PASSPHRASE} and keys")
    me.go("/exercise/with/the_hug/")
    press = me.page.keyboard.press

    def tab_to(selector: str) -> None:
        for _ in range(60):
            press("Tab")
            if me.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"{selector} is not reached with the Tab key.")

    tab_to("input[name=way]")
    press("ArrowRight")  # say it aloud
    tab_to("input[name=clock]")
    tab_to("main form button.main")
    press("Enter")
    me.page.wait_for_url("**way=say**")
    tab_to("main form button.main")
    press("Enter")
    me.page.wait_for_url("**/looked/**")
    me.sees("This one isn’t theirs to mend.")
    tab_to("input[name=parts]")
    press("Space")
    tab_to("main form.page button.main")
    press("Enter")
    me.page.wait_for_url("**/exercise/")
