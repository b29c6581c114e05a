"""A new user at the screen: what they read, touch and type."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PASSPHRASE = "four quiet words here"
SHOTS = Path("test-results")
# Set it to `yes` to keep pictures of every screen that is looked at; a fifth of the time of the longest tests.
KEEPS_SHOTS = os.environ.get("REATTUNE_SHOTS") == "yes"
_AXE = Axe()


class Person:
    """Acts through what is seen on the page alone."""

    def __init__(self, page: Page, address: str, javascript: bool) -> None:
        self.javascript = javascript
        self.page = page
        self.address = address
        self.recovery_code = self.passphrase = ""

    # Hands and eyes

    def go(self, path: str = "/") -> None:
        self.page.goto(self.address + path)

    def touch(self, name: str) -> None:
        """A button or a link, by what stands on it."""
        button = self.page.get_by_role("button", name=name, exact=True)
        begins = re.compile(f"^{re.escape(name)}")
        link = self.page.get_by_role("link", name=begins)
        # A door is a button too, and has a line of its own below its name.
        door = self.page.locator("button.door", has_text=begins)
        (button.or_(link).or_(door)).first.click()
        self.waits()

    def waits(self) -> None:
        """Until the page is whole. A click waits for the new page to begin, when it is still empty."""
        self.page.wait_for_load_state()

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).fill(words)

    def unfolds(self, question: str) -> None:
        """Opens what is folded under this question, if it is."""
        folded = self.page.locator("details:not([open]) > summary", has_text=question)
        if folded.count():
            folded.first.click()

    def choose(self, question: str, *answers: str) -> None:
        self.unfolds(question)
        group = self.page.get_by_role("group", name=question, exact=True)
        for answer in answers:
            group.get_by_label(answer, exact=True).check(force=True)

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def reads(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def looks(self, name: str) -> None:
        """Lets axe judge the page, and keeps a picture to be looked at where that is wished."""
        self.waits()
        if self.javascript:
            self.finds_it_accessible()
        self.keeps_a_picture(name)

    def keeps_a_picture(self, name: str) -> None:
        """Of the whole page, where that is wished."""
        if KEEPS_SHOTS:
            self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def finds_it_accessible(self) -> None:
        """No violation of any rule of axe, and no scrolling sideways."""
        found = _AXE.run(self.page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{self.page.url} scrolls sideways by {wider} px"

    # What a person does

    def sets_up(self, therapist: str = "Miriam", passphrase: str = PASSPHRASE) -> None:
        self.passphrase = passphrase
        self.go("/begin/")
        self.write("Passphrase", passphrase)
        self.write("The same passphrase again", passphrase)
        self.touch("Next")
        self.reads("Your recovery code")
        groups = self.page.locator(".code span").all_inner_texts()
        self.recovery_code = "-".join(groups)
        self.write("The last two groups", " ".join(groups[-2:]))
        self.touch("I’ve written it down")
        self.reads("A few optional details")
        self.write("Your therapist", therapist)
        self.page.get_by_label("Where do you live?").select_option("GB")
        self.touch("Open my journal")
        self.reads("What brings you here today?")

    def checks_in(self, day: date, ratings: list[int], unsaid: str = "", urge: int = 0) -> None:
        self.go("/today/")
        self.touch("I had a session")
        self.page.get_by_label("When was the session?").fill(day.isoformat())
        for group, rating in zip(self.page.locator("fieldset.scale").all(), [*ratings, urge], strict=True):
            group.get_by_label(str(rating), exact=True).check(force=True)
        self.choose("Did something go unsaid?", "Yes" if unsaid else "No")
        if unsaid:
            self.write("What was it? In a few words, if you like.", unsaid)
        self.touch("Save")

    def confirms(self, button: str) -> None:
        """A grave act: the passphrase once more, then the button below it."""
        pressed = self.page.get_by_role("button", name=button, exact=True)
        self.page.locator("form", has=pressed).get_by_label("Your passphrase", exact=True).fill(self.passphrase)
        self.touch(button)

    def unlocks(self, passphrase: str = PASSPHRASE) -> None:
        self.write("Passphrase", passphrase)
        self.touch("Unlock")


def weekly(count: int) -> list[date]:
    """So many session days, a week apart, the last one today."""
    today = date.today()
    return [today - timedelta(weeks=count - 1 - week) for week in range(count)]
