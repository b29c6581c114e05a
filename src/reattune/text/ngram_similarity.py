"""How alike the words of texts are: character n-grams, weighted by how rare they are. Any language, no model."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+")
_SIZES = (3, 4, 5)
_LONGEST = 4_000


def alike(query: str, texts: Sequence[str]) -> list[float]:
    """The cosine of ``query`` and each text, 0-1, over n-grams of 3 to 5 letters within words.

    Rarity is counted among ``query`` and ``texts``; counts are damped by their logarithm. Of a very long text the
    first 4,000 characters count. A text without words is like nothing.
    """
    counted = [_counts(each) for each in (query, *texts)]
    within = Counter(gram for counts in counted for gram in counts)
    rarity = {gram: 1 + math.log((1 + len(counted)) / (1 + number)) for gram, number in within.items()}
    asked, *others = counted
    asked_weights = {gram: (1 + math.log(n)) * rarity[gram] for gram, n in asked.items()}
    length = _length(asked_weights.values())
    found = []
    for counts in others:
        weights = {gram: (1 + math.log(n)) * rarity[gram] for gram, n in counts.items()}
        both = sum(weight * asked_weights[gram] for gram, weight in weights.items() if gram in asked_weights)
        whole = length * _length(weights.values())
        found.append(min(1.0, both / whole) if whole else 0.0)
    return found


def _counts(text: str) -> Counter[str]:
    grams: Counter[str] = Counter()
    for word in _WORD.findall(text[:_LONGEST].lower()):
        framed = f" {word} "
        for size in _SIZES:
            grams.update(framed[start : start + size] for start in range(max(1, len(framed) - size + 1)))
    return grams


def _length(weights: Iterable[float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights))
