"""Columns of kinds that no rating has: lists, lengths of time, bytes, and dates of no calendar."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31)


def plain_columns(piece: pl.DataFrame, first: int) -> pl.DataFrame:
    """The table with such columns as the text of what they hold, so that they can be named where they are of no use.

    Args:
        first: the number of the first row, as a person counts them.

    Raises:
        StudyError: a date lies before the year 1 or after 9999; the sentence names row and column.
    """
    import polars as pl

    for column in piece:
        if column.dtype in (pl.Date, pl.Datetime):
            _check_dates(column, first)
        elif column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Duration, pl.Object):
            text = [None if value is None else str(value) for value in column.to_list()]
            piece = piece.with_columns(pl.Series(column.name, text, dtype=pl.String))
    return piece


def _check_dates(column: pl.Series, first: int) -> None:
    import polars as pl

    ends = pl.Series([_FIRST, _LAST]).cast(column.dtype if column.dtype == pl.Date else pl.Datetime("us")).to_physical()
    a_unit = {"ms": 1000, "us": 1, "ns": 0}.get(getattr(column.dtype, "time_unit", "us"), 1)
    if not a_unit:
        return  # nanoseconds reach from 1677 to 2262
    outside = ~column.to_physical().is_between(ends[0] // a_unit, ends[1] // a_unit)
    outside = outside.fill_null(False)
    if outside.any():
        row = first + int(outside.arg_true()[0])
        raise StudyError(f"Row {row}, column {column.name!r}: a date before the year 1 or after 9999. Correct it.")
