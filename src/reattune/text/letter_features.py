"""What letters and words stand in a text, as numbers: no dictionary, any script, any spelling.

Runs of two to five letters within a word, single words and neighbouring words are hashed to 32 bits (Weinberger et al.
2009, 10.1145/1553374.1553516). Accents and large letters are taken away first, so that "esta" and "ESTÁ" are one.
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from reattune.text.pieces import folded

# Numbers from here on are of words, those below of runs of letters.
WORDS_FROM = 1 << 31
_RUNS = (2, 3, 4, 5)
_NOT_SAID = re.compile(r"[^\w'*\u2600-\U0001faff]+")
_SPACE = 32
_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Buckets = npt.NDArray[np.uint32]


def buckets(text: str) -> Buckets:
    """The numbers of what stands in a text, each once and in order; none for a text without letters.

    Cost: O(length).
    """
    words = _NOT_SAID.sub(" ", folded(text)).split()
    if not words:
        return np.empty(0, dtype=np.uint32)
    letters = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(
        np.uint64
    )
    found = [_runs(letters, length) for length in _RUNS]
    names = [f"w {word}" for word in words]
    names += [f"2 {one} {two}" for one, two in pairwise(words)]
    of_words = [zlib.crc32(name.encode("utf-8", "surrogatepass")) | WORDS_FROM for name in names]
    found.append(np.array(of_words, dtype=np.uint64))
    return np.unique(np.concatenate(found)).astype(np.uint32)


def _runs(letters: npt.NDArray[np.uint64], length: int) -> npt.NDArray[np.uint64]:
    """The number of every run of so many letters within a word and its edges: a polynomial's highest bits."""
    count = max(0, len(letters) - length + 1)
    value = np.full(count, length, dtype=np.uint64)
    for place in range(length):
        value = (value ^ letters[place : place + count]) * _FACTOR
        value ^= value >> np.uint64(29)
    spaces = np.concatenate([[0], np.cumsum(letters == _SPACE)])
    inside = spaces[length - 1 : length - 1 + count] - spaces[1 : 1 + count] == 0
    found: npt.NDArray[np.uint64] = value[inside] >> np.uint64(33)
    return found
