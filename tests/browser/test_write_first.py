"""Somebody who was hurt an hour ago: from the first page to the card, and then to a journal that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, free_port, start
from tests.browser.person import Person
from tests.on_the_disk import on_the_disk

pytestmark = pytest.mark.browser

WORDS = "You looked at the clock while I spoke of my father."


def writes_first(me: Person, shots: str = "") -> int:
    """From the first page to the card; how many screens it took, the card included."""
    me.go("/")
    if shots:
        me.looks(f"{shots}-first-page")
    me.touch("Something happened")
    me.reads("Something happened")
    me.write("What happened?", WORDS)
    me.choose("What did you feel?", "hurt", "small")
    me.touch("Find the words")
    me.reads("Find the words")
    me.sees("You looked at the clock")
    if shots:
        me.looks(f"{shots}-words-first")
    me.write("What do you need?", "That you look at me.")
    me.touch("Make the card")
    me.sees("I felt hurt and small.")
    me.sees("That you look at me.")
    return 3


def keeps_it(me: Person, passphrase: str) -> int:
    """From there to a journal that is kept: how many screens more."""
    me.touch("Keep it: choose a passphrase")
    me.write("Passphrase", passphrase)
    me.write("The same passphrase again", passphrase)
    me.touch("Next")
    me.reads("Your recovery code")
    return 2


@contextmanager
def newcomer(folder: Path, chromium: Browser, *, javascript: bool = True) -> Iterator[tuple[Person, Server]]:
    """Somebody at an installation on which nobody has a journal yet."""
    server = start(folder, free_port())
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=javascript)
    try:
        yield Person(context.new_page(), server.address, javascript=javascript), server
    finally:
        context.close()
        server.process.terminate()
        server.process.wait(20)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
def test_three_screens_to_the_card_and_six_with_the_journal_kept(
    tmp_path: Path, chromium: Browser, javascript: bool
) -> None:
    with newcomer(tmp_path, chromium, javascript=javascript) as (me, _server):
        screens = writes_first(me, f"write-first-{javascript}")
        assert screens <= 3
        screens += keeps_it(me, "words kept afterwards")
        groups = me.page.locator(".code span").all_inner_texts()
        me.write("The last two groups", " ".join(groups[-2:]))
        me.touch("I’ve written it down")
        me.reads("A few optional details")
        screens += 1
        assert screens <= 6
        me.write("Your therapist", "Miriam")
        me.touch("Open my journal")
        me.sees("Miriam")
        me.touch("Lock")
        me.unlocks("words kept afterwards")
        me.touch("Open my card")
        me.sees("That you look at me.")
        print(f"From the first page to the card: 3 screens; with the journal kept: {screens}")


def test_what_was_kept_survives_a_kill_right_after(tmp_path: Path, chromium: Browser) -> None:
    with newcomer(tmp_path, chromium) as (me, server):
        writes_first(me)
        keeps_it(me, "words that outlive a kill")
        server.process.kill()
        server.process.wait(20)
        again = start(tmp_path, int(server.address.rpartition(":")[2]))
        try:
            me.go("/unlock/")
            me.unlocks("words that outlive a kill")
            me.go("/today/")
            expect(me.page.locator(".banner")).to_contain_text("Make one and write it down")
            me.touch("Open my card")
            me.sees("That you look at me.")
        finally:
            again.process.terminate()
            again.process.wait(20)


def test_another_who_opens_the_app_afterwards_finds_nothing(tmp_path: Path, chromium: Browser) -> None:
    with newcomer(tmp_path, chromium) as (me, server):
        writes_first(me)
        me.page.get_by_text("Erase it now").click()
        me.touch("Yes, erase what I wrote here")
        me.go("/today/")
        assert "clock" not in me.page.content()
        assert not [path.name for path, content in on_the_disk(server.data) if WORDS.encode() in content]
