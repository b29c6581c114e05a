"""The engine: each method beside its peer, in one run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import ruptures

from bench.timing import in_turn
from reattune.alliance.bayes.filter import BondFilter
from reattune.alliance.bayes.hidden_states import CALM, STATES, STEADY
from reattune.alliance.bayes.pair_batches import scale_of
from reattune.alliance.bayes.parameter_grid import LEVELS, Blocks, by_depth
from reattune.alliance.bayes.posterior import read_course, trace
from reattune.alliance.bayes.prior import published_prior
from reattune.alliance.bayes.session_by_session import Course
from reattune.alliance.detectors import DETECTORS
from reattune.alliance.detectors.change_point import segment
from reattune.alliance.detectors.sudden_shift import SuddenShiftOptions
from reattune.alliance.measure import PERCENT
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import Simulation, simulate
from reattune.alliance.simulate_second import SecondRater

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
    yield from _memory(ratings)
    yield from _against_hmmlearn(ratings)
    yield from _one_at_a_time(ratings)
    yield from _two_raters()
    yield from _studies()


def _two_raters() -> Iterator[str]:
    plain = Simulation(shortest=SESSIONS, longest=SESSIONS, leave=0)
    both = simulate(240, 3, plain, SecondRater()).ratings
    one, prior = replace(both, second=None), published_prior(both.measure)
    ours, peer, ratio = in_turn(lambda: trace(both, prior), lambda: trace(one, prior), 3)
    rate = both.scores.size / ours
    yield f"bayes with two raters: {rate:,.0f} sessions a second, {ratio:.1f} times as long as with one"
    random = np.random.default_rng(4)
    scores, own = 70 + 5 * random.standard_normal(60), 65 + 5 * random.standard_normal(60)
    ours, peer, ratio = in_turn(
        lambda: read_course(scores, PERCENT, prior, therapist=own), lambda: read_course(scores, PERCENT, prior), 5
    )
    yield (
        f"one course of 60 sessions that both have rated: {1000 * ours:.0f} ms, {ratio:.1f} times one rater's "
        f"{1000 * peer:.1f} ms"
    )


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


def _one_at_a_time(ratings: Ratings) -> Iterator[str]:
    scores = [float(score) for score in ratings.scores[0] if score == score]
    course = Course(ratings.measure)
    for score in scores:
        course.add(score)

    def kept() -> None:
        Course.from_json(course.to_json())

    def add() -> None:
        course.add(scores[-1])

    one, both, _ = in_turn(add, kept, 200)
    yield (
        f"Course, one session more: {1e6 * one:.0f} microseconds; its state to JSON and back {1e6 * both:.0f}, "
        f"{len(course.to_json()):,} bytes"
    )


def _memory(ratings: Ratings) -> Iterator[str]:
    """How near the forward pass is to what memory bears: each session reads and writes every cell of the grid once."""
    prior = published_prior(ratings.measure)
    one, two = np.zeros(1 << 25, dtype=np.float32), np.zeros(1 << 25, dtype=np.float32)
    ours, copying, _ = in_turn(lambda: trace(ratings, prior, smooth=False), lambda: np.copyto(two, one), 3)
    cells = STATES * LEVELS * len(Blocks.of(prior))
    moved, limit = 2 * 4 * cells * SESSIONS * CLIENTS / ours, 2 * one.nbytes / copying
    yield (
        f"bayes as known then reads and writes {moved / 1e9:.2f} GB of masses a second; copying an array moves "
        f"{limit / 1e9:.1f} GB: {100 * moved / limit:.0f} % of what memory bears"
    )


def _against_hmmlearn(ratings: Ratings) -> Iterator[str]:
    """The same chain and data through hmmlearn's forward and backward in C++, the likelihoods being given to it."""
    try:
        from hmmlearn import _hmmc
    except ModuleNotFoundError:
        yield "Without hmmlearn, which is not installed (pip install hmmlearn)."
        return
    prior, few = published_prior(ratings.measure), 24
    model = BondFilter(prior, scale_of(ratings.measure))
    some = Ratings(ratings.clients[:few], ratings.scores[:few], ratings.first[:few], ratings.measure)
    begun = model.begin(some.scores[:, 0])
    cells = LEVELS * len(model.blocks)
    chain = np.kron(model.follows.T, np.eye(cells))
    wandering = np.kron(model.wandering(19, 20)[0].T, np.eye(len(model.blocks)))
    for state in (STEADY, CALM):
        to = slice(state * cells, (state + 1) * cells)
        chain[:, to] = chain[:, to] @ wandering
    at = begun.origin + model.blocks.growth[:, None] * np.log1p(np.arange(SESSIONS))[:, None, None]
    rated = ~np.isnan(some.scores.T)
    filled = np.where(rated, some.scores.T, 0.0)
    densities = model.likelihood(filled, filled, at, np.ones(few), rated, np.zeros_like(rated))
    shallow, deep = by_depth(densities)
    likely = np.concatenate([shallow, deep[:, None]], axis=1).reshape(SESSIONS, 1, -1, few)
    frames = np.ascontiguousarray(np.broadcast_to(likely, (SESSIONS, 3, *likely.shape[2:])).reshape(SESSIONS, -1, few))
    start = begun.mass.reshape(-1, few).astype(float)
    start /= start.sum(axis=0)

    def peer() -> None:
        for client in range(few):
            frame = np.ascontiguousarray(frames[..., client], dtype=float)
            _, _, scaling = _hmmc.forward_scaling(np.ascontiguousarray(start[:, client]), chain, frame)
            _hmmc.backward_scaling(np.ascontiguousarray(start[:, client]), chain, frame, scaling)

    ours, theirs, _ = in_turn(lambda: trace(ratings, prior), peer, 2)
    rate, other = CLIENTS / ours, few / theirs
    yield (
        f"bayes against hmmlearn's forward and backward on the same chain of {len(chain)} states, without the reading "
        f"of scores: {rate / other:,.0f} times as fast ({rate:,.0f} and {other:,.1f} clients a second)"
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
            seconds, memory = _command("study", file, "--range", "0..100", "--method", "all", "--out", out, "--replace")
            growth = f"; {seconds / before:.1f} times the tenth of it" if before else ""
            yield (
                f"reattune study, all methods, {size:,} clients: {seconds:.0f} s ({size / seconds:,.0f} a second), "
                f"{memory:.0f} MB at most{growth}"
            )
            before = seconds
            if size in (SIZES[0], SIZES[-1]):
                spark, _ = _command(
                    "study", file, "--range", "0..100", "--method", "all", "--out", out, "--replace",
                    "--engine", "spark", "--spark-master", "local-cluster[2,1,2048]",
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
