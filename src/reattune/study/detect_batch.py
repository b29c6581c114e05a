"""One batch of whole clients, from ratings to rows: the same on one machine and on a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reattune.alliance.array_types import row_sums
from reattune.alliance.bayes.posterior import Trace
from reattune.alliance.detectors import DETECTORS, Events
from reattune.alliance.detectors.bayes import events_of, read
from reattune.alliance.detectors.event import KINDS, NONE, PATTERNS, STATES
from reattune.alliance.ratings import Ratings
from reattune.study.method_options import Plan
from reattune.study.running_totals import LOSS, Tally, judged_clients, judged_sessions, tally_of
from reattune.study.session_grid import Batch

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Part:
    """What one batch gives: rows of the three tables, its share of the report, and the events as found."""

    events: pl.DataFrame
    sessions: pl.DataFrame
    clients: pl.DataFrame
    tally: Tally
    found: dict[str, Events] = field(default_factory=dict)


def find(batch: Batch, plan: Plan) -> tuple[dict[str, Events], Trace | None]:
    """Events of every method, and the model's reading where ``bayes`` is among them."""
    found: dict[str, Events] = {}
    trace = None
    for name, options in plan.options.items():
        if name == "bayes":
            trace = read(batch.ratings, options)
            found[name] = events_of(batch.ratings, trace, options)
        else:
            found[name] = DETECTORS[name].run(batch.ratings, options)
    return found, trace


def work(batch: Batch, plan: Plan) -> Part:
    """Run every method of the plan on a batch."""
    import polars as pl

    found, trace = find(batch, plan)
    events = pl.concat([event_rows(each, batch) for each in found.values()])
    return Part(
        events,
        session_rows(batch.ratings, trace, batch),
        _clients(batch, found, trace),
        tally_of(batch, found, trace),
        found,
    )


def event_rows(events: Events, batch: Batch | None = None) -> pl.DataFrame:
    """Events as rows: client, method, kind, pattern, onset, end, detected_at, depth, depth_sd, probability, state, and
    the days of the three sessions.

    Args:
        batch: whose events they are, where it is known when its sessions were; without days the columns are null.
    """
    import polars as pl

    def day_of(name: str, session: np.ndarray) -> pl.Series:
        if batch is None or batch.days is None or not len(events):
            return pl.repeat(None, len(events), dtype=pl.Date, eager=True)
        column = session - batch.ratings.first[events.client]
        there = (column >= 0) & (column < batch.days.shape[1])
        days = pl.Series(name, np.where(there, batch.days[events.client, np.where(there, column, 0)], -1))
        return days.set(days < 0, None).cast(pl.Int32).cast(pl.Date)

    def words(places: np.ndarray, names: tuple[str, ...]) -> pl.Series:
        return pl.Series([None if name == "" else name for name in names], dtype=pl.String).gather(places)

    client = pl.Series(events.clients, dtype=pl.String).gather(events.client)
    end = pl.Series(events.end)
    return pl.DataFrame(
        {
            "client": client,
            "method": pl.repeat(events.method, len(events), dtype=pl.String, eager=True),
            "kind": words(events.kind, KINDS),
            "pattern": words(events.pattern, PATTERNS),
            "onset": events.onset,
            "end": end.set(end == NONE, None),
            "detected_at": events.detected_at,
            "depth": events.depth,
            "depth_sd": pl.Series(events.depth_sd).fill_nan(None),
            "probability": pl.Series(events.probability).fill_nan(None),
            "state": words(events.state, STATES),
            "onset_date": day_of("onset_date", events.onset),
            "end_date": day_of("end_date", events.end),
            "detected_date": day_of("detected_date", events.detected_at),
        }
    )


