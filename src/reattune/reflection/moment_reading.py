"""What a moment's words come closest to: the cause, the feelings, and what it touched. A guess, to be offered first.

Learned from moments made up for this (``python -m training.moments``); docs/words.md says how, and where it errs.
Nothing is ever ticked from it, kept or counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from reattune import content
from reattune.journal.vocabulary import Cause, Feeling, Touched
from reattune.reflection.danger_weights import nearness
from reattune.reflection.echoes.ranking import Signs
from reattune.text import weights_file
from reattune.text.letter_features import WORDS_FROM, buckets
from reattune.text.sentence_vectors import ModelUnusable, Vectors, sentence_model

PLACE = ("moments", "learned.weights")
CAUSES = tuple(str(cause) for cause in Cause)
FEELINGS = tuple(str(feeling) for feeling in Feeling)
TOUCHED = tuple(str(each) for each in Touched)
READINGS = (*CAUSES, *FEELINGS, *TOUCHED)
# How much what it was taken to mean counts beside what happened.
MEANT = 0.5
OFFERED = 3
# How much the ticks of a moment that has them count beside its words, where it is compared with one that has none;
# chosen on the tuning half of the echoes' set.
_TICKED = 0.3
# Of fewer words than this nothing can be said.
_FEWEST_WORDS = 4

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """The weights of both readings; every score is the share of such moments that were labelled so, as far as known.

    Attributes:
        axes: the directions in which the sentence vectors differ most (`NUMBERS` x fewer); ``centre``: where the
            middle of them lies on these.
        landmarks: moments on these axes that others are compared with, one a row; ``width`` of the comparison.
        meaning: landmarks x readings. known: the `buckets` of words that count, in order; rarity: how much; letters:
            known x readings. middle: the mean of every reading; spread: how far predictions by meaning lie apart.
        figures: what cross-validation showed: name to value.
    """

    axes: npt.NDArray[np.float32]
    centre: Numbers
    landmarks: npt.NDArray[np.float32]
    width: float
    meaning: npt.NDArray[np.float32]
    known: npt.NDArray[np.uint32]
    rarity: npt.NDArray[np.float32]
    letters: npt.NDArray[np.float32]
    middle: Numbers
    spread: Numbers
    figures: Mapping[str, Any]


def from_bytes(given: bytes) -> Learned:
    """The weights in a file.

    Raises:
        WeightsUnusable: it is damaged, or of another version.
    """
    return weights_file.from_bytes(given, "moments", _made)


def _made(head: dict[str, Any], arrays: weights_file.Arrays) -> Learned:
    if head["readings"] != list(READINGS):
        raise ValueError("They were learned in other words than this program has.")
    return Learned(
        **{name: arrays[name] for name in ("axes", "landmarks", "meaning", "known", "rarity", "letters")},
        **{name: np.array(head[name]) for name in ("centre", "middle", "spread")},
        width=float(head["width"]),
        figures=head["figures"],
    )


@cache
def learned() -> Learned:
    """The weights that came with this program, read once.

    Raises:
        WeightsUnusable: they are damaged.
    """
    return from_bytes(content.raw(*PLACE))


def one_vector(what: Vectors, meant: Vectors | None) -> Vectors:
    """What happened and what it was taken to mean as one vector of length 1; both have length 1."""
    both = what if meant is None else what + MEANT * meant
    length = float(np.linalg.norm(both))
    return both / length if length else both


def by_meaning(weights: Learned, vectors: Vectors) -> Numbers:
    """Scores by meaning, one row of `READINGS` for each row of `one_vector`."""
    on_axes = vectors.astype(np.float32) @ weights.axes - weights.centre.astype(np.float32)
    scores: Numbers = nearness(on_axes, weights.landmarks, weights.width) @ weights.meaning + weights.middle
    return scores


def by_letters(weights: Learned, text: str) -> Numbers:
    """Scores by the words of a text, one for each of `READINGS`."""
    found = buckets(text)
    found = found[found >= WORDS_FROM]
    places = np.searchsorted(weights.known, found).clip(max=len(weights.known) - 1)
    places = places[weights.known[places] == found]
    length = float(np.linalg.norm(weights.rarity[places]))
    if not length:
        return weights.middle
    scores: Numbers = (weights.rarity[places] / length) @ weights.letters[places] + weights.middle
    return scores


def scores_of(what: str, meant: str = "") -> Numbers:
    """The scores of a moment, one for each of `READINGS`: the mean of both readings, by words alone without a model.

    Cost: O(length), and one or two calls of the sentence model.
    """
    weights = learned()
    words = by_letters(weights, f"{what} {meant}")
    model = sentence_model()
    if model is None:
        return words
    try:
        made = model.vectors([what, *([meant] if meant else [])])
    except ModelUnusable:
        return words
    vector = one_vector(made[0], made[1] if meant else None)
    both: Numbers = (by_meaning(weights, vector[None])[0] + words) / 2
    return both


def likely_causes(what: str, meant: str = "") -> list[Cause]:
    """The causes that the words come closest to, the likeliest first, at most `OFFERED`; none for a few words.

    *Something else* is never among them. That a boundary was crossed is offered only where it is the likeliest of
    all: it is a grave thing to have put into one's mouth.
    """
    if len(what.split()) < _FEWEST_WORDS:
        return []
    order = [Cause(CAUSES[place]) for place in np.argsort(-scores_of(what, meant)[: len(CAUSES)], kind="stable")]
    named: list[Cause] = [cause for cause in order if cause is not Cause.OTHER]
    return [cause for cause in named if cause is not Cause.CROSSED_A_BOUNDARY or cause is named[0]][:OFFERED]


def alike_by_profile(place: int, vectors: Mapping[int, Vectors], signs: Sequence[Signs]) -> dict[int, float]:
    """How alike moment ``place`` and others are in what their words come closest to, -1 to 1, by place.

    Only pairs in which one has no ticks, and only moments that have a vector. Cost: O(vectors).

    Args:
        vectors: `one_vector` of each moment that has one, by its place among ``signs``.

    Raises:
        WeightsUnusable: the file of weights is damaged.
    """
    asked = signs[place]
    compared = [other for other in vectors if other != place and not (asked.ticked and signs[other].ticked)]
    if place not in vectors or not compared:
        return {}
    weights = learned()
    scores = by_meaning(weights, np.vstack([vectors[each] for each in (place, *compared)]))
    for row, each in zip(scores, (place, *compared), strict=True):
        if signs[each].ticked:
            marked = {signs[each].cause, *signs[each].feelings, *signs[each].touched}
            row *= 1 - _TICKED
            row += _TICKED * np.array([name in marked for name in READINGS])
    profile = (scores - weights.middle) / weights.spread
    profile /= np.maximum(np.linalg.norm(profile, axis=1, keepdims=True), 1e-12)
    return {other: float(value) for other, value in zip(compared, profile[1:] @ profile[0], strict=True)}
