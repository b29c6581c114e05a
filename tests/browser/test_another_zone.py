"""The browser is in another time zone than the journal: asked once on Today, and the days follow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server
from tests.browser.person import Person

pytestmark = pytest.mark.browser
ASKED = "This device is in a different time zone"


@pytest.fixture
def pages(chromium: Browser) -> Iterator[tuple[Page, Page, Page]]:
    zones = ("Europe/London", "Europe/Lisbon", "Pacific/Auckland")
    contexts = [chromium.new_context(timezone_id=zone) for zone in zones]
    yield tuple(each.new_page() for each in contexts)  # type: ignore[misc]
    for each in contexts:
        each.close()


def test_it_is_asked_once_and_the_days_follow(server: Server, pages: tuple[Page, Page, Page]) -> None:
    home, near, far = (Person(page, server.address, True) for page in pages)
    home.sets_up()
    home.go("/today/")
    expect(home.page.get_by_text(ASKED)).to_be_hidden()
    for each in (near, far):
        each.go("/unlock/")
        each.unlocks()
        each.go("/today/")
    expect(near.page.get_by_text(ASKED)).to_be_hidden()  # another name, the same clocks
    expect(far.page.get_by_text(f"{ASKED} from your journal (Europe/London)")).to_be_visible()
    far.touch("Leave it as it is")
    expect(far.page.get_by_text(ASKED)).to_be_hidden()
    home.go("/settings/")
    home.page.get_by_label("Your journal’s time zone").select_option("America/New_York")
    home.page.get_by_role("button", name="Save").click()
    home.go("/today/")
    home.touch("Use this device’s time zone")
    expect(home.page.get_by_text(ASKED)).to_be_hidden()
    home.go("/settings/")
    expect(home.page.get_by_label("Your journal’s time zone")).to_have_value("Europe/London")
