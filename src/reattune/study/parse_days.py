"""Columns of dates as days since 1970: whole numbers that sessions are ordered by."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reattune.exchange.written_dates import ZONE, Order, day_of, minutes_of_zone, serial_day, written
from reattune.study import column_contents
from reattune.study.column_contents import cells
from reattune.study.errors import StudyError
from reattune.study.rating_files import Source

if TYPE_CHECKING:
    import polars as pl

_ISO_DAY = r"^\d{4}-\d{2}-\d{2}"
_EPOCH = date(1970, 1, 1)
# Numbers that count seconds or milliseconds since 1970, not days of a spreadsheet.
_SECONDS, _MILLISECONDS = 1e8, 1e11


class DayReader:
    """Reads the dates of one file, piece by piece.

    Args:
        order: whether the day or the month comes first; ``None`` where no date of the file's beginning needs to know.
    """

    def __init__(self, source: Source, order: Order | None) -> None:
        self._source, self._order = source, order
        self._zones: set[int] = set()

    def _where(self, table: pl.DataFrame) -> str:
        return self._source.where(table["row"][0])

    def days(self, table: pl.DataFrame, name: str) -> pl.Series:
        """Days since 1970 of the column ``session`` of a table, which the file calls ``name``.

        Raises:
            StudyError: a cell is no date, or in the future, or the times of the column are in several zones.
        """
        import polars as pl

        values = table["session"]
        if values.dtype.is_temporal():
            days = values.cast(pl.Date).cast(pl.Int32).cast(pl.Int64)
        elif values.dtype.is_numeric() and not _packed(values):
            days = pl.Series([_day_of_number(value) for value in values.to_list()], dtype=pl.Int64)
        else:
            days = self._written_days(table, name, cells(values))
        late = table.filter((days > (column_contents.today() - _EPOCH).days).fill_null(False))
        if len(late):
            raise StudyError(
                f"{self._where(late)}, column {name!r}: {str(late['session'][0])!r} is in the future. Correct it, or "
                "say with --date-order whether the day or the month comes first."
            )
        return days

    def _written_days(self, table: pl.DataFrame, name: str, text: pl.Series) -> pl.Series:
        import polars as pl

        self._one_zone(table, name, text)
        iso = text.str.contains(_ISO_DAY).fill_null(True).all()
        if iso:
            days = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Int64)
        else:
            known = {}
            for cell in text.drop_nulls().unique().to_list():
                found = day_of(cell, self._order)
                if found and self._order is None and not _clear(cell):
                    # No date at the beginning of the file needed an order, so none was told.
                    found = None
                if found is None and cell.replace(".", "", 1).isdigit():
                    found = serial_day(float(cell)) if 20_000 < float(cell) < 80_000 else None
                known[cell] = None if found is None else (found - _EPOCH).days
            days = text.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Int64)
        wrong = table.filter(days.is_null())
        if len(wrong):
            cell = str(wrong["session"][0])
            why = ""
            if self._order and written(cell):
                why = f" The column has the {self._order} first."
            raise StudyError(
                f"{self._where(wrong)}, column {name!r}: {cell!r} is not a date that can be read like the others.{why} "
                "Write it as 2024-05-31."
            )
        return days

    def _one_zone(self, table: pl.DataFrame, name: str, text: pl.Series) -> None:
        zones = text.str.extract(rf"\d\s?(?:[AaPp]\.?[Mm]\.? ?)?({ZONE})$", 1)
        if zones.null_count() == len(zones):
            return
        # The dates of 2024-05-31 end in what looks like a zone; only a time before it makes it one.
        timed = text.str.contains(r"\d[:h]\d{2}")
        zones = zones.set(~timed.fill_null(False), None)
        for zone in zones.drop_nulls().unique().to_list():
            self._zones.add(minutes_of_zone(zone))
        # Summer time changes it by an hour; more is another place.
        if self._zones and max(self._zones) - min(self._zones) > 60:
            last = zones.drop_nulls()[-1]
            row = table.filter((zones == last).fill_null(False))
            raise StudyError(
                f"{self._where(row)}, column {name!r}: the times of this column are in several zones (here {last}), so "
                "a day is not the same day in all rows. Write them all in one zone, or without."
            )


def _clear(cell: str) -> bool:
    found = written(cell)
    return found is not None and found.clear


def _day_of_number(value: float | None) -> int | None:
    if value is None:
        return None
    if value >= _MILLISECONDS:
        return int(value // 86_400_000)
    return int(value // 86_400) if value >= _SECONDS else (serial_day(value) - _EPOCH).days


def _packed(values: pl.Series) -> bool:
    """Whether whole numbers are dates written as 20240531."""
    least, most = values.min(), values.max()
    return (
        isinstance(least, int | float) and isinstance(most, int | float) and least >= 19_000_101 and most <= 21_001_231
    )
