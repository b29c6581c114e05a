"""What stands in the columns of a table: numbers, dates, text; how often, and whether it tells clients apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from reattune.exchange.written_dates import written
from reattune.exchange.written_numbers import MISSING_WORDS, Decimal, decimal_of, number

if TYPE_CHECKING:
    import polars as pl

# So many different values of a column show what kind it is, from so many rows.
_SHOWN, _ROWS = 1_000, 20_000
_MOST = 0.9


class Column:
    """One column of the first piece of a file."""

    def __init__(
        self, name: str, values: pl.Series, label: str = "", hint: tuple[Decimal | None, bool] = (None, False)
    ) -> None:
        self.name, self.label, self._raw, self._hint = name, label, values, hint

    @cached_property
    def text(self) -> pl.Series:
        """The cells as text, null where nothing stands."""
        return cells(self._raw)

    @cached_property
    def shown(self) -> list[str]:
        """Different cells, as many as are looked at, in order of appearance."""
        values = self._raw
        if len(values) > _ROWS:
            values = (
                values.head(_ROWS) if values.head(_ROWS).null_count() < 0.5 * _ROWS else values.drop_nulls().head(_ROWS)
            )
        return cells(values).drop_nulls().unique(maintain_order=True).head(_SHOWN).to_list()

    @cached_property
    def there(self) -> pl.Series:
        """Of each cell whether anything stands in it; in long columns words for "missing" are something."""
        return self.text.is_not_null() if len(self._raw) <= _ROWS else self._raw.is_not_null()

    @cached_property
    def distinct(self) -> int:
        """How many different values there are."""
        return int(self._raw.drop_nulls().n_unique())

    @cached_property
    def filled(self) -> int:
        """How many cells are not empty."""
        return int(self.there.sum())

    @cached_property
    def decimal(self) -> Decimal | None:
        """Which sign stands before decimals; ``None`` where that cannot be told."""
        if self._raw.dtype.is_numeric():
            return Decimal.POINT
        return decimal_of(self.shown, self._hint[0], sure=self._hint[1])

    @cached_property
    def numeric(self) -> bool:
        """Whether nearly all cells are numbers."""
        if self._raw.dtype.is_numeric():
            return True
        if self._raw.dtype.is_temporal() or not self.shown:
            return False
        decimal = self.decimal or Decimal.COMMA
        return _share([number(cell, decimal) is not None for cell in self.shown]) >= _MOST

    @cached_property
    def whole(self) -> bool:
        """Whether nearly all cells are whole numbers."""
        if self._raw.dtype.is_integer():
            return True
        if not self.numeric:
            return False
        return all(value is None or value == round(value) for value in self.sample)

    @cached_property
    def sample(self) -> list[float]:
        """Different numbers of the column."""
        decimal = self.decimal or Decimal.COMMA
        return [value for cell in self.shown if (value := number(cell, decimal)) is not None]

    @cached_property
    def dated(self) -> bool:
        """Whether nearly all cells are dates; 20240531 in all of them is one too."""
        if self._raw.dtype.is_temporal():
            return not str(self._raw.dtype).startswith(("Time", "Duration"))
        if not self.shown or (self._raw.dtype.is_numeric() and not self._raw.dtype.is_integer() and not self.whole):
            return False
        return _share([written(cell) is not None for cell in self.shown]) >= _MOST

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.shown


class Columns:
    """The columns of the first piece of a file."""

    def __init__(
        self, table: pl.DataFrame, labels: Mapping[str, str] | None = None, semicolons: bool = False,
        decimal: Decimal | None = None,
    ) -> None:  # fmt: skip
        self.table, self._decimal = table, decimal
        self.names = [name for name in table.columns if name != "row"]
        self._labels = labels or {}
        self._semicolons = semicolons
        self._kept: dict[str, Column] = {}

    def only(self, rows: pl.Series, without: str) -> Columns:
        """Some rows, without one column."""
        table = self.table.filter(rows).drop(without)
        return Columns(table, self._labels, self._semicolons, self._decimal)

    def __getitem__(self, name: str) -> Column:
        if name not in self._kept:
            hint = self.hint if self.table[name].dtype == _string() else (None, False)
            self._kept[name] = Column(name, self.table[name], self._labels.get(name, ""), hint)
        return self._kept[name]

    @cached_property
    def hint(self) -> tuple[Decimal | None, bool]:
        """Which sign the columns have before decimals, and whether one shows it; else semicolons speak for one."""
        if self._decimal is not None:
            return self._decimal, True
        for name in self.names:
            if self.table[name].dtype != _string():
                continue
            shown = self.table[name].drop_nulls().head(_SHOWN).to_list()
            numbers = [cell for cell in shown if "," in cell or "." in cell]
            if not numbers or any(written(cell) for cell in numbers[:20]):
                continue
            told = decimal_of(numbers)
            both = {sign for cell in numbers for sign in ",." if sign in cell}
            clear = told is not None and (told is Decimal.COMMA or "," in both)
            if told is not None and clear and all(number(cell, told) is not None for cell in numbers):
                return told, True
        return (Decimal.COMMA if self._semicolons else None), False

    def __len__(self) -> int:
        return len(self.table)

    def repeats(self, name: str) -> bool:
        """Whether a value of the column comes more than once."""
        column = self[name]
        return column.distinct < column.filled

    def twice(self, names: Sequence[str], scores: Sequence[str] = ()) -> int:
        """How many rows that have a score repeat the values of other rows in these columns."""
        import polars as pl

        table = self.table
        if scores:
            table = table.filter(pl.any_horizontal([self[name].there for name in scores]))
        keys = table.select(pl.col(name) for name in names).drop_nulls()
        return len(keys) - keys.n_unique()

    def varies_within(self, name: str, client: str) -> bool:
        """Whether a column has several values in some client."""
        import polars as pl

        counts = self.table.group_by(client).agg(pl.col(name).drop_nulls().n_unique().alias("n"))
        return bool((counts["n"] > 1).any())

    def grows_within(self, name: str, client: str) -> bool:
        """Whether small whole numbers grow from row to row within each client."""
        import polars as pl

        column = self[name]
        if not column.whole or not column.sample or max(column.sample) > 1_000 or min(column.sample) < -1:
            return False
        numbers = column.text.cast(pl.Float64, strict=False)
        table = (
            self.table.select(pl.col(client).alias("c"), numbers.alias("n")).drop_nulls().sort("c", maintain_order=True)
        )
        steps = table.select((pl.col("n") - pl.col("n").shift(1).over("c")).alias("step")).drop_nulls()["step"]
        return len(steps) > 0 and bool((steps > 0).all())


def cells(values: pl.Series) -> pl.Series:
    """Cells as stripped text, null where they say that nothing is there."""
    import polars as pl

    if values.dtype == pl.String:
        text = values.str.strip_chars()
    elif values.dtype.is_float():
        text = values.fill_nan(None).cast(pl.String).str.strip_suffix(".0")
    elif values.dtype in (pl.Categorical, pl.Enum):
        text = values.cast(pl.String).str.strip_chars()
    elif values.dtype == pl.Null:
        return values.cast(pl.String)
    elif values.dtype.is_nested() or values.dtype == pl.Binary:
        return pl.Series(values.name, [str(value) for value in values], dtype=pl.String)
    else:
        return values.cast(pl.String)
    short = text.str.len_chars() <= 14
    return pl.select(
        pl.when(short & text.str.to_lowercase().is_in(list(MISSING_WORDS)))
        .then(None)
        .otherwise(text)
        .alias(values.name)
    ).to_series()


def today() -> date:
    """This day; in one place, so that tests can say another."""
    return date.today()


def _share(found: list[bool]) -> float:
    return sum(found) / len(found) if found else 0.0


def _string() -> pl.DataType:
    import polars as pl

    return pl.String()
