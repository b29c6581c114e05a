"""Every method beside ruptures that people have marked: the evidence that no simulation gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reattune.alliance.array_types import Floats, Integers
from reattune.alliance.detectors import DETECTORS, Events
from reattune.alliance.detectors.event import KINDS, NONE
from reattune.alliance.ratings import Ratings
from reattune.proof.detectors.ground_truth import FIRST_JUDGED, Judged, Onset
from reattune.proof.detectors.interrater_agreement import Agreement, agreement
from reattune.proof.detectors.marks import Marks, lay_on, read_marks
from reattune.proof.detectors.metrics import (
    Bin,
    Interval,
    Ranked,
    average_precision,
    bootstrap,
    calibration,
    expected_calibration_error,
    share_interval,
    without_nan,
)
from reattune.study.errors import StudyError
from reattune.study.group_by_client import ScatteredError
from reattune.study.method_options import Wishes
from reattune.study.read_options import ReadOptions
from reattune.study.run_study import Study, open_study, readings_of
from reattune.study.running_totals import Course, course_of
from reattune.study.session_grid import Batch, batches

if TYPE_CHECKING:
    import polars as pl

LEAST_RUPTURES, LEAST_CLIENTS = 5, 5
_SAMPLES, _SEED = 400, 1
# Two-sided 95 % of a normal, and that with four chances in five to see a difference that is there.
_SEEN = (1.96 + 0.84) / 1.96
_SHOWN = 60


@dataclass(frozen=True)
class MarkedJudgement:
    """One method beside the marks; every interval is over clients.

    Attributes:
        now: average precision for *in a rupture now*, from what was known at each session.
        delay: median sessions from the onset to the first alarm, at the threshold at which 80 % of the ruptures are
            noticed while they are open; ``false_alarms`` in a hundred calm sessions at it. NaN where a method never
            notices so many.
        noticed, right: of marked ruptures the share in which the method, at its usual setting, finds a loss, and of
            its losses in judged sessions the share that begin in a marked rupture or one session beside it.
        error, table: calibration, for methods that speak in probabilities; each row of the table with the interval of
            what was, in ``was``.
    """

    method: str
    now: Interval
    delay: Interval
    false_alarms: Interval
    noticed: Interval
    right: Interval
    error: Interval | None
    table: list[Bin]
    was: list[Interval]


@dataclass(frozen=True)
class Pair:
    """Two methods on the same marks: by how much the better one's average precision is greater.

    ``needed`` is how many marked ruptures it takes to tell a difference as large as this one apart, in four of five
    such studies; ``None`` where it can be told already, or where no number would do.
    """

    better: str
    worse: str
    by: Interval
    needed: int | None

    @property
    def apart(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.by.low > 0


@dataclass(frozen=True)
class MarkedStudy:
    """What a marked study shows.

    Attributes:
        clients, sessions: that could be judged; ``ruptures`` marked in them, ``open_sessions`` in one.
        left_out: what of the marks could not be judged, in words with counts.
        courses: judged clients with what the method ``drawn`` found, each with the spans that were marked.
    """

    source: str
    marks: str
    markers: tuple[str, ...]
    understood: str
    clients: int
    sessions: int
    ruptures: int
    open_sessions: int
    agreement: Agreement | None
    judgements: Sequence[MarkedJudgement]
    pairs: Sequence[Pair]
    left_out: Sequence[str]
    drawn: str
    courses: Sequence[tuple[Course, Sequence[tuple[int, int]]]]

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it, without the courses; NaN is null."""
        plain = asdict(replace(self, courses=()))
        del plain["courses"]
        found: dict[str, Any] = without_nan(plain)
        return found


