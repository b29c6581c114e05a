"""Rows of an Excel workbook in memory, where the library that reads them is installed; nothing is taken on its word.

A workbook of a few kilobytes can unpack to gigabytes, claim a cell in its million-and-first row, or name one long text
in each of its cells. All of that is counted before the library sees it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from itertools import pairwise
from typing import Any

from reattune.content.translated_sentences import say
from reattune.exchange.errors import ExchangeError
from reattune.exchange.table_text import header_of
from reattune.exchange.unnamed_columns import MOST, with_a_first_line
from reattune.exchange.written_dates import written

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What a workbook may unpack to, its parts, its sheets, where its last cell lies, and how much text its cells name.
_UNPACKED, _PARTS, _SHEETS, _ROWS, _COLUMNS, _NAMED = 64 * 1024 * 1024, 500, 50, 30_000, 200, 256 * 1024 * 1024
_CHUNK, _SHOWN = 1 << 18, 12
_MIDNIGHT = " 00:00:00"
_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,9})?(\d{1,12})\s*["']""")
_TEXT = re.compile(rb"<(?:\w{1,40}:)?si\b")


def is_workbook(content: bytes) -> bool:
    """Whether it is one, by what stands in it."""
    if content.startswith(_OLE):
        return True
    if not content.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist()[:_PARTS])
    except Exception:  # what zipfile makes of a damaged archive is a dozen kinds of error
        return b"xl/workbook" in content
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin"}) or {"content.xml", "mimetype"} <= names


def workbook_lines(content: bytes, name: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """The cells of the sheet that holds a table, as text, from the row that names the columns on, or an empty one; and
    a sentence about the other sheets, if there are any.

    Of several sheets the first that has a column of days.

    Raises:
        ExchangeError: it is locked or damaged, of another kind than .xlsx, holds no table, or unpacks to too much; or
            what reads workbooks is not installed.
    """
    _check(content, name)
    try:
        import fastexcel
    except ModuleNotFoundError as error:
        raise ExchangeError(
            say("{name} is a workbook, which this installation can’t read. Save the table as CSV.", name=name)
        ) from error
    try:
        book = fastexcel.read_excel(content)
        sheets = {sheet: _lines(book, sheet) for sheet in book.sheet_names[:_SHEETS]}
        unread = book.sheet_names[_SHEETS:]
    except BaseException as error:
        # A damaged workbook may end in a panic of the library below, which is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise _damaged(name) from error
    full = {sheet: lines for sheet, lines in sheets.items() if len(lines) > 1 and len(lines[0]) > 1}
    if not full:
        raise ExchangeError(say("{name} needs a line with column names and at least one row.", name=name))
    chosen = next((sheet for sheet, lines in full.items() if _has_days(lines)), next(iter(full)))
    others = [*(sheet for sheet in full if sheet != chosen), *unread]
    return with_a_first_line(full[chosen]), _others(chosen, others) if others else ()


def _others(chosen: str, others: list[str]) -> tuple[str, ...]:
    shown = ", ".join(sheet[:40] for sheet in others[:_SHOWN]) + " …" * (len(others) > _SHOWN)
    return (
        say(
            "Only one sheet of this workbook is read: {chosen}. These are not: {others}. To import one of them, save "
            "it as a file of its own.",
            chosen=chosen[:40],
            others=shown,
        ),
    )


def _of_another_kind(name: str) -> ExchangeError:
    return ExchangeError(
        say(
            "{name} is a workbook of a kind that can’t be read here. "
            "Save it as an Excel workbook (.xlsx), or the table as CSV.",
            name=name,
        )
    )


def _damaged(name: str) -> ExchangeError:
    return ExchangeError(
        say(
            "{name} can’t be read as a workbook; it may be locked with a password, or damaged. "
            "Save it again without a password, or save the table as CSV.",
            name=name,
        )
    )


def _check(content: bytes, name: str) -> None:
    """Raise where it is no .xlsx, or would take more than is borne, whatever it says of itself."""
    if not content.startswith(_ZIP):
        raise _of_another_kind(name)
    left, cells, longest = _UNPACKED, 0, 0
    too_much = ExchangeError(
        say("{name} holds too much for a table of ratings. Save that table on its own, preferably as CSV.", name=name)
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise _of_another_kind(name)
            if len(parts) > _PARTS:
                raise too_much
            for part in parts:
                text = _unpacked(archive, part, left)
                if text is None:
                    raise too_much
                left -= len(text)
                if part.filename.lower().startswith("xl/") and b"\0" in text[:4096] and _is_xml(part.filename):
                    raise _damaged(name)
                if "worksheets/" in part.filename.lower():
                    if _beyond(text):
                        raise too_much
                    cells += text.count(b"<v") + text.count(b":v>")
                elif _is_xml(part.filename):
                    longest = max(longest, _longest_text(text))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        if isinstance(error, ExchangeError):
            raise
        raise _damaged(name) from error
    if cells * longest > _NAMED:
        raise too_much


def _longest_text(part: bytes) -> int:
    """How long the longest text that cells may name can be: from where one begins to where the next one does."""
    begins = [*(found.start() for found in _TEXT.finditer(part)), len(part)]
    return max((after - before for before, after in pairwise(begins)), default=0)


def _is_xml(name: str) -> bool:
    return name.lower().endswith(".xml")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes | None:
    """A part, or ``None`` where it is more than so many bytes."""
    held, read = [], 0
    with archive.open(part) as stream:
        while piece := stream.read(_CHUNK):
            read += len(piece)
            if read > most:
                return None
            held.append(piece)
    if read != part.file_size:
        raise zipfile.BadZipFile
    return b"".join(held)


def _beyond(sheet: bytes) -> bool:
    """Whether some cell of a sheet lies further out than a table of ratings goes."""
    for letters, digits in set(_PLACE.findall(sheet)):
        column = 0
        for letter in letters.upper():
            column = 26 * column + letter - 64
        if int(digits) > _ROWS or column > _COLUMNS:
            return True
    return False


def _lines(book: Any, sheet: str) -> list[list[str]]:
    rows = book.load_sheet(sheet, header_row=None, dtypes="string").to_arrow().to_pydict()
    lines = [[_cell(cell) for cell in row] for row in zip(*rows.values(), strict=True)]
    if not lines:
        return []
    header = header_of((tuple(line) for line in lines[:50]), len(lines[0]))
    return [line for line in lines[header:] if any(line)]


def _cell(value: str | None) -> str:
    return (value or "").strip().removesuffix(_MIDNIGHT)


def _has_days(lines: list[list[str]]) -> bool:
    for column in range(len(lines[0])):
        cells = [line[column] for line in lines[1:200] if line[column]]
        if cells and sum(written(cell) is not None for cell in cells) > MOST * len(cells):
            return True
    return False
