"""Finding one's way in the journal: searched and narrowed down with and without scripts, by keys, on a small phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.person import Person
from tests.on_the_disk import on_the_disk
from tests.web.test_store import disguises

pytestmark = pytest.mark.browser

LOOKED_FOR = "wisteria-on-the-wall"
MARKS = ".found mark"


def searches(me: Person, words: str) -> None:
    field = me.page.get_by_label("Search your journal")
    field.fill(words)
    with me.page.expect_navigation():
        field.press("Enter")
    me.waits()


@pytest.mark.parametrize(
    ("width", "scheme", "javascript"),
    [(390, "light", True), (1280, "dark", True), (320, "light", True), (390, "light", False)],
)
def test_something_is_found_read_and_come_back_to(
    person: Callable[..., Person], width: int, scheme: str, javascript: bool
) -> None:
    me = person(width=width, scheme=scheme, javascript=javascript)
    shots = f"timeline-{width}-{scheme}{'' if javascript else '-nojs'}"
    me.go("/example/so-far/")
    me.looks(shots)
    searches(me, "laug lists")
    assert me.page.locator(MARKS).all_inner_texts() == ["laug", "lists"]
    assert "lists" not in me.page.url
    me.looks(f"{shots}-found")
    found = me.page.url
    with me.page.expect_navigation():
        me.page.locator(".entry a").first.click()
    me.page.go_back()
    me.waits()
    assert me.page.url == found
    assert me.page.locator(MARKS).count() == 2
    me.touch("Show everything")
    me.touch("Earlier: ")
    assert me.page.locator(".entry").count() > 5
    me.touch("Later")
    me.touch("Moments")
    me.page.locator("summary", has_text="Show only").click()
    me.page.get_by_label("What became of it").select_option("mended")
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Show", exact=True).click()
    me.waits()
    assert me.page.locator(".entry").count() >= 1
    me.sees("Mended ×")
    me.looks(f"{shots}-narrowed")
    me.page.locator("summary", has_text="Show as a table").click()
    if javascript:
        me.finds_it_accessible()


def test_with_the_keyboard_alone(person: Callable[..., Person]) -> None:
    me = person(width=1280)
    me.go("/example/so-far/")
    keyboard = me.page.keyboard
    keyboard.press("/")
    expect(me.page.get_by_label("Search your journal")).to_be_focused()
    keyboard.type("a/b")  # while typing it is a letter like others
    expect(me.page.get_by_label("Search your journal")).to_have_value("a/b")
    keyboard.press("Control+A")
    keyboard.type("ridiculous")
    with me.page.expect_navigation():
        keyboard.press("Enter")
    me.waits()
    me.page.locator("#found").focus()
    for _ in range(6):
        keyboard.press("Tab")
        if me.page.evaluate("Boolean(document.activeElement.closest('.entry'))"):
            break
    with me.page.expect_navigation():
        keyboard.press("Enter")
    assert "/so-far/" not in me.page.url
    me.go("/example/so-far/")
    month = me.page.locator(".year-strip.wide a").first
    month.focus()
    with me.page.expect_navigation():
        keyboard.press("Enter")
    assert "from=" in me.page.url


def test_at_twice_the_size(person: Callable[..., Person]) -> None:
    me = person(width=640, zoom=2)
    me.go("/example/so-far/")
    me.finds_it_accessible()


def test_a_month_can_be_touched_on_a_small_phone(person: Callable[..., Person]) -> None:
    me = person(width=320)
    me.go("/example/so-far/")
    for size in (each.bounding_box() for each in me.page.locator(".year-strip.narrow a .strip-hit").all()):
        assert size
        assert size["width"] >= 24 <= size["height"]


def test_what_is_looked_for_lies_in_no_file(person: Callable[..., Person], server: Server) -> None:
    me = person()
    me.sets_up(passphrase="words of the one who looks")
    me.checks_in(date.today() - timedelta(days=1), [7, 7, 7, 7, 7, 7])
    me.go("/so-far/")
    searches(me, LOOKED_FOR)
    me.sees("No entry has all of these words.")
    me.page.reload()
    me.sees("No entry has all of these words.")
    assert LOOKED_FOR not in me.page.url
    expect(me.page).to_have_title("Notes")
    for path, content in (*on_the_disk(server.data), (server.log, server.log.read_bytes())):
        assert not [each for each in disguises(LOOKED_FOR.encode()) if each in content], path.name
    address = me.page.url
    me.touch("Lock")
    me.page.goto(address)
    me.reads("Unlock your journal")
    assert LOOKED_FOR not in me.page.content()
