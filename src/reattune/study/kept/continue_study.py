"""Yesterday's state and today's ratings: only clients with something new are read, and all else stays as it was."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reattune.study.detect_batch import Part, work
from reattune.study.errors import StudyError
from reattune.study.group_by_client import ScatteredError, in_order
from reattune.study.kept.changes import SCHEMA, changes, in_order_of_need
from reattune.study.kept.merge_rows import merged
from reattune.study.kept.partitions import RATINGS, Deal, Leaves, halved, leaves_for
from reattune.study.kept.same_measure import reading_beside
from reattune.study.kept.settings import FILE, Settings, State, read_state
from reattune.study.kept.tally_json import from_plain, to_plain
from reattune.study.method_options import Wishes
from reattune.study.parse_ratings import Reader
from reattune.study.raters import surely_raters
from reattune.study.rating_files import Source
from reattune.study.reading import Reading
from reattune.study.results_folder import TABLES
from reattune.study.run_study import Study, in_turn, open_study
from reattune.study.running_totals import GALLERY, Tally, hash_of
from reattune.study.session_grid import batches

if TYPE_CHECKING:
    import polars as pl


@dataclass
class Continued:
    """What a day has brought.

    Attributes:
        study: with the counts of all clients, as if all had been read today.
        changes: who needs a look, and why; see :func:`.changes.changes`.
        begun: whether this was the first day.
        with_news: clients that were read; ``known`` ratings of today's file that were kept already.
        state, leaves: the new state, not yet the folder's, and where its tables lie.
    """

    study: Study
    changes: pl.DataFrame
    begun: bool
    with_news: int
    known: int
    state: State
    leaves: Leaves
    before: int

    def commit(self) -> None:
        """Make the new state the folder's."""
        self.leaves.commit(self.state, self.before)


def state_in(folder: Path) -> State | None:
    """The state of a folder; ``None`` where there is nothing yet.

    Raises:
        StudyError: there is something else.
    """
    if folder.is_file():
        raise StudyError(f"{folder} is a file, and a state is a folder. Name another.")
    try:
        there = [file.name for file in folder.iterdir()] if folder.exists() else []
    except OSError as error:
        raise StudyError(f"{folder} cannot be used for a state: {error.strerror}. Name another.") from error
    if FILE not in there and all(name.startswith(".") for name in there):
        return None
    return read_state(folder)


def continue_study(
    source: Source,
    reading: Reading,
    wishes: Wishes,
    folder: Path,
    state: State | None,
    *,
    workers: int = 1,
    corrections: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Continued:
    """Take in a day. Nothing that counts is written until :meth:`Continued.commit`.

    Args:
        folder: of the state; ``state`` what is there, as :func:`state_in` says.
        corrections: whether another score for a known session takes its place.

    Raises:
        StudyError: today's file is not right, or the state is damaged.

    Cost: the clients with something new are read; of all others only tables are copied.
    """
    import polars as pl

    if reading.layout.rater is not None:
        raise StudyError(
            f"Column {reading.layout.rater!r} tells client's from therapist's ratings, and a study that is kept reads "
            "one rater's. Leave out --continue, or the therapist's rows."
        )
    if reading.layout.therapists_alone is not None:
        raise StudyError(
            f"Column {reading.layout.therapists_alone!r} says that these are the therapist's ratings, and a study that "
            "is kept reads the client's. Leave out --continue, or the therapist's rows."
        )
    if (unclear := reading.layout.somebodys) is not None and surely_raters(unclear[0]):
        raise StudyError(
            f"Column {unclear[0]!r} says {unclear[1][0]!r}, and a study that is kept reads the client's ratings. Write "
            "'client' there for those, or leave the column out."
        )
    if state is None:
        settings, reading = _first_day(source, reading, wishes)
    else:
        settings = state.settings
        reading = reading_beside(reading, settings)
        if settings.labels != reading.labels:
            settings = replace(settings, labels=reading.labels)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder} cannot be made: {error.strerror}. Name another folder.") from error
    # What a run that was stopped has left is in the way of none.
    leaves = Leaves(folder, {} if state is None else state.checks)
    leaves.sweep({} if state is None else state.files)
    day = _Day(source, reading, settings, leaves, state, corrections)
    total = Tally(tuple(settings.plan.names)) if state is None else from_plain(state.tally)
    found, files, names = [], dict(day.files), set() if state is None else set(state.gallery)
    news = known = 0
    reader = Reader(source, reading)
    with tempfile.TemporaryDirectory(prefix=".today-", dir=folder) as scratch:
        deal, last = Deal(Path(scratch), day.many), 0
        for piece in source.pieces():
            ratings = reader.ratings(piece)
            last = max(last, int(piece["row"].max() or 0))  # type: ignore[arg-type]
            deal.add(ratings)
        for leaf in in_turn(deal.read(), lambda each: day.read(*each), workers):
            known += leaf.known
            reader.notes += leaf.notes
            if leaf.now is None:
                continue
            files[leaf.place] = day.generation
            news += leaf.clients
            total.add(leaf.now)
            if leaf.before is not None:
                total.subtract(leaf.before)
            found.append(leaf.changes)
            names.update(leaf.names)
            names = set(sorted(names, key=lambda name: (hash_of(name), name))[:GALLERY])
            progress(f"{news:,} clients with something new")
    if not total.ratings:
        raise StudyError(f"{source.name} has no score at all: every one is missing.")
    total.gallery = []
    study = Study(source, reader, settings.bearings, settings.plan, iter(()))
    study.tally = total
    new_state = State(
        settings, day.generation, day.many, files, leaves.checks(files), day.offset + last, to_plain(total),
        tuple(sorted(names, key=lambda name: (hash_of(name), name))),
    )  # fmt: skip
    table = in_order_of_need(pl.concat(found)) if found else pl.DataFrame(schema=SCHEMA())
    before = 0 if state is None else state.generation
    return Continued(study, table, state is None, news, known, new_state, day.leaves, before)


