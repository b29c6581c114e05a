"""Sessions that are dated: rows in order, two ratings on one day, and time that passes without a session."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

# Intervals of one client from which their own usual interval is taken; with fewer it is the cohort's.
_OWN = 4
# A break counts as at most so many sessions; what a model knows of a person has then long been forgotten.
LONGEST = 100
# Intervals so many times the usual one are said.
SEVERAL = 3
_WEEK = 7.0


@dataclass(frozen=True)
class Rhythm:
    """How dates become sessions.

    Attributes:
        usual: days between two sessions, as the first clients of the file have them.
        mean_of_day: whether two ratings on one day become one with their mean; else they are an error.
    """

    usual: float = _WEEK
    mean_of_day: bool = True


def usual_interval(client: pl.Series, day: pl.Series) -> float:
    """The median of all intervals between the days of clients; a week where there are none."""
    return usual_step(client, day) or _WEEK


def usual_step(client: pl.Series, session: pl.Series) -> float | None:
    """The median of all steps from one session of a client to their next; ``None`` where there are none."""
    import polars as pl

    frame = pl.DataFrame({"client": client, "session": session}).drop_nulls().unique().sort("client", "session")
    gaps = frame.select((pl.col("session") - pl.col("session").shift(1).over("client")).alias("gap")).drop_nulls()
    found = gaps["gap"].filter(gaps["gap"] > 0).median()
    return float(found) if isinstance(found, int | float) else None


def one_a_day(frame: pl.DataFrame, rhythm: Rhythm, notes: Counter[str]) -> pl.DataFrame:
    """Several ratings of a client on one day as one, with the mean of their scores. A row without a score is no rating:
    beside one that has a score it says nothing, and several are one.

    Args:
        frame: ``client, session`` (days), ``score``, ``therapist``, sorted.

    Raises:
        StudyError: there are, and they were to be an error.
    """
    import polars as pl

    same = (pl.col("client") == pl.col("client").shift()) & (pl.col("session") == pl.col("session").shift())
    if not len(frame.filter(same)):
        return frame
    scores = pl.col("score").count().over("client", "session")
    frame = frame.filter(pl.col("score").is_not_null() | ((scores == 0) & same.not_().fill_null(True)))
    again = frame.filter(same)
    if not len(again):
        return frame
    if not rhythm.mean_of_day:
        raise StudyError(
            f"Client {again['client'][0]!r} has two ratings on one day, {_day(again['session'][0])} (row "
            f"{again['row'][0]}). Keep one of the two, or take their mean with --same-day mean."
        )
    notes["ratings on the same day as another, taken together as their mean"] += len(again)
    kept = [pl.col("row").first(), pl.col("order").first(), pl.col("score").mean(), pl.col("therapist").first()]
    if "unsure" in frame.columns:
        kept.append(pl.col("unsure").mean())
    return frame.group_by("client", "session", maintain_order=True).agg(kept)


def number_by_date(frame: pl.DataFrame, rhythm: Rhythm, notes: Counter[str]) -> pl.DataFrame:
    """Days as session numbers from 1: one more for each usual interval that passed; the day is kept in ``date``."""
    import polars as pl

    gap = (pl.col("session") - pl.col("session").shift(1).over("client")).alias("gap")
    frame = frame.with_columns(gap)
    own = frame.group_by("client").agg(pl.col("gap").median().alias("own"), pl.col("gap").count().alias("intervals"))
    frame = frame.join(own, on="client", maintain_order="left")
    usual = pl.when(pl.col("intervals") >= _OWN).then(pl.col("own")).otherwise(rhythm.usual).clip(lower_bound=1.0)
    passed = (pl.col("gap") / usual).round().clip(1, LONGEST).fill_null(1).cast(pl.Int64)
    frame = frame.with_columns(passed.alias("passed"))
    breaks = frame.filter(pl.col("passed") >= SEVERAL)
    if len(breaks):
        notes[f"breaks of {SEVERAL} usual intervals or more, in which time passes"] += len(breaks)
    return frame.with_columns(
        pl.col("passed").cum_sum().over("client").alias("number"),
        pl.col("session").cast(pl.Int32).cast(pl.Date).alias("date"),
    ).select(
        "row", "order", "client", pl.col("number").alias("session"), "score", "therapist", "date",
        *(name for name in ("unsure", "second") if name in frame.columns),
    )  # fmt: skip


def _day(number: int) -> str:
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(days=int(number))).isoformat()
