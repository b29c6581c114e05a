"""Learning the two readings (letters, meaning) and how they are weighed with the expressions."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from reattune.reflection.danger_expressions import Danger, Findings, findings, languages_of
from reattune.reflection.danger_weights import CLASSES
from reattune.text.letter_features import WORDS_FROM
from reattune.text.pieces import Piece, pieces, sentences
from training.rows import Row, letters_of

SEED = 20261126
LANDMARKS = 3300
# Chosen by cross-validation on the training sentences, never on a round; see docs/words.md.
LETTERS_C, WIDTH, RIDGE, SHARPNESS = 5.0, 2.2, 0.1, 6.0
# Numbers of a sentence vector are kept in steps of one part of this.
VECTOR_STEPS, RARITY_STEPS = 768, 20
# What fewer pieces than this have tells nothing.
SEEN = 3

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Pieces:
    """Every piece of every row, and what is known of it; all arrays have one entry for each piece.

    Attributes:
        row: the place of its row.
        kind: the place of its class in `CLASSES`, as far as its row tells.
        sure: whether that is known of the piece itself: of a danger in several sentences it is not.
        pair: whether it is two sentences.
        known: the `buckets` of all pieces in order; ``counts`` is 1 where a piece has one (pieces x known).
        vectors: sentence vectors (pieces x 512).
    """

    given: list[Piece]
    row: Numbers
    kind: Numbers
    sure: Numbers
    pair: Numbers
    found: list[Findings]
    known: Numbers
    counts: sparse.csr_matrix
    vectors: Numbers


def pieces_of(given: list[Row], vectors_of: Any) -> Pieces:
    """The pieces of all rows. ``vectors_of`` makes one vector for each of some texts."""
    parts: list[Piece] = []
    row, found = [], []
    for place, each in enumerate(given):
        mine = pieces(sentences(each.text))
        languages = languages_of(each.text)
        single = {piece.sentences[0]: findings(piece.text, languages) for piece in mine if not piece.pair}
        found += [frozenset().union(*(single[number] for number in piece.sentences)) for piece in mine]
        parts += mine
        row += [place] * len(mine)
    rows = np.array(row)
    count = np.bincount(rows, minlength=len(given))
    pair = np.array([piece.pair for piece in parts])
    kind = np.array([_class_of(given[place], found[number]) for number, place in enumerate(row)])
    sentence = np.array([given[place].form == "sentence" for place in row])
    sure = (kind == 0) | (count[rows] == 1) | (sentence & pair)
    texts = [piece.text for piece in parts]
    known, counts = letters_of(texts)
    return Pieces(parts, rows, kind, sure, pair, found, known, counts, vectors_of(texts))


def _class_of(row: Row, found: Findings) -> int:
    """A danger whose kind nobody wrote down is of the kind that an expression found, or suicide."""
    if not row.danger:
        return 0
    known = row.kind or next((kind for kind in Danger if kind in found), Danger.SUICIDE)
    return CLASSES.index(Danger(known))


@dataclass(frozen=True)
class Readings:
    """The two readings as learned: numbers that go into the file."""

    rarity: Numbers
    letters: Numbers
    letters_bias: Numbers
    landmarks: Numbers
    meaning: Numbers
    meaning_bias: Numbers

    def scores(self, given: Pieces, chosen: Numbers) -> tuple[Numbers, Numbers]:
        """Scores by letters and by meaning of the chosen pieces, pieces x classes each."""
        letters = _weighted(given, chosen, self.rarity) @ self.letters + self.letters_bias
        near = _near(given.vectors[chosen], self.landmarks)
        return letters, near @ self.meaning + self.meaning_bias


def learn(given: Pieces, chosen: Numbers) -> Readings:
    """Both readings from the chosen pieces.

    First from the pieces that are sure; then of each danger in several sentences the likeliest sentence and the
    likeliest pair are taken to be the ones it is in, and both readings are learned once more.
    """
    sure = chosen & given.sure
    first = _letters(given, sure)
    known = np.flatnonzero(chosen & ~given.sure)
    likely = sure.copy()
    if len(known):
        scores = _weighted(given, known, first[0]) @ first[1] + first[2]
        danger = scores[:, 1:].max(axis=1) - scores[:, 0]
        best: dict[tuple[int, bool], int] = {}
        for place in np.argsort(danger, kind="stable"):
            number = int(known[place])
            best[int(given.row[number]), bool(given.pair[number])] = number
        likely[list(best.values())] = True
    rarity, letters, bias = _letters(given, likely)
    landmarks, meaning, meaning_bias = _meaning(given, likely)
    return Readings(rarity, letters, bias, landmarks, meaning, meaning_bias)


def _letters(given: Pieces, chosen: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    seen = np.asarray(given.counts[chosen].sum(axis=0)).ravel()
    rarity = np.where(seen >= SEEN, np.log(chosen.sum() / np.maximum(seen, 1)), 0.0)
    rarity = np.round(rarity * RARITY_STEPS) / RARITY_STEPS
    model = LogisticRegression(C=LETTERS_C, max_iter=80, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many steps are what cross-validation was made with
        model.fit(_weighted(given, chosen, rarity), given.kind[chosen])
    return rarity, model.coef_.T, model.intercept_


def _weighted(given: Pieces, chosen: Numbers, rarity: Numbers) -> sparse.csr_matrix:
    """Letters and words of the chosen pieces, each of the two of length 1."""
    found = (given.counts[chosen] @ sparse.diags(rarity)).tocsc()
    words = int(np.searchsorted(given.known, WORDS_FROM))
    return sparse.hstack([_of_length_1(found[:, :words].tocsr()), _of_length_1(found[:, words:].tocsr())]).tocsr()


def _of_length_1(found: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ found).tocsr()


def _meaning(given: Pieces, chosen: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Kernel ridge regression on landmarks (Nyström): the sentences that all others are compared with."""
    places = np.flatnonzero(chosen)
    few = np.random.default_rng(SEED).permutation(places)[:LANDMARKS]
    landmarks = np.round(given.vectors[np.sort(few)] * VECTOR_STEPS).clip(-127, 127) / VECTOR_STEPS
    near = _near(given.vectors[places], landmarks)
    wanted = np.eye(len(CLASSES), dtype=np.float32)[given.kind[places]]
    middle = wanted.mean(axis=0)
    gram = (near.T @ near).astype(np.float64)
    gram += RIDGE * _near(landmarks, landmarks) + 1e-3 * np.eye(len(landmarks))
    solved = scipy.linalg.solve(gram, (near.T @ (wanted - middle)).astype(np.float64), assume_a="pos")
    return landmarks, SHARPNESS * solved, SHARPNESS * middle.astype(np.float64)


def _near(vectors: Numbers, landmarks: Numbers) -> Numbers:
    near: Numbers = np.exp(-WIDTH * (2 - 2 * vectors.astype(np.float32) @ landmarks.astype(np.float32).T))
    return near


def weigh(features: Numbers, danger: Numbers) -> Numbers:
    """Weights that make one probability of the features of pieces (the last of them is 1)."""
    model = LogisticRegression(C=1.0, max_iter=500).fit(features[:, :-1], danger)
    return np.append(model.coef_[0], model.intercept_[0])
