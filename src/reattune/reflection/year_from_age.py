"""In which year something was, where somebody remembers only how old they were."""

from __future__ import annotations

from datetime import date
from statistics import median

from reattune.journal import Journal
from reattune.journal.documents import Moment

# Birthdays lie anywhere in a year, and memory errs: years of birth that differ by more say nothing.
_APART = 2


def year_known(moment: Moment) -> bool:
    """Whether the year of a moment is told by its day. What has only an age has the day on which it was written."""
    return moment.local(moment.at).year < moment.local(moment.created).year


def only_age(moment: Moment) -> bool:
    """Whether an age is all that is remembered of when a moment was."""
    return moment.by_year and moment.age is not None and not year_known(moment)


def year_at_age(journal: Journal, age: int | None, today: date) -> int | None:
    """The year in which the person was ``age``, from other moments that have both; ``None`` where they do not tell."""
    if age is None:
        return None
    born = [
        moment.local(moment.at).year - moment.age
        for moment in journal.moments()
        if moment.age is not None and year_known(moment)
    ]
    if not born or max(born) - min(born) > _APART:
        return None
    year = round(median(born)) + age
    return year if year <= today.year else None
