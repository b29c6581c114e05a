"""Search: what is found, what is not, and that no text and no question makes it slow."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.journal.documents import KINDS
from reattune.reflection.search import MOST_LINES, found_lines, query
from reattune.reflection.written_words import written_in
from tests.journal.every_kind import every_kind, every_kind_of_therapist

TEXT = "She looked at the clock.\nI said: don’t, José — and wept."


def shown(words: str, *texts: str) -> list[str]:
    """The lines that are found, with what was found in brackets."""
    return [
        "".join(f"[{piece}]" if marked else piece for piece, marked in line.pieces)
        for line in found_lines(query(words), texts)
    ]


@pytest.mark.parametrize(
    "words",
    [
        "clock",
        "CLOCK",
        "clo",
        "look clo",
        "clock, she!",
        "jose",
        "Jose\u0301",
        "don't",
        "don’t",
        "wept said she",
        "  at ",
    ],
)
def test_every_word_in_any_order_by_its_beginning(words: str) -> None:
    assert query(words).within([TEXT])


@pytest.mark.parametrize("words", ["lock", "clock cat", "clocks", "ose", "on’t"])
def test_what_does_not_begin_a_word_is_not_found(words: str) -> None:
    assert not query(words).within([TEXT])


@pytest.mark.parametrize("words", ["", "   ", "…", "?!", "\u202e", "\u200d", "- , ."])
def test_nothing_is_looked_for_where_no_word_was_typed(words: str) -> None:
    assert not query(words)


def test_words_may_lie_in_different_texts_and_one_in_the_name_beside_them() -> None:
    assert query("clock letter").within(["The clock.", "A letter."])
    assert query("clock miriam").within(["The clock."], lambda: "miriam")
    assert not query("miriam").within(["The clock."], lambda: "miriam")
    assert not query("clock anselm").within(["The clock."], lambda: "miriam")


def test_scripts_without_spaces_signs_and_apostrophes() -> None:
    assert query("时钟").within(["她看了看时钟"])
    assert query("💔").within(["and then💔"])
    assert query("amour").within(["l’amour"])
    assert query("الساعة").within(["نظرت إلى الساعة"])
    assert query("ШАГ").within(["один шаг"])


def test_the_line_it_stands_in_with_the_mark() -> None:
    assert shown("clo", TEXT) == ["She looked at the [clo]ck."]
    assert shown("jose wept", TEXT) == ["I said: don’t, [José] — and [wept]."]
    assert shown("jose she", TEXT) == ["[She] looked at the clock.", "I said: don’t, [José] — and wept."]
    assert shown("strasse", "Die Straße.") == ["Die [Straße]."]
    assert shown("s", "Straße so") == ["[S]traße [s]o"]
    assert shown("jose", "Jose\u0301 said") == ["[Jose\u0301] said"]
    assert len(shown("a b c d e", "a\nb\nc\nd\ne")) == MOST_LINES


def test_of_a_long_line_the_part_around_it() -> None:
    line = "word " * 200 + "clock " + "word " * 200
    (found,) = found_lines(query("clock"), [line])
    assert found.cut_before
    assert found.cut_after
    assert ("clock", True) in found.pieces
    assert len("".join(piece for piece, _marked in found.pieces)) <= 200
    assert shown("clock", "é" * 5_000 + " clock " + "é" * 5_000)[0].count("[clock]") == 1


@settings(deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
def test_what_is_shown_stands_in_the_text(words: str, texts: list[str]) -> None:
    asked = query(words)
    lines = found_lines(asked, texts)
    if asked and asked.within(texts):
        assert lines
    for line in lines:
        whole = "".join(piece for piece, _marked in line.pieces)
        assert any(whole in text for text in texts)
        assert any(marked for _piece, marked in line.pieces)


@settings(deadline=None)
@given(st.text(alphabet=string.ascii_letters + "éßñ ", min_size=1, max_size=40))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    asked = query(text)
    assert not asked or asked.within([f"before {text} after"])


@pytest.mark.parametrize("letter", ["a", "é", "ab ", "\u202e", "\x00", "💔", "时"])
def test_twice_the_text_takes_no_more_than_twice_the_time(letter: str) -> None:
    asked = query(" ".join(f"{letter}{number}" for number in range(250)) + " a é")

    def seconds(length: int) -> float:
        text = (letter * length)[:length]
        start = time.process_time()
        for _ in range(3):
            asked.within([text])
            found_lines(asked, [text])
        return time.process_time() - start

    seconds(25_000)
    assert seconds(100_000) < 4 * 3 * max(seconds(25_000), 0.02)


def test_every_text_that_somebody_writes_is_looked_through() -> None:
    """Of each kind, each field that is filled with words; the others hold nothing that somebody wrote."""
    silent = {"session", "share", "preferences", "instrument", "suggestion", "vector", "removed"}
    silent |= {"address", "came_in"}  # a key; what is no part of the journal before it is taken in
    found: dict[str, str] = {}
    for document in [*every_kind("a canary of words"), *every_kind_of_therapist("a canary of words")]:
        if document.kind in silent:
            assert written_in(document) == []
            continue
        texts = _texts(document.model_dump(exclude={"not_meant", "kind", "zone", "called_before"}))
        # The key of a questionnaire and of its questions, why a link was suggested, the address, the names and
        # the window of a form, needs that stand with what is looked for, where something came from, the key of a
        # vignette.
        passed_over = {
            "check_in": 2,
            "echo": 1,
            "draft": 3,
            "candidate": 2,
            "loose_note": 1,
            "client_note": 1,
            "tried_answer": 1,
        }.get(document.kind, 0)
        assert len(written_in(document)) == len(texts) - passed_over, document.kind
        found[document.kind] = document.kind
    assert set(found) == set(KINDS) - silent


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if "a canary of words" in value else []
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (*_texts(str(key)), *_texts(each))]
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in _texts(each)]
    return []
