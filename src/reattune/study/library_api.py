"""The engine as a library: ratings in, events out, with a table, a picture and a frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reattune.alliance.bayes.posterior import Trace
from reattune.alliance.detectors import DETECTORS, Event, Events
from reattune.alliance.detectors.bayes import events_of, read
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings
from reattune.study.cohort_profile import head_of, take_bearings
from reattune.study.errors import StudyError
from reattune.study.method_options import Wishes, make_plan
from reattune.study.results_folder import write_picture
from reattune.study.running_totals import judged_clients

if TYPE_CHECKING:
    import pandas
    import polars as pl

    from reattune.study.session_grid import Batch


@dataclass(frozen=True)
class Picture:
    """An SVG drawing; a notebook shows it by itself."""

    svg: str

    def save(self, path: str | Path) -> None:
        """Write it to a file.

        Raises:
            StudyError: the file's name does not end in .svg, or it cannot be written.
        """
        write_picture(self.svg, Path(path))

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True)
class Found:
    """What one method found: a sequence of events that prints as a table.

    Attributes:
        method: its name.
        ratings: what was read.
        events: the events, in columns and as a sequence.
        trace: what ``bayes`` says at each session; ``None`` of other methods.
        understood: how the ratings were read, in one line; empty where they came as :class:`.Ratings`.
        batch: the ratings as they were read from a frame, with who saw the clients and when; else ``None``.
    """

    method: str
    ratings: Ratings
    events: Events
    trace: Trace | None
    understood: str = ""
    batch: Batch | None = None

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __getitem__(self, place: int) -> Event:
        event: Event = self.events[place]
        return event

    def __repr__(self) -> str:
        from rich.console import Console

        from reattune.study.terminal_table import MOST_ROWS, event_table

        text = StringIO()
        console = Console(file=text, width=100, no_color=True, highlight=False)
        events = "event" if len(self) == 1 else "events"
        judged = int(judged_clients(self.ratings, self.method).sum())
        console.print(f"{self.method}: {len(self):,} {events} in {judged:,} {_clients(judged)}", markup=False)
        unknown = len(self.ratings.clients) - judged
        if unknown:
            console.print(
                f"Of {unknown:,} {_clients(unknown)} there are too few ratings to say anything.", markup=False
            )
        if len(self):
            console.print(event_table(self.events[:MOST_ROWS]))
        if self.understood:
            console.print(self.understood, markup=False, soft_wrap=True)
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines())

    def to_polars(self) -> pl.DataFrame:
        """The events as a Polars frame, with the columns of ``events.parquet``."""
        from reattune.study.detect_batch import event_rows

        return event_rows(self.events, self.batch)

    def to_pandas(self) -> pandas.DataFrame:
        """The same as a pandas frame; needs pandas."""
        return self.to_polars().to_pandas()

    def sessions(self) -> pl.DataFrame:
        """One row for each session between a client's first and last rating, with the columns of
        ``sessions.parquet``; what ``bayes`` says is null with other methods.
        """
        from reattune.study.detect_batch import session_rows

        return session_rows(self.ratings, self.trace, self.batch)

    def plot(self, client: object | None = None) -> Picture:
        """One client's course: ratings, usual range and events.

        Args:
            client: a name; the first client unless given.

        Raises:
            StudyError: there is no such client, or no rating of this one.
        """
        from reattune.study.report.figures import course, standalone
        from reattune.study.running_totals import course_of

        names = list(self.ratings.clients)
        name = names[0] if client is None else str(client)
        if name not in names:
            raise StudyError(f"There is no client {name!r} among the {len(names):,} that were read.")
        one = course_of(self.ratings, names.index(name), self.events, self.trace)
        shown = [score for score in one.scores if score is not None]
        if not shown:
            raise StudyError(f"Client {name!r} has no rating to draw.")
        measure = self.ratings.measure
        low = measure.low if np.isfinite(measure.low) else min(shown) - 1
        high = measure.high if np.isfinite(measure.high) else max(shown) + 1
        return Picture(standalone(course(one, (low, high))))


def detect(
    ratings: Any,
    method: str = "bayes",
    *,
    measure: Measure | None = None,
    options: Any = None,
    fit: bool = False,
    client: str | Sequence[object] | None = None,
    session: str | None = None,
    score: str | None = None,
    second: Any = None,
    **reading: Any,
) -> Found:
    """Find ruptures, repairs and other shifts.

    Args:
        ratings: a Polars or pandas frame, long or wide, as files are; or an array (clients, sessions), or one person's
            scores in order, with NaN or ``None`` where missing; or a mapping from clients to their scores; or
            :class:`.Ratings`.
        method: one of ``reattune.METHODS``.
        measure: range, step and direction of the scores; what is not said is found and shown in ``Found.understood``.
        options: the method's own, like :class:`.BayesOptions`; unless given, the same as the command line has.
        fit: ``bayes`` learns what is usual from these ratings where that predicts better than the literature.
        second: an array of the same shape with the therapist's scores of the same sessions, NaN where missing; of a
            frame, ``rater=`` names the column that tells the two apart. ``bayes`` reads both as evidence of one bond.
        client, session, score: columns of a frame, where they are not found by name; for an array ``client`` has the
            names of its rows.
        reading: more of what :class:`.ReadOptions` says, like ``scores="s1..s9"``, ``missing=(99,)``,
            ``date_order="day"`` or ``instrument="srs"``.

    Raises:
        StudyError: the method is not known, a column is missing, a pair stands twice, a score is out of range, or the
            ratings can be read in more than one way.
        ValueError: an option does not fit.
    """
    if not isinstance(method, str) or method not in DETECTORS:
        raise StudyError(f"There is no method {method!r}. The methods are: {', '.join(DETECTORS)}.")
    read_in, understood, batch = as_ratings(ratings, measure, client=client, session=session, score=score, **reading)
    if second is not None:
        read_in = with_second(read_in, second)
    _check_range(read_in)
    told = measure is not None or isinstance(ratings, Ratings) or "instrument" in reading
    detector = DETECTORS[method]
    if options is None or (fit and method == "bayes"):
        head = head_of(read_in)
        bearings = take_bearings(head, wants_prior=method == "bayes", wants_fit=fit, told=told)
        read_in = replace(read_in, measure=bearings.measure)
        threshold = None if options is None else options.threshold
        options = make_plan(Wishes((method,)), bearings).options[method]
        if threshold is not None:
            options = replace(options, threshold=threshold)
    if method != "bayes":
        return Found(method, read_in, detector.run(read_in, options), None, understood, batch)
    trace = read(read_in, options)
    return Found(method, read_in, events_of(read_in, trace, options), trace, understood, batch)


def _clients(count: int) -> str:
    return "client" if count == 1 else "clients"


def as_ratings(ratings: Any, measure: Measure | None = None, **reading: Any) -> tuple[Ratings, str, Batch | None]:
    """Ratings from whatever :func:`detect` takes, how they were understood, and what else a frame says of them."""
    from reattune.study.read_frames import from_frame, from_scores

    if isinstance(ratings, Ratings):
        return ratings, "", None
    if hasattr(ratings, "collect") and hasattr(ratings, "collect_schema"):
        ratings = ratings.collect()
    if hasattr(ratings, "columns"):
        batch, understood = from_frame(ratings, measure, reading)
        return batch.ratings, understood, batch
    return (*from_scores(ratings, measure, reading), None)


def with_second(ratings: Ratings, second: Any) -> Ratings:
    """The ratings with the therapist's beside them.

    Raises:
        StudyError: they have another shape, or are not all numbers.
    """
    from reattune.study.read_frames import as_rows

    values = as_rows(second)
    if values.shape != ratings.scores.shape:
        raise StudyError(
            f"second= has the therapist's score of every session that scores are given for, {ratings.scores.shape} of "
            f"them; this is {values.shape}. Write None where one is missing."
        )
    return replace(ratings, second=values)


def _check_range(ratings: Ratings) -> None:
    low, high = ratings.measure.low, ratings.measure.high
    for whose, scores in (("", ratings.scores), ("therapist's ", ratings.second)):
        if scores is None:
            continue
        with np.errstate(invalid="ignore"):
            off = np.argwhere((scores < low) | (scores > high))
        if len(off):
            client, column = off[0]
            raise StudyError(
                f"Client {ratings.clients[client]!r}, session {ratings.session(client, column)}: the {whose}score "
                f"{scores[client, column]:g} is outside {low:g} to {high:g}. Give the measure's range with "
                "measure=Measure(low=…, high=…)."
            )
