"""Trying things out in the example as a new user would, and leaving it: nothing of it is there afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.browser.test_say_and_mend import makes_the_card

pytestmark = pytest.mark.browser
BEFORE = "You can try everything out with made-up words; none of it is kept."
SINCE = "You’ve been trying things out here, and none of it will be kept."


def says(me: Person, words: str) -> None:
    expect(me.page.locator(".banner")).to_contain_text(words)


def tries_it_out(me: Person, shots: str) -> None:
    """A moment, the card for it, and a rehearsal."""
    me.go("/example/today/")
    says(me, BEFORE)
    me.looks(f"{shots}-before")
    me.touch("Something happened")
    me.write("What happened?", "The heron stood on the third step.")
    me.choose("What comes closest?", "They seemed bored or far away")
    me.touch("Save and stop here")
    me.sees("The heron stood on the third step.")
    says(me, SINCE)
    me.looks(f"{shots}-moment")
    me.touch("Prepare to bring it up")
    makes_the_card(me, "Read it aloud", happened="You looked at the heron.", need="Look at me.")
    me.sees("You looked at the heron.")
    me.looks(f"{shots}-card")
    me.touch("Rehearse it")
    me.looks(f"{shots}-rehearsal")


@pytest.mark.parametrize(
    ("width", "scheme", "javascript"), [(390, "light", True), (1440, "dark", True), (800, "", False)]
)
def test_a_card_is_made_and_the_example_left(
    person: Callable[..., Person], width: int, scheme: str, javascript: bool
) -> None:
    me = person(width=width, scheme=scheme or "light", javascript=javascript)
    tries_it_out(me, f"example-{width}")
    me.touch("Leave the example")
    me.page.wait_for_url(re.compile(r"/$"))
    me.go("/example/so-far/")
    expect(me.page.locator("main")).not_to_contain_text("heron")
    says(me, BEFORE)
    me.looks(f"example-{width}-afterwards")


def test_the_quick_exit_from_the_example(person: Callable[..., Person]) -> None:
    me = person()
    tries_it_out(me, "example-exit")
    me.page.keyboard.press("Escape")
    expect(me.page).to_have_title("Cooking measurements")
    me.go("/example/so-far/")
    expect(me.page.locator("main")).not_to_contain_text("heron")


def test_what_is_being_typed_comes_back(person: Callable[..., Person]) -> None:
    me = person()
    me.go("/example/note/")
    with me.page.expect_response("**/typing/"):
        me.page.get_by_label("What happened?", exact=True).press_sequentially("The heron stood")
    me.go("/example/note/")
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value("The heron stood")
