"""Sharing in real browsers: by file with the network off, and by handing the device over."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pypdf import PdfReader

from tests.browser.person import Person

pytestmark = pytest.mark.browser

WORDS = "You joked about my exam, and Jonas was there. I went quiet."
ANSWER = "I am sorry. I did not see how much it hurt."


@pytest.fixture
def offline(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Readers with a browser of their own, without a network; nothing may fail in their console."""
    made: list[BrowserContext] = []
    complaints: list[str] = []

    def make(width: int = 390, scheme: str = "light") -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
        )
        context.set_offline(True)
        context.on("console", lambda said: complaints.append(said.text) if _unexpected(said) else None)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert complaints == []


def _unexpected(said: ConsoleMessage) -> bool:
    """Any error but the one that says that the page may connect to nothing."""
    return said.type == "error" and "connect-src 'none'" not in said.text and "Fetch API cannot load" not in said.text


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def writes_a_moment(me: Person, words: str = WORDS) -> None:
    me.go("/note/")
    me.page.locator("textarea[name=what]").fill(words)
    me.touch("Save and stop here")


def page_and_code(me: Person, folder: Path) -> tuple[Path, str]:
    """From an open preview: the file, as the browser saves it, and the code."""
    me.confirms("Make the page")
    me.reads("The encrypted page")
    code = "-".join(me.page.locator(".code span").all_inner_texts())
    with me.page.expect_download() as download:
        me.page.get_by_role("link", name="Save the file").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file, code


def types(page: Page, code: str) -> None:
    page.get_by_label("The code").fill(code)
    page.get_by_role("button", name="Open").click()


