"""Ratings of whole clients on a grid of sessions, as the detectors read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reattune.alliance.array_types import Integers
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
class SeenBy:
    """Who saw each client in each session.

    Attributes:
        names: of therapists, sorted.
        codes: (clients, grid) places in ``names``; -1 where nobody is named.
    """

    names: list[str]
    codes: Integers

    def of_clients(self) -> list[str]:
        """Of each client the names of all therapists, in the order of their first sessions; "" where unknown."""
        least = np.where(self.codes >= 0, self.codes, len(self.names)).min(axis=1)
        greatest = self.codes.max(axis=1)
        named = [*self.names, ""]
        found = [named[code] for code in greatest]
        for place in np.flatnonzero((greatest >= 0) & (least != greatest)):
            own = self.codes[place][self.codes[place] >= 0]
            found[place] = ", ".join(self.names[code] for code in dict.fromkeys(own.tolist()))
        return found


@dataclass(frozen=True)
class Batch:
    """Some whole clients.

    Attributes:
        seen_by: who saw them; ``None`` where the file does not say.
        missing: counts empty ratings.
        days: (clients, grid) days since 1970 of each session, -1 without one; ``None`` where sessions have no dates.
    """

    ratings: Ratings
    seen_by: SeenBy | None
    missing: int
    days: Integers | None = None

    @cached_property
    def therapists(self) -> list[str]:
        """One text each: all therapists of a client, in order; "" where unknown."""
        return [""] * len(self.ratings.clients) if self.seen_by is None else self.seen_by.of_clients()


def batches(frame: pl.DataFrame, measure: Measure, cells: int = CELLS) -> Iterator[Batch]:
    """Whole clients as ratings on a grid of sessions, about ``cells`` cells at a time.

    Args:
        frame: ``client, session, score`` and perhaps ``therapist``, ``unsure`` and ``second``, each client's rows
            together and by session.

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
    codes, names = _therapists(frame)
    doubts = frame["unsure"].fill_null(0.0).to_numpy().astype(float) if "unsure" in frame.columns else None
    owns = frame["second"].to_numpy().astype(float) if "second" in frame.columns else None
    days = None if "date" not in frame.columns else frame["date"].cast(_int32()).cast(_int64()).to_numpy()
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
        where = _Places(sessions, starts[part], stops[part])
        unsure = None if doubts is None else where.grid(doubts, 0.0)
        second = None if owns is None else where.grid(owns, np.nan)
        begins = first[part].astype(np.int64)
        ratings = Ratings(clients[part], where.grid(scores, np.nan), begins, measure, unsure, second)
        missing = int(np.isnan(scores[starts[begin] : stops[end - 1]]).sum())
        seen_by = None if codes is None else SeenBy(names, where.grid(codes, -1))
        yield Batch(ratings, seen_by, missing, None if days is None else where.grid(days, -1))
        begin = end


def _therapists(frame: pl.DataFrame) -> tuple[Integers | None, list[str]]:
    """A code for each row, -1 where nobody is named, and the names."""
    import polars as pl

    if "therapist" not in frame.columns or frame["therapist"].null_count() == len(frame):
        return None, []
    names = frame["therapist"].drop_nulls().unique().sort().to_list()
    codes = frame["therapist"].cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy(), names


class _Places:
    """Where the rows of some clients stand on their grid."""

    def __init__(self, sessions: np.ndarray, starts: Integers, stops: Integers) -> None:
        self._rows = slice(starts[0], stops[-1])
        self._who = np.repeat(np.arange(len(starts)), stops - starts)
        self._columns = sessions[self._rows] - sessions[starts][self._who]
        self._shape = (len(starts), int(self._columns.max()) + 1)

    def grid(self, values: np.ndarray, empty: float) -> np.ndarray:
        """Values of rows as (clients, grid)."""
        grid = np.full(self._shape, empty, dtype=values.dtype)
        grid[self._who, self._columns] = values[self._rows]
        return grid


def _int32() -> pl.DataType:
    import polars as pl

    return pl.Int32()


def _int64() -> pl.DataType:
    import polars as pl

    return pl.Int64()
