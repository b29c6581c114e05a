"""The glossary of docs/languages.md is what labels and buttons say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reattune import content
from scripts.languages import catalogues

DOCS = Path(__file__).parents[2] / "docs" / "languages.md"
COLUMNS = {"de": 1, "es": 2, "fr": 3}
# Longer ones are sentences: there a language may have a better way than the noun.
LABEL = 4
# Labels where the English word means something else, or a language has a better way; each as it is written.
OTHER_MEANING = frozenset({"clients of a therapist", "Ratings of client {client}"})


def glossary() -> list[list[list[str]]]:
    """Each row: of each language the words that will do."""
    table = DOCS.read_text("utf-8").partition("## Words of the domain")[2]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    return [[[word.strip().casefold() for word in cell.split(",")] for cell in row[:4]] for row in rows]


GLOSSARY = glossary()


def off(english: str, words: str, language: str) -> Iterator[str]:
    """Terms of the glossary that a label has in English and not in the other language."""
    if len(english.split()) > LABEL or english in OTHER_MEANING:
        return
    for row in GLOSSARY:
        theirs = row[COLUMNS[language]]
        if any(re.search(rf"\b{re.escape(term)}s?\b", english, re.IGNORECASE) for term in row[0]) and not any(
            each in words.casefold() for each in theirs
        ):
            yield f"{english}: {words!r} has none of {', '.join(theirs)}"


def test_the_glossary_is_there_in_four_languages() -> None:
    assert len(GLOSSARY) >= 20
    assert all(len(row) == 4 and all(row) for row in GLOSSARY)


def test_another_word_is_found() -> None:
    assert list(off("Your passphrase", "Dein Kennwort", "de"))
    assert not list(off("Your passphrase", "Deine Passphrase", "de"))


@pytest.mark.parametrize("language", COLUMNS)
def test_labels_use_its_words(language: str) -> None:
    wrong = []
    for message in catalogues.read(language):
        english = message.id[0] if isinstance(message.id, tuple) else message.id
        said = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if english and all(said):
            wrong += list(off(english, " ".join(said), language))
    assert wrong == []


def test_no_exception_is_kept_for_nothing() -> None:
    known = {each.one for each in catalogues.sentences()}
    assert known >= OTHER_MEANING
    assert ("en", *COLUMNS) == content.LANGUAGES
