"""Whole clients out of pieces of a file, however its rows are ordered."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reattune.study.errors import StudyError
from reattune.study.parse_ratings import Reader
from reattune.study.raters import side_by_side
from reattune.study.rating_files import Source
from reattune.study.scratch import scratch_folder
from reattune.study.session_dates import number_by_date, one_a_day

if TYPE_CHECKING:
    import polars as pl

# A file of so many rows is simply sorted in memory, a larger one read a piece at a time.
IN_MEMORY = 2_000_000
_DEALS = 64


class ScatteredError(Exception):
    """The rows of a client do not lie together, and the file is too large to be sorted in memory."""


def whole_clients(source: Source, reader: Reader) -> Iterator[pl.DataFrame]:
    """Ratings of whole clients, in the file's order of clients, each sorted by session.

    Raises:
        StudyError: a client has a session twice.
        ScatteredError: see there; what was yielded is void, and :func:`dealt_clients` reads the file.
    """
    import polars as pl

    pieces = source.pieces()
    held, rows = [], 0
    for piece in pieces:
        held.append(reader.ratings(piece))
        rows += len(held[-1])
        if rows > IN_MEMORY:
            yield from _grouped(chain(held, (reader.ratings(each) for each in pieces)), reader)
            return
    if rows:
        yield in_order(pl.concat(held), reader)


def _grouped(pieces: Iterable[pl.DataFrame], reader: Reader) -> Iterator[pl.DataFrame]:
    import polars as pl

    closed = np.empty(0, dtype=np.uint64)
    kept: pl.DataFrame | None = None
    for piece in pieces:
        ratings = piece if kept is None else pl.concat([kept, piece])
        names = ratings["client"].rle().struct.field("value").hash(0).to_numpy()
        own = np.unique(names)
        place = np.minimum(np.searchsorted(closed, own), max(len(closed) - 1, 0))
        if len(own) < len(names) or (len(closed) and (closed[place] == own).any()):
            raise ScatteredError
        last = ratings["client"] == ratings["client"][-1]
        kept, done = ratings.filter(last), ratings.filter(~last)
        closed = np.union1d(closed, names[:-1])
        if len(done):
            yield in_order(done, reader)
    if kept is not None:
        yield in_order(kept, reader)


def dealt_clients(source: Source, reader: Reader, scratch: Path | None = None) -> Iterator[pl.DataFrame]:
    """The same for a large file whose clients lie scattered: first dealt out by client to files in ``scratch``.

    Raises:
        StudyError: a client has a session twice, or the disk is full.
    """
    try:
        with scratch_folder(scratch) as folder:
            decks = _Decks(Path(folder))
            for piece in source.pieces():
                decks.deal(reader.ratings(piece))
            for deck in decks.read():
                yield in_order(deck, reader)
    except OSError as error:
        raise StudyError(
            f"There is no room in {tempfile.gettempdir()} to sort {source.name} by client ({error.strerror or error}). "
            "Free some disk space, set TMPDIR to another disk, or sort the file by client first."
        ) from error


class _Decks:
    """Temporary files, each with all rows of some clients."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._parts = folder, 0

    def deal(self, ratings: pl.DataFrame) -> None:
        import polars as pl

        dealt = ratings.with_columns((pl.col("client").hash(0) % _DEALS).alias("deck"))
        for (deck,), part in dealt.partition_by("deck", as_dict=True).items():
            folder = self._folder / str(deck)
            folder.mkdir(exist_ok=True)
            part.drop("deck").write_ipc(folder / f"{self._parts}.arrow", compression="lz4")
        self._parts += 1

    def read(self) -> Iterator[pl.DataFrame]:
        import polars as pl

        for deck in sorted(self._folder.iterdir(), key=lambda folder: int(folder.name)):
            files = sorted(deck.iterdir(), key=lambda file: int(file.stem))
            yield pl.concat([pl.read_ipc(file) for file in files])


def in_order(ratings: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Sorted by client in order of appearance, then session; each pair once; dated sessions numbered.

    Raises:
        StudyError: a client has a session twice.
    """
    import polars as pl

    rhythm = reader.reading.rhythm
    order = ratings.group_by("client", maintain_order=True).agg(pl.col("row").min().alias("order"))
    frame = ratings.join(order, on="client").sort("order", "client", "session", "row")
    if "own" in frame.columns:
        parts = [frame.filter(pl.col("own") == own).drop("own") for own in (False, True)]
        frame = side_by_side(*(_each_once(part, reader) for part in parts))
    else:
        frame = _each_once(frame, reader)
    if rhythm is not None:
        frame = number_by_date(frame, rhythm, reader.notes)
    return frame.drop("order")


def _each_once(frame: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Sorted ratings of one rater with each session of a client once.

    Raises:
        StudyError: a client has a session twice.
    """
    import polars as pl

    source, rhythm = reader.source, reader.reading.rhythm
    if rhythm is not None:
        frame = one_a_day(frame, rhythm, reader.notes)
    same = (pl.col("client") == pl.col("client").shift()) & (pl.col("session") == pl.col("session").shift())
    twice = frame.with_row_index("place").filter(same)
    if len(twice):
        second, first = twice.row(0, named=True), frame.row(twice["place"][0] - 1, named=True)
        if first["row"] == second["row"] or reader.layout.wide:
            raise StudyError(
                f"{source.where(second['row'])}: client {second['client']!r} stands here a second time "
                f"(first in {_small(source.where(first['row']))}). In a wide file each client has one row."
            )
        more = f"; so it is {len(twice):,} times in the file" if len(twice) > 1 else ""
        raise StudyError(
            f"{source.where(second['row'])}: client {second['client']!r} has session {second['session']} a second "
            f"time (first in {_small(source.where(first['row']))}){more}. Keep one of the two; or if a column tells "
            "them apart, name it: --measure-column for the questionnaire, --session for the session or its date."
        )
    return frame


def _small(where: str) -> str:
    return where[0].lower() + where[1:] if where.startswith("Row") else where
