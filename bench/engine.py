"""The engine: each method beside its peer, in one run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import ruptures

from bench.timing import in_turn
from reattune.alliance.bayes.posterior import read_course, trace
from reattune.alliance.bayes.prior import published_prior
from reattune.alliance.detectors import DETECTORS
from reattune.alliance.detectors.change_point import segment
from reattune.alliance.detectors.sudden_shift import SuddenShiftOptions
from reattune.alliance.measure import PERCENT
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import Simulation, simulate

# Clients a second of the R package suddengains 0.7.2 at 20 sessions, measured on the same kind of machine (2 cores).
R_SUDDENGAINS = 65
CLIENTS, SESSIONS = 20_000, 20
SIZES = (10_000, 100_000, 1_000_000)


def run() -> Iterator[str]:
    """One line for each figure."""
    ratings = simulate(CLIENTS, 1, Simulation(shortest=SESSIONS, longest=SESSIONS, leave=0)).ratings
    yield from _sudden_shift(ratings)
    yield from _change_point(ratings)
    yield from _bayes(ratings)
    yield from _studies()


def _sudden_shift(ratings: Ratings) -> Iterator[str]:
    detector, options = DETECTORS["sudden-shift"], SuddenShiftOptions(cutoff=8)
    held = io.BytesIO()
    pl.DataFrame(ratings.scores).write_parquet(held)

    def read() -> None:
        held.seek(0)
        pl.read_parquet(held)

    ours, peer, ratio = in_turn(lambda: detector.run(ratings, options), read, 9)
    rate = CLIENTS / ours
    yield (
        f"sudden-shift, {CLIENTS:,} clients of {SESSIONS} sessions: {rate:,.0f} clients a second, "
        f"{rate / R_SUDDENGAINS:,.0f} times the R package's {R_SUDDENGAINS}; {ratio:.1f} times reading the same scores "
        f"from Parquet in memory ({1000 * ours:.0f} ms, {1000 * peer:.1f} ms)"
    )


def _change_point(ratings: Ratings) -> Iterator[str]:
    scores = np.where(np.isnan(ratings.scores), 70.0, ratings.scores)
    penalty = np.full(len(scores), 90.0)
    few = scores[:2000]
    engine = ruptures.KernelCPD(kernel="linear", min_size=2)

    def peer() -> None:
        for row in few:
            engine.fit(row[:, None]).predict(pen=90.0)

    ours, theirs, ratio = in_turn(lambda: segment(few, penalty[:2000], 2), peer, 5)
    whole, _, _ = in_turn(lambda: segment(scores, penalty, 2), lambda: None, 3)
    yield (
        f"change-point: {CLIENTS / whole:,.0f} clients a second; {1 / ratio:.1f} times as fast as ruptures' KernelCPD, "
        f"a kernel in C called once a client ({2000 / ours:,.0f} against {2000 / theirs:,.0f} on 2,000 clients)"
    )
    yield from _against_the_kernel_alone(few, ours)


def _against_the_kernel_alone(few: np.ndarray, ours: float) -> Iterator[str]:
    """The C kernel without the Python around it."""
    from ruptures.detection._detection.ekcpd import ekcpd_pelt_L2

    rows = [np.ascontiguousarray(row[:, None]) for row in few]

    def kernel() -> None:
        for row in rows:
            ekcpd_pelt_L2(row, 90.0, 2)

    theirs, _, _ = in_turn(kernel, lambda: None, 5)
    yield f"change-point against that kernel alone, without its Python: {theirs / ours:.2f} times as fast"


def _bayes(ratings: Ratings) -> Iterator[str]:
    prior = published_prior(ratings.measure)
    both, known_then, ratio = in_turn(lambda: trace(ratings, prior), lambda: trace(ratings, prior, smooth=False), 3)
    yield (
        f"bayes on one core: {CLIENTS / known_then:,.0f} clients a second as known then, {CLIENTS / both:,.0f} with "
        f"looking back too ({ratio:.2f} times as long)"
    )
    one = np.round(80 + 4 * np.random.default_rng(1).standard_normal(500))
    ours, peer, times = in_turn(
        lambda: read_course(one, PERCENT, prior), lambda: DETECTORS["control-chart"].alarms(_of(one), _CHART), 15
    )
    yield (
        f"bayes, one person of 500 sessions in the app: {1000 * ours:.1f} ms; {times:.2f} times the growing control "
        f"chart ({1000 * peer:.1f} ms)"
    )


_CHART = DETECTORS["control-chart"].options()


def _of(scores: np.ndarray) -> Ratings:
    return Ratings.of_one(scores.tolist(), PERCENT)


def _studies() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="reattune-bench-") as folder:
        before = 0.0
        for size in SIZES:
            file = Path(folder) / f"{size}.parquet"
            _command("simulate", "--clients", size, "--seed", 5, "--out", file)
            out = Path(folder) / "results"
            seconds, memory = _command("study", file, "--range", "0..100", "--method", "all", "--out", out)
            growth = f"; {seconds / before:.1f} times the tenth of it" if before else ""
            yield (
                f"reattune study, all methods, {size:,} clients: {seconds:.0f} s ({size / seconds:,.0f} a second), "
                f"{memory:.0f} MB at most{growth}"
            )
            before = seconds
            if size == SIZES[1]:
                spark, _ = _command(
                    "study", file, "--range", "0..100", "--method", "all", "--out", out, "--engine", "spark",
                    "--spark-master", "local-cluster[2,1,2048]",
                )  # fmt: skip
                yield f"the same through Spark, two executors here: {spark:.0f} s, {spark / seconds:.2f} times local"


def _command(*words: object) -> tuple[float, float]:
    """Seconds, and the most memory in MB, of one command."""
    import resource
    import time

    executable = Path(sys.executable).with_name("reattune")
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(executable), *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, words
    assert isinstance(usage, resource.struct_rusage)
    return time.perf_counter() - start, usage.ru_maxrss / 1024
