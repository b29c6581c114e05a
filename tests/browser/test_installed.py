"""Hosted, as an app on the phone: what the browser says of installing it, and a note that is written offline.

A real Chromium with a profile on the disk, behind TLS; offline means that nobody listens any more.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.person import Person
from tests.browser.reverse_proxy import Proxy
from tests.installation_per_worker import STORE
from tests.web.test_hosted import Server
from tests.web.test_store import disguises

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(STORE != "postgresql", reason="hosted use is PostgreSQL's: runs in its round"),
]
CANARY = "Canary-of-the-tunnel-without-a-connection"


@dataclass
class Installation:
    """A hosted Reattune, what stands before it, and what starts browsers."""

    proxy: Proxy
    playwright: Playwright

    @contextmanager
    def browser(self, profile: Path) -> Iterator[BrowserContext]:
        """A browser with its profile in a folder. The certificate is nobody's, so nobody asks about it."""
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        assert path
        context = self.playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=path,
            args=ARGUMENTS,
            ignore_https_errors=True,
            viewport={"width": 390, "height": 844},
        )
        context.set_default_timeout(20_000)
        try:
            yield context
        finally:
            if alive(profile):
                context.close()


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installed")
    server = Server(folder, "localhost")
    proxy = Proxy(folder, server.port)
    with sync_playwright() as playwright:
        yield Installation(proxy, playwright)
    proxy.close()
    server.process.terminate()
    server.process.wait(20)


def alive(profile: Path) -> list[psutil.Process]:
    """The processes of the browser with this profile."""
    mine = f"--user-data-dir={profile}"
    return [each for each in psutil.process_iter() if mine in _said(each)]


