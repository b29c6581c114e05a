"""From the columns of a file to ratings: checked, named, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reattune.study.errors import StudyError
from reattune.study.find_columns import Layout, find_layout
from reattune.study.rating_files import MISSING, Source

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class ReadOptions:
    """Names of columns where they are not the usual ones, and the measure's range."""

    client: str | None = None
    session: str | None = None
    score: str | None = None
    scores: str | None = None
    therapist: str | None = None
    low: float | None = None
    high: float | None = None


class Reader:
    """Turns pieces of one source into ratings.

    A rating has ``row``, ``client`` (text), ``session`` (whole number), ``score`` (number, null where missing) and
    ``therapist`` (text, null where unknown).
    """

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self._source, self._options = source, options
        self.layout: Layout | None = None

    def ratings(self, piece: pl.DataFrame) -> pl.DataFrame:
        """The ratings in a piece.

        Raises:
            StudyError: text where a number belongs, a score out of range, a rating without client or session. The
                sentence names row and column.
        """
        if self.layout is None:
            names = [name for name in piece.columns if name != "row"]
            given = self._options
            self.layout = find_layout(names, given.client, given.session, given.score, given.scores, given.therapist)
        absent = [name for name in self.layout.columns if name not in piece.columns]
        if absent:
            raise StudyError(f"{self._where(piece)}: this file has no column {absent[0]!r}, which the first one has.")
        long = self._from_wide(piece, self.layout) if self.layout.wide else self._from_long(piece, self.layout)
        self._check_range(long, self.layout)
        return long

    def _where(self, table: pl.DataFrame) -> str:
        return self._source.where(table["row"][0])

    def _from_long(self, table: pl.DataFrame, layout: Layout) -> pl.DataFrame:
        import polars as pl

        table = table.select(
            "row",
            _text(layout.client).alias("client"),
            pl.col(layout.session).alias("session"),
            pl.col(layout.scores[0]).alias("score"),
            (_text(layout.therapist) if layout.therapist else pl.lit(None, dtype=pl.String)).alias("therapist"),
        )
        self._check_there(table, "client", layout.client)
        self._check_there(table, "session", layout.session)
        if table["session"].dtype.is_temporal():
            raise StudyError(
                f"{self._where(table)}, column {layout.session!r}: these are dates. Sessions are counted 1, 2, 3; "
                "number each client's sessions in their order."
            )
        sessions = self._numbers(table, "session", layout.session)
        broken = table.filter(sessions != sessions.round())
        if len(broken):
            raise StudyError(
                f"{self._where(broken)}, column {layout.session!r}: a session is a whole number, and this is "
                f"{broken['session'][0]!r}."
            )
        score = self._numbers(table, "score", layout.scores[0])
        return table.with_columns(sessions.cast(pl.Int64).alias("session"), score.alias("score"))

    def _from_wide(self, table: pl.DataFrame, layout: Layout) -> pl.DataFrame:
        import polars as pl

        named = table.select(
            "row",
            _text(layout.client).alias("client"),
            (_text(layout.therapist) if layout.therapist else pl.lit(None, dtype=pl.String)).alias("therapist"),
        )
        self._check_there(named, "client", layout.client)
        columns = []
        for number, name in zip(layout.numbers, layout.scores, strict=True):
            score = self._numbers(table.select("row", pl.col(name).alias("score")), "score", name)
            columns.append(named.with_columns(pl.lit(number, dtype=pl.Int64).alias("session"), score.alias("score")))
        long = pl.concat(columns).sort("row", "session")
        return long.select("row", "client", "session", "score", "therapist")

    def _numbers(self, table: pl.DataFrame, column: str, name: str) -> pl.Series:
        import polars as pl

        values = table[column]
        if values.dtype.is_numeric():
            numbers = values.cast(pl.Float64)
            # In a Parquet file NaN is how many tools write a missing score.
            numbers = numbers.fill_nan(None)
            wrong = table.filter(numbers.is_infinite().fill_null(False))
        elif values.dtype == pl.Null:
            return values.cast(pl.Float64)
        else:
            text = values.cast(pl.String).str.strip_chars()
            text = text.replace(list(MISSING), None)
            if self._source.decimal_comma:
                text = text.str.replace(",", ".", literal=True)
            numbers = text.cast(pl.Float64, strict=False)
            wrong = table.filter((numbers.is_null() & text.is_not_null()) | numbers.is_infinite() | numbers.is_nan())
        if len(wrong):
            raise StudyError(
                f"{self._where(wrong)}, column {name!r}: {wrong[column][0]!r} is not a number. "
                "Leave a missing one empty."
            )
        return numbers

    def _check_there(self, table: pl.DataFrame, column: str, name: str) -> None:
        empty = table[column].is_null()
        if table[column].dtype.is_(_string()):
            empty |= table[column].str.strip_chars() == ""
        missing = table.filter(empty)
        if len(missing):
            raise StudyError(f"{self._where(missing)}, column {name!r} is empty; each rating needs one.")

    def _check_range(self, long: pl.DataFrame, layout: Layout) -> None:
        import polars as pl

        low, high = self._options.low, self._options.high
        if low is None or high is None:
            return
        off = long.filter((pl.col("score") < low) | (pl.col("score") > high))
        if len(off):
            name = layout.scores[layout.numbers.index(off["session"][0])] if layout.wide else layout.scores[0]
            raise StudyError(
                f"{self._where(off)}, column {name!r}: the score {off['score'][0]:g} is outside "
                f"{low:g} to {high:g}, the range given for this measure."
            )


def _text(name: str) -> pl.Expr:
    import polars as pl

    return pl.col(name).cast(pl.String).str.strip_chars()


def _string() -> pl.DataType:
    import polars as pl

    return pl.String()
