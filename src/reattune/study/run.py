"""Running detectors over a file of ratings, whole clients at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from reattune.alliance.detectors import DETECTORS, Event
from reattune.alliance.ratings import Ratings
from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

# Cells of one batch: 4 million floats are 32 MB, and the detectors keep a few arrays of that size.
BATCH_CELLS = 4_000_000
# Session numbers this far apart, and this sparse, are dates or ids.
WIDE_SPAN, SPARSE = 1_000, 20


def find_events(
    frame: pl.DataFrame, methods: Sequence[str], options: Mapping[str, Any], higher_is_better: bool
) -> list[Event]:
    """Events of every method in a frame of ``client, session, score`` sorted by client, then session.

    Raises:
        StudyError: a method is unknown, or a client's session numbers span more than a life of therapy.
    """
    unknown = next((name for name in methods if name not in DETECTORS), None)
    if unknown:
        raise StudyError(f"There is no method {unknown!r}. The methods are: {', '.join(DETECTORS)}.")
    found: list[Event] = []
    for ratings in batches(frame, higher_is_better):
        for name in methods:
            detector = DETECTORS[name]
            found.extend(detector.run(ratings, options.get(name) or detector.options()))
    return found


def spread_of_first_scores(frame: pl.DataFrame) -> float:
    """Standard deviation between clients at their first rated session; of all scores where that says nothing."""
    import polars as pl

    rated = frame.drop_nulls("score")
    first = rated.group_by("client").agg(pl.col("score").sort_by("session").first())["score"]
    for scores in (first, rated["score"]):
        spread = scores.std()
        if isinstance(spread, float) and spread > 0:
            return spread
    return 0.0


def batches(frame: pl.DataFrame, higher_is_better: bool, cells: int = BATCH_CELLS) -> Iterator[Ratings]:
    """The frame as ratings on a grid of sessions, in batches of whole clients of about ``cells`` cells each."""
    clients = frame["client"].to_numpy()
    sessions = frame["session"].to_numpy()
    scores = frame["score"].to_numpy().astype(float)
    starts = np.flatnonzero(np.concatenate(([True], clients[1:] != clients[:-1])))
    stops = np.append(starts[1:], len(clients))
    first, spans = sessions[starts], sessions[stops - 1] - sessions[starts] + 1
    doubtful = (spans > WIDE_SPAN) & (spans > SPARSE * (stops - starts))
    if doubtful.any():
        worst = int(np.argmax(doubtful))
        raise StudyError(
            f"The sessions of client {clients[starts[worst]]!r} run from {first[worst]} to "
            f"{sessions[stops[worst] - 1]}. Sessions are counted 1, 2, 3; are these dates or other numbers?"
        )
    begin = 0
    while begin < len(starts):
        widest = np.maximum.accumulate(spans[begin:])
        fits = np.flatnonzero(widest * np.arange(1, len(widest) + 1) > cells)
        end = begin + max(1, int(fits[0])) if len(fits) else len(starts)
        yield _grid(clients, sessions, scores, starts[begin:end], stops[begin:end], higher_is_better)
        begin = end


def _grid(
    clients: np.ndarray,
    sessions: np.ndarray,
    scores: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    higher_is_better: bool,
) -> Ratings:
    rows = slice(starts[0], stops[-1])
    first = sessions[starts]
    who = np.repeat(np.arange(len(starts)), stops - starts)
    columns = sessions[rows] - first[who]
    grid = np.full((len(starts), int(columns.max()) + 1), np.nan)
    grid[who, columns] = scores[rows]
    return Ratings(tuple(clients[starts].tolist()), grid, first, higher_is_better)
