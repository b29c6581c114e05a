"""What comes closest: the likeliest causes come while one types, and choosing one is all it takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import Person

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_likeliest_causes_come_while_typing(person: Callable[..., Person], scheme: str) -> None:
    me = person(scheme=scheme)
    me.sets_up(passphrase=f"likely causes {scheme} come while typing")
    me.go("/note/")
    me.write("What happened?", "She cancelled an hour before, again, and I still have to pay for it.")
    offered = me.page.get_by_role("group", name="Does one of these come close?")
    expect(offered.get_by_role("radio")).to_have_count(3, timeout=30_000)  # the sentence model is loaded first
    me.looks(f"likely-causes-{scheme}")
    offered.locator("label", has_text="money").click()
    expect(me.page.locator("[data-chosen=cause]")).to_contain_text("money")
    me.page.get_by_label("What happened?").press_sequentially(" I am angry.", delay=20)
    me.page.wait_for_timeout(3000)
    expect(offered.get_by_role("radio", checked=True)).to_have_count(1)
    me.touch("Save and stop here")
    me.sees("money")


def test_what_is_on_its_way_to_be_kept_arrives_before_what_is_sent(person: Callable[..., Person]) -> None:
    me = person()
    order: list[str] = []

    def slowly(route: Route) -> None:
        answer = route.fetch()
        me.page.wait_for_timeout(1200)
        order.append("kept")
        route.fulfill(response=answer)

    me.page.route("**/example/typing/", slowly)
    me.go("/example/note/")
    me.page.on("request", lambda sent: order.append("sent") if sent.url.endswith("/example/note/") else None)
    order.clear()
    me.write("What happened?", "Miriam looked at the clock twice while I spoke.")
    me.page.wait_for_timeout(2300)
    me.touch("Save and stop here")
    me.sees("Miriam looked at the clock twice while I spoke.")
    assert order.index("kept") < order.index("sent")
    assert "/example/note/" in me.page.url
