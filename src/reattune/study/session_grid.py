"""Ratings of whole clients on a grid of sessions, as the detectors read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reattune.alliance.arrays import Integers
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings
from reattune.study.errors import StudyError

if TYPE_CHECKING:
    import polars as pl

# Cells of one batch: the detectors keep some tens of arrays of that size, 4 MB each.
CELLS = 500_000
# Session numbers this far apart, and this sparse, are dates or ids.
WIDE_SPAN, SPARSE = 1_000, 20


@dataclass(frozen=True)
class Batch:
    """Some whole clients. ``therapists`` has one name each, "" where unknown; ``missing`` counts empty ratings."""

    ratings: Ratings
    therapists: list[str]
    missing: int


def batches(frame: pl.DataFrame, measure: Measure, cells: int = CELLS) -> Iterator[Batch]:
    """Whole clients as ratings on a grid of sessions, about ``cells`` cells at a time.

    Args:
        frame: ``client, session, score`` and perhaps ``therapist``, each client's rows together and by session.

    Raises:
        StudyError: a client's session numbers span more than a life of therapy.
    """
    sessions = frame["session"].to_numpy()
    scores = frame["score"].to_numpy().astype(float)
    runs = frame["client"].rle()
    lengths = runs.struct.field("len").to_numpy().astype(np.int64)
    clients = runs.struct.field("value").to_list()
    stops = np.cumsum(lengths)
    starts = stops - lengths
    therapists = _therapists(frame, starts)
    first, spans = sessions[starts], sessions[stops - 1] - sessions[starts] + 1
    doubtful = (spans > WIDE_SPAN) & (spans > SPARSE * lengths)
    if doubtful.any():
        worst = int(np.argmax(doubtful))
        raise StudyError(
            f"The sessions of client {clients[worst]!r} run from {first[worst]} to {sessions[stops[worst] - 1]}. "
            "Sessions are counted 1, 2, 3; are these dates or other numbers?"
        )
    begin = 0
    while begin < len(starts):
        widest = np.maximum.accumulate(spans[begin:])
        fits = np.flatnonzero(widest * np.arange(1, len(widest) + 1) > cells)
        end = begin + max(1, int(fits[0])) if len(fits) else len(starts)
        part = slice(begin, end)
        grid = _grid(sessions, scores, starts[part], stops[part])
        ratings = Ratings(clients[part], grid, first[part].astype(np.int64), measure)
        missing = int(np.isnan(scores[starts[begin] : stops[end - 1]]).sum())
        yield Batch(ratings, therapists[part], missing)
        begin = end


def _therapists(frame: pl.DataFrame, starts: Integers) -> list[str]:
    if "therapist" not in frame.columns or frame["therapist"].null_count() == len(frame):
        return [""] * len(starts)
    return frame["therapist"].fill_null("").gather(starts).to_list()


def _grid(sessions: np.ndarray, scores: np.ndarray, starts: Integers, stops: Integers) -> np.ndarray:
    rows = slice(starts[0], stops[-1])
    who = np.repeat(np.arange(len(starts)), stops - starts)
    columns = sessions[rows] - sessions[starts][who]
    grid = np.full((len(starts), int(columns.max()) + 1), np.nan)
    grid[who, columns] = scores[rows]
    return grid
