"""Two real browsers and a hosted installation behind TLS: shared by a web link, answered, taken back.

Everything that the server receives and keeps is kept here too, and looked through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.person import Person
from tests.browser.reverse_proxy import Proxy
from tests.installation_per_worker import STORE
from tests.on_the_disk import on_the_disk
from tests.web.test_hosted import Server
from tests.web.test_store import disguises

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(STORE != "postgresql", reason="hosted use is PostgreSQL's: runs in its round"),
]

PASSPHRASE = "hosted words for sharing"
WORDS = "Canary-of-what-was-shared: you laughed, and it hurt."
ANSWER = "Canary-of-the-answer: I am sorry."


@dataclass
class Hosted:
    """A running hosted installation and the proxy before it."""

    proxy: Proxy
    folder: Path


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    folder = tmp_path_factory.mktemp("hosted-sharing")
    server = Server(folder, "localhost")
    proxy = Proxy(folder, server.port)
    yield Hosted(proxy, folder)
    proxy.close()
    server.process.terminate()
    server.process.wait(20)


@pytest.fixture
def visitor(chromium: Browser, hosted: Hosted) -> Iterator[Callable[..., Person]]:
    complaints: list[str] = []
    contexts = []

    def make(width: int = 390, scheme: str = "light") -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            ignore_https_errors=True,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: complaints.append(said.text) if _unexpected(said.type, said.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Person(page, hosted.proxy.address, True)

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _unexpected(kind: str, text: str) -> bool:
    """Any error but a link that leads nowhere or is refused, which the browser notes too."""
    return kind == "error" and not re.search(r"status of 40[04]", text)


def sets_up(me: Person, passphrase: str) -> None:
    me.passphrase = passphrase
    me.go("/begin/")
    me.write("Passphrase", passphrase)
    me.write("The same passphrase again", passphrase)
    me.touch("Next")
    _name, *groups = me.page.locator(".code span").all_inner_texts()
    me.write("The last two groups", " ".join(groups[-2:]))
    me.touch("I’ve written it down")
    me.write("Your therapist", "Miriam")
    me.touch("Open my journal")
    me.reads("What brings you here today?")


def writes(me: Person, words: str) -> None:
    me.go("/note/")
    me.page.locator("textarea[name=what]").fill(words)
    me.touch("Save and stop here")


def makes_a_link(me: Person, days: str = "30") -> str:
    me.page.get_by_label("For how many days?").fill(days)
    me.confirms("Make the web link")
    field = me.page.get_by_label("Send this address.")
    expect(field).to_be_visible()
    return field.input_value()


def lying_open(hosted: Hosted, secrets: list[str]) -> list[str]:
    """What of these secrets was received, or lies in the database or any file of the installation."""
    kept = [content for _, content in on_the_disk(hosted.folder)]
    said = [*hosted.proxy.passed, *kept]
    assert len(kept) > 10
    found = []
    for secret in secrets:
        forms = disguises(secret.encode()) | {quote(secret).encode(), quote_plus(secret).encode()}
        found += [secret for each in said if any(form in each for form in forms)]
    return found


def test_shared_by_a_link_answered_and_taken_back(visitor: Callable[..., Person], hosted: Hosted) -> None:
    me, other = visitor(), visitor(1440, "dark")
    sets_up(me, PASSPHRASE)
    sets_up(other, "the words of another journal")
    writes(me, WORDS)
    # What is typed into a journal passes the server, as it always does; from here on nothing of it may.
    assert lying_open(hosted, [WORDS[:25]]) == [WORDS[:25]]
    hosted.proxy.passed.clear()
    me.touch("Share")
    me.sees("Canary-of-what-was-shared")
    me.looks("hosted-share-phone")
    link = makes_a_link(me)
    me.looks("hosted-link-made-phone")
    address, _, key = link.partition("#")
    assert re.fullmatch(r"https://localhost:\d+/s/[A-Za-z0-9_-]{22}/", address)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", key)
    me.touch("Done")
    me.sees("not opened")

    reader = other.page
    reader.goto(link)
    expect(reader.locator("main")).to_contain_text(WORDS)
    expect(reader.get_by_role("heading", level=1)).to_have_text("Something that happened")
    other.looks("hosted-link-read-desk-dark")
    reader.get_by_label("Your answer").fill("x" * 66_000)
    reader.get_by_role("button", name="Send the answer").click()
    expect(reader.get_by_role("alert")).to_contain_text("This is too long by")
    reader.get_by_label("Your answer").fill(ANSWER)
    reader.get_by_label("Your name, if you like").fill("Miriam")
    reader.get_by_role("button", name="Send the answer").click()
    expect(reader.get_by_role("alert")).to_contain_text("Your answer is on its way.")

    phone = visitor()
    phone.page.goto(link)
    expect(phone.page.locator("main")).to_contain_text(WORDS)
    phone.looks("hosted-link-read-phone")
    for wrong in (address, address + "#" + "A" * 43, address.replace("/s/", "/s/A") + "#" + key):
        phone.page.goto("about:blank")
        phone.page.goto(wrong)
        expect(phone.page.get_by_role("status")).to_contain_text("There’s nothing here.")
    phone.looks("hosted-link-nothing-phone")

    assert lying_open(hosted, [WORDS[:25], ANSWER[:20], key]) == []

    me.go("/arrived/")
    me.sees(ANSWER)
    me.touch("Save to my journal")
    me.sees("Canary-of-the-answer")
    me.sees("signed “Miriam”")
    me.sees("Nothing proves who wrote it.")
    expect(me.page.locator("main")).to_contain_text(re.compile("first opened on", re.IGNORECASE))
    me.looks("hosted-shared-one-phone")
    me.touch("Take it back")
    me.sees("Taken back on")
    phone.page.goto("about:blank")
    phone.page.goto(link)
    expect(phone.page.get_by_role("status")).to_contain_text("There’s nothing here.")
    reader.reload()
    expect(reader.get_by_role("status")).to_contain_text("There’s nothing here.")


def test_what_a_link_cannot_be_is_a_sentence(visitor: Callable[..., Person]) -> None:
    me = visitor()
    sets_up(me, "another journal with a link")
    writes(me, "You laughed.")
    me.touch("Share")
    me.page.get_by_label("For how many days?").evaluate(
        "field => { field.removeAttribute('max'); field.value = '400'; }"
    )
    me.confirms("Make the web link")
    expect(me.page.get_by_role("alert")).to_contain_text("A web link can last from 1 to 90 days.")
    # The page stays, and the passphrase doesn't.
    expect(me.page.locator("form[data-content] input[type=password]")).to_have_value("")
    assert makes_a_link(me, "1").startswith(me.address)


def test_a_page_goes_the_same_way_without_a_network(
    visitor: Callable[..., Person], chromium: Browser, hosted: Hosted, tmp_path: Path
) -> None:
    me = visitor()
    sets_up(me, "a hosted journal with a page")
    writes(me, WORDS)
    hosted.proxy.passed.clear()
    me.touch("Share")
    me.confirms("Make the page")
    code = "-".join(me.page.locator(".code span").all_inner_texts())
    with me.page.expect_download() as download:
        me.page.get_by_role("link", name="Save the file").click()
    file = tmp_path / "page.html"
    download.value.save_as(file)
    context = chromium.new_context()
    context.set_offline(True)
    page: Page = context.new_page()
    page.goto(file.as_uri())
    page.get_by_label("The code").fill(code)
    page.get_by_role("button", name="Open").click()
    expect(page.locator("main")).to_contain_text(WORDS)
    page.get_by_label("Your answer").fill(ANSWER)
    with page.expect_download() as answered:
        page.get_by_role("button", name="Make the answer file").click()
    reply = tmp_path / "answer.json"
    answered.value.save_as(reply)
    context.close()
    me.go("/settings/file/")
    me.page.get_by_label("The file").set_input_files(reply)
    me.touch("Preview the import")
    me.sees(ANSWER)
    assert lying_open(hosted, [WORDS[:25], ANSWER[:20], code, code.replace("-", "")]) == []
