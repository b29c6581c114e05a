"""The one probability that a piece of text speaks of danger, and which kind; what was read is not read again.

Expressions, letters and, where the extra is installed, the sentence model are weighed together. The sentence model is
the dear one: it is asked only where the others leave a doubt. Of what was read only a keyed hash is remembered, in the
memory of this process, under a key that no other process has; never a word.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from reattune.reflection.danger_expressions import Danger, Findings, findings, sure
from reattune.reflection.danger_weights import (
    WAYS,
    Numbers,
    by_letters,
    by_meaning,
    features,
    kind_of,
    learned,
    weighed,
)
from reattune.reflection.reading_allowance import may_read
from reattune.reflection.remembered import Remembered, keyed
from reattune.text.letter_features import buckets
from reattune.text.pieces import LONGEST, Piece
from reattune.text.sentence_vectors import ModelUnusable, SentenceModel, both_spellings, sentence_model

# Below this probability without the sentence model, it is not asked: 6 of 1,239 dangers were found only with it there.
DOUBT = 0.3
_REMEMBERED, _TEXTS_REMEMBERED = 50_000, 5_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What a piece says.

    Attributes:
        probability: that it speaks of danger, 0 to 1, where half of all texts do.
        kinds: the dangers that it is called, the likeliest and those of the expressions; none where its probability
            does not reach the cut of the way it was read.
        findings: what the expressions found.
    """

    probability: float
    kinds: frozenset[Danger]
    findings: Findings

    @property
    def called(self) -> bool:
        """Whether it is called danger."""
        return bool(self.kinds)


@dataclass(frozen=True)
class _Partial:
    """What is known of a piece before the sentence model is asked."""

    text: str
    findings: Findings
    letters: Numbers
    pair: bool
    sure: Findings

    def features(self, meaning: Numbers | None) -> Numbers:
        return features(self.findings, self.pair, self.letters, meaning)

    def reading(self, meaning: Numbers | None) -> Reading:
        way = "without_model" if meaning is None else "together"
        probability = weighed(learned().weights[way], self.features(meaning))
        found = frozenset(each for each in self.findings if each)
        if probability >= learned().cuts[way]:
            # Whom somebody threatens to kill is in danger of that, however alike words of a wish to die are.
            likeliest = set() if Danger.HARMED in self.sure else {kind_of(self.findings, self.letters, meaning)}
            return Reading(probability, found | likeliest, self.findings)
        # What the expressions know of being harmed is asked about whatever the rest weighs: the question costs little.
        # And nobody who just took all their pills waits for what the rest weighs.
        return Reading(probability, found & (self.sure | {Danger.HARMED}), self.findings)


@dataclass(frozen=True)
class Looked:
    """Every kind of danger that a whole text is called, as far as it was read; ``whole`` where that is all of it."""

    kinds: frozenset[Danger]
    whole: bool


_memory: Remembered[Reading] = Remembered(_REMEMBERED)
_texts: Remembered[Looked] = Remembered(_TEXTS_REMEMBERED)


def forget() -> None:
    """Nothing that was read is remembered any more."""
    _memory.clear()
    _texts.clear()


def looked(text: str, passed_over: tuple[str, ...]) -> Looked | None:
    """What is remembered of a text that was looked at before: cutting one into pieces costs too."""
    return _texts.get(_text_key(text, passed_over))


def remember(text: str, passed_over: tuple[str, ...], found: Looked) -> None:
    """Of a text that was looked at just now, less some sentences of it."""
    _texts.put(_text_key(text, passed_over), found)


def _text_key(text: str, passed_over: tuple[str, ...]) -> bytes:
    model = sentence_model()
    parts = (model.name if model else "", text, *passed_over)
    return keyed(*(each.encode("utf-8", "surrogatepass") for each in parts))