def judge_marks(
    ratings: Path,
    marks: Path,
    options: ReadOptions,
    wishes: Wishes,
    only: Sequence[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> MarkedStudy:
    """Judge methods on marked ratings.

    Args:
        options, wishes: as for a study; every method is run as a study runs it.
        only: markers that count; all unless named.

    Raises:
        StudyError: a file or a mark is not right, or there are too few ruptures to say anything.
        QuestionError: the ratings can be read in more than one way.
    """
    source, readings = readings_of(ratings, options)
    if len(readings) > 1:
        names = ", ".join(repr(each.layout.name) for each in readings)
        raise StudyError(f"{source.name} holds several measures: {names}. Say with --only which one was marked.")
    table = read_marks(marks, only)
    try:
        study = open_study(source, readings[0], wishes)
        batch, ends = _of_clients(study, table)
    except ScatteredError:
        study = open_study(source, readings[0], wishes, scattered=True)
        batch, ends = _of_clients(study, table)
    votes = lay_on(table, batch, ends, labels=readings[0].labels, order=readings[0].order)
    judged = _judged(batch.ratings, votes.truth)
    _enough(judged, table.name)
    random = np.random.default_rng(_SEED)
    found, alarms = [], {}
    kept = np.flatnonzero(judged.where.any(axis=1))
    for name in study.plan.names:
        progress(name)
        detector, setting = DETECTORS[name], study.plan.options[name]
        alarms[name] = detector.alarms(batch.ratings, setting).now
        events = detector.run(batch.ratings, setting)
        found.append(_method(name, alarms[name], events, batch.ratings, judged, kept))
    main = DETECTORS[study.plan.names[0]].run(batch.ratings, study.plan.options[study.plan.names[0]])
    return MarkedStudy(
        source=source.name,
        marks=table.name,
        markers=tuple(name for name in votes.markers if name),
        understood=study.understood,
        clients=len(kept),
        sessions=int(judged.where.sum()),
        ruptures=len(judged.onsets),
        open_sessions=int(judged.now[judged.where].sum()),
        agreement=agreement(votes.said, random, _SAMPLES),
        judgements=sorted(found, key=lambda each: -each.now.value),
        pairs=_pairs(found, alarms, judged, kept),
        left_out=_left_out(votes.tied, votes.unrated, votes.truth, batch.ratings),
        drawn=main.method,
        courses=_courses(batch, main, judged, kept),
    )


def _of_clients(study: Study, table: Marks) -> tuple[Batch, Integers]:
    """The ratings of the clients that were marked, on one grid, and the column of the last session of each."""
    import polars as pl

    held: list[pl.DataFrame] = []
    wanted = list(table.clients)
    for frame in study.frames:
        held.append(frame.filter(pl.col("client").is_in(wanted)))
    frame = pl.concat(held)
    if not len(frame):
        raise StudyError(
            f"None of the clients in {table.name} ({', '.join(wanted[:3])}, …) is among the ratings. Write them alike."
        )
    (batch,) = batches(frame, study.bearings.measure, cells=1 << 62)
    last = frame.group_by("client", maintain_order=True).agg(pl.col("session").max())["session"].to_numpy()
    if study.layout.wide:
        # What is empty behind a client's last score is no row, and may have been marked all the same.
        last = np.full(len(last), study.layout.numbers[-1])
    return batch, np.asarray(last - batch.ratings.first, dtype=np.int64)


def _judged(ratings: Ratings, truth: Floats) -> Judged:
    where = ~np.isnan(ratings.scores) & ~np.isnan(truth)
    rated = ~np.isnan(ratings.scores)
    where &= np.cumsum(np.logical_or.accumulate(rated, axis=1), axis=1) > FIRST_JUDGED
    return Judged(where, truth == 1, _onsets(truth, where))


def _onsets(truth: Floats, where: np.ndarray) -> list[Onset]:
    """Ruptures as runs of marked sessions; what nobody looked at in between does not end one."""
    found = []
    for client, row in enumerate(truth):
        begin = end = -1
        for column in np.flatnonzero(~np.isnan(row)):
            if row[column] == 1:
                begin = int(column) if begin < 0 else begin
                end = int(column)
            elif begin >= 0:
                found.append(Onset(client, begin, end + 1))
                begin = -1
        if begin >= 0:
            found.append(Onset(client, begin, end + 1))
    # What began before anything can be said is no onset that a method could find.
    return [each for each in found if where[each.client, each.start : each.end].any() and each.start >= FIRST_JUDGED]


def _enough(judged: Judged, name: str) -> None:
    ruptures, who = len(judged.onsets), len({each.client for each in judged.onsets})
    calm = int((judged.where & ~judged.now).sum())
    if not calm:
        raise StudyError(
            f"{name} marks every judged session as a rupture, so there is nothing to tell ruptures from. Mark sessions "
            "without one too (rupture 0), or in spans the whole courses that were looked at."
        )
    if ruptures < LEAST_RUPTURES or who < LEAST_CLIENTS:
        raise StudyError(
            f"{name} marks {_count(ruptures, 'rupture')} in {_count(who, 'client')} in "
            f"sessions that can be judged (rated, from the third on). With fewer than {LEAST_RUPTURES} ruptures in "
            f"{LEAST_CLIENTS} clients nothing can be said of any method."
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _method(
    name: str, alarm: Floats, events: Events, ratings: Ratings, judged: Judged, kept: np.ndarray
) -> MarkedJudgement:
    random = np.random.default_rng(_SEED)
    ranked = judged.ranked(alarm)

    def over_clients(figure: Callable[[Floats], float], samples: int = _SAMPLES) -> Interval:
        def spread(weight: Floats) -> float:
            whole = np.zeros(len(judged.where))
            whole[kept] = weight
            return figure(whole)

        return bootstrap(spread, len(kept), random, samples)

    def delay(weight: Floats) -> float:
        delays = judged.noticed(alarm, weight).delays
        return float(np.median(delays)) if len(delays) else float("nan")

    noticed, right = _events_right(events, ratings, judged)
    error, table, was = None, [], []
    if DETECTORS[name].probabilities:
        error = over_clients(lambda weight: _calibration_error(judged, alarm, weight))
        table = calibration(judged.now[judged.where], alarm[judged.where])
        was = [over_clients(lambda weight, row=row: _was(judged, alarm, weight, row)) for row in table]  # type: ignore[misc]
    return MarkedJudgement(
        method=name,
        now=over_clients(lambda weight: average_precision(ranked, weight)),
        delay=over_clients(delay, _SAMPLES // 4),
        false_alarms=over_clients(lambda weight: judged.noticed(alarm, weight).false_alarms, _SAMPLES // 4),
        noticed=share_interval(*noticed, random, _SAMPLES),
        right=share_interval(*right, random, _SAMPLES),
        error=error,
        table=table,
        was=was,
    )


def _calibration_error(judged: Judged, alarm: Floats, weight: Floats) -> float:
    client = np.nonzero(judged.where)[0]
    times = np.repeat(np.arange(len(client)), weight[client].astype(int))
    true, said = judged.now[judged.where][times], alarm[judged.where][times]
    return expected_calibration_error(calibration(true, said)) if len(times) else float("nan")


def _was(judged: Judged, alarm: Floats, weight: Floats, row: Bin) -> float:
    said = alarm[judged.where]
    here = (said >= row.low) & ((said < row.high) | (row.high >= 1))
    own = weight[np.nonzero(judged.where)[0]][here]
    return float(np.average(judged.now[judged.where][here], weights=own)) if own.sum() else float("nan")


def _events_right(
    events: Events, ratings: Ratings, judged: Judged
) -> tuple[tuple[list[int], list[bool]], tuple[list[int], list[bool]]]:
    """Whose, and whether: of each marked rupture that a loss overlaps it, of each loss that it begins in one."""
    rated = ~np.isnan(ratings.scores)
    last = rated.shape[1] - 1 - rated[:, ::-1].argmax(axis=1)
    found = np.zeros(rated.shape, dtype=bool)
    beside = judged.now.copy()
    beside[:, :-1] |= judged.now[:, 1:]
    beside[:, 1:] |= judged.now[:, :-1]
    whose, right = [], []
    for place in np.flatnonzero(events.kind == KINDS.index("loss")):
        client = int(events.client[place])
        onset = int(events.onset[place] - ratings.first[client])
        end = last[client] if events.end[place] == NONE else int(events.end[place] - ratings.first[client])
        found[client, onset : end + 1] = True
        if judged.where[client, onset]:
            whose.append(client)
            right.append(bool(beside[client, onset]))
    noticed = [bool(found[each.client, each.start : each.end].any()) for each in judged.onsets]
    return ([each.client for each in judged.onsets], noticed), (whose, right)


def _pairs(found: Sequence[MarkedJudgement], alarms: dict[str, Floats], judged: Judged, kept: np.ndarray) -> list[Pair]:
    """The best method beside each other one."""
    random = np.random.default_rng(_SEED)
    ranked: dict[str, Ranked] = {name: judged.ranked(alarm) for name, alarm in alarms.items()}
    order = sorted(found, key=lambda each: -each.now.value)
    pairs = []
    for other in order[1:]:

        def difference(weight: Floats, worse: str = other.method) -> float:
            whole = np.zeros(len(judged.where))
            whole[kept] = weight
            return average_precision(ranked[order[0].method], whole) - average_precision(ranked[worse], whole)

        by = bootstrap(difference, len(kept), random, _SAMPLES)
        needed = None
        if by.low <= 0 < by.value:
            half = (by.high - by.low) / 2
            needed = int(np.ceil(len(judged.onsets) * (_SEEN * half / by.value) ** 2 / 10) * 10)
        pairs.append(Pair(order[0].method, other.method, by, needed))
    return pairs


def _left_out(tied: int, unrated: int, truth: Floats, ratings: Ratings) -> list[str]:
    rated = ~np.isnan(ratings.scores)
    early = int((rated & ~np.isnan(truth))[:, :FIRST_JUDGED].sum())
    words = (
        (tied, "at which as many markers saw a rupture as did not"),
        (unrated, "without a rating"),
        (early, "among the first two of a course, before which nothing is usual"),
    )
    return [f"{count:,} marked session{'' if count == 1 else 's'} {what}" for count, what in words if count]


def _courses(
    batch: Batch, main: Events, judged: Judged, kept: np.ndarray
) -> list[tuple[Course, Sequence[tuple[int, int]]]]:
    found: list[tuple[Course, Sequence[tuple[int, int]]]] = []
    for client in kept[:_SHOWN]:
        first = int(batch.ratings.first[client])
        spans = [(first + each.start, first + each.end - 1) for each in judged.onsets if each.client == client]
        found.append((course_of(batch.ratings, int(client), main, None), spans))
    return found
