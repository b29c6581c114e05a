"""From check-ins through a drop to a repaired rupture, as a new user would."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import installation_per_worker
from tests.browser.conftest import Server
from tests.browser.person import Person, weekly
from tests.on_the_disk import on_the_disk

pytestmark = pytest.mark.browser

USUAL = [[8, 7, 7, 8, 8, 8], [8, 8, 7, 8, 7, 8], [7, 7, 8, 8, 8, 8]]
LOW = [3, 3, 2, 6, 5, 3]


def the_whole_loop(me: Person, shots: str) -> None:
    days = weekly(12)
    me.go("/")
    me.sets_up(passphrase=f"the old words of {shots}")
    for number, day in enumerate(days[:9]):
        me.checks_in(day, USUAL[number % 3])
    me.sees("usual for you")
    me.looks(f"{shots}-reading-usual")

    # The drop at the tenth is noticed, worded, and leads on.
    me.checks_in(days[9], LOW, unsaid="That the joke hurt.", urge=4)
    me.reads("Something is different")
    me.sees("clearly below what’s usual for you")
    me.sees("9 earlier check-ins of yours")
    me.looks(f"{shots}-reading-drop")
    me.touch("Look at what happened")

    me.write("What happened?", "She joked about my lists, and I laughed along.")
    me.choose("What comes closest?", "They joked, and it hurt")
    me.choose("What did you feel?", "hurt", "ashamed")
    me.touch("Look closer")
    me.choose("How big did it feel?", "8")
    me.choose("Looking back now, how big does it seem?", "3")
    me.touch("Next")
    me.write("In your own words", "That I am ridiculous.")
    me.touch("Next")
    me.choose("What did you do?", "I went quiet, or pulled back")
    me.touch("Save")
    me.reads("She joked about my lists, and I laughed along.")
    me.sees("It felt bigger than it looks now.")
    me.looks(f"{shots}-moment")

    # Say it: from the moment to the card.
    me.touch("Prepare to bring it up")
    me.reads("Find the words")
    me.looks(f"{shots}-find-words")
    me.touch("One question at a time")
    me.reads("What happened?")
    assert me.page.locator("textarea[name=words]").input_value() == "She joked about my lists, and I laughed along."
    me.looks(f"{shots}-say")
    me.touch("Next")
    me.touch("I felt")
    me.page.locator("textarea[name=words]").press("End")
    me.page.locator("textarea[name=words]").fill("I felt ashamed and then alone.")
    me.touch("Next")
    me.page.get_by_label("Add to the card").check()
    me.touch("Next")
    me.page.locator("textarea[name=words]").fill("I'd like to hear what it was like for you.")
    me.touch("Next")
    me.page.locator("textarea[name=words]").fill("That you will explain it.")
    me.touch("Next")
    me.choose("How would you like to say it?", "Say it without reading")
    me.touch("Make the card")
    me.sees("I may have misread this")
    me.sees("I felt ashamed and then alone.")
    me.looks(f"{shots}-card")

    # The first talk is not heard.
    me.touch("We’ve talked about it")
    me.choose("How did they respond?", "They explained themselves", "They got defensive")
    me.choose("Trust in them, before", "5")
    me.choose("Trust in them, now", "3")
    me.choose("All in all", "I wasn’t heard")
    me.touch("Save")
    me.reads("That hurt")
    me.looks(f"{shots}-not-heard")
    me.choose("What could be different this time?", "Begin with: last time, I didn’t feel heard")
    me.touch("Prepare to say it again")
    assert me.page.get_by_label("What happened?").input_value().startswith("I’ve brought this up before")
    me.choose("How would you like to say it?", "Read it aloud")
    me.touch("Make the card")

    # The second is heard, and it is mended.
    me.touch("We’ve talked about it")
    me.reads("You brought it up again")
    me.choose("How did they respond?", "They listened", "They owned their part")
    me.choose("Trust in them, before", "3")
    me.choose("Trust in them, now", "8")
    me.write("Did you agree on something?", "She asks when I go quiet.")
    me.choose("All in all", "It feels mended")
    me.looks(f"{shots}-talk")
    me.touch("Save")
    me.reads("It’s mended")
    me.choose("How are things between you now?", "Stronger than before")
    me.write("What made it work?", "Reading it from the page.")
    me.touch("Save")
    me.sees("You feel this is mended.")
    me.sees("I said it, and wasn’t heard")
    me.sees("We talked, and it’s mended")
    me.looks(f"{shots}-mend")

    for day, ratings in zip(days[10:], ([8, 8, 8, 8, 8, 9], [9, 8, 9, 8, 8, 9]), strict=True):
        me.checks_in(day, ratings)
    me.go("/today/")
    me.looks(f"{shots}-today")


def locks_and_comes_back(me: Person, shots: str) -> None:
    me.touch("Lock")
    me.reads("Unlock your journal")
    me.touch("I’ve forgotten my passphrase")
    me.write("Recovery code", me.recovery_code.lower().replace("-", " "))
    me.write("New passphrase", f"the new words of {shots}")
    me.write("The new passphrase again", f"the new words of {shots}")
    me.touch("Unlock")
    me.reads("What brings you here today?")
    me.go("/so-far/")
    me.sees("mended")
    me.sees("She joked about my lists, and I laughed along.")
    assert me.page.locator("main a[href*='/check/']").count() == 12
    me.page.locator(".entry.rupture a", has_text="She joked about my lists").first.click()
    me.sees("Reading it from the page.")
    me.touch("Lock")
    me.unlocks(f"the old words of {shots}")
    me.sees("No journal here opens with this passphrase")
    me.unlocks(f"the new words of {shots}")
    me.reads("What brings you here today?")


def nothing_lies_open(server: Server, me: Person) -> None:
    files = [*on_the_disk(server.data), (server.log, server.log.read_bytes())]
    if installation_per_worker.STORE != "postgresql":
        assert any(path.name == "journals.sqlite3" for path, _ in files)
    secrets = [
        "joked about my lists",
        "ridiculous",
        "asks when I go quiet",
        "Miriam",
        "the old words of",
        me.recovery_code,
    ]
    for path, lies in files:
        for words in secrets:
            assert words.encode() not in lies, f"{words!r} lies open in {path.name}"


def test_the_whole_loop_on_a_phone(person: Callable[..., Person], server: Server) -> None:
    me = person(width=390)
    the_whole_loop(me, "phone")
    locks_and_comes_back(me, "phone")
    nothing_lies_open(server, me)


def test_the_whole_loop_without_javascript(person: Callable[..., Person]) -> None:
    me = person(width=1440, javascript=False)
    the_whole_loop(me, "plain")
    locks_and_comes_back(me, "plain")
