"""A chart as a value: what it shows, what it says in one sentence, and its table. Drawn elsewhere."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
    kinds = _happenings(journal, line)
    if len(line.points) > _CROWD:
        kinds = {at: kind for at, kind in kinds.items() if kind == "repair"}
    return replace(_with_marks(line.points, kinds), whole=True)


def bond_chart(journal: Journal, line: BondLine, last: int) -> LineChart:
    """The last ``last`` sessions of the bond line, with moments, talks and repairs up to the next one marked."""
    return _with_marks(line.points[-last:], _happenings(journal, line))


def rupture_chart(journal: Journal, line: BondLine, rupture: Rupture, before: int = 5, after: int = 5) -> LineChart:
    """The bond line around one rupture: ``before`` sessions before it began, ``after`` since its last change.

    One that is still open is shown up to the latest session.
    """
    earlier = [index for index, point in enumerate(line.points) if point.at < rupture.began]
    start = max(0, (earlier[-1] if earlier else 0) - before + 1)
    kinds: dict[datetime, str] = {}
    for moment_id in rupture.moment_ids:
        moment = journal.find(Moment, moment_id)
        if moment and moment.has_day:
            kinds[moment.at] = "moment"
    attempts = journal.attempts(rupture)
    for attempt in attempts:
        kinds[attempt.at] = _talk(attempt)
    stop = len(line.points)
    if not rupture.open:
        last = max([rupture.transitions[-1].at, *(attempt.at for attempt in attempts)])
        stop = sum(point.at <= last for point in line.points) + after
    return _with_marks(line.points[start:stop], kinds)


def _happenings(journal: Journal, line: BondLine) -> dict[datetime, str]:
    """What happened with the one whose line it is, until the session after the last one shown."""
    last = journal.find(Session, line.last.session_id) if line.last else None
    who = journal.find(Relationship, last.relationship_id) if last else None
    if last is None or who is None:
        return {}
    kinds = {moment.at: "moment" for moment in journal.moments(who) if moment.has_day}
    for attempt in journal.whole(Attempt):
        if journal.get(Rupture, attempt.rupture_id).relationship_id == who.id:
            kinds[attempt.at] = _talk(attempt)
    next_one = next((session.at for session in journal.sessions(who) if session.at > last.at), None)
    return {at: kind for at, kind in kinds.items() if next_one is None or at < next_one}


def _talk(attempt: Attempt) -> str:
    return "repair" if attempt.outcome is Outcome.REPAIRED else "talk"


def _with_marks(points: Sequence[Point], kinds: Mapping[datetime, str]) -> LineChart:
    days = [point.at.date() for point in points]
    found: dict[tuple[int, str], Mark] = {}
    for at, kind in kinds.items():
        # The session on that day or the last one before it; nothing before the first shown.
        index = bisect_right(days, at.date()) - 1
        if index >= 0:
            found[index, kind] = Mark(index, kind)
    band = tuple(None if p.low is None or p.high is None else (p.low, p.high) for p in points)
    return LineChart(tuple(points), band, tuple(found.values()))
