"""Files in which client and therapist both have rated: whose a rating is, and both of a session side by side."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from reattune.exchange.column_names import whose_word, word_set, words_of
from reattune.exchange.raters_of_rows import says_who_rated, unclear_raters
from reattune.study.column_contents import Columns, cells
from reattune.study.errors import StudyError
from reattune.study.rating_files import Source

if TYPE_CHECKING:
    import polars as pl


def rater_column(columns: Columns, given: str | None, taken: Collection[str | None] = ()) -> str | None:
    """The column that says which of the two has rated; ``None`` where one person has.

    Args:
        given: the column, where it was named.
        taken: columns that were named for something else.

    Raises:
        StudyError: something else than client and therapist stands in the column that was named.
    """
    if given is not None:
        said = set(columns[given].shown)
        wrong = next((word for word in columns[given].shown if whose_word(word) is None), None)
        if wrong is not None:
            raise StudyError(
                f"Column {given!r} says {wrong!r}. A column of raters says client or therapist (or patient, clinician, "
                "…) in every row."
            )
        if not any(whose_word(word) == "client" for word in said):
            raise StudyError(
                f"Column {given!r} has no rating by a client in it; without --rater the file is read as it is."
            )
        return given
    return _saying(columns, {"client", "therapist"}, taken)


def therapists_alone(columns: Columns, taken: Collection[str | None] = ()) -> str | None:
    """The column of raters in which every row says that the therapist has rated, if there is one."""
    return _saying(columns, {"therapist"}, taken)


def _saying(columns: Columns, whose: set[str | None], taken: Collection[str | None]) -> str | None:
    return next(
        (
            name
            for name in columns.names
            if name not in taken
            and not columns[name].numeric
            and says_who_rated(name, columns[name].shown)
            and {whose_word(word) for word in columns[name].shown} == whose
        ),
        None,
    )


def somebodys(columns: Columns, taken: Collection[str | None] = ()) -> tuple[str, tuple[str, ...]] | None:
    """The column of raters that doesn't say that the client has rated, and what it says, if there is one."""
    return next(
        (
            (name, said)
            for name in columns.names
            if name not in taken and (said := unclear_raters(name, columns[name].shown))
        ),
        None,
    )


def surely_raters(name: str) -> bool:
    """Whether a column called so tells who has rated, and nothing else."""
    return "".join(words_of(name)) not in word_set("rater_perhaps")


def by_therapist(values: pl.Series) -> pl.Series:
    """Whether each cell says the therapist; null where it says neither of the two."""
    import polars as pl

    text = cells(values)
    known = {word: whose == "therapist" for word in text.drop_nulls().unique() if (whose := whose_word(word))}
    return text.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Boolean)


def checked(source: Source, piece: pl.DataFrame, column: str) -> pl.Series:
    """Whether each rating of a piece is the therapist's.

    Raises:
        StudyError: a row does not say whose it is.
    """
    found = by_therapist(piece[column])
    if found.null_count():
        place = int(found.is_null().arg_true()[0])
        value = piece[column][place]
        said = "is empty" if value is None else f"says {value!r}"
        raise StudyError(
            f"{source.where(piece['row'][place])}, column {column!r} {said}; each rating needs client or therapist."
        )
    return found


def side_by_side(clients: pl.DataFrame, therapists: pl.DataFrame) -> pl.DataFrame:
    """One row for each session: ``score`` the client's, ``second`` the therapist's; null where one has not rated.

    Args:
        clients, therapists: ``row, order, client, session, score, therapist``, and perhaps ``unsure``; each session of
            a client once.
    """
    import polars as pl

    theirs = therapists.select(
        "client", "session", pl.col("score").alias("second"), pl.col("row").alias("their_row"),
        pl.col("order").alias("their_order"), pl.col("therapist").alias("their_therapist"),
    )  # fmt: skip
    both = clients.join(theirs, on=["client", "session"], how="full", coalesce=True)
    sure = [pl.col("unsure").fill_null(0.0)] if "unsure" in clients.columns else []
    found = both.with_columns(
        pl.coalesce("row", "their_row").alias("row"),
        pl.coalesce("order", "their_order").alias("order"),
        pl.coalesce("therapist", "their_therapist").alias("therapist"),
        *sure,
    )
    return found.drop("their_row", "their_order", "their_therapist").sort("order", "client", "session")
