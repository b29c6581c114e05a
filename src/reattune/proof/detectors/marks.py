"""Ruptures that people have marked: read from a table, checked against the ratings, and laid on their sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.exchange.column_names import Role, role_of, words_of
from reattune.exchange.written_dates import Order, day_of, written
from reattune.study.column_contents import cells
from reattune.study.errors import StudyError
from reattune.study.file_formats import open_source
from reattune.study.session_grid import Batch

if TYPE_CHECKING:
    import polars as pl

BY_SESSION = ("client", "session", "rupture", "marker")
BY_SPAN = ("client", "from", "to", "marker")
_NAMES = {
    "from": {"from", "start", "begin", "first", "onset", "von", "desde", "du"},
    "to": {"to", "until", "end", "last", "bis", "hasta", "au"},
    "rupture": {"rupture", "ruptures", "ruptur", "ruptura", "mark", "marked"},
    "marker": {"marker", "rater", "observer", "coder", "judge", "markedby"},
}
_YES, _NO = (
    {"1", "1.0", "yes", "y", "true", "x", "ja", "si", "sí", "oui"},
    {"0", "0.0", "no", "n", "false", "nein", "non"},
)
_EPOCH = date(1970, 1, 1)
Side = Literal["on", "from", "to"]


@dataclass(frozen=True)
class Mark:
    """One row: which sessions of a client a marker took for a rupture, or for none.

    Attributes:
        first, last: as written, a session's number, name or day; ``first`` empty where a whole course was looked at
            and nothing found, ``last`` empty where the rupture lasts to the end.
        rupture: what was marked; ``None`` of a span, which says by itself what is a rupture and what not.
    """

    row: int
    client: str
    first: str
    last: str
    rupture: bool | None
    marker: str


@dataclass(frozen=True)
class Marks:
    """The rows of one table. ``by_span`` is whether rows are spans; in words ``name`` is the file."""

    name: str
    rows: Sequence[Mark]
    by_span: bool

    @property
    def markers(self) -> tuple[str, ...]:
        """Who marked, in order of appearance."""
        return tuple(dict.fromkeys(row.marker for row in self.rows))

    @property
    def clients(self) -> tuple[str, ...]:
        """Who was looked at."""
        return tuple(dict.fromkeys(row.client for row in self.rows))


def read_marks(path: Path, only: Sequence[str] = ()) -> Marks:
    """Marks from a table of any kind that ratings can come in.

    Args:
        only: markers that count; all unless named.

    Raises:
        StudyError: naming the file, the row and what is wrong.
    """
    import polars as pl

    source = open_source(path)
    table = pl.concat(list(source.pieces()))
    columns = _columns(table, source.name)
    by_span = "from" in columns
    text = {name: cells(table[column]).to_list() for name, column in columns.items()}
    rows = []
    for place, number in enumerate(table["row"].to_list()):
        here = {name: values[place] or "" for name, values in text.items()}
        if not any(here[name] for name in here if name != "marker"):
            continue
        rows.append(_row(f"{source.name}, row {number}", number, here, by_span))
    unknown = next((name for name in only if name not in {row.marker for row in rows}), None)
    if unknown is not None:
        there = ", ".join(repr(name) for name in dict.fromkeys(row.marker for row in rows))
        raise StudyError(f"{source.name}: there is no marker {unknown!r}. There are: {there}.")
    rows = [row for row in rows if not only or row.marker in only]
    if not rows:
        raise StudyError(f"{source.name} has no mark in it.")
    return Marks(source.name, rows, by_span)


def _columns(table: pl.DataFrame, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in table.columns:
        joined = "".join(words_of(column))
        what = next((key for key, words in _NAMES.items() if joined in words), None)
        role = role_of(column)
        if what is None and role is Role.CLIENT:
            what = "client"
        elif what is None and role in (Role.SESSION, Role.DATE):
            what = "session"
        if what is not None:
            # Of a number and a day for each session the day is for people.
            found.setdefault(what, column)
    wanted = ("client", "from", "to") if "from" in found or "to" in found else ("client", "session", "rupture")
    lacking = [each for each in wanted if each not in found]
    if lacking:
        raise StudyError(
            f"{name} lacks the column {', '.join(lacking)}. Marks have {', '.join(BY_SESSION)}, or "
            f"{', '.join(BY_SPAN)}; --template FILE writes a table to fill in."
        )
    return {key: column for key, column in found.items() if key in (*wanted, "marker")}


def _row(where: str, number: int, here: Mapping[str, str], by_span: bool) -> Mark:
    if not here["client"]:
        raise StudyError(f"{where}: there is no client. Each mark says whose sessions it is about.")
    marker = here.get("marker", "")
    if by_span:
        if here["to"] and not here["from"]:
            raise StudyError(f"{where}: the rupture ends at {here['to']!r} and does not say where it begins.")
        return Mark(number, here["client"], here["from"], here["to"], None, marker)
    said = here["rupture"].lower()
    if not here["session"]:
        raise StudyError(f"{where}: there is no session. To mark spans, use the columns {', '.join(BY_SPAN)}.")
    if said and said not in _YES | _NO:
        raise StudyError(f"{where}: rupture is 1 or 0, or empty where it was not looked at; this is {said!r}.")
    return Mark(number, here["client"], here["session"], here["session"], said in _YES if said else None, marker)


@dataclass(frozen=True)
class Votes:
    """Marks on the grid of the ratings.

    Attributes:
        said: (markers, clients, grid) 1 a rupture, 0 none, NaN where this marker did not look.
        unrated: marked sessions without a rating, at which nothing could be seen.
    """

    markers: tuple[str, ...]
    said: Floats
    unrated: int

    @property
    def truth(self) -> Floats:
        """(clients, grid) 1 where more than half of those who looked saw a rupture, 0 where fewer; else NaN."""
        looked = (~np.isnan(self.said)).sum(axis=0)
        yes = np.nansum(self.said, axis=0)
        with np.errstate(invalid="ignore"):
            share = np.where(looked > 0, yes / np.maximum(looked, 1), np.nan)
        return np.where(share == 0.5, np.nan, np.where(np.isnan(share), np.nan, (share > 0.5).astype(float)))

    @property
    def tied(self) -> int:
        """Sessions at which as many saw a rupture as did not."""
        looked = (~np.isnan(self.said)).sum(axis=0)
        return int(((looked > 0) & (2 * np.nansum(self.said, axis=0) == looked)).sum())


def lay_on(marks: Marks, batch: Batch, ends: Integers, *, labels: Mapping[str, int], order: Order | None) -> Votes:
    """Marks on the sessions of the ratings of their clients.

    Args:
        batch: all clients of the marks.
        ends: (clients,) column of the last session that the ratings tell of, with a score or without.
        labels: session numbers by name, where sessions have names; ``order`` of day and month, where dates need one.

    Raises:
        StudyError: a mark is of a client or session that the ratings do not have, ends before it begins, or says
            the opposite of another of the same marker; with its row.
    """
    ratings = batch.ratings
    places = {str(name): place for place, name in enumerate(ratings.clients)}
    rated = ~np.isnan(ratings.scores)
    last = rated.shape[1] - 1 - rated[:, ::-1].argmax(axis=1)
    width = max(rated.shape[1], int(ends.max()) + 1)
    said = np.full((len(marks.markers), len(rated), width), np.nan)
    finder = _Finder(batch, ends, labels, order)
    looked_whole: set[tuple[int, int]] = set()
    for row in marks.rows:
        where = f"{marks.name}, row {row.row}"
        client = places.get(row.client)
        if client is None:
            raise StudyError(f"{where}: client {row.client!r} is not among the ratings. Write it as they do.")
        own = said[marks.markers.index(row.marker), client]
        if marks.by_span:
            pair = (marks.markers.index(row.marker), client)
            if pair not in looked_whole:
                own[: last[client] + 1] = 0.0
                looked_whole.add(pair)
            if row.first:
                begin = finder.column(where, client, row.first, "from")
                end = finder.column(where, client, row.last, "to") if row.last else int(last[client])
                if end < begin:
                    raise StudyError(f"{where}: the rupture ends at {row.last!r}, before it begins at {row.first!r}.")
                own[begin : end + 1] = 1.0
        elif row.rupture is not None:
            column = finder.column(where, client, row.first, "on")
            if not np.isnan(own[column]) and bool(own[column]) != row.rupture:
                raise StudyError(
                    f"{where}: the same marker has marked session {row.first!r} of client {row.client!r} both as a "
                    "rupture and as none. Keep one of the two."
                )
            own[column] = float(row.rupture)
    looked: Flags = np.any(~np.isnan(said), axis=0)
    looked[:, : rated.shape[1]] &= ~rated
    # A span says nothing of one session in it that has no rating.
    unrated = 0 if marks.by_span else int(looked.sum())
    return Votes(marks.markers, said[..., : rated.shape[1]], unrated)


def _whole(said: str) -> int:
    """A session's number; 3.0 is 3, and 3.7 is none."""
    value = float(said)
    if value != int(value):
        raise ValueError(said)
    return int(value)


