"""Thinking of leaving therapy, what is not for repair, danger, and the next one: as a new user would."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.browser.test_say_and_mend import makes_the_card, notes, tells

pytestmark = pytest.mark.browser
TODAY = date.today()
LOW = [2, 2, 2, 4, 3, 2]


def ready(person: Callable[..., Person], passphrase: str, **look: object) -> Person:
    me = person(**look)
    me.go("/")
    me.sets_up(passphrase=passphrase)
    return me


@pytest.mark.parametrize("javascript", [True, False], ids=["phone", "plain"])
def test_a_high_urge_and_a_card_in_under_two_minutes(person: Callable[..., Person], javascript: bool) -> None:
    me = ready(person, f"words of an urge {javascript}", javascript=javascript)
    me.checks_in(TODAY, LOW, unsaid="That she laughed.", urge=9)
    began, screens = time.monotonic(), 1
    me.touch("I’m thinking of leaving therapy")
    me.reads("Thinking of leaving therapy")
    me.sees("You can stop at any time")
    me.looks(f"care-leaving-{javascript}")
    me.touch("Say it once, in three lines")
    me.write("What happened?", "You laughed when I spoke about my father.")
    me.write("What do you need now?", "That you say what it was.")
    me.looks(f"care-short-{javascript}")
    me.touch("Make the card")
    me.sees("That you say what it was.")
    screens += 3
    assert screens <= 4
    print(f"From the urge to the card: {screens} screens, {time.monotonic() - began:.1f} s of a machine's touches")


def test_turned_away_twice_then_leaving_well_and_the_next_one(person: Callable[..., Person]) -> None:
    me = ready(person, "words of a leaving")
    notes(me, "She forgot that my brother died.", "They forgot something", "9", TODAY - timedelta(days=30))
    me.touch("Prepare to bring it up")
    makes_the_card(me, "Say it without reading", need="That you remember him.")
    tells(me, "I wasn’t heard", "They got defensive")
    me.choose("What could be different this time?", "Say it in other words")
    me.touch("Prepare to say it again")
    makes_the_card(me, "Read it aloud")
    tells(me, "I wasn’t heard", "They denied it")
    me.sees("You’ve done your part")
    me.sees("leaving is a reasonable choice")
    me.sees("I read it aloud · They denied it")
    me.looks("care-done-your-part")
    me.touch("I’m thinking of leaving therapy")
    me.choose("What is it about?", "I told them, and I wasn’t heard")
    me.touch("End therapy well")
    me.sees("I didn’t feel heard. That’s why I’m ending our sessions.")
    me.write("What will you say or write?", "I am ending our work, because I was not heard.")
    me.write("What do you want to keep from your time with them?", "That I said it twice.")
    me.write("What you’d have liked to tell them", "You were brave.")
    me.touch("Save")
    me.sees("Saved. You’ll find it again on Today")
    me.looks("care-leave-well")

    # The next one, chosen with fit.
    me.touch("Look for another therapist")
    me.sees("That you remember him.")
    me.touch("I need this")
    me.sees("For a first call")
    me.looks("care-choosing")
    me.touch("Add a therapist I’m considering")
    me.write("Name", "Ada")
    me.choose("That you remember him.", "yes")
    me.touch("Save")
    me.touch("Ada")
    me.looks("care-candidate")
    me.touch("I’m starting with this therapist")
    me.reads("What brings you here today?")
    for number in (1, 2, 3):
        me.checks_in(TODAY - timedelta(days=3 - number), [7, 7, 7, 7, 7, 7])
        me.go("/today/")
        me.sees(f"That was session {number} with Ada")
        me.touch("How was it?")
        me.choose("That you remember him.", "partly" if number < 3 else "yes")
        me.write("What was it like to talk with them?", f"Hour {number}.")
        me.touch("Save")
    me.sees("hardly a trend")
    me.looks("care-look-back")
    me.go("/so-far/")
    me.sees("Miriam")
    me.sees("She forgot that my brother died.")


def test_a_crossed_line_is_never_talked_over_and_its_record_is_taken(person: Callable[..., Person]) -> None:
    me = ready(person, "words of a crossed line")
    notes(me, "He asked me to dinner, and held my hand.", "Something else", "8", TODAY)
    me.page.locator("summary", has_text="Was a boundary crossed? Note it down").click()
    me.choose("Was it one of these?", "Sexual touch, comments or advances, or touch I didn’t want")
    me.page.locator("details form button", has_text="Save").click()
    me.sees("This isn’t yours to mend")
    assert me.page.get_by_text("Prepare to bring it up").count() == 0
    me.looks("care-crossed")
    me.touch("Where to turn")
    me.sees("UK Council for Psychotherapy")
    me.sees("Getting out safely")
    me.looks("care-where-to-turn")
    me.page.go_back()
    me.touch("Keep a dated record")
    me.sees("He asked me to dinner, and held my hand.")
    me.looks("care-record")
    me.touch("Save as a file")
    me.write("Your passphrase", me.passphrase)
    with me.page.expect_download() as download:
        me.touch("Save the file")
    assert "held my hand" in download.value.path().read_text()
    for address in ("/today/", "/going/", "/held/"):
        me.go(address)
        for words in ("Prepare to bring it up", "Say it once", "One more try", "Put them together"):
            assert me.page.locator("main").get_by_text(words).count() == 0, f"{words} on {address}"


def test_a_break_agreed_and_ended(person: Callable[..., Person]) -> None:
    me = ready(person, "words of a break")
    me.go("/going/")
    me.touch("Take a break")
    me.page.get_by_label("Until when?").fill((TODAY + timedelta(days=21)).isoformat())
    me.write("What did you agree on?", "We write in three weeks.")
    me.looks("care-break")
    me.touch("Save")
    me.sees("You’re on a break until")
    me.looks("care-today-break")
    me.touch("Look at the break")
    me.touch("The break is over")
    me.sees("This break ended on")
    me.go("/today/")
    assert me.page.get_by_text("You’re on a break").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_danger_shows_where_to_turn_while_it_is_typed(person: Callable[..., Person], width: int, scheme: str) -> None:
    me = ready(person, f"words of danger {width}", width=width, scheme=scheme)
    me.go("/note/")
    field = me.page.get_by_label("What happened?")
    field.press_sequentially("I cannot go on and I want to die.", delay=5)
    expect(me.page.locator("#near")).to_contain_text("116 123")
    expect(me.page.locator("#near")).to_contain_text("Nobody is told that this message came up.")
    assert field.input_value() == "I cannot go on and I want to die.", "what is being typed stays"
    me.looks(f"care-near-{width}-{scheme}")
    me.touch("Save and stop here")
    me.sees("You don’t have to be alone with this")
    me.go("/today/")
    me.sees("If you need someone now:")
    assert me.page.get_by_text("alone with this").count() == 0, "in full it is shown once"
    me.touch("That’s not what I meant")
    me.reads("What brings you here today?")
    assert me.page.get_by_text("If you need someone now:").count() == 0


def test_leaving_with_the_keyboard_alone(person: Callable[..., Person]) -> None:
    from tests.browser.test_say_and_mend import press, to

    me = ready(person, "words of a leaving by keys", width=1280)
    me.go("/going/")
    for _ in range(60):
        me.page.keyboard.press("Tab")
        if me.page.evaluate("() => document.activeElement.value === 'talk'"):
            break
    me.page.keyboard.press("Enter")
    me.page.wait_for_url("**/few/")
    to(me.page, "textarea")
    me.page.keyboard.type("You laughed.")
    press(me.page, "Make the card")
    me.sees("You laughed.")
