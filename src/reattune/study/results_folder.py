"""The folder of results: whole, or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from reattune.study.detect_batch import Part
from reattune.study.errors import StudyError
from reattune.study.scratch import runs

if TYPE_CHECKING:
    import polars as pl

TABLES = ("events", "sessions", "clients")
REPORT = "report.html"
# Of a kept study: what has changed since the day before.
CHANGES = "new.csv"
# Bytes of a measure in the name of its page: file systems bear 255 in all.
_LONGEST_NAME = 100


@contextmanager
def results_folder(out: Path, *, replace: bool = False) -> Iterator[Path]:
    """A new folder that becomes ``out`` when all went well, and is taken away if not.

    Args:
        replace: whether it may take the place of earlier results.

    Raises:
        StudyError: ``out`` holds earlier results that are to stay, or something else, or cannot be written.
    """
    out = out.absolute()
    check_free(out, replace=replace)
    part = out.with_name(f".{out.name}.part-{os.getpid()}")
    _sweep(out)
    try:
        part.mkdir(parents=True)
        yield part
        _swap(part, out)
    except OSError as error:
        raise StudyError(f"The results cannot be written to {out}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_free(out: Path, *, replace: bool, read: Sequence[Path] = ()) -> None:
    """Whether results may be written to ``out``; asked before the work begins, too.

    Args:
        read: the files that are read for them, which may not lie there.

    Raises:
        StudyError: they may not.
    """
    if not out.exists():
        return
    whole = out.resolve()
    for file in read:
        if whole in (file.resolve(), *file.resolve().parents):
            raise StudyError(f"{file.name} lies in {out}, and results take a folder's place. Name another with --out.")
    if not _is_results(out):
        raise StudyError(f"{out} is not empty and not a folder of earlier results. Name another with --out.")
    if any(out.iterdir()) and not replace:
        raise StudyError(f"{out} holds earlier results. Name another folder with --out, or add --replace.")


def check_new_file(file: Path, *, replace: bool) -> None:
    """Whether a file may be written.

    Raises:
        StudyError: it is there already, or its folder is not.
    """
    if not file.absolute().parent.is_dir():
        raise StudyError(f"{file} cannot be written: there is no folder {file.parent}.")
    if file.is_dir():
        raise StudyError(f"{file} is a folder. Name a file.")
    if file.exists() and not replace:
        raise StudyError(f"{file} is there already. Name another file, or add --replace.")


def check_picture(file: Path) -> None:
    """Whether a picture may be written to a file; one that is there is drawn anew.

    Raises:
        StudyError: its name does not end in .svg, or its folder is not there.
    """
    if file.suffix.lower() != ".svg":
        raise StudyError(f"{file.name}: pictures are written as SVG. Name a file that ends in .svg.")
    check_new_file(file, replace=True)


def write_picture(svg: str, file: Path) -> None:
    """Write a picture.

    Raises:
        StudyError: it cannot be written there.
    """
    check_picture(file)
    try:
        file.write_text(svg, "utf-8")
    except OSError as error:
        raise StudyError(f"{file} cannot be written: {error.strerror or error}.") from error


def _is_results(out: Path) -> bool:
    if not out.is_dir():
        return False
    there = {file.name for file in out.iterdir()}
    if not there:
        return True
    # Tables of one's own may be called clients.csv, too; Reattune's have the same as Parquet and a report beside them.
    written = [name for name in TABLES if f"{name}.parquet" in there]
    known = {REPORT, CHANGES, *(f"{name}{kind}" for name in written for kind in (".parquet", ".csv"))}
    return bool(written) and REPORT in there and all(name in known or _is_page(name) for name in there)


def page_names(measures: Sequence[str]) -> list[str]:
    """The files of the pages about several measures, one each, also where names differ by a sign or a capital only."""
    names: list[str] = []
    for number, measure in enumerate(measures, 1):
        letters = "".join(char if char.isalnum() else "-" for char in measure.lower()).strip("-")
        plain = letters.encode()[:_LONGEST_NAME].decode(errors="ignore") or "measure"
        name = f"report-{plain}.html"
        names.append(f"report-{number}-{plain}.html" if name in names else name)
    return names


def _is_page(name: str) -> bool:
    return name.startswith("report-") and name.endswith(".html")


def _sweep(out: Path) -> None:
    """Take away what an interrupted run left, if that run is no more."""
    for left in out.parent.glob(f".{out.name}.part-*"):
        process = left.name.rpartition("-")[2]
        if not (process.isdecimal() and runs(int(process))):
            shutil.rmtree(left, ignore_errors=True)


def _swap(part: Path, out: Path) -> None:
    if not out.exists():
        part.rename(out)
        return
    old = out.with_name(f".{out.name}.part-{os.getpid()}-old")
    out.rename(old)
    part.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def without_formulas(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows for a CSV: a text that a spreadsheet would take for a formula has an apostrophe before it.

    A text that is a number, such as the client ``-12``, stays one.
    """
    import polars as pl

    def safe(name: str) -> pl.Expr:
        text = pl.col(name)
        formula = text.str.contains(r"^[=+\-@\t\r]") & ~text.str.contains(r"^[+-]?[0-9]+([.,][0-9]+)?$")
        return pl.when(formula).then(pl.lit("'") + text).otherwise(text).alias(name)

    return rows.with_columns(safe(name) for name, kind in rows.schema.items() if kind == pl.String)


