"""The store does not answer while a page with words stands in the browser, or another program does: nothing is lost or
shown."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person
from tests.browser.test_out_of_sight import HIDE, locks_when_hidden
from tests.browser.test_server_gone import MORE, NOT_SAVED, WORDS, Stopped, says_so

pytestmark = pytest.mark.browser


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Stopped]:
    """A Reattune whose folder can be taken away as a stick is pulled out."""
    folder = tmp_path / "stick"
    folder.mkdir()
    running = Stopped(folder)
    yield running
    running.stop()


def half_typed(stick: Stopped, page: Page) -> Person:
    me = Person(page, stick.server.address, True)
    me.sets_up()
    me.go("/note/")
    me.write("What happened?", WORDS)
    return me


@pytest.mark.parametrize("answer", [503, 507, 429])
def test_a_link_leads_away_from_what_is_refused_only_after_that_was_said(
    stick: Stopped, page: Page, answer: int
) -> None:
    me = half_typed(stick, page)
    page.route("**/typing/", lambda route: route.fulfill(status=answer, body="no"))
    help_now = page.get_by_role("link", name="Get help now").first
    help_now.click()
    says_so(page)
    page.unroute("**/typing/")
    help_now.click()
    me.reads("Get help now")
    me.go("/note/")
    expect(page.locator("[name=what]")).to_have_value(WORDS)


def test_a_link_leads_away_from_a_journal_that_was_locked_only_after_that_was_said(stick: Stopped, page: Page) -> None:
    me = Person(page, stick.server.address, True)
    me.sets_up()
    me.go("/note/")
    stick.stop()
    stick.start()
    me.write("What happened?", WORDS)
    page.get_by_role("link", name="Get help now").first.click()
    expect(page.locator("[data-said]")).to_contain_text(NOT_SAVED)
    me.touch("Save and stop here")
    me.reads("Unlock your journal")
    me.unlocks()
    expect(page.locator("[name=what]")).to_have_value(WORDS)


@pytest.mark.parametrize("way", ["button", "idle", "out of sight", "after saving"])
def test_locking_without_a_store_shows_no_word_and_loses_none(stick: Stopped, page: Page, way: str) -> None:
    me = Person(page, stick.server.address, True)
    me.sets_up()
    if way == "out of sight":
        locks_when_hidden(me)
    if way == "idle":
        page.clock.install()
    me.go("/note/")
    me.write("What happened?", WORDS)
    if way == "idle":
        page.clock.run_for(3_000)
    else:
        page.wait_for_timeout(3_500)
    away = stick.folder.rename(stick.folder.parent / "away")
    page.locator("[name=what]").press_sequentially(MORE)
    if way == "idle":
        page.clock.run_for(16 * 60_000)
        page.clock.run_for(6_000)
        page.clock.resume()
    elif way == "out of sight":
        page.evaluate(HIDE)
    else:
        if way == "after saving":
            me.touch("Save and stop here")
            me.reads("Your words couldn’t be saved")
        me.touch("Lock")
    me.reads("Unlock your journal")
    assert WORDS not in page.content()
    me.unlocks()
    me.sees("The disk may be full")
    me.reads("Unlock your journal")
    away.rename(stick.folder)
    me.unlocks()
    me.go("/note/")
    expect(page.locator("[name=what]")).to_have_value(WORDS + MORE)


class Listener(http.server.BaseHTTPRequestHandler):
    """Another program of this computer, which takes whatever comes."""

    heard: list[str]

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"0" * 64)

    def do_POST(self) -> None:
        self.heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.do_GET()

    def log_message(self, *_words: object) -> None:
        pass


def test_a_locked_page_hands_its_words_to_nobody_else_at_its_place(stick: Stopped, page: Page) -> None:
    me = half_typed(stick, page)
    stick.stop()
    page.get_by_role("button", name="Lock", exact=True).click(no_wait_after=True)
    expect(page.get_by_text("Reattune can’t be reached just now")).to_be_visible()
    Listener.heard = []
    other = http.server.ThreadingHTTPServer(("127.0.0.1", stick.port), Listener)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    page.wait_for_timeout(8_000)
    other.shutdown()
    other.server_close()
    assert not Listener.heard
    expect(page.get_by_text("Reattune can’t be reached just now")).to_be_visible()
    stick.start()
    me.reads("Unlock your journal")
    me.unlocks()
    expect(page.locator("[name=what]")).to_have_value(WORDS)
