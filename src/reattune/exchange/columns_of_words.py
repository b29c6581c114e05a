"""Which columns of a table hold somebody's own words, as notes do."""

from __future__ import annotations

from collections.abc import Collection

from reattune.exchange.column_names import Role, role_of
from reattune.exchange.raters_of_rows import says_who_rated
from reattune.exchange.table_of_file import Table
from reattune.exchange.written_dates import written
from reattune.exchange.written_numbers import is_missing, lone_number

# So many words in one cell are hardly a name, a place or a kind of session.
_WORDS = 3


def columns_of_words(table: Table, taken: Collection[int | None] = ()) -> list[int]:
    """Those of a table, less those that are ``taken`` for something else: some cell says several words, and most of
    them say something of their own."""
    return [
        place
        for place, name in enumerate(table.head)
        if place not in taken
        and role_of(name) not in (Role.CLIENT, Role.THERAPIST)
        and _are_words([row[place] for row in table.rows if not is_missing(row[place])], name)
    ]


def _are_words(cells: list[str], name: str) -> bool:
    words = [cell for cell in cells if lone_number(cell) is None and written(cell) is None]
    return (
        2 * len(words) > len(cells)
        and 2 * len(set(words)) > len(words)
        and any(len(cell.split()) >= _WORDS for cell in words)
        and not says_who_rated(name, cells)
    )
