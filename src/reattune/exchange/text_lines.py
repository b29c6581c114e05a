"""Rows of a table in text: encoding and delimiter are told by what it holds, and no quotation mark swallows rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from reattune.content.translated_sentences import say
from reattune.exchange.errors import ExchangeError
from reattune.exchange.table_text import NotText, encoding_of, shape_of
from reattune.exchange.unnamed_columns import with_a_first_line
from reattune.exchange.written_dates import written

# A row after all others, unless something above it has no end.
_END, _NAMED = "\x02end\x03", 12


def text_lines(content: bytes, name: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """The cells of a table in text, from the line that names the columns on, or an empty one; and sentences about rows
    that may have become part of a cell, rows with more cells than there are columns, which are empty here, and letters
    that are none.

    Raises:
        ExchangeError: it is no table, or what follows a quotation mark has no end.
    """
    try:
        text = content.decode(encoding_of([content]), errors="replace").lstrip("\ufeff")
    except NotText as error:
        raise ExchangeError(say("{name} isn’t a text file. Save the table as CSV first.", name=name)) from error
    shape = shape_of(text)
    text_lines = text.splitlines(keepends=True)
    below = "".join(text_lines[shape.header :]) if shape else text
    delimiter = shape.delimiter if shape else ","
    try:
        read = csv.reader(io.StringIO(f"{below}\n{_END}\n", newline=""), delimiter=delimiter)
        lines = [row for row in read if any(map(str.strip, row))]
    except csv.Error as error:
        raise ExchangeError(say("{name} isn’t a table: {error}.", name=name, error=error)) from error
    if lines.pop() != [_END]:
        raise ExchangeError(
            say(
                "{name}, row {line}: after a quotation mark there, nothing ends the cell, so that later rows would be "
                "part of it. Close it or take it away.",
                name=name,
                line=len(lines) + 1,
            )
        )
    if shape and shape.below:
        del lines[1 : 1 + shape.below]
    lines = with_a_first_line(lines)
    first = 1 if not lines or any(lines[0]) else 0
    swallowed = [
        str(line) for line, row in enumerate(lines, start=first) if any(_holds_rows(c, delimiter, row) for c in row)
    ]
    said = [_swallowed(swallowed)] if swallowed else []
    longer = longer_rows(lines, first)
    if longer and len(longer) == len(lines) - 1:
        if {len(row) for row in lines[1:]} == {len(lines[0]) + 1}:  # as R and pandas write the numbers of rows
            raise ExchangeError(
                say("{name}: each row has one cell more than the first line has names. Name every column.", name=name)
            )
        raise ExchangeError(say("{where}: {error}", where=name, error=said_of_longer(longer)))
    empty = set(longer)  # the others keep their numbers
    lines = [[""] if line in empty else row for line, row in enumerate(lines, start=first)]
    said += [said_of_longer(longer)] if longer else []
    return lines, (*said, *unread_letters(text))


def longer_rows(lines: list[list[str]], first: int = 1) -> list[int]:
    """The numbers of those rows that have more cells than the first, which has the number ``first``.

    Where a comma of a sentence is taken for the end of a cell, nobody knows what stands in which column.
    """
    width = len(lines[0]) if lines else 0
    return [line for line, row in enumerate(lines, start=first) if any(map(str.strip, row[width:]))]


def said_of_longer(lines: list[int]) -> str:
    """A sentence about rows that have more cells than the first."""
    return say(
        "Rows with more cells than there are columns, which don’t come in: {which}. Put straight quotation marks "
        "around what belongs into one cell, and import the file again.",
        which=_some(map(str, lines)),
    )


def unread_letters(text: str) -> tuple[str, ...]:
    """A sentence about letters that no encoding makes of the bytes of a file, if there are any."""
    n = text.count("\ufffd")
    return (say("Letters that can’t be read, with “\ufffd” in their place: {n}.", n=n),) if n else ()


def _holds_rows(cell: str, delimiter: str, row: list[str]) -> bool:
    """Whether a cell of ``row`` has lines in it that look like rows: as many cells, and a day in one of them."""
    further = (line.split(delimiter) for line in cell.splitlines()[1:] if line.count(delimiter) >= len(row) - 1)
    return len(row) > 1 and any(written(each.strip('" ')) is not None for cells in further for each in cells)


def _some(lines: Iterable[str]) -> str:
    named = list(lines)
    return ", ".join(named[:_NAMED]) + " …" * (len(named) > _NAMED)


def _swallowed(lines: list[str]) -> str:
    return say(
        "Rows with lines in a cell that look like rows themselves: {which}. If a quotation mark isn’t closed there, "
        "close it or take it away, and import the file again.",
        which=_some(lines),
    )
