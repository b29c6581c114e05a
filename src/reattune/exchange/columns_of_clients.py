"""Which column of a table says whose ratings its rows hold, and which are each of one client."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reattune.exchange.column_names import Role, role_of
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
