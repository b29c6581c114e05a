"""How likely two moments belong together: a short sum that can be read, and the reasons it names.

What was felt, what it touched and what jarred carry it; the words themselves say little, and a sentence model a
little more (docs/echoes.md, `reattune validate echoes`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reattune.journal.vocabulary import Cause
from reattune.text.ngram_similarity import alike

# Learned on the tuning half of the test set by logistic regression over pairs, as ticked and with a third of the
# ticks disturbed; what was done carries next to nothing there and only parts equals. The weight of the sentence model
# is the best on that half for both at once.
WEIGHTS = {
    "feelings": 1.8,
    "touched": 2.15,
    "cause": 2.2,
    "kin": 0.25,
    "did": 0.05,
    "words": 0.25,
    "sense_what": 2.5,
    "sense_meant": 0.4,
    # Only where one of the two has no ticks; chosen on the tuning half with the ticks of half of it taken away.
    "profile": 2.0,
}
# Causes that are told apart on a list more easily than in life.
_KIN: tuple[frozenset[Cause], ...] = (
    frozenset({Cause.JUDGED_ME, Cause.JOKED_AND_IT_HURT, Cause.MISREAD_ME, Cause.ABOUT_WHO_I_AM,
               Cause.SAID_THE_WRONG_THING, Cause.DID_NOT_JOIN_IN}),
    frozenset({Cause.SEEMED_BORED_OR_ABSENT, Cause.SILENT_WHEN_I_NEEDED_WORDS, Cause.DISMISSED_OR_MINIMISED,
               Cause.FORGOT_SOMETHING, Cause.ENDED_OR_WENT_AWAY, Cause.DID_NOT_JOIN_IN,
               Cause.LATE_CANCELLED_TIME_OR_MONEY}),
    frozenset({Cause.PUSHED_TOO_HARD, Cause.SPOKE_WHEN_I_NEEDED_QUIET, Cause.CROSSED_A_BOUNDARY,
               Cause.BROKE_CONFIDENCE, Cause.DISAGREED_ON_HOW_TO_WORK, Cause.TOO_SLOW_OR_OFF_MY_GOALS}),
    frozenset({Cause.TOOK_SIDES, Cause.BROKE_CONFIDENCE, Cause.ENDED_OR_WENT_AWAY,
               Cause.LATE_CANCELLED_TIME_OR_MONEY}),
    frozenset({Cause.DISMISSED_OR_MINIMISED, Cause.MISREAD_ME, Cause.SAID_THE_WRONG_THING, Cause.JUDGED_ME}),
)  # fmt: skip
# Only the best by ticks and sense are compared by their letters, which takes longest.
COMPARED_BY_WORDS = 40
_WORDS_ALIKE = 0.3
_SENSE_ALIKE = 0.4


@dataclass(frozen=True)
class Signs:
    """What of a moment counts: its ticks and its words. ``cause`` other says nothing."""

    feelings: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    cause: str = Cause.OTHER
    did: str | None = None
    what: str = ""
    meant: str = ""

    @property
    def ticked(self) -> bool:
        """Whether anything was ticked that is compared."""
        return bool(self.feelings or self.touched) or self.cause != Cause.OTHER


@dataclass(frozen=True)
class Match:
    """Another moment's place in the order.

    Attributes:
        place: which of those asked about, from 0.
        score: the sum; 0 where nothing is shared.
        cause: whether the same thing jarred.
        feelings, touched: what was ticked both times.
        did: what was done both times, if the same.
        words: whether the words are much alike.
        sense: whether the sentence model finds much the same said.
    """

    place: int
    score: float
    cause: bool = False
    feelings: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    did: str | None = None
    words: bool = False
    sense: bool = False

    @property
    def has_reason(self) -> bool:
        """Whether there is something to name; what was done is no reason by itself."""
        return self.cause or bool(self.feelings) or bool(self.touched) or self.words or self.sense


@dataclass(frozen=True)
class Sense:
    """Cosines of the sentence model, -1 to 1, by place, around the mean of what is compared; a place that is missing
    was not compared.

    ``profile`` is what the words of both come closest to (`reflection.moment_reading.profiles`), for pairs in which
    one has no ticks: soft evidence, never a reason that is named.
    """

    what: Mapping[int, float] = field(default_factory=dict)
    meant: Mapping[int, float] = field(default_factory=dict)
    profile: Mapping[int, float] = field(default_factory=dict)


def ranked(asked: Signs, others: Sequence[Signs], sense: Sense | None = None, words: bool = True) -> list[Match]:
    """``others`` by how likely they belong with ``asked``, the likeliest first; equals stay in their order.

    Rare ticks count more than those the person ticks nearly always: rarity is taken over all of these moments.
    """
    rarity = Rarity([asked, *others])
    sense = sense or Sense()
    first = [by_ticks(asked, other, rarity, place, sense) for place, other in enumerate(others)]
    first.sort(key=lambda match: -match.score)
    if not words:
        return first
    best, rest = first[:COMPARED_BY_WORDS], first[COMPARED_BY_WORDS:]
    likeness = alike(_text(asked), [_text(others[match.place]) for match in best])
    best = [_with_words(match, value) for match, value in zip(best, likeness, strict=True)]
    return sorted(best, key=lambda match: -match.score) + rest


def by_words(asked: Signs, others: Sequence[Signs]) -> list[float]:
    """The likeness of the letters alone, 0-1: what a journal without ticks and without a model has to go by."""
    return alike(_text(asked), [_text(other) for other in others])


class Rarity:
    """How rare each tick is among these moments: what is ticked nearly always says little."""

    def __init__(self, signs: Sequence[Signs]) -> None:
        self._of = Counter(tick for each in signs for tick in (*each.feelings, *each.touched))
        self._count = len(signs)

    def shared(self, one: frozenset[str], other: frozenset[str]) -> float:
        """The weight of what both have, as a share of what either has, 0-1."""
        both = one & other
        if not both:
            return 0.0
        # An exact sum: sets have another order in each process, and the last digit must not follow it.
        whole = math.fsum(self._weight(tick) for tick in one | other)
        return math.fsum(self._weight(tick) for tick in both) / whole if whole else 0.0

    def _weight(self, tick: str) -> float:
        return math.log((2 + self._count) / (1 + self._of[tick]))


def by_ticks(asked: Signs, other: Signs, rarity: Rarity, place: int = 0, sense: Sense | None = None) -> Match:
    """What two moments share by their ticks, and by the sentence model where it was asked."""
    sense = sense or Sense()
    same_cause = asked.cause == other.cause and asked.cause != Cause.OTHER
    did = asked.did if asked.did is not None and asked.did == other.did else None
    score = (
        WEIGHTS["feelings"] * rarity.shared(asked.feelings, other.feelings)
        + WEIGHTS["touched"] * rarity.shared(asked.touched, other.touched)
        + WEIGHTS["cause"] * same_cause
        + WEIGHTS["kin"] * (not same_cause and (asked.cause, other.cause) in _KINDRED)
        + WEIGHTS["did"] * (did is not None)
        + WEIGHTS["sense_what"] * sense.what.get(place, 0.0)
        + WEIGHTS["sense_meant"] * sense.meant.get(place, 0.0)
        + WEIGHTS["profile"] * sense.profile.get(place, 0.0)
    )
    feelings = tuple(sorted(asked.feelings & other.feelings))
    touched = tuple(sorted(asked.touched & other.touched))
    alike_in_sense = sense.what.get(place, 0.0) >= _SENSE_ALIKE
    return Match(place, score, same_cause, feelings, touched, did, sense=alike_in_sense)


_KINDRED = {(str(one), str(two)) for group in _KIN for one in group for two in group if one != two}


def _with_words(match: Match, likeness: float) -> Match:
    score = match.score + WEIGHTS["words"] * likeness
    return replace(match, score=score, words=likeness >= _WORDS_ALIKE)


def _text(signs: Signs) -> str:
    return f"{signs.what} . {signs.meant}"
