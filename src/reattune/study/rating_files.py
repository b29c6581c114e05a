"""Where ratings come from: text, Parquet, a spreadsheet, a statistics program; read a piece at a time."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reattune.study.column_types import plain_columns
from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "n/a", "#N/A", "#NULL!", ".", "-")
ROWS = 250_000
PARQUET = (".parquet", ".pq")


@dataclass
class Source:
    """A file or a folder of files.

    Attributes:
        name: as a person calls it.
        files: what is read, in this order.
        separator: of a text table; empty for Parquet.
        how: in what form it is, in words.
        skip_lines: above the names of the columns; ``below`` those right under them that are no rows.
        labels: of columns, where the file has them.
        folder: where an unpacked copy lies; it goes with the source.
    """

    name: str
    files: list[Path]
    separator: str = ""
    how: str = "Parquet"
    skip_lines: int = 0
    below: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    folder: tempfile.TemporaryDirectory[str] | None = field(default=None, repr=False)
    _starts: list[int] = field(default_factory=list)
    _read: int = 0

    def share_read(self) -> float | None:
        """About how much has been read so far, 0-1; ``None`` before anything was."""
        if not self._read:
            return None
        return min(1.0, self._read / max(self.about, 1))

    @cached_property
    def about(self) -> int:
        """About how many rows there are."""
        import polars as pl

        if not self.separator:
            return sum(int(pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()) for file in self.files)
        with self.files[0].open("rb") as file:
            head = file.read(1 << 20)
        return int(self.files[0].stat().st_size * head.count(b"\n") / max(len(head), 1))

    @property
    def semicolons(self) -> bool:
        """Files that are separated by semicolons write numbers with a comma, where nothing else is seen."""
        return self.separator == ";"

    @property
    def first_row(self) -> int:
        """The number of the first row that holds data, as a person counts them."""
        return self.skip_lines + self.below + 2 if self.separator else 1

    def head(self) -> pl.DataFrame:
        """At most ``ROWS`` rows from the beginning, with a column ``row``.

        Raises:
            StudyError: see :meth:`pieces`.
        """
        import polars as pl

        file = self.files[0]
        self._starts = [self.first_row]
        try:
            piece = self._scan(file).head(ROWS).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._why_unreadable(file, error) from error
        if not len(piece):
            raise StudyError(f"{self.name} has a header and no ratings below it.")
        return _with_rows(piece, self.first_row)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Tables of at most ``ROWS`` rows, with a column ``row`` that counts them through all files.

        Raises:
            StudyError: a file cannot be read; the sentence says which, and where.
        """
        import polars as pl

        self._starts, self._read = [], 0
        row = self.first_row
        for file in self.files:
            self._starts.append(row)
            begin = row
            try:
                for piece in self._scan(file).collect_batches(chunk_size=ROWS, maintain_order=True):
                    yield _with_rows(piece, row)
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
            return pl.scan_parquet(file, glob=False)
        return pl.scan_csv(
            file,
            glob=False,
            separator=self.separator,
            infer_schema=False,
            encoding="utf8",
            null_values=list(MISSING),
            truncate_ragged_lines=False,
            skip_lines=self.skip_lines,
            skip_rows_after_header=self.below,
        )

    def _why_unreadable(self, file: Path, error: Exception) -> StudyError:
        if isinstance(error, OSError) and error.strerror:
            return StudyError(f"{file} cannot be read: {error.strerror}.")
        if not self.separator:
            return StudyError(
                f"{file.name} is not a whole Parquet file; it may have been cut short. Copy or write it again."
            )
        wider = _wider_row(file, self.separator, self.skip_lines)
        if wider:
            row, cells, names = wider
            return StudyError(
                f"{self.name} cannot be read as CSV: row {row} has {cells} cells, and there are {names} columns. Put "
                "text that holds the delimiter in quotes, or take the extra cells out."
            )
        reason = str(error).splitlines()[0].rstrip(".")
        return StudyError(f"{self.name} cannot be read as CSV: {reason}.")


def _with_rows(piece: pl.DataFrame, first: int) -> pl.DataFrame:
    import polars as pl

    names = {name: name.strip().strip("\ufeff") for name in piece.columns}
    if len(set(names.values())) < len(names):
        names = {}
    return (
        plain_columns(piece.drop("row") if "row" in piece.columns else piece, first)
        .rename(names, strict=False)
        .with_row_index("row", offset=first)
        .with_columns(pl.col("row").cast(pl.Int64))
    )


def _wider_row(file: Path, separator: str, skip: int) -> tuple[int, int, int] | None:
    import csv

    with file.open(encoding="utf-8", errors="replace", newline="") as lines:
        for _ in range(skip):
            next(lines, None)
        names = 0
        for number, cells in enumerate(csv.reader(lines, delimiter=separator), start=skip + 1):
            if not names:
                names = len(cells)
            elif len(cells) > names:
                return number, len(cells), names
    return None


class Table(Source):
    """A frame in memory, read as if it were a file; its rows are counted from 1 unless ``first`` says otherwise."""

    def __init__(
        self, frame: pl.DataFrame, name: str = "the frame", how: str = "a frame", first: int = 1,
        labels: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name, [Path(name)], how=how, labels=labels or {})
        self._frame, self._first = frame, first

    @property
    def first_row(self) -> int:
        """See :class:`Source`."""
        return self._first

    def head(self) -> pl.DataFrame:
        """The beginning of the frame."""
        if not len(self._frame):
            raise StudyError(f"{self.name} has a header and no ratings below it.")
        return _with_rows(self._frame.head(ROWS), self._first)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The frame, whole."""
        self._starts = [self._first]
        yield _with_rows(self._frame, self._first)
        self._read = len(self._frame)

    @cached_property
    def about(self) -> int:
        """How many rows there are."""
        return len(self._frame)
