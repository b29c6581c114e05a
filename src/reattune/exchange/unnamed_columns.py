"""Tables whose first line is a row like the others, since nobody has named their columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import islice

from reattune.exchange.table_text import LINES, MOST_COLUMNS
from reattune.exchange.written_dates import written
from reattune.exchange.written_numbers import lone_number

# Of the cells under the first, more than so many have to be days or numbers for their column to be one of those.
MOST = 0.6
_HAS_A_DIGIT = re.compile(r"\d").search


def with_a_first_line(lines: list[list[str]]) -> list[list[str]]:
    """The lines of a table below one of empty names, if the first is a row: it has a day in a column of days, or there
    something else with a number in it, as days are written that nobody can read, and numbers in columns of numbers.

    It has as many cells as most rows. Without the first, if that is a title with a day above the names of the columns.
    """
    if not lines or len(lines[0]) > MOST_COLUMNS or not _is_row(lines):
        return lines
    if _is_a_title(lines[0], lines[1]):
        return lines[1:]
    widths = Counter(map(len, lines))
    return [[""] * max(widths, key=lambda width: (widths[width], width)), *lines]


def _is_row(lines: list[list[str]]) -> bool:
    days = [cell for place, cell in enumerate(lines[0]) if _HAS_A_DIGIT(cell) and _is_column_of(lines, place, written)]
    if any(written(cell) is not None for cell in days):
        return True
    numbers = [cell for place, cell in enumerate(lines[0]) if days and _is_column_of(lines, place, lone_number)]
    return bool(numbers) and all(lone_number(cell) is not None for cell in numbers)


def _is_a_title(line: list[str], below: list[str]) -> bool:
    """Whether a line with empty cells and no number stands above names of all columns."""
    full = all(map(str.strip, line)) or any(lone_number(cell) is not None for cell in line)
    return not full and len(below) >= len(line) and all(map(_is_a_name, below))


def _is_a_name(cell: str) -> bool:
    return bool(cell.strip()) and written(cell) is None and lone_number(cell) is None


def _is_column_of(lines: list[list[str]], place: int, read: Callable[[str], object]) -> bool:
    below = [cell for row in islice(lines, 1, LINES) if place < len(row) and (cell := row[place].strip())]
    return bool(below) and sum(read(cell) is not None for cell in below) > MOST * len(below)
