"""Which column of a table says whose ratings its rows hold, and which are each of one client, or of one session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from reattune.exchange.column_names import Role, parts_of, role_of
from reattune.exchange.raters_of_rows import says_who_rated
from reattune.exchange.table_of_file import Table
from reattune.exchange.written_numbers import lone_number
from reattune.journal.client_names import name_key


def client_column(table: Table) -> int | None:
    """Which column says whose ratings a row holds, by its name; ``None`` where none does."""
    named = [place for place, name in enumerate(table.head) if role_of(name) is Role.CLIENT]
    return next(
        (place for place in named if not says_who_rated(table.head[place], (row[place] for row in table.rows))), None
    )


def columns_called_like(names: Collection[str], head: Sequence[str], rated: Collection[int]) -> tuple[int, ...]:
    """Of several columns with ratings, those that are called like somebody; a number is rather that of a question."""
    keys = {name_key(name) for name in names if lone_number(name) is None}
    return tuple(place for place in rated if len(rated) > 1 and name_key(head[place]) in keys)


def columns_of_sessions(table: Table, rated: Collection[int], whose: int | None) -> tuple[int, ...]:
    """Columns with ratings that differ in the number of a session alone, where each client has one row."""
    names = [name_key(row[whose]) for row in table.rows if row[whose]] if whose is not None else []
    if not names or len(set(names)) < len(names):
        return ()
    parts = {place: parts_of(table.head[place]) for place in rated}
    stems = Counter(each.stem for each in parts.values() if each.time is not None)
    return tuple(place for place, each in parts.items() if each.time is not None and stems[each.stem] > 1)