def _said(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def killed(profile: Path) -> None:
    """At once, as a phone kills what it has no room for."""
    found = alive(profile)
    assert found
    for each in found:
        each.kill()
    psutil.wait_procs(found, timeout=20)


def holds_canary(profile: Path) -> list[str]:
    """The files of the profile in which the words lie, in any way that words are usually kept."""
    secrets = disguises(CANARY.encode()) | {CANARY.encode("utf-16-be")}
    files = [path for path in profile.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 20
    return [str(path) for path in files if any(secret in path.read_bytes() for secret in secrets)]


def sets_up(page: Page, hosted: Installation, passphrase: str) -> tuple[Person, str]:
    """A journal, open, with the worker at work. Returns who it is and the journal's name."""
    me = Person(page, hosted.proxy.address, True)
    me.go("/begin/")
    me.write("Passphrase", passphrase)
    me.write("The same passphrase again", passphrase)
    me.touch("Next")
    name, *groups = page.locator(".code span").all_inner_texts()
    me.write("The last two groups", " ".join(groups[-2:]))
    me.touch("I’ve written it down")
    me.write("Your therapist", "Miriam")
    me.touch("Open my journal")
    me.reads("What brings you here today?")
    assert page.url.endswith("/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_function("ReattuneOutbox.last().then((place) => Boolean(place))")
    return me, name


def unlocks(me: Person, name: str, passphrase: str) -> None:
    me.write("Your journal’s name", name)
    me.unlocks(passphrase)
    me.reads("What brings you here today?")


def writes_offline(me: Person, words: str) -> None:
    me.go("/")
    me.reads("You’re offline")
    me.write("Write something down", words)
    me.touch("Save this note")
    me.sees("Your note is encrypted and waits in this browser until there’s a connection.")
    me.sees("One note waits in this browser, encrypted.")
    assert CANARY not in me.page.content()


def arrives(me: Person) -> None:
    """Nothing waits any more: this page has sent it, or the worker had before there was a page."""
    me.page.wait_for_function("ReattuneOutbox.waiting().then((all) => all.length === 0)")


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


def test_the_browser_finds_nothing_that_keeps_it_from_being_installed(hosted: Installation, profile: Path) -> None:
    with hosted.browser(profile) as context:
        page = context.pages[0]
        sets_up(page, hosted, "words of the installed one")
        asked = context.new_cdp_session(page)
        assert asked.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        manifest = asked.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert manifest["url"].endswith("/notes.webmanifest")
        kept = page.evaluate(
            """async () => {
                const found = [];
                for (const name of await caches.keys()) {
                    const store = await caches.open(name);
                    for (const each of await store.keys()) { found.push(new URL(each.url).pathname); }
                }
                return found;
            }"""
        )
        page.goto(f"{hosted.proxy.address}/so-far/")
        page.goto(f"{hosted.proxy.address}/today/")
        again = page.evaluate("caches.keys().then((names) => names.length)")
        assert (again, [each for each in kept if not each.startswith("/static/")]) == (1, ["/offline/", "/measures/"])


@pytest.mark.parametrize("ends", ["killed", "closed"])
def test_a_note_written_offline_arrives_once_after_the_browser_ended(
    hosted: Installation, profile: Path, ends: str
) -> None:
    passphrase = f"words of the {ends} browser"
    with hosted.browser(profile) as context:
        me, name = sets_up(context.pages[0], hosted, passphrase)
        me.touch("Lock")
        hosted.proxy.close()
        writes_offline(me, CANARY)
        me.looks(f"offline-phone-{ends}")
        if ends == "killed":
            killed(profile)
    assert holds_canary(profile) == []
    hosted.proxy.open()
    with hosted.browser(profile) as context:
        me = Person(context.pages[0], hosted.proxy.address, True)
        me.go("/unlock/")
        me.reads("Unlock your journal")
        arrives(me)
        me.looks(f"offline-arrived-{ends}")
        assert CANARY not in me.page.content()
        unlocks(me, name, passphrase)
        expect(me.page.get_by_text(CANARY)).to_have_count(1)
        me.go("/unlock/")
        unlocks(me, name, passphrase)
        expect(me.page.get_by_text(CANARY)).to_have_count(1)
    assert holds_canary(profile) == []
    assert not any(CANARY.encode() in each for each in hosted.proxy.passed)


def test_killed_after_it_was_sent_and_before_the_answer_it_arrives_once(hosted: Installation, profile: Path) -> None:
    passphrase = "words of the unlucky browser"
    with hosted.browser(profile) as context:
        me, name = sets_up(context.pages[0], hosted, passphrase)
        me.touch("Lock")
        me.unfolds("Write something down")
        hosted.proxy.swallows = "/to/"
        before = len(hosted.proxy.passed)
        me.write("Your note", CANARY)
        me.touch("Save this note")
        me.sees("Your note is encrypted and waits in this browser")
        assert any(b"POST /to/" in each for each in hosted.proxy.passed[before:])  # it did arrive
        killed(profile)
    hosted.proxy.swallows = ""
    with hosted.browser(profile) as context:
        me = Person(context.pages[0], hosted.proxy.address, True)
        me.go("/unlock/")
        arrives(me)
        unlocks(me, name, passphrase)
        expect(me.page.get_by_text(CANARY)).to_have_count(1)


def test_it_is_sent_as_soon_as_there_is_a_connection(hosted: Installation, profile: Path) -> None:
    passphrase = "words of the patient browser"
    with hosted.browser(profile) as context:
        me, name = sets_up(context.pages[0], hosted, passphrase)
        me.touch("Lock")
        hosted.proxy.close()
        writes_offline(me, CANARY)
        hosted.proxy.open()
        me.page.evaluate("window.dispatchEvent(new Event('online'))")
        me.sees("What you wrote offline has arrived.")
        me.touch("Try again")
        me.reads("Unlock your journal")
        unlocks(me, name, passphrase)
        me.sees(CANARY)


def test_where_two_journals_were_open_the_page_without_a_connection_takes_no_note(
    hosted: Installation, profile: Path
) -> None:
    with hosted.browser(profile) as context:
        me, _name = sets_up(context.pages[0], hosted, "words of the first of two")
        me.touch("Lock")
        me.reads("Unlock your journal")
        me, _name = sets_up(context.pages[0], hosted, "words of the second of two")
        me.page.wait_for_function("ReattuneOutbox.last().then((place) => place.several === true)")
        hosted.proxy.close()
        me.go("/")
        me.reads("You’re offline")
        me.sees("More than one journal was open in this browser.")
        expect(me.page.get_by_label("Write something down")).to_be_hidden()
        hosted.proxy.open()


def test_who_wants_no_notes_while_locked_leaves_nothing_in_the_browser(hosted: Installation, profile: Path) -> None:
    with hosted.browser(profile) as context:
        page = context.pages[0]
        me, _name = sets_up(page, hosted, "words of the private browser")
        me.go("/settings/")
        page.get_by_label("Don’t offer to write something down while locked").check()
        page.get_by_role("button", name="Save", exact=True).click()
        me.sees("Saved.")
        me.touch("Lock")
        me.reads("Unlock your journal")
        page.wait_for_function("ReattuneOutbox.last().then((place) => !place)")
        page.wait_for_function("navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")
        page.wait_for_function("caches.keys().then((names) => names.length === 0)")
        expect(page.get_by_text("Write something down")).to_have_count(0)


def test_who_only_looks_in_leaves_nothing_in_the_browser(hosted: Installation, profile: Path) -> None:
    with hosted.browser(profile) as context:
        me = Person(context.pages[0], hosted.proxy.address, True)
        for path in ("/", "/unlock/", "/example/today/"):
            me.go(path)
        assert me.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
        assert me.page.evaluate("caches.keys().then((names) => names.length)") == 0


def test_the_page_without_a_connection_has_the_quick_exit(hosted: Installation, profile: Path) -> None:
    with hosted.browser(profile) as context:
        page = context.pages[0]
        me, name = sets_up(page, hosted, "words of the one in the train")
        hosted.proxy.close()
        me.go("/so-far/")
        me.reads("You’re offline")
        expect(page.get_by_role("button", name="Quick exit")).to_be_visible()
        page.get_by_label("Write something down").fill(CANARY)
        page.keyboard.press("Escape")
        expect(page).to_have_title("Cooking measurements")
        assert CANARY not in page.content()
        hosted.proxy.open()
        me.go("/")
        unlocks(me, name, "words of the one in the train")


def test_the_quick_exit_without_a_connection(hosted: Installation, profile: Path) -> None:
    with hosted.browser(profile) as context:
        page = context.pages[0]
        me, name = sets_up(page, hosted, "words of the installed one")
        me.go("/so-far/")
        hosted.proxy.close()
        page.keyboard.press("Escape")
        expect(page).to_have_title("Cooking measurements")
        page.reload()
        expect(page).to_have_title("Cooking measurements")
        hosted.proxy.open()
        me.go("/settings/")
        expect(page).to_have_title("Cooking measurements")
        me.go("/")
        unlocks(me, name, "words of the installed one")