def read(given: Sequence[Piece], languages: tuple[str, ...]) -> list[Reading | None]:
    """The reading of each piece of one text, whose ``languages`` the expressions are looked for in.

    Every single sentence of a pair is among ``given``. Where a request may have no more read (`reading_allowance`), the
    end of a text is read first, and of what is left there is ``None``. Cost: O(length of what was not read before).
    """
    model = sentence_model()
    name = model.name if model else ""
    keys = [_key(piece, languages, name) for piece in given]
    found = {place: reading for place, key in enumerate(keys) if (reading := _memory.get(key))}
    said = {piece.sentences: found[place].findings for place, piece in enumerate(given) if place in found}
    missing = [place for place in range(len(given)) if place not in found]
    # From the end, each pair after the two sentences that it is made of.
    missing.sort(key=lambda place: (-given[place].sentences[0], len(given[place].sentences)))
    missing = list(takewhile(lambda place: may_read(len(given[place].text)), missing))
    missing.sort(key=lambda place: len(given[place].sentences))
    partial = _partials([given[place] for place in missing], languages, said)
    for place, reading in zip(missing, _read(partial, model), strict=True):
        found[place] = reading
        _memory.put(keys[place], reading)
    if not any(each.called for each in found.values()) and (known := _of_few_words(given, languages)):
        found = {place: replace(each, kinds=known) for place, each in found.items()}
    return [found.get(place) for place in range(len(given))]


# In so few words there is nothing to weigh an expression of danger with, and people in danger write few.
_FEW_WORDS = 6


def _of_few_words(given: Sequence[Piece], languages: tuple[str, ...]) -> frozenset[Danger]:
    """What the expressions find in a whole text of a few words, also where they stand below each other."""
    said = " ".join(piece.text for piece in given if not piece.pair)
    few = len(said) <= LONGEST and len(said.split()) <= _FEW_WORDS
    return frozenset(kind for kind in findings(said, languages) if kind) if few else frozenset()


def called_by(given: Sequence[Piece], languages: tuple[str, ...]) -> dict[str, bool]:
    """For the proofs: whether the likeliest piece is called danger, by each of `WAYS` that is to be had here, and by
    the expressions. Nothing of it is remembered.

    Raises:
        ModelUnusable: the sentence model is installed and damaged.
    """
    partial = _partials(sorted(given, key=lambda piece: len(piece.sentences)), languages, {})
    model = sentence_model()
    ways = [way for way in WAYS if model or way in {"letters", "without_model"}]
    if not partial:
        return dict.fromkeys(["expressions", *ways, "together"], False)
    texts = [each.text for each in partial]
    meaning = by_meaning(learned(), both_spellings(model, texts)) if model else [None] * len(partial)
    found = {"expressions": any(each.findings for each in partial)}
    for way in ways:
        each_piece = zip(partial, meaning, strict=True)
        highest = max(weighed(learned().weights[way], each.features(scores)) for each, scores in each_piece)
        found[way] = highest >= learned().cuts[way]
    found["together"] = any(each.called for each in _read(partial, model)) or bool(_of_few_words(given, languages))
    return found


def _partials(
    given: Sequence[Piece], languages: tuple[str, ...], said: dict[tuple[int, ...], Findings]
) -> list[_Partial]:
    """Of pieces, single sentences first: what was found in them (``said``, added to) was found in their pairs."""
    partial = []
    for piece in given:
        if not piece.pair:
            said[piece.sentences] = findings(piece.text, languages)
        here: Findings = frozenset().union(*(said[(each,)] for each in piece.sentences))
        plainly = sure(piece.text, languages) if here else frozenset()
        partial.append(_Partial(piece.text, here, by_letters(learned(), buckets(piece.text)), piece.pair, plainly))
    return partial


def _key(piece: Piece, languages: tuple[str, ...], model: str) -> bytes:
    said = "\0".join([model, *languages, str(len(piece.sentences)), piece.text])
    return keyed(said.encode("utf-8", "surrogatepass"))


def _read(partial: Sequence[_Partial], model: SentenceModel | None) -> list[Reading]:
    found = [each.reading(None) for each in partial]
    doubtful = [place for place, reading in enumerate(found) if reading.probability >= DOUBT]
    if model and doubtful:
        try:
            vectors = both_spellings(model, [partial[place].text for place in doubtful])
        except ModelUnusable as error:
            _log.warning("The sentence model cannot be used (%s); danger is read without it.", type(error).__name__)
            return found
        for place, meaning in zip(doubtful, by_meaning(learned(), vectors), strict=True):
            found[place] = partial[place].reading(meaning)
    return found
