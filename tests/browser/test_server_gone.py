"""Reattune was stopped while a page with words stands in the browser: it stays there, until somebody answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Server, free_port, start
from tests.browser.person import Person

pytestmark = pytest.mark.browser
WORDS, MORE = "Words from before.", " More of it, long after."
NOT_SAVED = "isn’t being saved just now"


class Stopped:
    """A server that is stopped and started again at the same place."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.server = self.start()

    def start(self) -> Server:
        self.server = start(self.folder, self.port)
        return self.server

    def stop(self) -> None:
        self.server.process.terminate()
        self.server.process.wait(20)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Stopped]:
    running = Stopped(tmp_path)
    yield running
    running.stop()


def says_so(page: Page) -> None:
    expect(page.locator("[data-said]")).to_contain_text(NOT_SAVED)
    expect(page.locator("[data-said]")).to_have_count(1)
    expect(page.locator("[data-said]")).to_be_in_viewport()


def test_what_is_saved_while_nobody_answers_stays_on_the_page(runs: Stopped, page: Page) -> None:
    me = Person(page, runs.server.address, True)
    me.sets_up()
    me.go("/note/")
    runs.stop()
    me.write("What happened?", WORDS)
    says_so(page)
    page.locator("[name=what]").press_sequentially(MORE)
    for _ in range(2):
        me.touch("Save and stop here")
        page.wait_for_timeout(1_000)
        says_so(page)
        expect(page.locator("[name=what]")).to_have_value(WORDS + MORE)
    runs.start()
    me.touch("Save and stop here")  # it is locked by now
    me.reads("Unlock your journal")
    me.unlocks()
    expect(page.locator("[name=what]")).to_have_value(WORDS + MORE)
    me.touch("Save and stop here")
    me.go("/so-far/")
    me.sees(WORDS + MORE)


def test_a_link_leads_away_only_after_that_was_said(runs: Stopped, page: Page) -> None:
    me = Person(page, runs.server.address, True)
    me.sets_up()
    me.go("/note/")
    me.write("What happened?", WORDS)
    runs.stop()
    help_now = page.get_by_role("link", name="Get help now").first
    help_now.click()
    says_so(page)
    expect(page.locator("[name=what]")).to_have_value(WORDS)
    runs.start()
    help_now.click()
    me.reads("Get help now")


def test_a_line_that_swallows_what_is_sent_is_said_until_it_is_kept(runs: Stopped, page: Page) -> None:
    """A phone in a tunnel, or a server that hangs: nobody answers, and nobody refuses."""
    me = Person(page, runs.server.address, True)
    me.sets_up()
    page.clock.install()
    me.go("/note/")
    swallowed: list[Route] = []
    page.route("**/typing/", lambda route: swallowed.append(route))
    me.write("What happened?", WORDS)
    page.clock.run_for(3_000)
    expect(page.locator("[data-said]")).to_have_count(0)
    page.clock.run_for(8_000)
    says_so(page)
    [held] = swallowed
    held.continue_()
    page.unroute("**/typing/")
    expect(page.locator("[data-said]")).to_have_count(0)
    me.go("/note/")
    expect(page.locator("[name=what]")).to_have_value(WORDS)


def test_words_of_a_page_wait_for_their_journal_where_another_is_open_by_now(runs: Stopped, page: Page) -> None:
    me = Person(page, runs.server.address, True)
    me.sets_up("Other", "five other quiet words too")
    me.touch("Lock")
    me.sets_up()
    me.go("/note/")
    # This tab is not to look of itself. A clock that stands still would stand still in the other tab as well.
    page.evaluate("for (let last = setTimeout(Date), each = 0; each <= last; each += 1) { clearInterval(each); }")
    runs.stop()
    me.write("What happened?", WORDS)
    says_so(page)
    runs.start()
    beside = Person(page.context.new_page(), runs.server.address, True)
    beside.go("/unlock/")
    beside.unlocks("five other quiet words too")
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    me.reads("Unlock your journal")
    me.sees("belongs to a different journal from the one that’s open in this browser now")
    assert WORDS not in page.content()
    beside.go("/today/")
    beside.reads("What brings you here today?")
    me.unlocks()
    expect(page.locator("[name=what]")).to_have_value(WORDS)


@pytest.mark.parametrize("by", ["idle", "lock"])
def test_a_page_that_locks_while_nobody_answers_keeps_its_words_unseen(runs: Stopped, page: Page, by: str) -> None:
    me = Person(page, runs.server.address, True)
    me.sets_up()
    page.clock.install()
    me.go("/note/")
    runs.stop()
    me.write("What happened?", WORDS)
    page.clock.run_for(3_000)
    says_so(page)
    if by == "idle":
        page.clock.fast_forward(16 * 60_000)
        page.clock.run_for(6_000)
    else:
        me.touch("Lock")
    expect(page.get_by_text("Reattune can’t be reached just now")).to_be_visible()
    assert WORDS not in page.locator("body").inner_text()
    page.clock.resume()
    page.wait_for_timeout(6_000)
    expect(page.get_by_text("Reattune can’t be reached just now")).to_be_visible()
    runs.start()
    page.wait_for_timeout(5_000)
    me.reads("Unlock your journal")
    me.unlocks()
    expect(page.locator("[name=what]")).to_have_value(WORDS)


@pytest.mark.parametrize("by", ["asking", "lock", "leave"])
def test_a_long_text_keeps_what_was_typed_last(runs: Stopped, page: Page, by: str) -> None:
    """Longer than what a request may carry that outlives its page: 2,200 words in an alphabet that isn't Latin."""
    me = Person(page, runs.server.address, True)
    me.sets_up()
    page.clock.install()
    me.go("/note/")
    long = "Он забыл, о чём я рассказала. " * 450
    page.locator("[name=what]").fill(long)
    page.clock.run_for(3_000)
    expect(page.locator("[data-said]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    if by == "asking":  # an update: the journal is locked
        runs.stop()
        runs.start()
    page.locator("[name=what]").press("Control+End")
    page.keyboard.type(MORE)
    if by == "lock":
        me.touch("Lock")
    elif by == "leave":
        page.keyboard.press("Escape")
        page.wait_for_timeout(1_500)
        me.go("/unlock/")
    else:
        page.clock.fast_forward(62_000)
        page.keyboard.press("x")
    me.reads("Unlock your journal")
    me.unlocks()
    me.go("/note/")
    assert MORE.strip() in page.locator("[name=what]").input_value()


def test_a_page_locks_itself_where_the_clock_was_set_back(runs: Stopped, page: Page) -> None:
    me = Person(page, runs.server.address, True)
    me.sets_up()
    now = datetime.now()
    page.clock.install(time=now)
    me.go("/today/")
    page.mouse.click(5, 300)
    page.clock.set_system_time(now - timedelta(hours=3))
    page.clock.run_for(6_000)
    page.clock.run_for(16 * 60_000)
    me.reads("Unlock your journal")
