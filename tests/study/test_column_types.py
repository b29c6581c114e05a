"""Parquet columns of kinds that no rating has: a sentence names them, and nothing ends in a traceback."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.study.test_study_command import study

FRAME = pl.DataFrame(
    [(f"c{client}", session, 30 + session % 5) for client in range(4) for session in range(1, 9)],
    schema=["client", "session", "score"],
    orient="row",
)
FAR = pl.Series([2_000_000_000 + 7 * row for row in range(len(FRAME))], dtype=pl.Int32).cast(pl.Date)
FAR_TIME = pl.Series([9 * 10**18 - row for row in range(len(FRAME))], dtype=pl.Int64).cast(pl.Datetime("us"))
CASES = {
    "lists of scores": ("score", pl.Series([[each] for each in FRAME["score"]]), "Row 1, column 'score'"),
    "scores of bytes": ("score", pl.Series([b"\xff3"] * len(FRAME)), "Row 1, column 'score'"),
    "scores as lengths of time": ("score", pl.duration(days=pl.col("score")), "Row 1, column 'score'"),
    "sessions as lengths of time": ("session", pl.duration(days=pl.col("session")), "Row 1, column 'session'"),
    "a date of no calendar": ("session", FAR, "Row 1, column 'session': a date before the year 1 or after 9999"),
    "a time of no calendar": ("session", FAR_TIME, "Row 1, column 'session': a date before the year 1 or after 9999"),
}


def kept(folder: Path, frame: pl.DataFrame) -> Path:
    file = folder / "ratings.parquet"
    frame.write_parquet(file)
    return file


@pytest.mark.parametrize("name", CASES)
def test_a_column_that_is_of_no_use_is_named(tmp_path: Path, name: str) -> None:
    column, values, said = CASES[name]
    done = study(kept(tmp_path, FRAME.with_columns(values.alias(column))), "--json")
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("values", [pl.Series([[1]] * len(FRAME)), pl.duration(days=pl.col("session"))])
def test_beside_the_others_it_is_left_alone(tmp_path: Path, values: pl.Series | pl.Expr) -> None:
    done = study(kept(tmp_path, FRAME.with_columns(values.alias("more"))), "--json")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_dates_of_every_unit_are_read(tmp_path: Path, unit: str) -> None:
    days = pl.Series([20_000 + 7 * row for row in range(len(FRAME))], dtype=pl.Int32).cast(pl.Date)
    done = study(kept(tmp_path, FRAME.with_columns(days.cast(pl.Datetime(unit)).alias("session"))), "--json")
    assert done.exit_code == 0, done.output
