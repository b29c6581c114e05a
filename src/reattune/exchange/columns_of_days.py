"""Which column of a table says when a session was, and which others hold days too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time

from reattune.exchange.column_names import Role, role_of, word_set, words_of
from reattune.exchange.table_of_file import Table
from reattune.exchange.unnamed_columns import MOST
from reattune.exchange.written_dates import written
from reattune.exchange.written_numbers import is_missing

_CLOCK = re.compile(r"(\d{1,2})[:h.](\d{2})(?:.*?([AaPp])\.?[Mm])?")
_NAMES = re.compile(r"date|datum|fecha|day|tag|session|time|when|at$", re.IGNORECASE)


def columns_of_days(table: Table) -> dict[int, float]:
    """Those of a table, less days of something else by their names, such as a birth; with the share of days in each."""
    return {place: share for place in range(len(table.head)) if (share := share_if_days(table, place)) is not None}


def share_if_days(table: Table, place: int) -> float | None:
    """The share of days in one of them; ``None`` of another column."""
    share = _share_of_days(table, place)
    return share if share > MOST and role_of(table.head[place]) is not Role.OTHER else None


def day_of_session(table: Table, days: Mapping[int, float], whose: int | None) -> int:
    """Which of these columns says when a session was; ``whose`` is the one that names clients.

    One that holds the same day again and again for a client, as that on which their therapy began, is passed over; of
    the others their names tell.
    """
    different = {place: _different_days(table, place, whose) for place in days}
    likely = [place for place in days if 2 * different[place] > max(different.values())]
    return max(likely, key=lambda place: (*_by_its_name(table.head[place]), days[place], -place))


def _by_its_name(name: str) -> tuple[bool, bool, bool]:
    """How much a name says that its days are those of the sessions."""
    words = words_of(name)
    beside = not word_set("days_beside").isdisjoint(words)
    return bool(_NAMES.search(name)), not beside, not word_set("days_of_sessions").isdisjoint(words)


def _different_days(table: Table, place: int, whose: int | None) -> int:
    found = ((row[whose] if whose is not None else "", written(row[place])) for row in table.rows)
    return len({(client, day.year, day.first, day.second) for client, day in found if day is not None})


def _share_of_days(table: Table, place: int) -> float:
    cells = [row[place] for row in table.rows if not is_missing(row[place])]
    return sum(written(cell) is not None for cell in cells) / len(cells) if cells else 0.0


def clock_in(words: str) -> time | None:
    """What a clock showed by the words beside a day; ``None`` where they say no time."""
    told = _CLOCK.match(words)
    if not told:
        return None
    hour, minute = int(told[1]), int(told[2])
    if told[3]:
        hour = hour % 12 + (12 if told[3].lower() == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def are_days_alone(cells: Iterable[str]) -> bool:
    """Whether every time beside a day is midnight: so programs write days that have none, in whichever zone."""
    clocks = {clock for cell in cells if (day := written(cell)) is not None and (clock := clock_in(day.time))}
    return clocks == {time()}