def test_a_page_for_somebody_else_with_the_network_off(
    person: Callable[..., Person], offline: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    me = person()
    me.sets_up(passphrase="a page for somebody else")
    writes_a_moment(me)
    me.touch("Share")
    me.reads("Share with Miriam")
    me.sees("You joked about my exam")
    me.looks("share-preview-phone")
    me.page.locator("summary", has_text="Change what they").click()
    me.looks("share-choosing-phone")
    file, code = page_and_code(me, tmp_path)
    me.looks("share-page-made-phone")
    assert b"joked" not in file.read_bytes()
    assert code.encode() not in file.read_bytes()

    reader = offline()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    page = reader.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Someone has written to you")
    accessible(page)
    page.screenshot(path="test-results/sealed-page-closed-phone.png", full_page=True)
    types(page, "7QK2")
    expect(page.get_by_role("alert")).to_contain_text("20 letters and digits, in five groups of four")
    types(page, "0000-0000-0000-0000-0000")
    expect(page.get_by_role("alert")).to_contain_text("You can try again in 2 seconds.")
    expect(page.get_by_role("button", name="Open")).to_be_disabled()
    page.screenshot(path="test-results/sealed-page-wrong-phone.png", full_page=True)
    expect(page.get_by_role("alert")).to_contain_text("You can try again now.")
    types(page, code.lower().replace("-", " "))
    expect(page.get_by_role("heading", level=1)).to_have_text("Something that happened")
    expect(page.locator("main")).to_contain_text(WORDS)
    accessible(page)
    page.screenshot(path="test-results/sealed-page-open-phone.png", full_page=True)
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')") == "refused"
    printed = "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(page.pdf())).pages)
    assert "You joked about my exam" in re.sub(r"\s+", " ", printed)
    assert "Someone has written to you" not in printed
    assert [url for url in asked if not url.startswith("file:")] in ([], ["http://127.0.0.1:9/"])

    page.get_by_role("button", name="Make the answer file").click()
    expect(page.get_by_role("alert")).to_contain_text("Please write a few words first.")
    page.get_by_label("Your answer").fill("x" * 70_000)
    page.get_by_role("button", name="Make the answer file").click()
    expect(page.get_by_role("alert")).to_contain_text("This is too long by")
    page.get_by_label("Your answer").fill(ANSWER)
    page.get_by_label("Your name, if you like").fill("Miriam")
    with page.expect_download() as answered:
        page.get_by_role("button", name="Make the answer file").click()
    reply = tmp_path / answered.value.suggested_filename
    answered.value.save_as(reply)
    expect(page.get_by_role("alert")).to_contain_text("Your answer is a file now.")
    # Nobody hears whether a browser saved it: the words stay, and the file can be saved again.
    expect(page.get_by_label("Your answer")).to_have_value(ANSWER)
    with page.expect_download() as again:
        page.get_by_role("link", name="Save the file").click()
    assert Path(again.value.path()).read_bytes() == reply.read_bytes()
    accessible(page)
    page.screenshot(path="test-results/sealed-page-answered-phone.png", full_page=True)
    assert "sorry" not in reply.read_text()

    at_a_desk = offline(1440, "dark").new_page()
    at_a_desk.goto(file.as_uri())
    at_a_desk.screenshot(path="test-results/sealed-page-closed-desk-dark.png", full_page=True)
    types(at_a_desk, code)
    expect(at_a_desk.locator("main")).to_contain_text(WORDS)
    at_a_desk.screenshot(path="test-results/sealed-page-open-desk-dark.png", full_page=True)

    me.touch("Done")
    me.sees("You joked about my exam")
    me.looks("shared-one-phone")
    me.go("/out/")
    me.reads("What I have shared")
    me.looks("shared-phone")
    me.go("/settings/file/")
    me.page.get_by_label("The file").set_input_files(reply)
    me.touch("Preview the import")
    me.reads("Came in")
    me.sees(ANSWER)
    me.looks("answer-came-in-phone")
    me.touch("Save to my journal")
    me.sees(ANSWER)
    me.sees("signed “Miriam”")
    me.sees("Nothing proves who wrote it.")
    me.looks("answer-saved-phone")
    me.choose("How did they respond?", "They apologised")
    me.page.get_by_role("button", name="Save", exact=True).click()
    expect(me.page.locator(".tag", has_text="They apologised")).to_be_visible()
    me.go("/settings/file/")
    me.page.get_by_label("The file").set_input_files(reply)
    me.touch("Preview the import")
    me.sees("This answer came in before.")


def test_the_device_in_other_hands(person: Callable[..., Person]) -> None:
    me = person()
    words = "a phone in other hands"
    me.sets_up(passphrase=words)
    writes_a_moment(me)
    me.touch("Share")
    me.touch("Lock, and show only this")
    expect(me.page.locator("main")).to_contain_text("You joked about my exam")
    expect(me.page.locator("nav")).to_have_count(0)
    me.looks("handed-over-phone")
    me.page.go_back()
    me.reads("Unlock your journal")
    me.go("/example/today/")
    me.reads("Unlock your journal")
    another = me.page.context.new_page()
    another.goto(me.address)
    expect(another.get_by_role("heading", level=1)).to_have_text("Unlock your journal")
    another.close()
    me.unlocks(words)

    me.go("/out/")
    me.sees("read on this device")
    me.page.get_by_role("link", name="Something that happened").first.click()
    me.sees("You joked about my exam")

    writes_a_moment(me)
    me.touch("Share")
    me.touch("Lock, and show only this")
    expect(me.page.locator("main")).to_contain_text("You joked about my exam")
    me.page.reload()
    me.reads("Unlock your journal")
    me.unlocks(words)

    writes_a_moment(me)
    me.touch("Share")
    me.touch("Lock, and show only this")
    me.page.keyboard.press("Escape")
    expect(me.page.get_by_role("heading", level=1)).to_have_text("Cooking measurements")
    me.page.go_back()
    expect(me.page.locator("body")).not_to_contain_text("You joked")


def test_at_a_desk_in_the_dark(person: Callable[..., Person]) -> None:
    me = person(width=1440, scheme="dark")
    me.sets_up(passphrase="a desk in the dark at night")
    writes_a_moment(me)
    me.touch("Share")
    me.page.locator("summary", has_text="Change what they").click()
    me.looks("share-choosing-desk-dark")
    me.confirms("Make the page")
    me.looks("share-page-made-desk-dark")
