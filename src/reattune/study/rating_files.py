"""Where ratings come from: one CSV or Parquet file, or a folder of Parquet files, read a piece at a time."""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", ".", "-")
ROWS = 250_000
_PARQUET = (".parquet", ".pq")


@dataclass
class Source:
    """A file or a folder of files.

    Attributes:
        name: as a person calls it.
        files: what is read, in this order.
        separator: of a CSV file; empty for Parquet.
    """

    name: str
    files: list[Path]
    separator: str = ""
    _starts: list[int] = field(default_factory=list)
    _read: int = 0

    def share_read(self) -> float | None:
        """About how much has been read so far, 0-1; ``None`` before anything was."""
        if not self._read:
            return None
        return min(1.0, self._read / max(self._about, 1))

    @cached_property
    def _about(self) -> int:
        import polars as pl

        if not self.separator:
            return sum(int(pl.scan_parquet(file).select(pl.len()).collect().item()) for file in self.files)
        with self.files[0].open("rb") as file:
            head = file.read(1 << 20)
        return int(self.files[0].stat().st_size * head.count(b"\n") / max(len(head), 1))

    @property
    def decimal_comma(self) -> bool:
        """Files that are separated by semicolons write numbers with a comma."""
        return self.separator == ";"

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Tables of at most ``ROWS`` rows, with a column ``row`` that counts them through all files.

        Raises:
            StudyError: a file cannot be read; the sentence says which, and where.
        """
        import polars as pl

        self._starts, self._read = [], 0
        row = 2 if self.separator else 1  # the header is row 1
        for file in self.files:
            self._starts.append(row)
            begin = row
            try:
                for piece in self._scan(file).collect_batches(chunk_size=ROWS, maintain_order=True):
                    names = {name: name.strip() for name in piece.columns}
                    yield (
                        piece.rename(names).with_row_index("row", offset=row).with_columns(pl.col("row").cast(pl.Int64))
                    )
                    row += len(piece)
                    self._read += len(piece)
            except (pl.exceptions.PolarsError, OSError) as error:
                raise self._why_unreadable(file, error) from error
            if row == begin and len(self.files) == 1:
                raise StudyError(f"{self.name} has a header and no ratings below it.")

    def where(self, row: int) -> str:
        """``Row 7``, or in which file of a folder that is."""
        if len(self.files) == 1:
            return f"Row {row}"
        file = bisect_right(self._starts, row) - 1
        return f"{self.files[file].name}, row {row - self._starts[file] + 1}"

    def _scan(self, file: Path) -> pl.LazyFrame:
        import polars as pl

        if not self.separator:
            return pl.scan_parquet(file)
        return pl.scan_csv(
            file,
            separator=self.separator,
            infer_schema=False,
            encoding="utf8",
            null_values=list(MISSING),
            truncate_ragged_lines=False,
        )

    def _why_unreadable(self, file: Path, error: Exception) -> StudyError:
        if isinstance(error, OSError) and error.strerror:
            return StudyError(f"{file} cannot be read: {error.strerror}.")
        if not self.separator:
            return StudyError(
                f"{file.name} is not a whole Parquet file; it may have been cut short. Copy or write it again."
            )
        row = _first_row_not_utf8(file)
        if row:
            return StudyError(
                f"{file.name}, row {row}: this is not UTF-8 (it may be Latin-1 or Windows text). "
                "Save the file as CSV in UTF-8 and try again."
            )
        reason = str(error).splitlines()[0].rstrip(".")
        return StudyError(f"{file.name} cannot be read as CSV: {reason}.")


class Table(Source):
    """A frame in memory, read as if it were a file; its rows are counted from 1."""

    def __init__(self, frame: pl.DataFrame) -> None:
        super().__init__("the frame", [Path("the frame")])
        self._frame = frame

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The frame, whole."""
        import polars as pl

        yield self._frame.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))


def open_source(path: Path) -> Source:
    """A file of ratings, or a folder of Parquet files.

    Raises:
        StudyError: there is nothing there, or nothing that can be read.
    """
    if not path.exists():
        raise StudyError(f"There is no file {path}.")
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in _PARQUET and file.is_file())
        if not files:
            raise StudyError(f"{path} is a folder without a Parquet file in it; name one CSV file.")
        return Source(path.name or str(path), files)
    try:
        with path.open("rb") as file:
            head = file.read(65536)
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}.") from error
    if head[:4] == b"PAR1" or path.suffix.lower() in _PARQUET:
        return Source(path.name, [path])
    if not head.strip():
        raise StudyError(f"{path.name} is empty. It needs a header line and one line for each rating.")
    if b"\x00" in head:
        raise StudyError(f"{path.name} is not a text file. Save it as CSV in UTF-8.")
    header = head.splitlines()[0]
    return Source(path.name, [path], max((",", ";", "\t"), key=lambda mark: header.count(mark.encode())))


def _first_row_not_utf8(path: Path) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    row = 1
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return row + chunk[: error.start].count(b"\n")
            row += chunk.count(b"\n")
    return None
