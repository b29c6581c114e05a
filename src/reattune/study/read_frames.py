"""Frames, arrays and plain lists as ratings, by the same rules as files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.measure import Measure
from reattune.alliance.published_scores import known_score
from reattune.alliance.ratings import Ratings
from reattune.study.column_roles import Layout
from reattune.study.errors import QuestionError, StudyError
from reattune.study.read_options import ReadOptions
from reattune.study.score_scale import scale_of

if TYPE_CHECKING:
    from reattune.study.session_grid import Batch


def from_frame(frame: Any, measure: Measure | None, reading: Mapping[str, Any]) -> tuple[Batch, str]:
    """Ratings from a Polars or pandas frame with their days and therapists, and how it was understood.

    Raises:
        StudyError: it cannot be read, or in more than one way.
    """
    import polars as pl

    from reattune.study.group_by_client import in_order
    from reattune.study.parse_ratings import Reader
    from reattune.study.rating_files import Table
    from reattune.study.session_grid import batches
    from reattune.study.understand_file import understand

    options = _options(measure, reading)
    source = Table(_as_polars(frame))
    try:
        readings = understand(source, options)
    except QuestionError as error:
        _in_python(error)
    if len(readings) > 1:
        names = ", ".join(repr(each.layout.name) for each in readings)
        raise StudyError(
            f"The frame holds several measures: {names}. Say which one with only={readings[0].layout.name!r}."
        )
    reader = Reader(source, readings[0])
    pieces = [reader.ratings(piece) for piece in source.pieces()]
    (batch,) = batches(in_order(pl.concat(pieces), reader), _measure(readings[0].scale.measure, measure), cells=1 << 62)
    aside = "".join(f" {count:,} {words}." for words, count in reader.notes.items())
    return batch, _python_words(readings[0].line) + aside


def from_scores(ratings: Any, measure: Measure | None, reading: Mapping[str, Any]) -> tuple[Ratings, str]:
    """Ratings from an array, lists, or a mapping from clients to scores, and how they were understood.

    Raises:
        StudyError: it is none of these, or numbers in it are hardly scores.
    """
    names = reading.get("client")
    rest = {key: value for key, value in reading.items() if key != "client"}
    if isinstance(ratings, Mapping):
        names, ratings = [str(name) for name in ratings], list(ratings.values())
    values = as_rows(ratings)
    if names is None or isinstance(names, str):
        names = [str(number) for number in range(1, len(values) + 1)]
    if len(names) != len(values):
        raise StudyError(f"client= names {len(names)} clients, and there are {len(values)} rows of scores.")
    options = _options(measure, rest)
    for code in options.missing:
        values[values == code] = math.nan
    layout = Layout(None, None, "columns", (("score",),), (1,), name="score")
    try:
        scale = scale_of(layout, values, options, clients=len(values), alone=True)
    except QuestionError as error:
        _in_python(error)
    ratings = Ratings(
        [str(n) for n in names], values, np.ones(len(values), dtype=np.int64), _measure(scale.measure, measure)
    )
    title = f"{scale.instrument.title}, " if scale.instrument else ""
    return ratings, "" if measure is not None else f"Scores: {title}{_python_words(scale.words)}."


def _as_polars(frame: Any) -> Any:
    import polars as pl

    if isinstance(frame, pl.DataFrame):
        table = frame
    else:
        if frame.columns.nlevels > 1:
            raise StudyError("The frame's columns have several levels. Join their names first, or reset the columns.")
        if any(name is not None for name in frame.index.names):
            # What a pivot or groupby left in the index is a column of the data.
            frame = frame.reset_index()
        frame = frame.rename(columns=str)
        table = pl.from_pandas(frame)
    if not len(table):
        raise StudyError("The frame has no row in it.")
    return table


def as_rows(ratings: Any) -> Floats:
    """Scores as (clients, sessions), NaN where missing; a single row is one client.

    Raises:
        StudyError: they are not all numbers, or of another form.
    """
    if isinstance(ratings, str) or not hasattr(ratings, "__len__"):
        raise StudyError(
            f"Ratings are a frame, an array of clients by sessions, or one person's scores; not {ratings!r}."
        )
    nested = [row for row in ratings if hasattr(row, "__len__") and not isinstance(row, str)]
    try:
        if nested and not isinstance(ratings, np.ndarray):
            widest = max(len(row) for row in nested)
            rows = [[*row, *[math.nan] * (widest - len(row))] for row in nested]
            values = np.array(rows, dtype=float)
        else:
            values = np.array(ratings, dtype=float)
    except (TypeError, ValueError) as error:
        raise StudyError(f"These scores are not all numbers: {error}. Write None where one is missing.") from error
    if values.ndim == 1:
        values = values[None]
    if values.ndim != 2 or not values.size:
        raise StudyError(
            "Ratings are a frame, an array of clients by sessions, or one person's scores; this has shape "
            f"{values.shape}."
        )
    return values


def _options(measure: Measure | None, reading: Mapping[str, Any]) -> ReadOptions:
    given = {key: value for key, value in reading.items() if value is not None}
    instrument = given.pop("instrument", None)
    known = {each.name for each in fields(ReadOptions)}
    unknown = next((key for key in given if key not in known), None)
    if unknown:
        raise StudyError(
            f"There is no option {unknown!r} for reading. There are: {', '.join(sorted(known))}, instrument."
        )
    options = ReadOptions(**given)
    if isinstance(instrument, str):
        options = replace(options, own_instrument=known_score(instrument))
    if measure is None:
        return options
    options = replace(options, higher_is_better=measure.higher_is_better, step=measure.step)
    if math.isfinite(measure.low) and math.isfinite(measure.high):
        return replace(options, low=measure.low, high=measure.high)
    # A measure without ends is taken at its word: nothing is guessed, and nothing looks odd.
    return replace(options, codes_are_scores=True)


def _measure(found: Measure, given: Measure | None) -> Measure:
    return found if given is None else given


def _in_python(error: QuestionError) -> NoReturn:
    ways = "; or ".join(f"{_keywords(choice.changes)} ({choice.words})" for choice in error.choices)
    raise StudyError(f"{error.question} Say which: {ways}.") from error


def _keywords(changes: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in changes.items())


def _python_words(words: str) -> str:
    """Without the options of the command line; docs/tutorial.md says how to say it better."""
    for option in (
        "; else --measure-direction lower",
        "; else --range LOWEST..HIGHEST",
        " (--range LOWEST..HIGHEST says one)",
    ):
        words = words.replace(option, "")
    return words
