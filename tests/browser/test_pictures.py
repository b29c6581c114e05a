"""The pictures of README and docs/, taken from the example journal: `make pictures` writes them anew.

The example's days move with the calendar, so pixels differ from day to day. What is compared on every run is what the
screen says: where a picture's headings and buttons are not those of the screen any more, it is out of date.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reattune.content import OFFERED
from tests.browser.person import SHOTS, Person
from tests.browser.test_say_and_mend import makes_the_card

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SAID = PICTURES / "what-they-say.json"
WRITES = bool(os.environ.get("REATTUNE_PICTURES"))
OTHERS = [each for each in OFFERED if each != "en"]
WIDTH, HEIGHT = 1060, 900
# Days, months and counts move with the calendar.
_MOVING = re.compile(
    r"\d|January|February|March|April|May\b|June|July|August|September|October|November|December|day\b"
)


@pytest.fixture
def visitor(person: Callable[..., Person]) -> Callable[[str], Person]:
    """Somebody whose browser wishes for a language."""

    def make(language: str) -> Person:
        made = person(width=WIDTH, javascript=False)  # nothing is kept while one types: pictures stand still
        made.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        made.page.context.set_extra_http_headers({"Accept-Language": language})
        return made

    return make


def screens(visitor: Callable[[str], Person]) -> Iterator[tuple[str, Person]]:
    """Goes through the example as docs/for-you.md does; at each picture, what it is called and whose screen it is."""
    me = visitor("en")
    me.go("/example/today/")
    yield "today", me
    me.go("/example/so-far/")
    yield "journal", me
    me.go("/example/today/")
    me.touch("I had a session")
    yield "check-in", me
    me.go("/example/today/")
    me.touch("Something happened")
    me.write("What happened?", "She looked at the clock while I talked about my brother.")
    me.choose("What comes closest?", "They seemed bored or far away")
    yield "something-happened", me
    me.touch("Save and stop here")
    me.touch("Prepare to bring it up")
    makes_the_card(
        me,
        "Read it aloud",
        happened="When I talked about my brother, you looked at the clock.",
        need="I’d like to know what it was like for you.",
    )
    yield "card", me
    me.go("/help/?region=GB")
    yield "get-help-now", me
    for language in OTHERS:
        other = visitor(language)
        other.go("/example/today/")
        yield f"today-{language}", other


def says(me: Person) -> list[str]:
    """The headings and buttons of the screen that no day moves."""
    found = me.page.locator("main h1, main h2, main button, main .button").all_inner_texts()
    lines = [" ".join(each.split()) for each in found]
    return sorted({each for each in lines if each and not _MOVING.search(each)})


def test_the_pictures_are_of_today(visitor: Callable[[str], Person]) -> None:
    folder = PICTURES if WRITES else SHOTS
    folder.mkdir(exist_ok=True)
    said = {}
    for name, me in screens(visitor):
        me.waits()
        me.page.evaluate("window.scrollTo(0, 0)")
        me.page.screenshot(path=folder / f"{name}.png", animations="disabled")
        said[name] = says(me)
    if WRITES:
        SAID.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert json.loads(SAID.read_text("utf-8")) == said, "Pictures of docs/ are out of date: make pictures"
    assert {path.stem for path in PICTURES.glob("*.png")} == set(said)