def session_rows(ratings: Ratings, trace: Trace | None, batch: Batch | None = None) -> pl.DataFrame:
    """Sessions between each client's first and last rating as rows, with what ``bayes`` says of them; where therapists
    have rated too, with their scores and what is usual of these.

    Args:
        batch: where it is known who saw the clients, and when.
    """
    import polars as pl

    rated = ~np.isnan(ratings.scores)
    ahead = np.logical_or.accumulate(rated, axis=1)
    behind = np.logical_or.accumulate(rated[:, ::-1], axis=1)[:, ::-1]
    client, column = np.nonzero(ahead & behind)
    judged = judged_sessions(ratings)[client, column]
    seen_by = batch.seen_by if batch is not None else None
    days = batch.days if batch is not None else None
    therapist = pl.repeat(None, len(client), dtype=pl.String, eager=True)
    if seen_by is not None:
        codes = pl.Series(seen_by.codes[client, column])
        therapist = pl.Series(seen_by.names, dtype=pl.String).gather(codes.set(codes < 0, None))
    date = pl.repeat(None, len(client), dtype=pl.Date, eager=True)
    if days is not None:
        day = pl.Series(days[client, column])
        date = day.set(day < 0, None).cast(pl.Int32).cast(pl.Date)

    def of(name: str) -> pl.Series:
        if trace is None:
            return pl.repeat(None, len(client), dtype=pl.Float64, eager=True)
        values = getattr(trace, name)[client, column]
        # Before anything can be said, a probability is not 0 but not known.
        return pl.Series(np.where(judged, values, np.nan) if name.startswith("p_") else values).fill_nan(None)

    theirs: dict[str, pl.Series] = {}
    if ratings.second is not None:
        theirs["therapist_score"] = pl.Series(ratings.second[client, column]).fill_nan(None)
        usual = None if trace is None else trace.second
        for name in ("expected", "usual_low", "usual_high"):
            values = np.full(len(client), np.nan) if usual is None else getattr(usual, name)[client, column]
            theirs[f"therapist_{name}"] = pl.Series(values).fill_nan(None)
    return pl.DataFrame(
        {
            "client": pl.Series(ratings.clients, dtype=pl.String).gather(client),
            "session": ratings.sessions(client, column),
            "date": date,
            "therapist": therapist,
            "score": pl.Series(ratings.scores[client, column]).fill_nan(None),
            "expected": of("expected"),
            "usual_low": of("usual_low"),
            "usual_high": of("usual_high"),
            "p_rupture_now": of("p_now"),
            "p_onset": of("p_onset"),
            "p_rupture": of("p_rupture"),
            **theirs,
        }
    )


def _clients(batch: Batch, found: dict[str, Events], trace: Trace | None) -> pl.DataFrame:
    import polars as pl

    ratings = batch.ratings
    rated = ~np.isnan(ratings.scores)
    count = rated.sum(axis=1)
    first = rated.argmax(axis=1)
    last = rated.shape[1] - 1 - rated[:, ::-1].argmax(axis=1)
    main = next(iter(found.values()))
    losses, every = main.kind == LOSS, np.arange(len(count))

    def counted(which: np.ndarray) -> pl.Series:
        counts = pl.Series(np.bincount(main.client[which], minlength=len(count)))
        return counts.set(pl.Series(~judged), None)

    judged = judged_clients(ratings, main.method)
    now = pl.repeat(None, len(count), dtype=pl.Float64, eager=True)
    if trace is not None:
        known = judged_sessions(ratings)[every, last]
        now = pl.Series(np.where(known, trace.p_now[every, last], np.nan)).fill_nan(None)
    some = pl.Series(count > 0)
    therapists = pl.Series(batch.therapists, dtype=pl.String)
    mean = row_sums(ratings.scores, rated) / np.maximum(count, 1)
    return pl.DataFrame(
        {
            "client": pl.Series(ratings.clients, dtype=pl.String),
            "therapist": therapists.set(therapists == "", None),
            "ratings": count,
            "first_session": pl.Series(ratings.first + first).set(~some, None),
            "last_session": pl.Series(ratings.first + last).set(~some, None),
            "mean_score": pl.Series(mean).set(~some, None),
            "losses": counted(losses),
            "gains": counted(~losses),
            "repaired": counted(losses & (main.state == STATES.index("repaired"))),
            "open": counted(losses & (main.state != STATES.index("repaired"))),
            "p_rupture_now": now,
        }
    )
