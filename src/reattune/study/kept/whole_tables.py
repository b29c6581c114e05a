"""Results of all clients out of a state: the tables as they lie there, and the courses that the report draws."""

from __future__ import annotations

from pathlib import Path

from reattune.study.detect_batch import work
from reattune.study.group_by_client import in_order
from reattune.study.kept.continue_study import Continued
from reattune.study.kept.partitions import RATINGS
from reattune.study.parse_ratings import Reader
from reattune.study.results_folder import CHANGES, TABLES, without_formulas
from reattune.study.running_totals import Tally, hash_of
from reattune.study.session_grid import batches


def draw_gallery(continued: Continued) -> None:
    """Put the courses that the report draws into the counts; they are read again for it."""
    import polars as pl

    state, study = continued.state, continued.study
    by_leaf: dict[int, list[str]] = {}
    for name in state.gallery:
        by_leaf.setdefault(hash_of(name) % state.leaves, []).append(name)
    gallery = Tally(study.tally.names)
    for leaf, names in by_leaf.items():
        ratings = continued.leaves.read(leaf, state.files[leaf], RATINGS).filter(pl.col("client").is_in(names))
        reader = Reader(study.source, study.reader.reading)
        for batch in batches(in_order(ratings, reader), study.bearings.measure):
            gallery.add(work(batch, study.plan).tally)
    study.tally.gallery = gallery.gallery


def write_tables(continued: Continued, folder: Path, *, csv: bool) -> None:
    """The three tables of all clients, and the table of changes, into a folder of results."""
    import polars as pl
    import pyarrow.parquet as pq

    for table in TABLES:
        writer = None
        for batch in continued.leaves.batches(continued.state.files, table):
            file = folder / f"{table}.parquet"
            writer = writer or pq.ParquetWriter(file, batch.schema, compression="zstd")
            writer.write_batch(batch)
            if csv:
                with file.with_suffix(".csv").open("ab") as text:
                    rows = pl.from_arrow(batch)
                    assert isinstance(rows, pl.DataFrame)  # noqa: S101
                    without_formulas(rows).write_csv(text, include_header=text.tell() == 0)
        if writer is not None:
            writer.close()
    without_formulas(continued.changes).write_csv(folder / CHANGES)
