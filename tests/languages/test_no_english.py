"""No English is left on a screen in another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR

from reattune import content
from scripts.languages import catalogues, prose
from tests.languages import pseudo
from tests.languages.walk import FRONT, OWN, of_addresses, of_example, said
from tests.web.page_walker import Page

# What is the same in every language: names of this program, of files, of people in tests, of places, and the like.
SAME_EVERYWHERE = {
    *("reattune", "esc", "pdf", "json", "csv", "fhir", "doi", "toml", "aes", "javascript", "daylio", "day", "one"),
    *("miriam", "anna", "words", "that", "were", "written", "none", "its", "fields"),
}
# Addresses, and what a script fills in.
_HOST = re.compile(r"\{\w+\}|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b")
OF_DJANGO = (MONTHS, MONTHS_3, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR)
_WORD = re.compile(r"[^\W\d_]+")


def plain(text: str) -> set[str]:
    """Words of plain letters, of three and more, with a vowel: in a pseudo-language nothing of ours is one."""
    words = _WORD.findall(_HOST.sub("", text))
    # What is all capitals is typed as it is, or short for a name.
    return {w.casefold() for w in words if len(w) > 2 and w.isascii() and not w.isupper() and re.search("[aeiouy]", w)}


def screens(client: Client, own: Callable[..., Client], language: str) -> Iterator[Page]:
    """Every screen in a language: before a journal, in a new one, and in the example."""
    client.cookies["reattune_language"] = language
    yield from of_addresses(client, FRONT)
    yield from of_example(client)
    yield from of_addresses(own(language), OWN)


@pytest.fixture
def own_in(own: Callable[..., Client]) -> Callable[..., Client]:
    """Clients with a journal of their own in a language."""

    def make(language: str) -> Client:
        client = own()
        client.post("/settings/", {"language": language, "region": "GB", "weeks": "1"})
        return client

    return make


@pytest.mark.usefixtures("pseudo_languages")
@pytest.mark.parametrize("language", pseudo.CODES)
def test_every_word_of_every_screen_is_reached_by_a_translation(
    client: Client, own_in: Callable[..., Client], language: str
) -> None:
    same = SAME_EVERYWHERE
    left: dict[str, set[str]] = {}
    count = 0
    for page in screens(client, own_in, language):
        count += 1
        html = page.root.all("html")[0]
        assert html.attributes["lang"] == language, page.address
        assert html.attributes["dir"] == ("rtl" if language == pseudo.RIGHT_TO_LEFT else "ltr"), page.address
        for text in said(page):
            if plain(text) - same:
                left.setdefault(text[:120], set()).add(page.address)
    assert count > 80
    assert {text: sorted(where)[:3] for text, where in left.items()} == {}


def _english_alone(language: str) -> set[str]:
    """Words that English says here and the other language nowhere."""
    theirs: list[str] = []
    for message in catalogues.read(language):
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        theirs += [each for each in strings if message.id]
    for file in prose.english_files():
        theirs += _strings(prose.written(file, language))
    english = [each.one for each in catalogues.sentences()]
    english += [text for unit in prose.every_unit() for text in _strings(unit.words)]
    with translation.override(language):  # of days and months: Django's own, as "17 ago" in Spanish
        theirs += [str(name) for names in OF_DJANGO for name in names.values()]
    return {w for text in english for w in plain(text)} - {w for text in theirs for w in plain(text)}


def _strings(part: object) -> list[str]:
    if isinstance(part, str):
        return [part]
    within = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [each for one in within for each in _strings(one)]


@pytest.mark.parametrize("language", [code for code in content.OFFERED if code != "en"] or [None])
@pytest.mark.django_db
def test_no_word_that_only_english_has(client: Client, own_in: Callable[..., Client], language: str | None) -> None:
    if language is None:
        # Named loudly in test_whole.py, with what is missing; nothing is offered yet that could be walked.
        return
    alone = _english_alone(language) - SAME_EVERYWHERE
    left: dict[str, set[str]] = {}
    for page in screens(client, own_in, language):
        assert page.root.all("html")[0].attributes["lang"] == language, page.address
        for text in said(page):
            if plain(text) & alone:
                left.setdefault(text[:120], set()).add(page.address)
    assert {text: sorted(where)[:3] for text, where in left.items()} == {}
