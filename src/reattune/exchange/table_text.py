"""How a table is written as text: its encoding, its delimiter, and the line with the names of its columns."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from reattune.exchange.errors import ExchangeError

USUAL_DELIMITERS, RARE_DELIMITERS = ",;\t|", "^~: "
# Rows that are looked at to tell how a table is written, and columns that a table of ratings has at most.
LINES, MOST_COLUMNS = 200, 60
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:[.,'\u00a0 ]*\d)+[.,]*\s*%?")
# Letters and signs that the languages of Western exports write, and hardly anything else that is not ASCII; letters
# that are words of their own; and signs that open or close something, which nothing has between two letters.
_LETTERS = frozenset("äöüßÄÖÜéèêàçñáíóúâîôûëïÉÈÀÇÑÁÍÓÚÊåæøÅÆØìòùãõœ¿¡ºª°–—…•’‘‚“”„«»‹›€™£§±×½")
_ALONE, _AROUND = frozenset("àèéêòôåøæÀÈÉÊÒÔÅØÆºª"), frozenset("¿¡‘‚“”„«»‹›•™£§°±×½")
_STRANGE, _MOST_STRANGE = re.compile(rb"[\x80-\xff]+"), 65_536
# UTF-8 but for some bytes that are none; Python takes this for another name of it.
_MOSTLY_UTF_8 = "utf_8"
_EIGHT_BIT = ("cp1252", "mac_roman", "cp850")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_NAMES = {
    _MOSTLY_UTF_8: "UTF-8 with some bytes that are none",
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    "utf-32": "UTF-32", "cp1252": "Latin-1 (Windows)", "mac_roman": "Mac Roman", "cp850": "DOS (code page 850)",
}  # fmt: skip
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes", " ": "spaces"}


class NotText(ExchangeError):
    """These bytes are no text."""


@dataclass(frozen=True)
class Shape:
    """Where in the text the table is.

    Attributes:
        delimiter: one character.
        header: the line with the names of the columns, counted from 0.
        below: lines under it that are no rows yet, as survey tools write them.
    """

    delimiter: str
    header: int
    below: int = 0


class _Row(NamedTuple):
    begin: int
    lines: int
    cells: list[str]


def encoding_name(encoding: str) -> str:
    """As people call it."""
    return _NAMES.get(encoding, encoding)


def delimiter_name(delimiter: str) -> str:
    """As people call it."""
    return _DELIMITERS.get(delimiter, repr(delimiter))


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a text, told by its bytes; Python's name of it.

    One wrong byte makes no other encoding of a text that has more letters in UTF-8.

    Raises:
        NotText: it is none.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    lenient = codecs.getincrementaldecoder("utf-8")("replace")
    strange: list[bytes] = []
    found, letters, wrong = "", 0, 0
    for number, chunk in enumerate(chunks):
        if number == 0:
            found = _told_at_once(chunk)
            if found and found != "utf-8-sig":
                return found
        if b"\x00" in chunk:
            raise NotText("This is not a text file.")
        if decoder is not None:
            try:
                letters += len(chunk) - len(decoder.decode(chunk))
                continue
            except UnicodeDecodeError:
                decoder = None  # type: ignore[assignment]
        text = lenient.decode(chunk)
        letters += len(chunk) - len(text)
        wrong += text.count("\ufffd")
        # Each with what stands before and behind it.
        pieces = (chunk[max(0, each.start() - 1) : each.end() + 1] for each in _STRANGE.finditer(chunk))
        strange += islice(pieces, _MOST_STRANGE)
        if len(strange) > _MOST_STRANGE:
            break
    if decoder is not None:
        if not (unfinished := decoder.getstate()[0]):
            return found or "utf-8"
        strange, wrong = [unfinished], 1
    if letters > wrong:
        return _MOSTLY_UTF_8
    return max(_EIGHT_BIT, key=lambda name: sum(_likely(each.decode(name, "replace")) for each in strange))


def _told_at_once(head: bytes) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    some = head[:4096]
    if len(some) >= 8:
        even, odd = some[0::2].count(0) / len(some[0::2]), some[1::2].count(0) / len(some[1::2])
        if odd > 0.7 and even < 0.3:
            return "utf-16-le"
        if even > 0.7 and odd < 0.3:
            return "utf-16-be"
    return ""


def _likely(piece: str) -> int:
    """How much speaks for a few letters, read in one encoding, that they are what somebody wrote: no dash in the middle
    of a sentence is a lone “ó”, and no word ends in a capital letter."""
    likely = 0
    for before, char, after in zip(f" {piece[:-1]}", piece, f"{piece[1:]} ", strict=True):
        if char.isascii():
            continue
        strange = char not in _LETTERS
        if char.isalpha():
            strange |= char.isupper() and before.islower()
            strange |= not (before.isalnum() or after.isalnum() or char in _ALONE)
        else:
            strange |= char in _AROUND and before.isalpha() and after.isalpha()
        likely += -2 if strange else 1
    return likely


def shape_of(text: str) -> Shape | None:
    """Where the table is in the beginning of a text; ``None`` where no line has two columns.

    A line ``sep=;``, titles above the names of the columns, and what survey tools write below them are told apart
    from the table.
    """
    lines = text.splitlines()
    first = 0
    told = _SEP_LINE.match(lines[0].lstrip("\ufeff")) if lines else None
    if told:
        first = 1
    while first < len(lines) and not lines[first].strip():
        first += 1
    candidates = told[1] if told else USUAL_DELIMITERS
    best = max((_fit(_rows(lines, first, mark), mark) for mark in candidates), default=None)
    if (best is None or best[0] < 0.6) and not told:
        best = max([_fit(_rows(lines, first, mark), mark) for mark in USUAL_DELIMITERS + RARE_DELIMITERS])
    if best is None or best[1] < 2:
        return None
    delimiter = best[2]
    rows = _rows(lines, first, delimiter)
    cells = [row.cells for row in rows]
    header = _header(cells, best[1])
    below = 0
    for ahead, row in enumerate(cells[header + 1 : header + 4], start=1):
        if any('ImportId"' in cell for cell in row):
            below = ahead
    return Shape(delimiter, rows[header].begin, below)


def _fit(rows: list[_Row], delimiter: str) -> tuple[float, int, str]:
    """How well a delimiter explains the lines: the share of those in rows with the usual number of columns, and that.

    Lines and not rows, so that all delimiters are measured by the same, also where cells hold several lines.
    """
    there = [row for row in rows if any(row.cells) or len(row.cells) > 1]
    # The rows below the names count, so a title of one cell above them does not speak against any delimiter.
    several = Counter(len(row.cells) for row in there if len(row.cells) > 1)
    if not several:
        return 0.0, 1, delimiter
    width = max(several, key=lambda each: (several[each], each))
    explained = sum(row.lines for row in there if len(row.cells) == width)
    return explained / sum(row.lines for row in there), width, delimiter


def _rows(lines: list[str], first: int, delimiter: str) -> list[_Row]:
    """The rows from a line on, a few hundred at most. Cells between quotation marks may have several lines; from a
    mark on that nothing closes, each line is a row."""
    reader = csv.reader(chain(islice(lines, first, None), [""]), delimiter=delimiter, skipinitialspace=delimiter == " ")
    rows: list[_Row] = []
    begin = first
    with suppress(csv.Error):
        for cells in islice(reader, LINES):
            if (end := first + reader.line_num) > len(lines):
                break
            rows.append(_Row(begin, end - begin, [cell.strip() for cell in cells]))
            begin = end
    alone = lines[begin : begin + LINES - len(rows)]
    return rows + [_Row(line, 1, _cells(text, delimiter)) for line, text in enumerate(alone, start=begin)]


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=delimiter, skipinitialspace=delimiter == " "), [])
    except csv.Error:
        row = line.split(delimiter)
    return [cell.strip() for cell in row]


def _header(rows: list[list[str]], width: int) -> int:
    """The first row that is as wide as the table and names most of its columns."""
    for place in range(len(rows)):
        named = [cell for cell in rows[place] if cell]
        if len(rows[place]) >= min(width, 2) and len(named) >= max(2, (width + 1) // 2):
            return place
    return 0


def header_of(rows: Iterable[tuple[str | None, ...]], width: int) -> int:
    """The same for the rows of a spreadsheet: which one names the columns."""
    filled_cells = [sum(bool((cell or "").strip()) for cell in row) for row in rows][:50]
    filled = max(filled_cells, default=0)
    for place, count in enumerate(filled_cells):
        if count >= max(1, (min(filled, width) + 1) // 2):
            return place
    return 0


def looks_like_numbers(cells: Iterable[str]) -> bool:
    """Whether a row that should name columns holds numbers alone."""
    there = [cell for cell in cells if cell]
    return len(there) > 1 and all(_NUMBER.fullmatch(cell) for cell in there)
