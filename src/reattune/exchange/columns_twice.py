"""Tables with two columns of one name, of which nobody can tell which is meant: often two tables side by side."""

from __future__ import annotations

from reattune.content.translated_sentences import say
from reattune.exchange.column_names import words_of
from reattune.exchange.errors import ExchangeError
from reattune.exchange.table_of_file import Table
from reattune.exchange.written_dates import written


def check_only_one(table: Table, place: int) -> None:
    """Whether no other column has the name of this one and says something else.

    Raises:
        ExchangeError: one has.
    """
    name = _folded(table.head[place])
    for other, called in enumerate(table.head):
        if (
            other != place
            and _folded(called) == name
            and any(row[other] and not _alike(row[other], row[place]) for row in table.rows)
        ):
            raise ExchangeError(
                say(
                    "Two columns are called “{name}”, and it isn’t clear which one is meant. If two tables stand side "
                    "by side, put one below the other. Otherwise give one of the columns another name.",
                    name=table.head[place],
                )
            )


def _alike(cell: str, other: str) -> bool:
    """Whether two cells say the same: a day may be written in two ways."""
    here, there = written(cell), written(other)
    if here is None or there is None:
        return cell == other
    return (here.year, {here.first, here.second}) == (there.year, {there.first, there.second})


def _folded(name: str) -> tuple[str, ...]:
    return words_of(name) or (name.casefold(),)
