"""A table as a file holds it, as text: the names of its columns, and its rows."""

from __future__ import annotations

from dataclasses import dataclass

from reattune.content.translated_sentences import say
from reattune.exchange.csv_export import is_own_table
from reattune.exchange.errors import ExchangeError
from reattune.exchange.table_text import MOST_COLUMNS
from reattune.exchange.text_lines import text_lines
from reattune.exchange.workbook import is_workbook, workbook_lines

MOST_ROWS, LARGEST = 20_000, 8 * 1024 * 1024


@dataclass(frozen=True)
class Table:
    """What a file says, as text.

    Attributes:
        head: the names of its columns.
        rows: all as long as the head; empty, where one had more cells than that.
        left_out: sentences about such rows, and about sheets that are beside it.
        first: the number of the first row in the file; 1 where no line above it names the columns.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...] = ()
    first: int = 2


def read_table(content: bytes, name: str = "The file") -> Table:
    """The text of a table, or a sheet of a workbook: encoding, delimiter and the line that names the columns are told
    by what it holds. Columns that nothing names are called by their number.

    Raises:
        ExchangeError: it is too large, has no rows, is no table, or one that was exported from here.
    """
    if len(content) > LARGEST:
        raise ExchangeError(
            say("{name} is too large; the limit is {largest} MB.", name=name, largest=round(LARGEST / 1e6))
        )
    lines, left_out = workbook_lines(content, name) if is_workbook(content) else text_lines(content, name)
    if len(lines) < 2:
        raise ExchangeError(say("{name} needs a line with column names and at least one row.", name=name))
    head = [cell.strip() or f"column {number}" for number, cell in enumerate(lines[0], start=1)]
    if is_own_table(head):
        raise ExchangeError(
            say(
                "{name} is a table that Reattune exports for spreadsheets. To bring everything back, import the JSON "
                "file or a backup instead.",
                name=name,
            )
        )
    if len(head) < 2 or len(head) > MOST_COLUMNS:
        raise ExchangeError(
            say(
                "{name} has {head} columns; it needs at least a date and a rating, and at most {most_columns}.",
                name=name,
                head=len(head),
                most_columns=MOST_COLUMNS,
            )
        )
    if len(lines) - 1 > MOST_ROWS:
        raise ExchangeError(
            say(
                "{name} has {lines} rows; the limit is {most_rows}.",
                name=name,
                lines=len(lines) - 1,
                most_rows=MOST_ROWS,
            )
        )
    width = len(head)
    rows = tuple(tuple(cell.strip() for cell in (row + [""] * width)[:width]) for row in lines[1:])
    return Table(tuple(head), rows, left_out, 2 if any(lines[0]) else 1)
