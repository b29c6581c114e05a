"""Rows of a table in text: encoding and delimiter are told by what it holds, and no quotation mark swallows rows."""

from __future__ import annotations

import csv
import io

from reattune.content.translated_sentences import say
from reattune.exchange.errors import ExchangeError
from reattune.exchange.table_text import NotText, encoding_of, shape_of
from reattune.exchange.written_dates import written

# A row after all others, unless something above it has no end.
_END, _NAMED = "\x02end\x03", 12


def text_lines(content: bytes, name: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """The cells of a table in text, from the line that names the columns on; and a sentence about rows that may have
    become part of a cell.

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
    swallowed = [
        str(line) for line, row in enumerate(lines, start=1) if any(_holds_rows(c, delimiter, row) for c in row)
    ]
    return lines, (_swallowed(swallowed),) if swallowed else ()


def _holds_rows(cell: str, delimiter: str, row: list[str]) -> bool:
    """Whether a cell of ``row`` has lines in it that look like rows: as many cells, and a day in one of them."""
    further = (line.split(delimiter) for line in cell.splitlines()[1:] if line.count(delimiter) >= len(row) - 1)
    return len(row) > 1 and any(written(each.strip('" ')) is not None for cells in further for each in cells)


def _swallowed(lines: list[str]) -> str:
    which = ", ".join(lines[:_NAMED]) + " …" * (len(lines) > _NAMED)
    return say(
        "Rows with lines in a cell that look like rows themselves: {which}. If a quotation mark isn’t closed there, "
        "close it or take it away, and import the file again.",
        which=which,
    )
