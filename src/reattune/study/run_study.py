"""A study from file to results, whole clients at a time, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings
from reattune.study.cohort_profile import CLIENTS, SESSIONS, Bearings, take_bearings
from reattune.study.column_roles import Layout
from reattune.study.detect_batch import Part, work
from reattune.study.errors import StudyError
from reattune.study.file_formats import open_source
from reattune.study.group_by_client import ScatteredError, dealt_clients, whole_clients
from reattune.study.method_options import Plan, Wishes, make_plan
from reattune.study.parse_ratings import Reader
from reattune.study.rating_files import Source
from reattune.study.read_options import ReadOptions
from reattune.study.reading import Reading
from reattune.study.running_totals import Tally
from reattune.study.session_grid import Batch, batches
from reattune.study.understand_file import understand

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")
R = TypeVar("R")
# Batches in hand for each worker: enough that none waits, few enough that little is in memory.
_AHEAD = 2


@dataclass
class Study:
    """A study that is about to run, or has run.

    Attributes:
        reader: what turns the file into ratings, and how it was understood.
        bearings: the cohort's own figures.
        frames: the cohort, whole clients at a time; can be read once.
        tally: what was counted; complete once all parts were taken.
    """

    source: Source
    reader: Reader
    bearings: Bearings
    plan: Plan
    frames: Iterator[pl.DataFrame] = field(repr=False)
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.tally = Tally(tuple(self.plan.names))

    @property
    def layout(self) -> Layout:
        """Which columns were taken for what."""
        return self.reader.layout

    @property
    def alone(self) -> bool:
        """Whether the file has this measure only."""
        return self.reader.reading.alone

    @property
    def understood(self) -> str:
        """How the file was understood, in one line."""
        return self.reader.reading.line

    @property
    def set_aside(self) -> list[str]:
        """What was left out or put together while reading, each with how often."""
        return [f"{count:,} {words}" for words, count in self.reader.notes.items()]

    def parts(self, workers: int = 1) -> Iterator[Part]:
        """Work through the cohort, in the file's order.

        Raises:
            StudyError: the file is not right further down, or has no score at all.
        """
        for part in in_turn(self._batches(), lambda batch: work(batch, self.plan), workers):
            self.tally.add(part.tally)
            yield part
        if not self.tally.ratings:
            raise StudyError(f"{self.source.name} has no score at all: every one is missing.")

    def time_left(self, seconds: float) -> str:
        """About how long it still takes after so many seconds; empty while that cannot be told."""
        share = self.source.share_read()
        if not share or share >= 1 or seconds < 1:
            return ""
        left = round(seconds * (1 - share) / share)
        return f"{left // 60} min {left % 60} s" if left >= 60 else f"{left} s"

    def _batches(self) -> Iterator[Batch]:
        for frame in self.frames:
            yield from batches(frame, self.bearings.measure)


def readings_of(path: Path, options: ReadOptions) -> tuple[Source, tuple[Reading, ...]]:
    """A file, and how it is to be read: once for each measure in it.

    Raises:
        StudyError: it cannot be read.
        QuestionError: it can be read in more than one way.
    """
    source = open_source(path, options.sheet)
    return source, understand(source, options)


def open_study(source: Source, reading: Reading, wishes: Wishes, *, scattered: bool = False) -> Study:
    """Look at the beginning of a file, and decide what each method needs to know.

    Args:
        scattered: whether a large file is to be dealt out by client first.

    Raises:
        StudyError: the file or a wish is not right.
        ScatteredError: it turns out, now or while working, that ``scattered`` is needed.
    """
    reader = Reader(source, reading)
    scale = reading.scale
    if scale.instrument is not None:
        wishes = replace(wishes, published_reliability=scale.instrument.reliability)
    names = wishes.names
    frames = dealt_clients(source, reader) if scattered else whole_clients(source, reader)
    head, seen = [], 0
    for frame in frames:
        head.append(frame)
        seen += frame["client"].n_unique()
        if seen >= CLIENTS:
            break
    if not head:
        raise StudyError(f"{source.name} has no rating in it.")
    ratings = _first_clients(head, scale.measure)
    if not np.isfinite(ratings.scores).any():
        raise StudyError(f"{source.name} has no score at all: every one is missing.")
    told = scale.known_by in ("given", "instrument")
    bearings = take_bearings(ratings, wants_prior="bayes" in names, wants_fit=wishes.fit, rate=wishes.rate, told=told)
    return Study(source, reader, bearings, make_plan(wishes, bearings, scale.form), chain(head, frames))


def _first_clients(head: list[pl.DataFrame], measure: Measure) -> Ratings:
    """The first clients on one grid, as far as their first hundred sessions."""
    parts = [batch.ratings for frame in head for batch in batches(frame, measure)]
    kept, count = [], 0
    for part in parts:
        kept.append(part.scores[: CLIENTS - count, :SESSIONS])
        count += len(kept[-1])
        if count >= CLIENTS:
            break
    clients = [name for part in parts for name in part.clients][:count]
    first = np.concatenate([part.first for part in parts])[:count]
    doubts = [
        part.unsure[: len(few), :SESSIONS] for part, few in zip(parts, kept, strict=False) if part.unsure is not None
    ]
    unsure = _stacked(doubts, 0.0) if len(doubts) == len(kept) else None
    return Ratings(clients, _stacked(kept, np.nan), first, measure, unsure)


def _stacked(grids: list[Floats], empty: float) -> Floats:
    width = max(grid.shape[1] for grid in grids)
    return np.vstack([np.pad(grid, ((0, 0), (0, width - grid.shape[1])), constant_values=empty) for grid in grids])


def in_turn(items: Iterable[T], function: Callable[[T], R], workers: int) -> Iterator[R]:
    """A function of each item, several at once, in the order of the items; few are in hand at a time."""
    if workers <= 1:
        yield from map(function, items)
        return
    waiting: list[Future[R]] = []
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= _AHEAD * workers:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()


def run_study(
    source: Source,
    reading: Reading,
    wishes: Wishes,
    take: Callable[[Study, Iterator[Part]], None],
    workers: int = 1,
) -> Study:
    """Run a study of one measure, giving its parts to ``take``; twice if a large file turns out to be scattered.

    Raises:
        StudyError: the file or a wish is not right.
    """
    for scattered in (False, True):
        try:
            study = open_study(source, reading, wishes, scattered=scattered)
            take(study, study.parts(workers))
        except ScatteredError:
            continue
        return study
    raise AssertionError("a dealt file is never scattered")


def rated_sessions(source: Source, reading: Reading) -> pl.DataFrame:
    """``client, session`` of every rating, in order; ``session`` is the name or the day that the file gives it.

    Raises:
        StudyError: the file is not right.
    """
    import polars as pl

    reader = Reader(source, reading)
    held = []
    for frame in whole_clients(source, reader):
        rated = frame.filter(pl.col("score").is_not_null())
        session = rated["date"].alias("session") if "date" in rated.columns else rated["session"]
        held.append(pl.DataFrame([rated["client"], session]))
    found = pl.concat(held)
    if reading.labels:
        names = {number: label for label, number in reading.labels.items()}
        found = found.with_columns(pl.col("session").replace_strict(names, return_dtype=pl.String))
    return found
