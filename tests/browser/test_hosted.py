"""A hosted installation behind TLS, as its people meet it: a name on paper, and the name asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.browser.reverse_proxy import Proxy
from tests.installation_per_worker import STORE
from tests.web.test_hosted import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(STORE != "postgresql", reason="hosted use is PostgreSQL's: runs in its round"),
]


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hosted")
    server = Server(folder, "localhost")
    proxy = Proxy(folder, server.port)
    yield proxy.address
    proxy.close()
    server.process.terminate()
    server.process.wait(20)


@pytest.fixture
def visitor(chromium: Browser, hosted: str) -> Iterator[Callable[..., Person]]:
    complaints: list[str] = []
    contexts = []

    def make(width: int = 390) -> Person:
        context = chromium.new_context(viewport={"width": width, "height": 844}, ignore_https_errors=True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return Person(page, hosted, True)

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_name_on_paper_and_asked_for(visitor: Callable[..., Person]) -> None:
    me = visitor()
    me.go("/")
    me.looks("hosted-welcome")
    words = "hosted words on paper"
    me.touch("Start your journal")
    me.write("Passphrase", words)
    me.write("The same passphrase again", words)
    me.touch("Next")
    me.looks("hosted-code")
    name, *groups = me.page.locator(".code span").all_inner_texts()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", name)
    me.write("The last two groups", " ".join(groups[-2:]))
    me.touch("I’ve written it down")
    me.write("Your therapist", "Miriam")
    me.touch("Open my journal")
    me.reads("What brings you here today?")
    assert {cookie["secure"] for cookie in me.page.context.cookies()} == {True}
    me.go("/settings/")
    me.sees(name)
    me.touch("Lock")
    me.reads("Unlock your journal")
    me.looks("hosted-locked")
    me.write("Your journal’s name", name.lower())
    me.write("Passphrase", "not the right words")
    me.touch("Unlock")
    me.sees("No journal opens with this name and passphrase.")
    other = visitor(1440)
    other.go("/unlock/")
    other.write("Your journal’s name", name.lower().replace("-", " "))
    other.write("Passphrase", words)
    other.touch("Unlock")
    other.reads("What brings you here today?")
    expect(other.page.locator("body")).to_have_attribute("data-idle", "900")
    other.go("/unlock/recovery/")
    other.looks("hosted-recovery")
