"""Answering a hurt, practised: which one comes next, and what a therapist found in their own answers over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reattune import content
from reattune.journal import Journal
from reattune.journal.documents import TriedAnswer
from reattune.journal.therapists_vocabulary import AnswerPart
from reattune.journal.vocabulary import MILD_LINES, Cause, CrossedLine

# Under so many answers that were looked at, nothing is said of them together.
LEAST = 6
# Neighbours in the file are alike: so many are passed over to the next one. It divides no number of them evenly.
_STRIDE = 7


def vignettes() -> Mapping[str, Mapping[str, Any]]:
    """Key to what each is about: ``cause``, ``form``, and where it is so ``unfair`` and ``crossed``."""
    return content.load("vignettes.toml")


def not_the_clients(about: Mapping[str, Any]) -> bool:
    """Whether a grave boundary was crossed in it: then it is not the client's to mend."""
    return "crossed" in about and CrossedLine(about["crossed"]) not in MILD_LINES


def tries(journal: Journal, key: str) -> list[TriedAnswer]:
    """Every answer to one of them, the earliest first."""
    return sorted((each for each in journal.all(TriedAnswer) if each.vignette == key), key=lambda each: each.at)


def next_one(journal: Journal) -> str:
    """The key of the one to try next: one never tried, each of another kind than the last; else the longest ago."""
    keys = list(vignettes())
    last = {each.vignette: each.at for each in sorted(journal.all(TriedAnswer), key=lambda each: each.at)}
    spread = [keys[place * _STRIDE % len(keys)] for place in range(len(keys))]
    never = [key for key in spread if key not in last]
    return never[0] if never else min(spread, key=lambda key: last[key])


def to_come_back_to(journal: Journal) -> list[str]:
    """Keys of those whose latest answer says that the therapist wants to try it again, the latest first."""
    latest = {each.vignette: each for each in sorted(journal.all(TriedAnswer), key=lambda each: each.at)}
    known = vignettes()
    wanted = [each for each in latest.values() if each.come_back and each.vignette in known]
    return [each.vignette for each in sorted(wanted, key=lambda each: each.at, reverse=True)]


@dataclass(frozen=True)
class Found:
    """How often a therapist found one thing in their own answers: in the earlier half of them, and in the later."""

    part: AnswerPart
    earlier: int
    earlier_of: int
    later: int
    later_of: int

    @property
    def times(self) -> int:
        """In how many of all."""
        return self.earlier + self.later


@dataclass(frozen=True)
class OverTime:
    """What is seen over all answers that were looked at.

    Attributes:
        looked: how many that were.
        found: each part, what was found least often first; empty under `LEAST`.
        again: causes that the therapist tried more than once or wants to come back to, the most often first.
        kept: what they wanted to keep in mind, the latest first.
    """

    looked: int
    found: tuple[Found, ...]
    again: tuple[tuple[Cause, int], ...]
    kept: tuple[TriedAnswer, ...]


def over_time(journal: Journal) -> OverTime:
    """What a therapist found in their own answers. Nobody else judged them, and neither does this."""
    every = sorted(journal.all(TriedAnswer), key=lambda each: each.at)
    looked = [each for each in every if each.looked]
    found = _found(looked) if len(looked) >= LEAST else ()
    return OverTime(len(looked), found, _again(every), tuple(each for each in looked[::-1] if each.keep_in_mind))


def _found(looked: Sequence[TriedAnswer]) -> tuple[Found, ...]:
    half = len(looked) // 2
    earlier, later = looked[:half], looked[half:]
    parts = [
        Found(part, sum(part in each.parts for each in earlier), half, sum(part in each.parts for each in later),
              len(later))
        for part in AnswerPart
    ]  # fmt: skip
    return tuple(sorted(parts, key=lambda each: each.times))


def _again(every: Sequence[TriedAnswer]) -> tuple[tuple[Cause, int], ...]:
    known = vignettes()
    mine = [each for each in every if each.vignette in known]
    times = Counter(each.vignette for each in mine)
    wanted = {each.vignette for each in mine if each.come_back}
    causes: Counter[Cause] = Counter()
    for key, count in times.items():
        if count > 1 or key in wanted:
            causes[Cause(known[key]["cause"])] += count
    return tuple(sorted(causes.items(), key=lambda each: (-each[1], each[0])))
