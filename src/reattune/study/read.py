"""Reading ratings from CSV, long or wide."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reattune.study.columns import Layout, find_layout
from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", ".", "-")


@dataclass(frozen=True)
class Reading:
    """A file as it was understood.

    Attributes:
        frame: columns ``client`` (text), ``session`` (whole number), ``score`` (number, null where missing),
            sorted by client in order of appearance, then session.
        layout: which columns were taken for what.
    """

    frame: pl.DataFrame
    layout: Layout

    def summary(self) -> str:
        """One line: what was read and what was left out."""
        clients, missing = self.frame["client"].n_unique(), self.frame["score"].null_count()
        words = f"{len(self.frame) - missing:,} ratings of {clients:,} clients"
        return f"{words}; {missing:,} missing" if missing else words


@dataclass(frozen=True)
class ReadOptions:
    """Names of columns where they are not the usual ones, and the measure's range."""

    client: str | None = None
    session: str | None = None
    score: str | None = None
    scores: str | None = None
    low: float | None = None
    high: float | None = None


def read_ratings(path: Path, options: ReadOptions) -> Reading:
    """The ratings in a CSV file.

    Raises:
        StudyError: the file is missing, empty, not UTF-8, has text where a number belongs, a score out of range,
            or a client's session twice. The sentence names row and column; the first line is row 1.
    """
    import polars as pl

    separator = _separator(path)
    try:
        table = pl.read_csv(
            path,
            separator=separator,
            infer_schema=False,
            encoding="utf8",
            null_values=list(MISSING),
            truncate_ragged_lines=False,
        )
    except pl.exceptions.PolarsError as error:
        raise _why_unreadable(path, error) from error
    if not len(table):
        raise StudyError(f"{path.name} has a header and no ratings below it.")
    table = table.rename({name: name.strip() for name in table.columns}).with_row_index("row", offset=2)
    layout = find_layout(table.columns[1:], options.client, options.session, options.score, options.scores)
    decimal_comma = separator == ";"
    long = _from_wide(table, layout, decimal_comma) if layout.wide else _from_long(table, layout, decimal_comma)
    _check_range(long, layout, options)
    _check_twice(long, layout)
    order = long.group_by("client", maintain_order=True).agg().with_row_index("order")
    frame = long.join(order, on="client").sort("order", "session").select("client", "session", "score")
    if frame["score"].null_count() == len(frame):
        raise StudyError(f"{path.name} has no score at all: every one is missing.")
    return Reading(frame, layout)


def _separator(path: Path) -> str:
    if not path.exists():
        raise StudyError(f"There is no file {path}.")
    if path.is_dir():
        raise StudyError(f"{path} is a folder; name one CSV file in it.")
    try:
        with path.open("rb") as file:
            head = file.read(65536)
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}.") from error
    if not head.strip():
        raise StudyError(f"{path.name} is empty. It needs a header line and one line for each rating.")
    if b"\x00" in head:
        raise StudyError(f"{path.name} is not a text file. Save it as CSV in UTF-8.")
    header = head.splitlines()[0]
    return max((",", ";", "\t"), key=lambda mark: header.count(mark.encode()))


def _why_unreadable(path: Path, error: Exception) -> StudyError:
    row = _first_row_not_utf8(path)
    if row:
        return StudyError(
            f"{path.name}, row {row}: this is not UTF-8 (it may be Latin-1 or Windows text). "
            "Save the file as CSV in UTF-8 and try again."
        )
    reason = str(error).splitlines()[0].rstrip(".")
    return StudyError(f"{path.name} cannot be read as CSV: {reason}.")


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


def _from_long(table: pl.DataFrame, layout: Layout, decimal_comma: bool) -> pl.DataFrame:
    import polars as pl

    table = table.select(
        "row",
        pl.col(layout.client).str.strip_chars().alias("client"),
        pl.col(layout.session).alias("session"),
        pl.col(layout.scores[0]).alias("score"),
    )
    _check_there(table, "client", layout.client)
    _check_there(table, "session", layout.session)
    sessions = _numbers(table, "session", layout.session, decimal_comma)
    broken = table.filter(sessions != sessions.round())
    if len(broken):
        raise StudyError(
            f"Row {broken['row'][0]}, column {layout.session!r}: a session is a whole number, and this is "
            f"{broken['session'][0]!r}."
        )
    return table.with_columns(
        sessions.cast(pl.Int64).alias("session"),
        _numbers(table, "score", layout.scores[0], decimal_comma).alias("score"),
    )


def _from_wide(table: pl.DataFrame, layout: Layout, decimal_comma: bool) -> pl.DataFrame:
    import polars as pl

    _check_there(table.rename({layout.client: "client"}), "client", layout.client)
    twice = table.filter(pl.col(layout.client).is_duplicated())
    if len(twice):
        raise StudyError(
            f"Row {twice['row'][1]}, column {layout.client!r}: client {twice[layout.client][1]!r} stands here a second "
            f"time (first in row {twice['row'][0]}). In a wide file each client has one row."
        )
    columns = []
    for number, name in zip(layout.numbers, layout.scores, strict=True):
        score = _numbers(table.rename({name: "score"}), "score", name, decimal_comma)
        columns.append(
            table.select(
                "row",
                pl.col(layout.client).str.strip_chars().alias("client"),
                pl.lit(number, dtype=pl.Int64).alias("session"),
                score.alias("score"),
            )
        )
    return pl.concat(columns).sort("row", "session")


def _numbers(table: pl.DataFrame, column: str, name: str, decimal_comma: bool) -> pl.Series:
    import polars as pl

    text = table[column].str.strip_chars()
    if decimal_comma:
        text = text.str.replace(",", ".", literal=True)
    numbers = text.cast(pl.Float64, strict=False)
    wrong = table.filter((numbers.is_null() & text.is_not_null()) | numbers.is_infinite() | numbers.is_nan())
    if len(wrong):
        raise StudyError(
            f"Row {wrong['row'][0]}, column {name!r}: {wrong[column][0]!r} is not a number. Leave a missing one empty."
        )
    return numbers


def _check_there(table: pl.DataFrame, column: str, name: str) -> None:
    missing = table.filter(table[column].is_null() | (table[column].str.strip_chars() == ""))
    if len(missing):
        raise StudyError(f"Row {missing['row'][0]}, column {name!r} is empty; each rating needs one.")


def _check_range(long: pl.DataFrame, layout: Layout, options: ReadOptions) -> None:
    import polars as pl

    if options.low is None or options.high is None:
        return
    off = long.filter((pl.col("score") < options.low) | (pl.col("score") > options.high))
    if len(off):
        name = layout.scores[layout.numbers.index(off["session"][0])] if layout.wide else layout.scores[0]
        raise StudyError(
            f"Row {off['row'][0]}, column {name!r}: the score {off['score'][0]:g} is outside "
            f"{options.low:g} to {options.high:g}, the range given for this measure."
        )


def _check_twice(long: pl.DataFrame, layout: Layout) -> None:
    import polars as pl

    twice = long.filter(pl.struct("client", "session").is_duplicated()).sort("client", "session", "row")
    if len(twice):
        raise StudyError(
            f"Row {twice['row'][1]}: client {twice['client'][1]!r} has session {twice['session'][1]} a second time "
            f"(first in row {twice['row'][0]}). Keep one of the two."
        )
