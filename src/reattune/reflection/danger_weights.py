"""What was learned about danger in sentences: the file of weights, and how two readings of a piece become one.

Written by ``python -m training.danger``, never by hand (`text/weights_file.py` says in which form).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from reattune import content
from reattune.reflection.danger_expressions import Danger, Findings
from reattune.text import weights_file
from reattune.text.letter_features import WORDS_FROM, Buckets

PLACE = ("danger", "learned.weights")
# What the learned readings tell apart: no danger first, then each kind.
CLASSES = ("none", *Danger)
# What a probability can be made of: everything; everything but the sentence model; one reading alone.
WAYS = ("together", "without_model", "letters", "meaning")
# The one threshold: so many of the texts that are no danger, and no more, may be called danger. A line too many on an
# ordinary day teaches people not to see it; a line too few leaves somebody alone for a page on which Help now stands
# anyway. Hard negatives speak of death, blood or fear themselves: a line too many costs one touch there.
FALSE_ALARMS = {"ordinary sentences": 0.01, "ordinary entries": 0.03, "hard negatives": 0.08}
# A logit beyond this says no more than this.
_FAR = 12.0

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """The weights of every reading.

    Attributes:
        known: the `buckets` that were seen often enough, in order.
        rarity: how much each of them weighs; as many.
        letters: known x classes; ``letters_bias`` one number a class.
        axes: the directions in which the sentence vectors of `both_spellings` differ most (1,024 x fewer); ``centre``
            is where the middle of them lies on these.
        landmarks: sentences on these axes that others are compared with, one a row; ``width`` of the comparison.
        meaning: landmarks x classes; ``meaning_bias`` one number a class.
        weights: how the `features` are weighed, for each of `WAYS`.
        cuts: for each way the lowest probability that keeps within `FALSE_ALARMS`, counted on texts that were not
            learned from; from there on a piece is called danger.
        figures: what was measured when it was learned, in the shape of ``reattune validate danger --json``.
        checksum: SHA-256 of the numbers, as hex.
    """

    known: Buckets
    rarity: npt.NDArray[np.float32]
    letters: npt.NDArray[np.float32]
    letters_bias: Numbers
    axes: npt.NDArray[np.float32]
    centre: Numbers
    landmarks: npt.NDArray[np.float32]
    width: float
    meaning: npt.NDArray[np.float32]
    meaning_bias: Numbers
    weights: Mapping[str, Numbers]
    cuts: Mapping[str, float]
    figures: Mapping[str, Any]
    checksum: str


def by_letters(learned: Learned, found: Buckets) -> Numbers:
    """A score for each class, from the letters and words of a piece; softmax makes shares of them."""
    places = np.searchsorted(learned.known, found).clip(max=len(learned.known) - 1)
    there = learned.known[places] == found
    places, words = places[there], found[there] >= WORDS_FROM
    rarity = learned.rarity[places]
    scores: Numbers = learned.letters_bias
    for mine in (~words, words):  # letters and words count alike, however many there are of each
        length = float(np.linalg.norm(rarity[mine]))
        if length:
            scores = scores + (rarity[mine] / length) @ learned.letters[places[mine]]
    return scores


def by_meaning(learned: Learned, vectors: Numbers) -> Numbers:
    """A score for each class, one row for each row of `both_spellings`."""
    on_axes = vectors.astype(np.float32) @ learned.axes - learned.centre.astype(np.float32)
    scores: Numbers = nearness(on_axes, learned.landmarks, learned.width) @ learned.meaning + learned.meaning_bias
    return scores


def nearness(one: npt.NDArray[np.float32], others: npt.NDArray[np.float32], width: float) -> npt.NDArray[np.float32]:
    """How near each row of ``one`` is to each of ``others``, 0 to 1: a Gaussian of their distance."""
    apart = (one**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * one @ others.T
    near: npt.NDArray[np.float32] = np.exp(-np.float32(width) * np.maximum(apart, 0))
    return near


def features(findings: Findings, pair: bool, letters: Numbers, meaning: Numbers | None) -> Numbers:
    """What is weighed of one piece: logits of danger by letters and by meaning (0 where there is none), whether the
    expressions found something, whether it is two sentences, and 1."""
    by_vector = 0.0 if meaning is None else _logit(meaning)
    return np.array([_logit(letters), by_vector, float(bool(findings)), float(pair), 1.0])


def weighed(weights: Numbers, given: Numbers) -> float:
    """The probability of danger, 0 to 1, of the `features` of a piece."""
    return float(1 / (1 + np.exp(-np.clip(given @ weights, -30, 30))))


def kind_of(findings: Findings, letters: Numbers, meaning: Numbers | None) -> Danger:
    """The likeliest kind of a danger: the readings' shares multiplied, and what an expression found counts double."""
    scores = _log_shares(letters[1:])
    if meaning is not None:
        scores = scores + _log_shares(meaning[1:])
    scores = scores + [2.0 * (kind in findings) for kind in Danger]
    return list(Danger)[int(np.argmax(scores))]


def _log_shares(scores: Numbers) -> Numbers:
    high = scores - scores.max()
    shares: Numbers = high - np.log(np.exp(high).sum())
    return shares


def _logit(scores: Numbers) -> float:
    """Of all kinds together against none."""
    high = float(scores[1:].max())
    return float(np.clip(high + np.log(np.exp(scores[1:] - high).sum()) - scores[0], -_FAR, _FAR))


def from_bytes(given: bytes) -> Learned:
    """The weights in a file.

    Raises:
        WeightsUnusable: it is damaged, or of another version.
    """
    return weights_file.from_bytes(given, "danger", _made)


def _made(head: dict[str, Any], arrays: weights_file.Arrays) -> Learned:
    return Learned(
        **{name: arrays[name] for name in ("known", "rarity", "letters", "axes", "landmarks", "meaning")},
        width=float(head["width"]),
        figures=head["figures"],
        checksum=head["checksum"],
        **{name: np.array(head[name]) for name in ("letters_bias", "centre", "meaning_bias")},
        cuts={name: float(head["cuts"][name]) for name in WAYS},
        weights={name: np.array(head["weights"][name]) for name in WAYS},
    )


@cache
def learned() -> Learned:
    """The weights that came with this program, read once.

    Raises:
        WeightsUnusable: they are damaged.
    """
    return from_bytes(content.raw(*PLACE))
