"""Today's ratings beside those that are kept: what is known already, what is new, and what says something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

_KEY = ["client", "session"]


def merged(
    kept: pl.DataFrame, today: pl.DataFrame, where: Callable[[int], str], *, dated: bool, corrections: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is kept from now on, and what of it is new.

    Args:
        kept, today: ``row, client, session, score, therapist``; rows of ``today`` as the file counts them.
        where: a row of today's file in words.
        dated: whether ``session`` is a day, on which there may be several ratings.
        corrections: whether another score for a session that is known takes its place; else that is an error.

    Returns:
        Of the kept ratings those that stay, and of today's those that are new.

    Raises:
        StudyError: a session has a score that is kept with another, or stands twice in today's file.
    """
    if dated:
        return kept, _new_of_days(kept, today)
    _no_session_twice(today, where)
    return _new_of_sessions(kept, today, where, corrections=corrections)


def _new_of_days(kept: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Of equal ratings on one day as many are new as there are more of than before."""
    import polars as pl

    same = [*_KEY, "score"]
    nth = pl.int_range(pl.len()).over(same).alias("nth")
    held, here = kept.with_columns(nth), today.with_columns(nth)
    return here.join(held, on=[*same, "nth"], how="anti", nulls_equal=True).drop("nth").sort("row")


def _no_session_twice(today: pl.DataFrame, where: Callable[[int], str]) -> None:
    import polars as pl

    twice = today.filter(pl.len().over(_KEY) > 1).sort(*_KEY, "row")
    if len(twice):
        first, second = twice.row(0, named=True), twice.row(1, named=True)
        raise StudyError(
            f"{where(second['row'])}: client {second['client']!r} has session {second['session']} a second time (first "
            f"in {_small(where(first['row']))}). Keep one of the two."
        )


def _new_of_sessions(
    kept: pl.DataFrame, today: pl.DataFrame, where: Callable[[int], str], *, corrections: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    import polars as pl

    both = today.join(kept.select(*_KEY, pl.col("score").alias("held")), on=_KEY, how="inner")
    # A score that comes later for a session which had none is new, and changes nothing that was said.
    differs = both.filter(pl.col("score").ne_missing(pl.col("held")))
    wrong = differs.filter(pl.col("held").is_not_null()).sort("row")
    if len(wrong) and not corrections:
        one = wrong.row(0, named=True)
        more = f"; so have {len(wrong) - 1:,} more rows" if len(wrong) > 1 else ""
        now = "no score" if one["score"] is None else f"the score {one['score']:g}"
        raise StudyError(
            f"{where(one['row'])}: session {one['session']} of client {one['client']!r} has {now} here, and "
            f"{one['held']:g} in the state{more}. Correct it; or "
            " if what stands here is right, add --corrections."
        )
    known = both.filter(pl.col("score").eq_missing(pl.col("held"))).select(_KEY)
    new = today.join(known, on=_KEY, how="anti").sort("row")
    stays = kept.join(differs.select(_KEY), on=_KEY, how="anti")
    return stays, new


def _small(words: str) -> str:
    return words[0].lower() + words[1:] if words.startswith("Row") else words