class Tables:
    """Parquet files, and CSV files beside them if wanted, written a batch at a time.

    Where a file has several measures each row says in a column ``measure`` which one it is of.
    """

    def __init__(self, folder: Path, *, csv: bool, kept: str = "") -> None:
        """``kept`` marks the files of one of several measures, which :meth:`join` puts together."""
        self._folder, self._csv, self._mark = folder, csv, f"{kept}-" if kept else ""
        self._writers: dict[str, Any] = {}

    def write(self, part: Part, measure: str | None = None) -> None:
        """Append one batch; ``measure`` is named in each row, if given."""
        for name in TABLES:
            rows: pl.DataFrame = getattr(part, name)
            if measure is not None:
                rows = _with_measure(rows, measure)
            self._append(name, rows)

    def _append(self, name: str, rows: pl.DataFrame) -> None:
        import pyarrow.parquet as pq

        table = rows.to_arrow(compat_level=_compatible())
        if name not in self._writers:
            path = self._folder / f"{self._mark}{name}.parquet"
            self._writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
            # What a run that had to begin again left is not appended to.
            path.with_suffix(".csv").unlink(missing_ok=True)
        self._writers[name].write_table(table)
        if self._csv:
            path = self._folder / f"{self._mark}{name}.csv"
            with path.open("ab") as file:
                without_formulas(rows).write_csv(file, include_header=file.tell() == 0)

    @staticmethod
    def join(folder: Path, measures: int, *, csv: bool) -> None:
        """Put the tables of several measures together, one after the other."""
        import pyarrow.parquet as pq

        for name in TABLES:
            parts = [folder / f"{number}-{name}.parquet" for number in range(measures)]
            parts = [part for part in parts if part.exists()]
            writer = None
            for part in parts:
                with pq.ParquetFile(part) as file:
                    writer = writer or pq.ParquetWriter(
                        folder / f"{name}.parquet", file.schema_arrow, compression="zstd"
                    )
                    for batch in file.iter_batches():
                        writer.write_batch(batch)
                part.unlink()
            if writer is not None:
                writer.close()
            if csv:
                _join_text([part.with_suffix(".csv") for part in parts], folder / f"{name}.csv")

    def __enter__(self) -> Tables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()


def _join_text(parts: list[Path], whole: Path) -> None:
    with whole.open("wb") as out:
        for number, part in enumerate(parts):
            with part.open("rb") as file:
                if number:
                    file.readline()
                shutil.copyfileobj(file, out)
            part.unlink()


def _with_measure(rows: pl.DataFrame, measure: str) -> pl.DataFrame:
    import polars as pl

    return rows.insert_column(1, pl.Series("measure", [measure], dtype=pl.String).new_from_index(0, len(rows)))


def _compatible() -> Any:
    import polars as pl

    return pl.CompatLevel.oldest()
