"""Every screen in a language forty per cent longer, on the smallest phone; and from right to left."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Server, free_port, start
from tests.browser.person import Person
from tests.languages import pseudo

pytestmark = pytest.mark.browser

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
FRONT = (
    "/",
    "/begin/",
    "/unlock/",
    "/unlock/recovery/",
    "/help/",
    "/help/?region=DE",
    "/help/?region=AF",
    "/measures/",
)
BESIDE = ("note/*/meaning/", "note/*/back/before/", "words/*/felt/", "words/*/how/", "words/*/aloud/answers/")
# What is meant to lie over something: the marks that make a whole row, or a whole tile, something to touch.
OVERLAPPING = """() => {
  // What stays at the foot of the window while the page moves under it.
  const fixed = e => e && (getComputedStyle(e).position === "fixed" || fixed(e.parentElement));
  const seen = [...document.querySelectorAll("main :is(a, button, summary, h1, h2, h3, p, legend, textarea, select), "
      + "header :is(a, button), footer :is(a, button, p)")].filter(e => {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    return e.checkVisibility() && style.position !== "absolute" && !fixed(e) && box.width > 1 && box.height > 1;
  });
  const wrong = [];
  for (let i = 0; i < seen.length; i++) for (let j = i + 1; j < seen.length; j++) {
    if (seen[i].contains(seen[j]) || seen[j].contains(seen[i])) continue;
    for (const a of seen[i].getClientRects()) for (const b of seen[j].getClientRects()) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && tall > 4) wrong.push([seen[i], seen[j]].map(e => e.textContent.trim().slice(0, 50)).join(" | "));
    }
  }
  return [...new Set(wrong)];
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Reattune with both pseudo-languages."""
    folder = tmp_path_factory.mktemp("pseudo")
    pseudo.make(folder / "words")
    started = start(folder, free_port(), (sys.executable, "-m", "tests.languages.pseudo_server", str(folder / "words")))
    try:
        yield started
    finally:
        started.process.terminate()
        started.process.wait(20)


def screens(me: Person) -> Iterator[str]:
    """The front, and one screen of the example for each kind of address that links lead to."""
    yield from FRONT
    seen, waiting = {"/example/today/"}, ["/example/today/"]
    while waiting:
        address = waiting.pop(0)
        yield address
        found = me.page.locator("a[href^='/example/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        ids = ID.search(address)
        for beside in BESIDE if ids else ():
            if beside.startswith(address.removeprefix("/example/").partition("/")[0]):
                found.append(f"/example/{beside.replace('*', ids[0])}")  # type: ignore[index]
        for href in found:
            kind = ID.sub("*", str(href).partition("#")[0].partition("?")[0])
            if kind not in seen:
                seen.add(kind)
                waiting.append(str(href).partition("#")[0])


@pytest.mark.parametrize("language", pseudo.CODES)
def test_nothing_scrolls_sideways_or_lies_over_something(person: Callable[..., Person], language: str) -> None:
    me = person(width=320)
    me.page.context.set_extra_http_headers({"Accept-Language": language})
    wrong, count = [], 0
    for address in screens(me):
        me.page.goto(me.address + address)
        count += 1
        html = me.page.locator("html")
        assert html.get_attribute("lang") == language, address
        wider = me.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            wrong.append(f"{address} is {wider} px too wide")
        wrong += [f"{address}: {both}" for both in me.page.evaluate(OVERLAPPING)]
        name = ID.sub("x", address).partition("?")[0].strip("/").replace("/", "-") or "front"
        me.keeps_a_picture(f"{language}/{name}")
    assert count > 40
    assert wrong == []


def test_a_language_is_chosen_by_hand(person: Callable[..., Person]) -> None:
    me = person(width=320)
    me.page.goto(f"{me.address}/help/?region=DE")
    me.page.get_by_role("button", name=pseudo.LEFT_TO_RIGHT, exact=True).or_(
        me.page.locator(f"button[value={pseudo.LEFT_TO_RIGHT}]")
    ).first.click()
    assert me.page.url.endswith("/help/?region=DE")
    assert me.page.locator("html").get_attribute("lang") == pseudo.LEFT_TO_RIGHT
    me.page.goto(f"{me.address}/")
    assert me.page.locator("html").get_attribute("lang") == pseudo.LEFT_TO_RIGHT


def test_the_stylesheets_name_no_side() -> None:
    """Left and right are said as start and end, so that a page can run the other way."""
    styles = Path(__file__).parents[2] / "src" / "reattune"
    files = [*(styles / "web").rglob("*.css"), styles / "study" / "report" / "style.css"]
    assert len(files) >= 5
    side = re.compile(r"\b(?:margin|padding|border)-(?:left|right)\b|(?<=[\s;{])(?:left|right|float)\s*:"
                      r"|text-align:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius")  # fmt: skip
    for path in files:
        text = path.read_text("utf-8")
        assert side.findall(text) == [], path.name
        for name, values in re.findall(r"\b(margin|padding|inset):\s*([^;}]+)", text):
            parts = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "()", values).split()
            whole = re.findall(r"[\w-]+\((?:[^()]|\([^()]*\))*\)|\S+", values)
            assert len(parts) != 4 or whole[1] == whole[3], f"{path.name}: {name}: {values}"
