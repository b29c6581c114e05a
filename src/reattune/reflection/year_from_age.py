"""In which year something was, where somebody remembers only how old they were."""

from __future__ import annotations

from datetime import date
from statistics import median

from reattune.journal import Journal

# Birthdays lie anywhere in a year, and memory errs: years of birth that differ by more say nothing.
_APART = 2


def year_at_age(journal: Journal, age: int | None, today: date) -> int | None:
    """The year in which the person was ``age``, from other moments that have both; ``None`` where they do not tell."""
    if age is None:
        return None
    born = [
        moment.local(moment.at).year - moment.age
        for moment in journal.moments()
        if moment.age is not None and moment.year_known
    ]
    if not born or max(born) - min(born) > _APART:
        return None
    year = round(median(born)) + age
    return year if year <= today.year else None
