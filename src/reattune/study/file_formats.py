"""What kind of file ratings come in, told by its first bytes; packed and foreign kinds are made readable."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reattune.exchange.table_text import (
    LINES,
    NotText,
    Shape,
    delimiter_name,
    encoding_name,
    encoding_of,
    looks_like_numbers,
    shape_of,
)
from reattune.study.errors import StudyError
from reattune.study.foreign_files import read_spreadsheet, read_statistics
from reattune.study.rating_files import PARQUET, Source
from reattune.study.scratch import scratch_folder

_CHUNK = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED: dict[bytes, tuple[str, Callable[[Path], Any]]] = {
    b"\x1f\x8b": ("gzip", gzip.GzipFile),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\x00": ("xz", lzma.LZMAFile),
}
# Kinds that are told and not read, with what to do about each.
_REFUSED = {
    b"%PDF": "a PDF. Export the table itself as CSV or Excel",
    b"SQLite format 3": "an SQLite database. Export the table with the ratings as CSV",
    b"RDX": "an R workspace. In R, write the data frame with write.csv",
    b"X\n\x00": "an R object. In R, write the data frame with write.csv",
    b"{": "JSON. Save the ratings as a table, preferably as CSV",
    b"[{": "JSON. Save the ratings as a table, preferably as CSV",
    b"<": "a web page or XML. Save the table as CSV or Excel",
    b"{\\rtf": "a text document. Save the table as CSV or Excel",
    b"\x89PNG": "a picture. Save the table behind it as CSV or Excel",
}


def open_source(path: Path, sheet: str | None = None) -> Source:
    """A file of ratings, or a folder of Parquet files.

    Args:
        sheet: of a spreadsheet, where it has several.

    Raises:
        StudyError: there is nothing there, or nothing that can be read.
        QuestionError: a spreadsheet has several tables.
        ModuleNotFoundError: the extra that reads this kind is not installed.
    """
    if not path.exists():
        raise StudyError(f"There is no file {path}.")
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in PARQUET and file.is_file())
        if not files:
            raise StudyError(f"{path} is a folder without a Parquet file in it; name one file of ratings.")
        return Source(path.name or str(path), files)
    if not path.is_file():
        raise StudyError(f"{path} is a pipe or a device. Save the ratings as a file first.")
    return _opened(path, path.name, sheet, "", None)


def _opened(path: Path, name: str, sheet: str | None, packed: str, folder: Any) -> Source:
    try:
        with path.open("rb") as file:
            head = file.read(65536)
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}.") from error
    if head[:4] == b"PAR1" or (path.suffix.lower() in PARQUET and head[:4] != _ZIP):
        return Source(name, [path], how=f"Parquet{packed}", folder=folder)
    if not head.strip():
        raise StudyError(f"{name} is empty. It needs a header line and one line for each rating.")
    for mark, (kind, opener) in _PACKED.items():
        if head.startswith(mark) and not packed:
            return _unpacked(path, name, sheet, kind, opener)
    if head[:4] == _ZIP or head.startswith(_OLE):
        return _of_archive(path, name, sheet, packed, head)
    if statistics := read_statistics(path, name, head, packed, folder):
        return statistics
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, words in sorted(_REFUSED.items(), key=lambda each: -len(each[0])):
        if start.startswith(mark):
            raise StudyError(f"{name} is {words}.")
    return _of_text(path, name, packed, folder)


def _unpacked(path: Path, name: str, sheet: str | None, kind: str, opener: Callable[[Path], Any]) -> Source:
    folder = scratch_folder()
    inner = Path(folder.name) / (Path(name).stem or "ratings")
    try:
        with opener(path) as packed, inner.open("wb") as plain:
            shutil.copyfileobj(packed, plain, _CHUNK)
    except (EOFError, lzma.LZMAError, OSError, ValueError) as error:
        raise StudyError(
            f"{name} cannot be unpacked ({kind}): it is cut short or damaged. Copy or write it again."
        ) from error
    return _opened(inner, name, sheet, f", {kind}", folder)


def _of_archive(path: Path, name: str, sheet: str | None, packed: str, head: bytes) -> Source:
    if head.startswith(_OLE):
        return read_spreadsheet(path, name, sheet)
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [each for each in archive.infolist() if not each.is_dir()]
            names = {each.filename for each in inside}
            if "xl/workbook.xml" in names or "xl/workbook.bin" in names or "content.xml" in names:
                return read_spreadsheet(path, name, sheet)
            inside = [each for each in inside if not each.filename.startswith(("__MACOSX/", "."))]
            if len(inside) != 1:
                listed = ", ".join(sorted(each.filename for each in inside)[:6]) or "nothing"
                raise StudyError(
                    f"{name} holds {len(inside)} files ({listed}). Unpack it and name the one with the ratings."
                )
            if inside[0].flag_bits & 1:
                raise StudyError(f"{name} is locked with a password. Unpack it first.")
            folder = scratch_folder()
            inner = Path(folder.name) / Path(inside[0].filename).name
            with archive.open(inside[0]) as source, inner.open("wb") as plain:
                shutil.copyfileobj(source, plain, _CHUNK)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise StudyError(
            f"{name} cannot be unpacked (zip): it is cut short or damaged. Copy or write it again."
        ) from error
    if packed:
        raise StudyError(f"{name} is packed twice. Unpack it first.")
    return _opened(inner, name, sheet, ", zip", folder)


def _of_text(path: Path, name: str, packed: str, folder: Any) -> Source:
    try:
        encoding = encoding_of(_chunks(path))
    except NotText as error:
        raise StudyError(
            f"{name} is not a text file, nor another kind that is known here. Save it as CSV or Excel."
        ) from error
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    text = head.decode(encoding, errors="replace")
    mac_lines = "\n" not in text and "\r" in text
    shape = shape_of(text)
    if shape is None:
        shape = _spaced(text)
        if shape is None:
            return Source(name, [path], ",", how=f"CSV{packed}", folder=folder)
        path, folder = _rewritten(path, encoding, folder, spaces=True)
    elif mac_lines or encoding not in ("utf-8", "utf-8-sig"):
        path, folder = _rewritten(path, encoding, folder, spaces=False)
    lines = text.splitlines()
    header = [cell.strip().strip('"') for cell in lines[shape.header].split(shape.delimiter)] if lines else []
    if looks_like_numbers(header):
        raise StudyError(
            f"{name}: the first line holds numbers, not the names of columns. Put a line above it that names them, "
            "like client,session,score."
        )
    told = f"CSV{packed}, {delimiter_name(shape.delimiter)}, {encoding_name(encoding)}"
    if shape.header:
        told += f", columns named in row {shape.header + 1}"
    return Source(name, [path], shape.delimiter, told, shape.header, shape.below, folder=folder)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _spaced(text: str) -> Shape | None:
    """A table whose columns are set apart by several spaces."""
    lines = [line for line in text.splitlines()[:LINES] if line.strip()]
    if len(lines) < 2 or not all(len(re.split(r"\s{2,}|\t", line.strip())) > 1 for line in lines):
        return None
    return shape_of("\n".join(re.sub(r"[ \t]{2,}", "\t", line.strip()) for line in lines))


def _rewritten(path: Path, encoding: str, folder: Any, *, spaces: bool) -> tuple[Path, Any]:
    """A copy in UTF-8 with usual line ends."""
    folder = folder or scratch_folder()
    copy = Path(folder.name) / f"utf-8-{path.name}"
    with (
        path.open(encoding=encoding, errors="replace", newline=None) as old,
        copy.open("w", encoding="utf-8", newline="\n") as new,
    ):
        if spaces:
            new.writelines(re.sub(r"[ \t]{2,}", "\t", line.strip()) + "\n" for line in old if line.strip())
        else:
            shutil.copyfileobj(old, new, _CHUNK)
    return copy, folder
