"""A therapist's week from an empty journal: five clients, ratings in all four ways, something noticed, supervision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import PASSPHRASE, Person, weekly
from tests.browser.test_mending_with_a_client import practises

pytestmark = pytest.mark.browser

USUAL = [[8, 7, 7, 8, 8, 8], [8, 8, 7, 8, 7, 8], [7, 7, 8, 8, 8, 8]]
LOW = [3, 3, 2, 4, 3, 3]
KEYS = ("cared_for", "understood", "safe", "goals", "way", "whole")


def begins(me: Person, passphrase: str) -> None:
    """From the first page to an empty Today."""
    me.go("/begin/?as=other")
    expect(me.page.get_by_label("I’m a therapist")).to_be_checked()
    me.write("Passphrase", passphrase)
    me.write("The same passphrase again", passphrase)
    me.touch("Next")
    groups = me.page.locator(".code span").all_inner_texts()
    me.write("The last two groups", " ".join(groups[-2:]))
    me.touch("I’ve written it down")
    me.reads("A few optional details")
    me.page.get_by_label("Where do you work?").select_option("GB")
    me.touch("Open my journal")
    me.reads("The same bond, from your chair")
    me.sees("Full names don’t belong here")


def adds(me: Person, name: str, weekday: str = "") -> None:
    me.go("/those/one/")
    me.write("A short name", name)
    if weekday:
        me.page.get_by_label("Which day do you usually meet?").select_option(label=weekday)
        me.page.get_by_label("At what time?").fill("15:30")
    me.touch("Save")
    me.reads(name)


def opens(me: Person, name: str) -> None:
    me.go("/those/")
    me.page.locator("main").get_by_role("link", name=name, exact=True).click()
    me.waits()
    me.reads(name)


def rates(me: Person, ratings: list[int]) -> None:
    for group, rating in zip(me.page.locator("fieldset.scale").all(), ratings, strict=True):
        group.get_by_label(str(rating), exact=True).check(force=True)


def sheet(days: list[date]) -> bytes:
    """What another program exported of two clients: one as usual, one who fell."""
    rows = [",".join(("client", "date", *KEYS))]
    for who, low_from in (("Birch", 99), ("Cedar", len(days) - 2)):
        for number, day in enumerate(days):
            ratings = LOW if number >= low_from else USUAL[number % 3]
            rows.append(",".join([who, day.isoformat(), *map(str, ratings)]))
    return "\n".join(rows).encode()


def the_week(me: Person, shots: str, tmp_path: Path) -> None:
    passphrase = f"the quiet words of {shots}"
    days = weekly(14)
    begins(me, passphrase)
    me.looks(f"{shots}-empty")
    for name in ("Alder", "Daisy", "Elm"):
        adds(me, name, f"{date.today():%A}" if name == "Alder" else "")
    me.go("/those/one/")
    me.looks(f"{shots}-client-new")

    # A caseload from a spreadsheet: seen first, then imported.
    file = tmp_path / "ours.csv"
    file.write_bytes(sheet(days))
    me.go("/settings/file/")
    me.page.locator("input[type=file]").set_input_files(file)
    me.touch("Preview the import")
    me.sees("2 new clients: Birch, Cedar")
    me.looks(f"{shots}-import")
    me.touch("Import")

    # One typed from paper.
    opens(me, "Alder")
    me.touch("Type in their rating")
    rates(me, USUAL[0])
    me.write("Anything they wrote beside it", "Good to be here.")
    me.looks(f"{shots}-typed")
    me.touch("Save")
    me.sees("Alder: 77")

    # One handed over: the check-in alone, then a thank-you, and the passphrase before anything else.
    opens(me, "Daisy")
    me.touch("Hand over the check-in")
    me.looks(f"{shots}-hand")
    me.touch("Lock, and show the check-in")
    me.reads("How was the session for you?")
    expect(me.page.locator("body")).not_to_contain_text("Daisy")
    rates(me, USUAL[1])
    me.looks(f"{shots}-handed")
    me.touch("Save")
    me.reads("Thank you")
    me.looks(f"{shots}-thanks")
    me.go("/those/")
    expect(me.page.get_by_label("Passphrase", exact=True)).to_be_visible()
    me.write("Passphrase", passphrase)
    me.touch("Unlock")
    me.go("/today/")
    me.sees("Daisy rated the session of")
    me.looks(f"{shots}-came-in")
    me.touch("Save to my journal")
    me.reads("Daisy")
    me.sees("Daisy: 77")

    # A session of one's own, with something noticed and left.
    opens(me, "Elm")
    me.touch("We had a session")
    rates(me, [7, 6, 5, 7, 7, 6])
    me.unfolds("Moving away")
    me.page.get_by_label("Answers got short").check()
    me.write("What happened?", "I looked at the clock, and Elm saw it.")
    me.looks(f"{shots}-after")
    me.touch("Save")
    me.sees("you: 63")
    me.sees("On")
    me.sees("you noticed something and left it")

    # Today says who needs a look, and why; each page is calm, also in print.
    me.go("/today/")
    me.sees("Something probably went wrong between you and Cedar around session 13, all at once")
    me.sees("Nothing stands out with: Birch")
    me.sees("Too little to say anything yet: Alder, Daisy")
    me.looks(f"{shots}-today")
    me.page.locator("main").get_by_role("link", name="Cedar", exact=True).click()
    me.waits()
    me.looks(f"{shots}-client")
    me.touch("Before the session")
    me.reads("Before the session")
    me.looks(f"{shots}-before")

    # Supervision: under another name, then as an encrypted page.
    opens(me, "Elm")
    me.touch("Bring to supervision")
    me.page.get_by_label("How things are").check()
    me.page.get_by_label("Session 1: I looked at the clock").check()
    me.write("What I’d like to ask", "Why do I look away from Elm?")
    me.looks(f"{shots}-bring")
    me.touch("See the page")
    me.sees("I looked at the clock, and the client saw it.")
    me.sees("Why do I look away from the client?")
    expect(me.page.locator("article")).not_to_contain_text("Elm")
    me.looks(f"{shots}-supervision")
    me.write("Your passphrase", passphrase)
    me.touch("Make an encrypted page")
    me.reads("The encrypted page")

    me.go("/mine/")
    me.sees("2 clients have at least 8 ratings")
    me.sees("too few to say anything")
    me.looks(f"{shots}-numbers")

    # What was noticed is planned and brought up: with one it doesn't reach them yet, with one it's mended.
    opens(me, "Elm")
    me.touch("Plan to bring it up")
    me.touch("Find the words")
    expect(me.page.locator("textarea[name=what_happened]")).to_have_value("I looked at the clock, and Elm saw it.")
    me.page.locator("textarea[name=my_part]").fill("My mind was elsewhere, and you’d come to be listened to.")
    me.touch("Make the card")
    me.touch("We’ve talked about it")
    me.choose("How did they respond?", "They said it was fine")
    me.choose("All in all", "It didn’t reach them")
    me.touch("Save")
    me.reads("It didn’t reach them")
    me.sees("Another way")
    opens(me, "Cedar")
    me.touch("Something went wrong")
    me.touch("Only note it for now")
    me.touch("We’ve talked about it")
    me.choose("All in all", "It seems mended, to both of us")
    me.touch("Save")
    me.page.get_by_label("What made it work?").fill("I asked before I explained.")
    me.touch("Save")
    me.sees("You talked, and it’s mended")
    opens(me, "Cedar")
    me.sees("mended")
    me.looks(f"{shots}-client-mended")

    # On another evening, one answer is practised.
    practises(me)

    # One goes for good, and the others stay.
    opens(me, "Alder")
    me.touch("Erase everything about them")
    me.looks(f"{shots}-erase")
    me.write("Your passphrase", passphrase)
    me.page.get_by_label("Erase this person and everything with them, for good").check()
    me.touch("Erase")
    me.reads("Clients")
    expect(me.page.locator("main")).not_to_contain_text("Alder")
    me.sees("Birch")


@pytest.mark.parametrize(("width", "name"), [(390, "phone"), (820, "tablet"), (1280, "desktop")])
def test_a_therapists_week(person: Callable[..., Person], width: int, name: str, tmp_path: Path) -> None:
    the_week(person(width), f"therapist-{name}", tmp_path)


def test_a_therapists_week_without_javascript(person: Callable[..., Person], tmp_path: Path) -> None:
    the_week(person(390, javascript=False), "therapist-plain", tmp_path)


def test_a_session_is_noted_with_the_keyboard_alone(person: Callable[..., Person]) -> None:
    me = person(1280)
    begins(me, f"{PASSPHRASE} keys")
    adds(me, "Fir")
    me.touch("We had a session")
    keyboard = me.page.keyboard
    me.page.get_by_label("When was the session?").focus()
    for _number in range(12):  # past the parts of the day, to the first scale
        keyboard.press("Tab")
        if me.page.evaluate("document.activeElement.type") == "radio":
            break
    for scale in range(6):
        keyboard.press("Space")
        for _step in range(scale):
            keyboard.press("ArrowRight")
        keyboard.press("Tab")
    assert me.page.evaluate("document.activeElement.tagName") == "SUMMARY"
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.press("Space")
    assert me.page.locator("input[name=withdrawal]:checked").count() == 1
    me.page.get_by_role("button", name="Save", exact=True).focus()
    keyboard.press("Enter")
    me.waits()
    me.reads("Fir")
    me.sees("you: 25")


def test_the_example_of_a_therapist_is_whole_and_accessible(person: Callable[..., Person]) -> None:
    me = person(1280)
    me.go("/example/other/today/")
    me.reads("Who’s on your mind today?")
    me.looks("therapist-example-today")
    for name in ("K.", "17", "Okapi", "Aster"):
        me.go("/example/other/those/")
        me.page.locator("main").get_by_role("link", name=name, exact=True).click()
        me.waits()
        me.reads(name)
        me.looks(f"therapist-example-{name.strip('.').lower()}")
    me.go("/example/other/mine/")
    me.looks("therapist-example-numbers")
