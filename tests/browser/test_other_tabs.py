"""What another tab shows after the journal was closed in this one, and pages that have no button to lock."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.person import Person
from tests.browser.test_therapists_week import adds, begins, opens
from tests.installation_per_worker import STORE

pytestmark = pytest.mark.browser
CANARY = "he said he dreams of his sister"
# Messages between tabs do not arrive here: only what the cookies say is left.
DEAF = "delete window.BroadcastChannel"
SHOWS = {"leaves": "Cooking measurements", "another journal": "The same bond, from your chair"}


def beside(me: Person) -> Page:
    """A second tab of the same browser, from now on the one in hand; returns the first."""
    first, me.page = me.page, me.page.context.new_page()
    me.page.set_default_timeout(15_000)
    return first


def sleeps(me: Person) -> None:
    slept = datetime.now()
    me.page.clock.install(time=slept)
    me.page.reload()
    me.page.clock.run_for(6_000)
    me.page.clock.set_system_time(slept + timedelta(hours=8))
    me.page.mouse.click(5, 300)


def test_what_was_written_first_leaves_the_screen_when_it_is_erased(person: Callable[..., Person]) -> None:
    me = person()
    me.go("/")
    me.page.locator("form[action*='write'] button").first.click()
    me.waits()
    me.write("What happened?", CANARY)
    me.touch("Save and stop here")
    me.go("/so-far/")
    me.sees(CANARY)
    sleeps(me)
    # This server did not sleep, and holds it still: what counts is that the page asks, and does not stay as it was.
    me.page.wait_for_url("**/today/")


@pytest.mark.parametrize("deaf", [False, True])
@pytest.mark.parametrize("how", ["hands over", "locks", "leaves", "another journal"])
def test_what_is_closed_in_one_tab_is_closed_in_the_other(person: Callable[..., Person], how: str, deaf: bool) -> None:
    me = person()
    if deaf:
        me.page.context.add_init_script(DEAF)
    words = f"words for two tabs {how} {deaf}"
    if how == "another journal":
        begins(me, f"of the other one {deaf}")
        me.touch("Lock")
    begins(me, words)
    adds(me, "Daisy")
    adds(me, "Alder")
    opens(me, "Alder")
    me.touch("We had a session")
    me.write("What happened?", CANARY)
    me.touch("Save")
    opens(me, "Alder")
    me.sees(CANARY)
    first = beside(me)
    me.go("/those/")
    if how == "hands over":
        opens(me, "Daisy")
        me.touch("Hand over the check-in")
        me.touch("Lock, and show the check-in")
        me.reads("How was the session for you?")
    elif how == "locks":
        me.touch("Lock")
        me.reads("Unlock your journal")
    elif how == "leaves":
        with me.page.expect_response("**/leave/"):
            me.page.keyboard.press("Escape")
    else:
        me.go("/unlock/")
        me.unlocks(f"of the other one {deaf}")
        me.reads("The same bond, from your chair")
    if deaf or how == "another journal":
        first.bring_to_front()
        first.evaluate("window.dispatchEvent(new Event('focus'))")
    # The page for unlocking the other one locks the first; a tab that looks just then shows that.
    shows = [SHOWS[how]] if how == "leaves" else [SHOWS.get(how, ""), "Unlock your journal"]
    expect(first.get_by_role("heading", level=1)).to_have_text(re.compile("|".join(filter(None, shows))))
    assert CANARY not in first.content()


def test_the_large_card_locks_itself_too(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a large card")
    me.go("/note/")
    me.write("What happened?", "She looked at the clock.")
    me.touch("Save and stop here")
    note = re.search(r"/note/[0-9a-f-]{36}/", me.page.content())
    assert note
    me.go(note[0])
    me.page.locator("form[action$='/say/'] button").first.click()
    me.waits()
    plan = me.page.url.split("/words/")[1].split("/")[0]
    me.go(f"/words/{plan}/whole/")
    me.page.locator("main textarea").first.fill(CANARY)
    me.page.locator("main form button.main").first.click()
    me.waits()
    me.go(f"/words/{plan}/card/large/")
    me.sees(CANARY)
    sleeps(me)
    me.reads("Unlock your journal")


def test_who_is_busy_in_one_tab_is_not_locked_by_another(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a busy tab")
    now = datetime.now()
    me.page.clock.install(time=now)
    me.page.reload()
    me.page.clock.set_system_time(now + timedelta(minutes=10))
    first = beside(me)
    me.go("/note/")
    me.page.mouse.click(5, 300)
    first.wait_for_timeout(300)
    first.clock.set_system_time(now + timedelta(minutes=20))
    first.clock.run_for(6_000)
    me.page.wait_for_timeout(300)
    me.reads("Something happened")
    assert first.url.endswith("/today/")


@pytest.mark.parametrize("how", ["locks", "sleeps"])
def test_a_page_with_a_recovery_code_closes_with_the_journal(person: Callable[..., Person], how: str) -> None:
    me = person()
    passphrase = f"words for a code that {how}"
    me.go("/begin/")
    me.write("Passphrase", passphrase)
    me.write("The same passphrase again", passphrase)
    me.touch("Next")
    me.reads("Your recovery code")
    code = me.page.locator(".code span").all_inner_texts()[-1]
    if how == "sleeps":
        slept = datetime.now()
        me.page.clock.install(time=slept)
        me.page.clock.run_for(6_000)
        me.page.clock.set_system_time(slept + timedelta(hours=8))
        me.page.mouse.click(5, 300)
        first = me.page
    else:
        first = beside(me)
        me.go("/begin/about/")
        me.touch("Open my journal")
        me.touch("Lock")
        me.reads("Unlock your journal")
        first.bring_to_front()
    expect(first.get_by_role("heading", level=1)).to_have_text("Unlock your journal")
    assert code not in first.content()


def test_words_that_could_not_be_saved_close_with_the_journal_and_come_back(
    person: Callable[..., Person], server: Server
) -> None:
    me = person()
    passphrase = "words for a full disk"
    me.sets_up(passphrase=passphrase)
    writes_what_cannot_be_saved(me, server)
    first = beside(me)
    me.go("/today/")
    me.touch("Lock")
    me.reads("Unlock your journal")
    expect(first.get_by_role("heading", level=1)).to_have_text("Unlock your journal")
    assert CANARY not in first.content()
    first.get_by_label("Passphrase", exact=True).fill(passphrase)
    first.get_by_role("button", name="Unlock", exact=True).click()
    # Held by that page until now, or kept as a draft before the other tab had locked.
    first.goto(f"{server.address}/note/")
    expect(first.get_by_label("What happened?", exact=True)).to_have_value(CANARY)


@contextmanager
def no_store(server: Server) -> Iterator[None]:
    """Somebody holds the database's file, as a backup program or a full disk may."""
    held = sqlite3.connect(next(server.data.glob("*.sqlite3")), isolation_level=None)
    held.execute("begin exclusive")
    try:
        yield
    finally:
        held.execute("rollback")
        held.close()


def writes_what_cannot_be_saved(me: Person, server: Server) -> None:
    """A note is saved while somebody holds the store, and the page says that it couldn't be."""
    if STORE == "postgresql":
        pytest.skip("there, nobody can hold the whole store")
    beside(me)  # whose console is not listened to: an answer that says what failed is meant here
    me.go("/note/")
    me.write("What happened?", CANARY)
    with no_store(server):
        me.page.get_by_role("button", name="Save and stop here").click(timeout=60_000)
        expect(me.page.get_by_role("heading", level=1)).to_have_text(
            re.compile("couldn’t be saved|can’t reach|try again"), timeout=60_000
        )
