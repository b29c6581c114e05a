"""A chart as a value: what it shows, what it says in one sentence, and its table. Drawn elsewhere."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Moment, Relationship, Rupture, Session
from reattune.journal.vocabulary import Outcome
from reattune.reflection.bond_line import BondLine, Point


@dataclass(frozen=True)
class Mark:
    """Something that happened, at a place on the x axis (0-based index of the session)."""

    x: int
    kind: str  # moment, talk or repair


@dataclass(frozen=True)
class LineChart:
    """Points 0-100 over sessions, the usual range as a band, and marks.

    ``band`` has ``None`` where nothing is usual yet. ``whole`` is to be drawn from its beginning, however long it is;
    any other from as far back as there is room.
    """

    points: tuple[Point, ...]
    band: tuple[tuple[float, float] | None, ...]
    marks: tuple[Mark, ...]
    whole: bool = False


# Of so many sessions drawn as a whole, single moments and talks would be a crowd: only what was mended is marked.
_CROWD = 80


def whole_chart(journal: Journal, line: BondLine) -> LineChart:
    """All sessions of the bond line, years of them too."""
    happened = _happenings(journal, line)
    if len(line.points) > _CROWD:
        happened = [each for each in happened if each.kind == "repair"]
    return replace(_with_marks(line.points, happened), whole=True)


def bond_chart(journal: Journal, line: BondLine, last: int) -> LineChart:
    """The last ``last`` sessions of the bond line, with moments, talks and repairs up to the next one marked."""
    return _with_marks(line.points[-last:], _happenings(journal, line))


def rupture_chart(journal: Journal, line: BondLine, rupture: Rupture, before: int = 5, after: int = 5) -> LineChart:
    """The bond line around one rupture: ``before`` sessions before it began, ``after`` since its last change.

    One that is still open is shown up to the latest session.
    """
    earlier = [index for index, point in enumerate(line.points) if point.at < rupture.began]
    start = max(0, (earlier[-1] if earlier else 0) - before + 1)
    happened: list[_Happened] = []
    for moment_id in rupture.moment_ids:
        moment = journal.find(Moment, moment_id)
        if moment and moment.has_day:
            happened.append(_moment(moment))
    attempts = journal.attempts(rupture)
    happened += map(_talk, attempts)
    stop = len(line.points)
    if not rupture.open:
        last = max([rupture.transitions[-1].at, *(attempt.at for attempt in attempts)])
        stop = sum(point.at <= last for point in line.points) + after
    return _with_marks(line.points[start:stop], happened)


@dataclass(frozen=True)
class _Happened:
    at: datetime
    day: date
    kind: str


def _moment(moment: Moment) -> _Happened:
    return _Happened(moment.at, moment.local_day(moment.at), "moment")


def _talk(talk: Attempt) -> _Happened:
    return _Happened(talk.at, talk.local_day(talk.at), kind_of_talk(talk))


def kind_of_talk(talk: Attempt) -> str:
    """The kind of its mark."""
    return "repair" if talk.outcome is Outcome.REPAIRED else "talk"


def _happenings(journal: Journal, line: BondLine) -> list[_Happened]:
    """What happened with the one whose line it is, until the session after the last one shown."""
    last = journal.find(Session, line.last.session_id) if line.last else None
    who = journal.find(Relationship, last.relationship_id) if last else None
    if last is None or who is None:
        return []
    happened = [_moment(moment) for moment in journal.moments(who) if moment.has_day]
    for attempt in journal.whole(Attempt):
        if journal.get(Rupture, attempt.rupture_id).relationship_id == who.id:
            happened.append(_talk(attempt))
    next_one = next((session.at for session in journal.sessions(who) if session.at > last.at), None)
    return [each for each in happened if next_one is None or each.at < next_one]


def _with_marks(points: Sequence[Point], happened: Iterable[_Happened]) -> LineChart:
    band = tuple(None if p.low is None or p.high is None else (p.low, p.high) for p in points)
    marks = marks_on([point.day for point in points], ((each.day, each.kind) for each in happened))
    return LineChart(tuple(points), band, marks)


def marks_on(days: Sequence[date], happened: Iterable[tuple[date, str]]) -> tuple[Mark, ...]:
    """What happened, by day and kind, at the session of that day or the last one before; each kind there once.

    Nothing is before the first of ``days``, those of the sessions shown.
    """
    places = ((bisect_right(days, day) - 1, kind) for day, kind in happened)
    return tuple(Mark(place, kind) for place, kind in dict.fromkeys(places) if place >= 0)
