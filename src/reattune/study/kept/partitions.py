"""The folder of a kept study: clients dealt by their names to parts, each a few Parquet files that are never changed.

A new day writes new files beside the old ones, and then the state that names them in one step; so whatever stops a run,
the folder is as it was before, or as it is after.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reattune.study.errors import StudyError
from reattune.study.kept.settings import FILE, State, read_state, to_text
from reattune.study.results_folder import TABLES
from reattune.study.running_totals import hash_of

if TYPE_CHECKING:
    import polars as pl

RATINGS = "ratings"
# Ratings of one part, about; more than so many times of them and the parts are halved.
ROWS, _GROWN, _MOST = 400_000, 4, 4096
# Ratings that are held before they are dealt out: many parts, few files.
_HELD = 3_000_000
_ANEW = ", so this state cannot be gone on with. Begin a new state with all ratings."
_OURS = re.compile(r"\d{5}-\d+-(ratings|events|sessions|clients)\.parquet")


def leaves_for(rows: int) -> int:
    """How many parts so many ratings are dealt to: a power of two, so that parts can be halved."""
    leaves = 1
    while leaves * ROWS < rows and leaves < _MOST:
        leaves *= 2
    return leaves


def leaf_of(clients: Iterable[str], leaves: int) -> dict[str, int]:
    """The part that each client is dealt to; the same on every day and machine."""
    return {client: hash_of(client) % leaves for client in clients}


class Leaves:
    """The files of the parts, by part, generation and table.

    Args:
        checks: of files that are there, by name, what their bytes add up to.
    """

    def __init__(self, folder: Path, checks: Mapping[str, int]) -> None:
        self.folder, self._checks = folder, dict(checks)

    def read(self, leaf: int, generation: int, table: str) -> pl.DataFrame:
        """One table of a part.

        Raises:
            StudyError: it is not there, or not as it was written.
        """
        import polars as pl
        import pyarrow.parquet as pq

        found = pl.from_arrow(pq.read_table(self._content(leaf, generation, table)))
        assert isinstance(found, pl.DataFrame)  # noqa: S101
        return found

    def batches(self, files: Mapping[int, int], table: str) -> Iterator[Any]:
        """Arrow batches of one table of all parts, part after part."""
        import pyarrow.parquet as pq

        for leaf in sorted(files):
            with pq.ParquetFile(self._content(leaf, files[leaf], table)) as file:
                yield from file.iter_batches()

    def write(self, leaf: int, generation: int, table: str, rows: pl.DataFrame) -> None:
        """One table of a part, whole."""
        import polars as pl
        import pyarrow.parquet as pq

        held = BytesIO()
        pq.write_table(rows.to_arrow(compat_level=pl.CompatLevel.oldest()), held, compression="zstd")
        name = _name(leaf, generation, table)
        self._checks[name] = zlib.crc32(held.getbuffer())
        (self.folder / name).write_bytes(held.getbuffer())

    def checks(self, files: Mapping[int, int]) -> dict[str, int]:
        """What the bytes of the named files add up to."""
        return {name: self._checks[name] for name in sorted(_names(files))}

    def _content(self, leaf: int, generation: int, table: str) -> BytesIO:
        name = _name(leaf, generation, table)
        try:
            content = (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise StudyError(f"{self.folder / name} is missing{_ANEW}") from error
        if zlib.crc32(content) != self._checks.get(name):
            raise StudyError(f"{self.folder / name} is damaged{_ANEW}")
        return BytesIO(content)

    def commit(self, state: State, before: int) -> None:
        """Make a state the folder's, and take away what it does not name.

        Args:
            before: the generation that was read; another one there by now means that somebody else went on.

        Raises:
            StudyError: somebody else went on meanwhile.
        """
        if before and read_state(self.folder).generation != before:
            raise StudyError(f"{self.folder} was gone on with by another run meanwhile. Run this again.")
        part = self.folder / f".{FILE}.part"
        part.write_text(to_text(state), "utf-8")
        part.replace(self.folder / FILE)
        self.sweep(state.files)

    def sweep(self, files: Mapping[int, int]) -> None:
        """Take away files of ours that are not named, such as those of a run that was stopped."""
        named = _names(files)
        for file in self.folder.iterdir():
            if _OURS.fullmatch(file.name) and file.name not in named:
                file.unlink(missing_ok=True)


def _names(files: Mapping[int, int]) -> set[str]:
    return {_name(leaf, made, table) for leaf, made in files.items() for table in (RATINGS, *TABLES)}


def _name(leaf: int, generation: int, table: str) -> str:
    return f"{leaf:05d}-{generation}-{table}.parquet"


class Deal:
    """New ratings, dealt out to scratch files by part, in little memory."""

    def __init__(self, scratch: Path, leaves: int) -> None:
        self._scratch, self._leaves = scratch, leaves
        self._held: list[pl.DataFrame] = []
        self._rows = self._parts = 0

    def add(self, ratings: pl.DataFrame) -> None:
        """Some more."""
        self._held.append(ratings)
        self._rows += len(ratings)
        if self._rows >= _HELD:
            self._write()

    def _write(self) -> None:
        import polars as pl

        if not self._rows:
            return
        ratings = pl.concat(self._held)
        of = leaf_of(ratings["client"].unique().to_list(), self._leaves)
        places = ratings["client"].replace_strict(list(of), list(of.values()), return_dtype=pl.Int64).alias("leaf")
        for (leaf,), part in ratings.with_columns(places).partition_by("leaf", as_dict=True).items():
            folder = self._scratch / str(leaf)
            folder.mkdir(exist_ok=True)
            part.drop("leaf").write_ipc(folder / f"{self._parts}.arrow", compression="lz4")
        self._held, self._rows, self._parts = [], 0, self._parts + 1

    def read(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Each part that was dealt something, with all of it."""
        import polars as pl

        self._write()
        for folder in sorted(self._scratch.iterdir(), key=lambda each: int(each.name)):
            files = sorted(folder.iterdir(), key=lambda file: int(file.stem))
            yield int(folder.name), pl.concat([pl.read_ipc(file) for file in files])


def halved(leaves: Leaves, state: State) -> tuple[int, dict[int, int]]:
    """As many parts as the ratings have grown to need, with their files; the same where they have not grown much.

    Returns:
        The number of parts and their files; new files are of the next generation.
    """
    import polars as pl

    if state.rows <= _GROWN * ROWS * state.leaves or state.leaves >= _MOST:
        return state.leaves, dict(state.files)
    many = leaves_for(state.rows)
    files: dict[int, int] = {}
    for leaf, generation in state.files.items():
        for table in (RATINGS, *TABLES):
            rows = leaves.read(leaf, generation, table)
            of = leaf_of(rows["client"].unique().to_list(), many)
            places = rows["client"].replace_strict(list(of), list(of.values()), return_dtype=pl.Int64)
            for part in range(leaf, many, state.leaves):
                own = rows.filter(places == part) if len(rows) else rows
                if table == RATINGS and len(own):
                    files[part] = state.generation + 1
                if part in files:
                    leaves.write(part, state.generation + 1, table, own)
    return many, files
