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
        corrections: whether another score for a session that is known takes its place, which is an error else; and so
            with another therapist. On a day, where today's file has as many ratings as are kept of it. A row without a
            score is none where a day has one with a score: it stands for a score that comes later.

    Returns:
        Of the kept ratings those that stay, and of today's those that are new.

    Raises:
        StudyError: a session has a score that is kept with another, or stands twice in today's file.
    """
    if dated:
        today = _less_blanks(today, today)
        kept = _less_blanks(kept, kept, today)
        stays = kept.join(_corrected_days(kept, today), on=_KEY, how="anti") if corrections else kept
        return stays, _new_of_days(stays, _less_blanks(today, stays))
    _no_session_twice(today, where)
    return _new_of_sessions(kept, today, where, corrections=corrections)


def _less_blanks(frame: pl.DataFrame, *beside: pl.DataFrame) -> pl.DataFrame:
    """The rows, without those that have no score on a day of which one ``beside`` them has one."""
    import polars as pl

    for each in beside:
        scored = each.filter(pl.col("score").is_not_null()).select(*_KEY, pl.lit(True).alias("scored")).unique()
        frame = frame.join(scored, on=_KEY, how="left", maintain_order="left")
        frame = frame.filter(pl.col("score").is_not_null() | pl.col("scored").is_null()).drop("scored")
    return frame


def _new_of_days(kept: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Of equal ratings on one day as many are new as there are more of than before."""
    import polars as pl

    same = [*_KEY, "score"]
    nth = pl.int_range(pl.len()).over(same).alias("nth")
    held, here = kept.with_columns(nth), today.with_columns(nth)
    return here.join(held, on=[*same, "nth"], how="anti", nulls_equal=True).drop("nth").sort("row")


def _corrected_days(kept: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """The days of clients of which today's file has as many ratings as are kept, and others."""
    import polars as pl

    # A file that names no therapists says nothing of them.
    columns = ["score", "therapist"] if today["therapist"].count() else ["score"]
    said = pl.concat_str([pl.col(each).cast(pl.String).fill_null("") for each in columns], separator="\n").sort()
    here, held = (each.group_by(_KEY).agg(said.alias("said")) for each in (today, kept))
    both = here.join(held, on=_KEY, how="inner", suffix="_kept")
    as_many = pl.col("said").list.len() == pl.col("said_kept").list.len()
    return both.filter(as_many & (pl.col("said") != pl.col("said_kept"))).select(_KEY)


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

    held = kept.select(*_KEY, pl.col("score").alias("held"), pl.col("therapist").alias("with_whom"))
    both = today.join(held, on=_KEY, how="inner")
    # A score that comes later for a session which had none is new, and changes nothing that was said.
    another = pl.col("score").ne_missing(pl.col("held"))
    if corrections:
        another |= pl.col("therapist").is_not_null() & pl.col("therapist").ne_missing(pl.col("with_whom"))
    differs = both.filter(another)
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
    known = both.filter(~another).select(_KEY)
    new = today.join(known, on=_KEY, how="anti").sort("row")
    stays = kept.join(differs.select(_KEY), on=_KEY, how="anti")
    return stays, new


def _small(words: str) -> str:
    return words[0].lower() + words[1:] if words.startswith("Row") else words
