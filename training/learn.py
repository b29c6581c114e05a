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
from reattune.reflection.danger_weights import CLASSES, nearness
from reattune.text.letter_features import WORDS_FROM
from reattune.text.pieces import Piece, pieces, sentences
from training.rows import Row, letters_of

SEED = 20261126
LANDMARKS, FIRST_LANDMARKS, AXES = 5000, 1500, 256
# Chosen by cross-validation on the training sentences, never on a round; see docs/words.md.
LETTERS_C, WIDTH, RIDGE, SHARPNESS = 5.0, 1.5, 0.3, 6.0
# Numbers of a place on the axes and of an axis are kept in steps of one part of these.
VECTOR_STEPS, AXIS_STEPS, RARITY_STEPS = 256, 512, 20
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
        vectors: sentence vectors in both spellings (pieces x 1,024).
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
    axes: Numbers
    centre: Numbers
    landmarks: Numbers
    meaning: Numbers
    meaning_bias: Numbers

    def scores(self, given: Pieces, chosen: Numbers) -> tuple[Numbers, Numbers]:
        """Scores by letters and by meaning of the chosen pieces, pieces x classes each."""
        letters = _weighted(given, chosen, self.rarity) @ self.letters + self.letters_bias
        return letters, self.meanings(given.vectors[chosen])

    def meanings(self, vectors: Numbers) -> Numbers:
        """Scores by meaning of some sentence vectors, vectors x classes."""
        found = [
            nearness(part @ self.axes - self.centre, self.landmarks, WIDTH) @ self.meaning
            for part in np.array_split(vectors, len(vectors) // 4000 + 1)
        ]
        scores: Numbers = np.concatenate(found) + self.meaning_bias
        return scores


def learn(given: Pieces, chosen: Numbers) -> Readings:
    """Both readings from the chosen pieces.

    First from the pieces that are sure; then of each danger in several sentences the likeliest sentence and the
    likeliest pair are taken to be the ones it is in, and both readings are learned once more.
    """
    sure = chosen & given.sure
    known = np.flatnonzero(chosen & ~given.sure)
    likely = sure.copy()
    if len(known):
        first = Readings(*_letters(given, sure), *_meaning(given, sure, FIRST_LANDMARKS))
        letters, meaning = first.scores(given, known)
        danger = sum(_spread(scores[:, 1:].max(axis=1) - scores[:, 0]) for scores in (letters, meaning))
        best: dict[tuple[int, bool], int] = {}
        for place in np.argsort(danger, kind="stable"):
            number = int(known[place])
            best[int(given.row[number]), bool(given.pair[number])] = number
        likely[list(best.values())] = True
    return Readings(*_letters(given, likely), *_meaning(given, likely, LANDMARKS))


def _spread(scores: Numbers) -> Numbers:
    spread: Numbers = scores / max(float(scores.std()), 1e-9)
    return spread


def _letters(given: Pieces, chosen: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    rarity = rarity_of(given.counts[chosen])
    model = LogisticRegression(C=LETTERS_C, max_iter=80, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many steps are what cross-validation was made with
        model.fit(_weighted(given, chosen, rarity), given.kind[chosen])
    return rarity, model.coef_.T, model.intercept_


def rarity_of(counts: sparse.csr_matrix) -> Numbers:
    """How much each of the things counted (texts x things) weighs: the rarer, the more; 0 for what few texts have."""
    seen = np.asarray(counts.sum(axis=0)).ravel()
    rarity = np.where(seen >= SEEN, np.log(counts.shape[0] / np.maximum(seen, 1)), 0.0)
    rounded: Numbers = np.round(rarity * RARITY_STEPS) / RARITY_STEPS
    return rounded


def _weighted(given: Pieces, chosen: Numbers, rarity: Numbers) -> sparse.csr_matrix:
    """Letters and words of the chosen pieces, each of the two of length 1."""
    found = (given.counts[chosen] @ sparse.diags(rarity)).tocsc()
    words = int(np.searchsorted(given.known, WORDS_FROM))
    return sparse.hstack([of_length_1(found[:, :words].tocsr()), of_length_1(found[:, words:].tocsr())]).tocsr()


def of_length_1(found: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same with every row of length 1, but for those of nothing."""
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ found).tocsr()


def _meaning(given: Pieces, chosen: Numbers, landmark_count: int) -> tuple[Numbers, ...]:
    """Kernel ridge regression on landmarks (Nyström): the sentences that all others are compared with.

    Every text counts as much as any other, however many pieces it has: what stands in long ordinary entries would
    otherwise drown what is veiled.
    """
    places = np.flatnonzero(chosen)
    weight = (1 / np.bincount(given.row[places])[given.row[places]]).astype(np.float32)
    axes, centre = axes_of(given.vectors[places])
    on_axes = given.vectors[places] @ axes - centre
    drawn = np.random.default_rng(SEED).choice(
        len(places), min(landmark_count, len(places)), replace=False, p=weight / weight.sum(dtype=np.float64)
    )
    landmarks = in_steps(on_axes[np.sort(drawn)], VECTOR_STEPS)
    near = nearness(on_axes, landmarks, WIDTH)
    wanted = np.eye(len(CLASSES), dtype=np.float32)[given.kind[places]]
    middle = (wanted * weight[:, None]).sum(axis=0) / weight.sum()
    gram = (near.T @ (near * weight[:, None])).astype(np.float64)
    gram += RIDGE * nearness(landmarks, landmarks, WIDTH) + 1e-3 * np.eye(len(landmarks))
    aims = (near.T @ ((wanted - middle) * weight[:, None])).astype(np.float64)
    solved = scipy.linalg.solve(gram, aims, assume_a="pos", overwrite_a=True)
    return axes, centre, landmarks, SHARPNESS * solved, SHARPNESS * middle.astype(np.float64)


def axes_of(vectors: Numbers, every: int = 3) -> tuple[Numbers, Numbers]:
    """The axes along which the vectors (``every`` third of them) differ most, and the middle of all on these."""
    some = vectors[::every].astype(np.float64)
    _variances, directions = np.linalg.eigh(np.cov(some.T))
    axes = in_steps(directions[:, ::-1][:, :AXES].astype(np.float32), AXIS_STEPS)
    return axes, np.round(vectors.mean(axis=0) @ axes, 6).astype(np.float32)


def in_steps(numbers: Numbers, steps: int) -> Numbers:
    found: Numbers = (np.round(numbers * steps).clip(-127, 127) / steps).astype(np.float32)
    return found


def weigh(features: Numbers, danger: Numbers) -> Numbers:
    """Weights that make one probability of the features of pieces (the last of them is 1)."""
    model = LogisticRegression(C=1.0, max_iter=500).fit(features[:, :-1], danger)
    return np.append(model.coef_[0], model.intercept_[0])
