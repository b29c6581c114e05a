"""One year of the timeline at a glance: where it was dense, and what was open when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from reattune.journal.documents import Rupture
from reattune.reflection.timeline import BECAME, Month, Standing


@dataclass(frozen=True)
class OpenTime:
    """A time in which something that went wrong was open: from ``begin`` to ``end`` (months, 0 to 12).

    ``ended`` says how: mended or let go; ``None`` where it was still open at the end of the year, or is now. ``lane``
    is where it is drawn, from 0 down; ``None`` where there was no room.
    """

    rupture: Rupture
    lane: int | None
    begin: float
    end: float
    ended: Standing | None


@dataclass(frozen=True)
class Year:
    """One year: how many entries in each of its twelve months, and what was open when, by when it began."""

    year: int
    counts: tuple[int, ...]
    open_times: tuple[OpenTime, ...]

    @property
    def left_out(self) -> int:
        """How many times in which something was open found no lane."""
        return sum(time.lane is None for time in self.open_times)


def year_counts(months: Iterable[Month]) -> dict[int, int]:
    """How many entries each year has, newest year first; years without any, and what has no year, are left out."""
    found: dict[int, int] = {}
    for month in months:
        if month.place.year:
            found[month.place.year] = found.get(month.place.year, 0) + len(month.entries)
    return found


def year_of(
    months: Iterable[Month],
    ruptures: Iterable[Rupture],
    talks: Mapping[UUID, datetime],
    year: int,
    now: datetime,
    lanes: int,
) -> Year:
    """One year at a glance.

    Args:
        ruptures: what went wrong, in at most ``lanes`` lanes below one another.
        talks: the day of each talk, by its id.
    """
    counts = [0] * 12
    for month in months:
        if month.place.year == year and month.place.month:
            counts[month.place.month - 1] = len(month.entries)
    times = sorted(
        (time for rupture in ruptures for time in _open_times(rupture, talks, year, now)),
        key=lambda time: time.begin,
    )
    free = [0.0] * lanes
    placed: list[OpenTime] = []
    for time in times:
        lane = next((n for n, until in enumerate(free) if until <= time.begin), None)
        if lane is not None:
            free[lane] = time.end + _APART
        placed.append(replace(time, lane=lane))
    return Year(year, tuple(counts), tuple(placed))


# So far apart in months two times in one lane lie at least.
_APART = 0.4


def _open_times(rupture: Rupture, talks: Mapping[UUID, datetime], year: int, now: datetime) -> Iterator[OpenTime]:
    begin: datetime | None = min(rupture.began, rupture.transitions[0].at)
    for step in rupture.transitions:
        closed = BECAME.get(step.state)
        # What a talk brought about was so from its day on, whenever it was written down.
        at = talks.get(step.because, step.at) if step.because else step.at
        if closed and begin:
            yield from _in_year(rupture, begin, max(begin, at), closed, year)
            begin = None
        elif not closed and begin is None:
            begin = at
    if begin:
        yield from _in_year(rupture, begin, max(now, begin), None, year)


def _in_year(
    rupture: Rupture, begin: datetime, end: datetime, closed: Standing | None, year: int
) -> Iterator[OpenTime]:
    first, last = rupture.local(begin), rupture.local(end)
    if first.year <= year <= last.year:
        start = _months(first) if first.year == year else 0.0
        stop = _months(last) if last.year == year else 12.0
        yield OpenTime(rupture, None, start, stop, closed if last.year == year else None)


def _months(day: datetime) -> float:
    return day.month - 1 + (day.day - 1) / 31
