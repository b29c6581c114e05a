"""The same study on a Spark cluster: whole clients are dealt to the executors, and the very same function works them.

What an executor finds it writes beside the ratings that it was given, and the driver puts it together, so the results
are a folder like any other, and equal to the local ones to the last bit; only their order differs, because Spark deals
clients by hash.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from reattune.alliance.measure import Measure
from reattune.study.detect_batch import Part, work
from reattune.study.errors import StudyError
from reattune.study.method_options import Plan, Wishes
from reattune.study.rating_files import Source
from reattune.study.reading import Reading
from reattune.study.run_study import Study, open_study
from reattune.study.session_grid import batches

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

# Rows an executor works on at once, what one Arrow batch from Spark holds, and what one partition has: at most so many,
# and not less than so few only to give each core something.
ROWS = 200_000
_SPARK_ROWS = 50_000
_MOST, _LEAST = 400_000, 20_000
_SCHEMA = "part string"
_SHARED = "Set TMPDIR to a folder that this machine and all executors see."


def run_on_spark(
    source: Source,
    reading: Reading,
    wishes: Wishes,
    take: Callable[[Study, Iterator[Part]], None],
    master: str,
) -> Study:
    """Run a study on a cluster.

    The file is checked row by row on the driver, as a local study does, and handed to Spark as Parquet in the folder
    for temporary files; on a cluster of several machines ``TMPDIR`` has to name one that all of them see.

    Raises:
        StudyError: the file or a wish is not right, or the cluster cannot be reached.
    """
    from reattune.study.group_by_client import ScatteredError

    try:
        study = open_study(source, reading, wishes)
        with _session(master) as session:
            take(study, _counted(study, _parts(session, study)))
    except ScatteredError:
        study = open_study(source, reading, wishes, scattered=True)
        with _session(master) as session:
            take(study, _counted(study, _parts(session, study)))
    return study


@contextmanager
def _session(master: str) -> Iterator[Any]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    # Executors must run this very Python, with this very package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = None
    try:
        session = (
            SparkSession.builder.master(master)
            .appName("reattune study")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(_SPARK_ROWS))
            .config("spark.executorEnv.OPENBLAS_NUM_THREADS", "1")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
    except (RuntimeError, OSError) as error:
        raise StudyError(f"Spark at {master!r} cannot be reached: {str(error).splitlines()[0]}") from error
    except (PySparkException, Py4JError) as error:
        reason = next((line for line in str(error).splitlines() if "Error: " in line), "")
        raise StudyError(f"Spark at {master!r} gave up. {_SHARED} It said: {reason.strip()[:300]}") from error
    finally:
        if session is not None:
            session.stop()


def _parts(session: Any, study: Study) -> Iterator[Part]:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="reattune-spark-") as folder:
        given, parts = Path(folder) / "ratings", Path(folder) / "parts"
        given.mkdir()
        parts.mkdir()
        rows = 0
        for number, frame in enumerate(study.frames):
            # The columns are cut to what travels.
            travels = [
                name
                for name in ("client", "session", "score", "therapist", "date", "unsure", "second")
                if name in frame.columns
            ]
            frame.select(travels).write_parquet(given / f"{number}.parquet")
            rows += len(frame)
        ratings = session.read.parquet(str(given))
        dealt = ratings.repartition(_partitions(rows, session), "client").sortWithinPartitions("client", "session")
        # Through Spark itself only names come back: what is found is many times the ratings, and a task's result has
        # to fit into the memory of executor and driver at once.
        found = dealt.mapInArrow(_Worker(study.plan, study.bearings.measure, parts), _SCHEMA).collect()
        for row in found:
            file = parts / row.part
            if not file.exists():
                raise StudyError(f"What Spark's executors found is not in {parts}. {_SHARED}")
            # The bytes are what _Worker made on our own executors, in a folder that nobody else can write to.
            yield pickle.loads(file.read_bytes())  # noqa: S301
            file.unlink()


def _partitions(rows: int, session: Any) -> int:
    cores: int = session.sparkContext.defaultParallelism
    return max(1, ceil(rows / _MOST), min(cores, rows // _LEAST))


def _counted(study: Study, parts: Iterator[Part]) -> Iterator[Part]:
    for part in parts:
        study.tally.add(part.tally)
        yield part
    if not study.tally.ratings:
        raise StudyError(f"{study.source.name} has no score at all: every one is missing.")


class _Worker:
    """Arrow batches of one partition, sorted by client, to the names of files with parts; what ``mapInArrow`` calls on
    an executor."""

    def __init__(self, plan: Plan, measure: Measure, folder: Path) -> None:
        self._plan, self._measure, self._folder = plan, measure, folder

    def __call__(self, stream: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for frame in _whole(stream):
            for batch in batches(frame, self._measure):
                part = work(batch, self._plan)
                part = Part(part.events, part.sessions, part.clients, part.tally)
                # A task that Spark runs twice writes two files; only those of the one that counts are named.
                name = uuid4().hex
                (self._folder / name).write_bytes(pickle.dumps(part, protocol=5))
                yield pa.RecordBatch.from_pydict({"part": [name]})


def _whole(stream: Iterator[pa.RecordBatch]) -> Iterator[pl.DataFrame]:
    """Frames of whole clients, about ``ROWS`` rows each."""
    import polars as pl

    held: list[pl.DataFrame] = []
    for batch in stream:
        held.append(pl.DataFrame(batch))
        if sum(map(len, held)) >= ROWS:
            together = pl.concat(held)
            last = together["client"] == together["client"][-1]
            done, rest = together.filter(~last), together.filter(last)
            held = [rest]
            if len(done):
                yield done
    if held:
        yield pl.concat(held)
