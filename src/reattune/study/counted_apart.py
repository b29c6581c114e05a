"""Files of several sites or therapists who each count their clients from 1: two people under one number."""

from __future__ import annotations

from reattune.exchange.column_names import Role, role_of, word_set, words_of
from reattune.exchange.written_dates import day_of
from reattune.study.column_contents import Columns
from reattune.study.errors import StudyError

# Of more different values, none is a site.
_MOST = 50
# So many clients of two sites at once are no chance, if they are this share of all.
_SOME, _SHARE = 3, 0.2


def no_clients_counted_apart(columns: Columns, who: str, session: str) -> None:
    """Refuse a file in which many clients go to several sites, or therapists, over the same weeks.

    Whoever changes the therapist or the site has the days of one before those of the other.

    Raises:
        StudyError: there are such clients.
    """
    for name in columns.names:
        if name in (who, session) or not 1 < columns[name].distinct <= _MOST or not _is_place(name):
            continue
        both, all_clients = _at_once(columns, who, session, name)
        if both >= max(_SHARE * all_clients, min(_SOME, all_clients)):
            raise StudyError(
                f"{both} of {all_clients} clients have ratings of several {name!r} over the same weeks: it seems that "
                f"each {name!r} counts clients from 1. Join the two columns into one that names the client, like A-3. "
                f"If each is one person all the same, say --client {who!r}."
            )


def _is_place(name: str) -> bool:
    return role_of(name) is Role.THERAPIST or not word_set("sites").isdisjoint(words_of(name))


def _at_once(columns: Columns, who: str, session: str, place: str) -> tuple[int, int]:
    """How many clients have ratings of several places whose days overlap, and how many there are."""
    import polars as pl

    written = columns[session].text
    # Which of day and month comes first changes no more than the size of a few steps.
    days = {cell: day_of(cell, "day") or day_of(cell, "month") for cell in written.drop_nulls().unique().to_list()}
    when = written.replace_strict(days, default=None, return_dtype=pl.Date)
    there = columns.table.select(pl.col(who).alias("who"), pl.col(place).alias("place"), when.alias("when"))
    courses = (
        there.drop_nulls()
        .group_by("who", "place")
        .agg(pl.col("when").min().alias("first"), pl.col("when").max().alias("last"))
        .filter(pl.col("last") > pl.col("first"))
        .sort("who", "first")
        .with_columns((pl.col("first") < pl.col("last").shift(1).over("who")).alias("overlaps"))
    )
    both = courses.filter(pl.col("overlaps")).select("who").n_unique()
    return both, there["who"].n_unique()
