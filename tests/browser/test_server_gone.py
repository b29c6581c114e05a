"""Reattune was stopped while a page with words stands in the browser: it stays there, until somebody answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

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


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


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
