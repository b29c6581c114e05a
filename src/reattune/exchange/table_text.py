"""How a table is written as text: its encoding, its delimiter, and the line with the names of its columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reattune.exchange.errors import ExchangeError

USUAL_DELIMITERS, RARE_DELIMITERS = ",;\t|", "^~: "
# Lines that are looked at to tell how a table is written.
LINES = 200
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:[.,'\u00a0 ]*\d)+[.,]*\s*%?")
# Letters that the languages of Western exports write, and hardly anything else that is not ASCII.
_LETTERS = frozenset("äöüßÄÖÜéèêàçñáíóúâîôûëïÉÈÀÇÑÁÍÓÚÊåæøÅÆØìòùãõœ¿¡ºª°–’“”„€")
_EIGHT_BIT = ("cp1252", "mac_roman", "cp850")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_NAMES = {
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
        widest: how many columns the widest row that was looked at has.
    """

    delimiter: str
    header: int
    below: int = 0
    widest: int = 0


def encoding_name(encoding: str) -> str:
    """As people call it."""
    return _NAMES.get(encoding, encoding)


def delimiter_name(delimiter: str) -> str:
    """As people call it."""
    return _DELIMITERS.get(delimiter, repr(delimiter))


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a text, told by its bytes; Python's name of it.

    Raises:
        NotText: it is none.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    found, strange = "", bytearray()
    for number, chunk in enumerate(chunks):
        if number == 0:
            found = _told_at_once(chunk)
            if found and found != "utf-8-sig":
                return found
        if b"\x00" in chunk:
            raise NotText("This is not a text file.")
        if decoder is not None:
            try:
                decoder.decode(chunk)
                continue
            except UnicodeDecodeError:
                decoder = None  # type: ignore[assignment]
        strange += bytes(byte for byte in chunk if byte > 127)[:65536]
        if len(strange) > 65536:
            break
    if decoder is not None:
        return found or "utf-8"
    return max(_EIGHT_BIT, key=lambda name: _letters(bytes(strange), name))


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


def _letters(strange: bytes, encoding: str) -> int:
    text = strange.decode(encoding, errors="replace")
    return sum(1 if char in _LETTERS else -2 for char in text)


def shape_of(text: str) -> Shape | None:
    """Where the table is in the beginning of a text; ``None`` where no line has two columns.

    A line ``sep=;``, titles above the names of the columns, and what survey tools write below them are told apart
    from the table.
    """
    lines = text.splitlines()[:LINES]
    first = 0
    told = _SEP_LINE.match(lines[0].lstrip("\ufeff")) if lines else None
    if told:
        first = 1
    while first < len(lines) and not lines[first].strip():
        first += 1
    candidates = told[1] if told else USUAL_DELIMITERS
    best = max((_fit(lines[first:], mark) for mark in candidates), default=None)
    if (best is None or best[0] < 0.6) and not told:
        best = max([_fit(lines[first:], mark) for mark in USUAL_DELIMITERS + RARE_DELIMITERS])
    if best is None or best[1] < 2:
        return None
    delimiter = best[2]
    rows = [_cells(line, delimiter) for line in lines]
    header = _header(rows, first, best[1])
    below = 0
    for ahead, row in enumerate(rows[header + 1 : header + 4], start=1):
        if any('ImportId"' in cell for cell in row):
            below = ahead
    return Shape(delimiter, header, below, max(map(len, rows)))


def _fit(lines: list[str], delimiter: str) -> tuple[float, int, str]:
    """How well a delimiter explains the lines: the share of lines with the usual number of columns, and that."""
    widths = Counter(len(_cells(line, delimiter)) for line in lines if line.strip())
    # The rows below the names count, so a title of one cell above them does not speak against any delimiter.
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return 0.0, 1, delimiter
    width = max(several, key=lambda each: (several[each], each))
    return several[width] / widths.total(), width, delimiter


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader(io.StringIO(line), delimiter=delimiter, skipinitialspace=delimiter == " "), [])
    except csv.Error:
        row = line.split(delimiter)
    return [cell.strip() for cell in row]


def _header(rows: list[list[str]], first: int, width: int) -> int:
    """The first row that is as wide as the table and names most of its columns."""
    for place in range(first, len(rows)):
        named = [cell for cell in rows[place] if cell]
        if len(rows[place]) >= min(width, 2) and len(named) >= max(2, (width + 1) // 2):
            return place
    return first


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