class _Finder:
    """Which column of the grid a session is, by its number, name or day."""

    def __init__(self, batch: Batch, ends: Integers, labels: Mapping[str, int], order: Order | None) -> None:
        self._ratings, self._days, self._labels, self._order = batch.ratings, batch.days, labels, order
        self._ends = ends

    def column(self, where: str, client: int, said: str, side: Side) -> int:
        """The column; where a span begins or ends on a day without a session, the next one or the one before."""
        name = self._ratings.clients[client]
        if self._days is not None:
            return self._by_day(where, client, said, side)
        number = self._labels.get(said)
        if number is None:
            try:
                number = _whole(said)
            except (ValueError, OverflowError):
                kind = "a name or a number" if self._labels else "a number"
                raise StudyError(f"{where}: {said!r} is no session; in the ratings each has {kind}.") from None
        first = int(self._ratings.first[client])
        column = number - first
        if not 0 <= column <= int(self._ends[client]):
            raise StudyError(
                f"{where}: client {name!r} has no session {said}; the ratings go from {first} to "
                f"{first + int(self._ends[client])}."
            )
        return column

    def _by_day(self, where: str, client: int, said: str, side: Side) -> int:
        name = self._ratings.clients[client]
        found = written(said)
        day = day_of(said, self._order) if found else None
        if day is None:
            hint = " Write it as 2024-05-31." if found else ""
            raise StudyError(f"{where}: the sessions of the ratings have days, and {said!r} is none.{hint}")
        assert self._days is not None  # noqa: S101
        days = self._days[client]
        held = np.flatnonzero(days >= 0)
        number = (day - _EPOCH).days
        apart = {
            "on": number not in days[held],
            "from": number > days[held[-1]],
            "to": number < days[held[0]],
        }
        if apart[side]:
            begin, end = (date.fromordinal(_EPOCH.toordinal() + int(days[at])) for at in (held[0], held[-1]))
            raise StudyError(
                f"{where}: client {name!r} has no session on {day.isoformat()}; the ratings go from {begin} to {end}."
            )
        if side == "to":
            return int(held[days[held] <= number][-1])
        return int(held[days[held] >= number][0])
