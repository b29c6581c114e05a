"""Which ratings make up the bond line: of one questionnaire at a time, and of none that asks about symptoms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from reattune.alliance.published_scores import named_in, published_scores
from reattune.journal.documents.relationship import CheckIn, InstrumentDefinition, Session

# What is rated so soon before or after belongs to the same session.
_BESIDE = timedelta(days=3)
_WORDS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Rated:
    """One check-in that has a score.

    Attributes:
        number: of the session, counted from 1 over all with that person.
        score: 0-100, higher is better.
    """

    number: int
    session: Session
    check_in: CheckIn
    score: float


def asks_about_symptoms(definition: InstrumentDefinition) -> bool:
    """Whether a questionnaire is a known one of how somebody is, and not of how it is between two people."""
    return _named_for_symptoms(definition.key, definition.title)


@lru_cache(maxsize=512)
def _named_for_symptoms(key: str, title: str) -> bool:
    named = (named_in(_WORDS.findall(each.lower()), published_scores().values()) for each in (title, key))
    return any(found is not None and found[0].symptoms for found in named)


def of_one_questionnaire(rated: Sequence[Rated], chosen: str) -> list[Rated]:
    """The ratings without those that another questionnaire of the same time stands for.

    Two that were given side by side would make a zigzag that nobody rated. Where the times of two meet, the one that is
    ``chosen`` for check-ins stays, else the one of more ratings, else the later one; what lies before and after it is
    kept. One that follows on another goes on with its line.
    """
    count = Counter(each.check_in.instrument for each in rated)
    if len(count) < 2:
        return list(rated)
    last = {each.check_in.instrument: each.session.at for each in rated}
    by_weight = sorted(count, key=lambda name: (name == chosen, count[name], last[name]), reverse=True)
    kept: list[Rated] = []
    for name in by_weight:
        spans = _spans(kept)
        mine = (each for each in rated if each.check_in.instrument == name)
        kept += [each for each in mine if not any(low <= each.session.at <= high for low, high in spans)]
    return sorted(kept, key=lambda each: each.number)


def _spans(kept: Iterable[Rated]) -> list[tuple[datetime, datetime]]:
    """From the first to the last rating of each questionnaire, and a little beyond."""
    times: dict[str, list[datetime]] = {}
    for each in kept:
        times.setdefault(each.check_in.instrument, []).append(each.session.at)
    return [(min(at) - _BESIDE, max(at) + _BESIDE) for at in times.values()]