def _first_day(source: Source, reading: Reading, wishes: Wishes) -> tuple[Settings, Reading]:
    try:
        study = open_study(source, reading, wishes)
    except ScatteredError:
        study = open_study(source, reading, wishes, scattered=True)
    return Settings.of(reading, study.bearings, study.plan), reading


@dataclass(frozen=True)
class _Leaf:
    """What a part has new: counts of its clients with news as they are and as they were."""

    place: int
    known: int
    notes: Counter[str] = field(default_factory=Counter)
    now: Tally | None = None
    before: Tally | None = None
    clients: int = 0
    names: tuple[str, ...] = ()
    changes: Any = None


class _Day:
    """Works part by part; several at once."""

    def __init__(
        self, source: Source, reading: Reading, settings: Settings, leaves: Leaves, state: State | None,
        corrections: bool,
    ) -> None:  # fmt: skip
        self._source, self._reading, self._settings = source, reading, settings
        self._corrections, self.leaves = corrections, leaves
        self.generation = 1 if state is None else state.generation + 1
        self.offset = 0 if state is None else state.rows
        if state is None:
            self.many, self.files = leaves_for(_about(source, reading)), dict[int, int]()
        else:
            self.many, self.files = halved(leaves, state)
        self._old: Mapping[int, int] = dict(self.files)

    def read(self, place: int, today: pl.DataFrame) -> _Leaf:
        """Take in what one part has new."""
        import polars as pl

        old = self._old.get(place)
        kept = today.clear() if old is None else self.leaves.read(place, old, RATINGS)
        dated = self._settings.dated
        stays, new = merged(kept, today, self._source.where, dated=dated, corrections=self._corrections)
        known = len(today) - len(new)
        if not len(new):
            return _Leaf(place, known)
        changed = new["client"].unique(maintain_order=True)
        new = new.with_columns(pl.col("row") + self.offset)
        own = pl.col("client").is_in(changed.implode())
        reader = Reader(self._source, self._reading)
        now = self._work(pl.concat([stays.filter(own), new]), reader)
        earlier = kept.filter(own)
        nothing = Part(now.events.clear(), now.sessions.clear(), now.clients.clear(), Tally(now.tally.names))
        before = self._work(earlier, Reader(self._source, self._reading)) if len(earlier) else nothing
        self._write(place, pl.concat([stays, new]), now, changed, old)
        main, measure = self._settings.plan.names[0], self._settings.bearings.measure
        of_main = [part.events.filter(pl.col("method") == main) for part in (now, before)]
        return _Leaf(
            place, known, reader.notes, now.tally, before.tally, len(changed), _drawn(changed),
            changes(now.clients, of_main[0], before.clients, of_main[1], measure),
        )  # fmt: skip

    def _work(self, ratings: pl.DataFrame, reader: Reader) -> Part:
        """Whole clients through all methods."""
        import polars as pl

        plan, measure = self._settings.plan, self._settings.bearings.measure
        parts = [work(batch, plan) for batch in batches(in_order(ratings, reader), measure)]
        tally = Tally(tuple(plan.names))
        for part in parts:
            tally.add(part.tally)
        events, sessions, clients = (pl.concat([getattr(part, table) for part in parts]) for table in TABLES)
        return Part(events, sessions, clients, tally)

    def _write(self, place: int, ratings: pl.DataFrame, now: Part, changed: pl.Series, old: int | None) -> None:
        import polars as pl

        self.leaves.write(place, self.generation, RATINGS, ratings)
        for table in TABLES:
            rows = getattr(now, table)
            if old is not None:
                earlier = self.leaves.read(place, old, table)
                rows = pl.concat([earlier.filter(~pl.col("client").is_in(changed.implode())), rows])
            self.leaves.write(place, self.generation, table, rows.sort("client", maintain_order=True))


def _drawn(clients: Iterable[str]) -> tuple[str, ...]:
    """Those of some clients that the report could draw."""
    return tuple(sorted(clients, key=lambda name: (hash_of(name), name))[:GALLERY])


def _about(source: Source, reading: Reading) -> int:
    """About how many ratings a file holds."""
    return source.about * max(1, len(reading.layout.groups))
