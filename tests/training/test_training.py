"""Learning: the same bits every time, nothing on both sides of a fold, and only labels that mean something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="learning needs scikit-learn, which only development installs")

from reattune.reflection.danger_weights import from_bytes
from reattune.reflection.moment_reading import from_bytes as moment_weights
from reattune.text.sentence_vectors import NUMBERS
from training import learn, moments, rows
from training.danger import made
from training.rows import Row, alike, folds, letters_of


def vectors(texts: list[str]) -> np.ndarray:
    """Something that is the same for the same text, and costs nothing."""
    found = np.stack([np.random.default_rng(sum(text.encode())).normal(size=2 * NUMBERS) for text in texts])
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def few() -> list[Row]:
    every = rows.rows()
    return every[:: len(every) // 400]


def test_the_same_rows_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "LANDMARKS", 100)
    monkeypatch.setattr(learn, "FIRST_LANDMARKS", 50)
    first, _ = made(few(), vectors)
    second, _ = made(few(), vectors)
    assert first == second
    assert from_bytes(first).landmarks.shape == (100, learn.AXES)
    assert from_bytes(first).axes.shape == (2 * NUMBERS, learn.AXES)


def test_the_sets_are_what_the_notes_say() -> None:
    every = rows.rows()
    notes = (rows.HERE.parent / "README.md").read_text("utf-8")
    for language in rows.LANGUAGES:
        mine = [row for row in every if row.language == language and row.batch.startswith("danger")]
        assert f"{len(mine):,}" in notes, (language, len(mine))
        assert sum(not row.danger for row in mine) >= len(mine) / 2
    assert len({row.text for row in every}) == len(every)


def test_a_wrong_label_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "danger.en.csv").write_text("text,kind,danger,veiled,form,voice,sort\nhello,,maybe,,sentence,plain,\n")
    monkeypatch.setattr(rows, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"danger\.en\.csv, line 2"):
        rows.rows()


def test_a_batch_lies_in_one_fold_and_near_copies_are_seen() -> None:
    every = few()
    fold = folds(every)
    for batch in {row.batch for row in every}:
        assert len({int(fold[place]) for place, row in enumerate(every) if row.batch == batch}) == 1
    texts = ["I gave my cat to the neighbour", "i gave my cat, to the neighbour!", "the bus was late again"]
    near = alike(letters_of(texts * 2)[1]).toarray()
    assert near[0, 1]
    assert not near[0, 2]


def test_moments_are_learned_to_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "LANDMARKS", 60)
    every = moments.moments()
    few_moments = every[:: len(every) // 300]
    made_up = vectors([each.what for each in few_moments])[:, :NUMBERS]
    made_up /= np.linalg.norm(made_up, axis=1, keepdims=True)
    first, shown = moments.made(few_moments, made_up)
    second, _ = moments.made(few_moments, made_up)
    assert first == second
    assert moment_weights(first).landmarks.shape == (60, learn.AXES)
    assert 0 <= shown["meaning alone"]["three"]["value"] <= 1


def test_a_wrong_cause_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "moments.en.csv").write_text(
        "what,meant,role,cause,cause2,feelings,touched,voice\nhello,,,laughing,,,,\n"
    )
    monkeypatch.setattr(moments, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"moments\.en\.csv, line 2: 'laughing'"):
        moments.moments()
