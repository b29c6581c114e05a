"""A language is whole or it is not offered: nothing is missing, nothing is left over, and the same is filled in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as configured

from reattune import content
from scripts.languages import catalogues, prose
from scripts.languages.work_files import problem_of_sentence

OTHERS = [code for code in content.LANGUAGES if code != "en"]
WHOLE = [code for code in OTHERS if code not in content.NOT_WRITTEN_YET]
# A test of every language: one that is still being written says so by name, and fails as soon as it is whole.
each_language = pytest.mark.parametrize("language", OTHERS)
SENTENCES = catalogues.sentences()


def not_yet(language: str) -> None:
    """Skip loudly what is not written yet; a language that is whole has to be taken out of the list."""
    if language in content.NOT_WRITTEN_YET:
        missing = len(catalogues.missing(language, SENTENCES)) + len(prose.missing(language))
        assert missing, f"{language} is whole: take it out of NOT_WRITTEN_YET in content/__init__.py."
        pytest.skip(f"{language} IS NOT WRITTEN YET and is offered to nobody; {missing} pieces are missing.")


def test_only_what_is_whole_is_offered() -> None:
    assert set(content.NOT_WRITTEN_YET) <= set(OTHERS)
    assert [code for code, _name in configured.LANGUAGES] == ["en", *WHOLE]


@each_language
def test_every_sentence_of_the_screens_is_said(language: str) -> None:
    missing = [each.one for each in catalogues.missing(language, SENTENCES)]
    not_yet(language)
    assert missing == []


@each_language
def test_every_key_of_the_prose_is_written(language: str) -> None:
    missing = [f"{unit.file}: {unit.address}" for unit in prose.missing(language)]
    not_yet(language)
    assert missing == []


# From here on nothing is skipped: what is there already has to be right.
@each_language
def test_nothing_is_left_over(language: str) -> None:
    assert prose.left_over(language) == []
    known = {(each.about, each.one) for each in SENTENCES}
    kept = {(m.context or "", m.id[0] if isinstance(m.id, tuple) else m.id) for m in catalogues.read(language) if m.id}
    assert kept == known, "Run: python -m scripts.languages update"


@each_language
def test_no_entry_is_fuzzy_and_each_fills_in_the_same(language: str) -> None:
    known = catalogues.read(language)
    wrong = {}
    for each in SENTENCES:
        entry = known.get(each.one, each.about or None)
        assert entry is not None
        assert not entry.fuzzy, each.one
        words = list(entry.string) if isinstance(entry.string, (tuple, list)) else entry.string
        if any(words) and (why := problem_of_sentence(each, words, language)):
            wrong[each.one] = why
    assert wrong == {}


@each_language
def test_the_file_is_as_it_is_written_by_the_script(language: str) -> None:
    path = catalogues.po_file(language)
    text = path.read_text("utf-8")
    assert text == catalogues.as_text(catalogues.updated(language, SENTENCES), language)
    assert path.with_suffix(".mo").read_bytes() == catalogues.compiled(text, language)
    assert "POT-Creation-Date" not in text
    assert "#~" not in text


@each_language
def test_its_manner_is_whole(language: str) -> None:
    english, theirs = content.manner("en"), content.manner(language)
    assert set(english) <= set(theirs)
    assert set(theirs["dates"]) == set(english["dates"])
    assert len(theirs["months"]) == 12
    assert set(theirs["speaking_to"]) == {"familiar", "formal", "default"}


def strings(part: object, found: Callable[[str], bool]) -> list[str]:
    if isinstance(part, str):
        return [part] if found(part) else []
    within = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [each for one in within for each in strings(one, found)]


@each_language
def test_quotation_marks_are_those_of_the_language(language: str) -> None:
    # English marks and straight ones; a second level inside is free.
    others = set("“”„«»") - set("".join(content.manner(language)["quotes"]))
    if language == "de":
        others -= {"“"}
    wrong = [
        text
        for file in prose.english_files()
        for text in strings(prose.written(file, language), lambda text: bool(others & set(text)) or '"' in text)
    ]
    for message in catalogues.read(language):
        said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        wrong += [text for text in said if message.id and others & set(text)]
    assert wrong == []


def test_a_catalogue_is_read_by_the_lower_rooms_and_by_the_screens_alike() -> None:
    assert list(configured.LOCALE_PATHS) == [catalogues.LOCALE]
