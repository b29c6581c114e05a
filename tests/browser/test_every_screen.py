"""Every screen: accessible by axe, no sideways scrolling, at both widths, light and dark, and at 200 % zoom."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.browser.person import Person

pytestmark = pytest.mark.browser

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
FRONT = [
    "/",
    "/begin/",
    "/unlock/",
    "/unlock/recovery/",
    "/help/",
    "/help/?region=DE",
    "/help/?region=AF",
    "/measures/",
    "/no-such-page/",
]
PER_PATTERN = 2


def screens(me: Person, start: str) -> Iterator[str]:
    """Goes wherever links lead from ``start``, to a few for each pattern, and says where it is."""
    seen: dict[str, None] = {start: None}
    patterns: Counter[str] = Counter()
    waiting = [start]
    while waiting:
        me.go(waiting[0])
        yield waiting.pop(0)
        for href in me.page.locator("a[href^='/']").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
            address = str(href).partition("#")[0]
            pattern = ID.sub("*", address)
            if address in seen or patterns[pattern] >= PER_PATTERN or not address.startswith(start.split("/today")[0]):
                continue
            patterns[pattern] += 1
            seen[address] = None
            waiting.append(address)
    for address in [further for each in seen for further in beyond(each)]:
        me.go(address)
        yield address


def beyond(address: str) -> list[str]:
    """Screens that are reached by a button rather than a link."""
    parts = {
        "/note/": ("meaning/", "did/", "back/me/", "back/before/", "back/then/", "back/words/"),
        "/words/": ("felt/", "made/", "need/", "fear/", "how/"),
        "/thread/": ("talk/",),
    }
    found = ID.search(address)
    if found is None:
        return []
    root = address[: found.end()]
    return [f"{root}/{step}" for part, steps in parts.items() if part in address for step in steps]


@pytest.mark.parametrize(("name", "width", "scheme"), [("phone-light", 390, "light"), ("desk-dark", 1440, "dark")])
def test_the_example_journal(person: Callable[..., Person], name: str, width: int, scheme: str) -> None:
    me = person(width=width, scheme=scheme)
    found = set()
    for address in screens(me, "/example/today/"):
        found.add(ID.sub("*", address))
        me.looks(f"{name}{ID.sub('x', address).partition('?')[0].replace('/', '-').rstrip('-')}")
    assert len(found) >= 20


@pytest.mark.parametrize(("name", "width", "scheme"), [("phone-dark", 390, "dark"), ("desk-light", 1440, "light")])
def test_the_front_and_the_settings(person: Callable[..., Person], name: str, width: int, scheme: str) -> None:
    me = person(width=width, scheme=scheme)
    for address in FRONT[:-1]:
        me.go(address)
        me.looks(f"{name}-front{address.partition('?')[0].replace('/', '-').rstrip('-')}")
    me.sets_up(passphrase=f"a passphrase for {name}")
    for address in (
        "/today/",
        "/settings/",
        "/settings/passphrase/",
        "/settings/file/",
        "/settings/file/off/",
        "/settings/questions/",
        "/going/",
        "/held/",
        "/arrived/",
        "/next/",
        "/next/one/",
        "/places/",
        "/places/?region=DE",
        "/read/",
        "/read/7/",
        "/ways/",
        "/thread/",
        "/settings/person/",
        "/out/",
        "/out/of/held/",
        "/begin/recovery/",
        "/check/",
    ):
        me.go(address)
        me.looks(f"{name}-own{address.replace('/', '-').rstrip('-')}")
    me.go("/check/")
    me.touch("Save")
    me.sees("You haven’t answered anything yet")
    me.finds_it_accessible()


@pytest.mark.parametrize("region", ["PH", "AF", "XX", ""])
def test_a_line_can_be_touched_on_a_small_phone_in_the_dark(person: Callable[..., Person], region: str) -> None:
    me = person(width=320, scheme="dark")
    me.go(f"/help/?region={region}")
    me.reads("Get help now")
    buttons = me.page.locator(".helpline a.button")
    sizes = [buttons.nth(index).bounding_box() for index in range(buttons.count())]
    assert sizes
    assert all(size and size["height"] >= 44 and size["width"] >= 44 for size in sizes)
    me.looks(f"small-dark-help-{region or 'none'}")


@pytest.mark.parametrize("width", [1280, 640])
def test_at_twice_the_size(person: Callable[..., Person], width: int) -> None:
    me = person(width=width, zoom=2)
    for address in ("/", "/example/today/", "/example/check/", "/example/note/", "/example/so-far/", "/help/"):
        me.go(address)
        me.finds_it_accessible()
    me.go("/example/today/")
    me.looks(f"zoom-{width}-today")
