"""The bond line: check-ins over time, the person's usual range, and what stands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.posterior import OpenRupture, WholeCourse, read_course
from reattune.alliance.bayes.prior import published_prior
from reattune.alliance.instruments import total_score
from reattune.alliance.measure import PERCENT
from reattune.journal import Journal
from reattune.journal.documents import Relationship
from reattune.journal.documents.relationship import OWN_KEY, CheckIn, InstrumentDefinition, Session
from reattune.journal.therapists_vocabulary import Rater
from reattune.journal.vocabulary import BondPattern
from reattune.reflection.bond_questionnaires import Rated, asks_about_symptoms, of_one_questionnaire

# Nothing is usual before the third check-in.
FIRST_JUDGED = 2
# From so probable a rupture on, the pages ask about it. On courses simulated with the figures that are believed
# beforehand that is a false question in about one of a hundred calm sessions, and notices some 45 of a hundred ruptures
# while they are open; 0.5 would notice 64, and ask wrongly in five. docs/detectors.md has what it is for others.
ASK = 0.75
# Nobody is ever told more than this.
_MOST_SURE = 95
PRIOR = published_prior(PERCENT)


class Standing(StrEnum):
    """How the latest check-in lies to what is usual."""

    NOTHING = "nothing"
    TOO_EARLY = "too_early"
    USUAL = "usual"
    LOWER = "lower"
    BELOW = "below"
    EROSION = "erosion"
    ABOVE = "above"


@dataclass(frozen=True)
class Point:
    """One session on the bond line.

    ``at`` is by the clocks of where it was. ``score``, ``low`` and ``high`` are 0-100; ``low`` to ``high`` is what was
    usual before this session, around ``center``, and ``None`` while there was too little. ``rupture`` is how probable
    an open rupture was, as known then. ``sign`` is -1 where that asked for a look, 1 for a score above the usual, else
    0.
    """

    session_id: UUID
    check_in_id: UUID
    number: int
    at: datetime
    day: date
    score: float
    low: float | None
    high: float | None
    center: float | None
    rupture: float
    sign: int


@dataclass(frozen=True)
class Reading:
    """The latest check-in in numbers that a sentence can be made of.

    Attributes:
        earlier: how many check-ins the usual range rests on.
        sure: how probable a rupture is where one is asked about, in percent, to the nearest five.
        pattern: how it looks, where something stands out.
        since: number of the first session that stood out; ``since_at`` its day.
    """

    standing: Standing
    score: float | None = None
    low: float | None = None
    high: float | None = None
    earlier: int = 0
    sure: int | None = None
    pattern: BondPattern | None = None
    since: int | None = None
    since_at: datetime | None = None

    @property
    def dropped(self) -> bool:
        """Whether it asks for a look."""
        return self.standing in (Standing.BELOW, Standing.EROSION)


@dataclass(frozen=True)
class BondLine:
    """All rated sessions with one therapist, earliest first, and the reading of the last."""

    points: tuple[Point, ...]
    reading: Reading

    @property
    def last(self) -> Point | None:
        """The latest rated session."""
        return self.points[-1] if self.points else None

    def until(self, check_in_id: UUID) -> BondLine:
        """The line as it was known when that check-in was the last one."""
        last = next((i for i, point in enumerate(self.points) if point.check_in_id == check_in_id), None)
        if last is None:
            return BondLine((), Reading(Standing.NOTHING))
        points = self.points[: last + 1]
        return BondLine(points, reading_of(points, _course(points).rupture, SessionGrid.over(points)))


@dataclass(frozen=True)
class Listed:
    """A check-in as a list shows it; ``point`` is ``None`` where too few questions were answered for a score."""

    session: Session
    check_in: CheckIn
    point: Point | None


def listed(journal: Journal, therapist: Relationship, line: BondLine) -> list[Listed]:
    """Every check-in with one therapist, the latest first, whether the line counts it or not."""
    points = {point.check_in_id: point for point in line.points}
    return [Listed(at, kept, points.get(kept.id)) for at, kept in reversed(journal.check_ins(therapist))]


def bond_line(
    journal: Journal,
    therapist: Relationship | None,
    instruments: Mapping[str, InstrumentDefinition],
    rater: Rater = Rater.CLIENT,
) -> BondLine:
    """The bond line with one therapist; in a therapist's journal with one client, as one of the two rated it.

    Args:
        instruments: by name as check-ins keep it (``key/version``). A check-in of an instrument that is not among
            them, or with too many items missing, is left out, and so is one of another questionnaire of the same time.
    """
    return read_by_itself(ratings_alone(journal, therapist, instruments, rater))


def read_by_itself(line: BondLine) -> BondLine:
    """A line of ratings alone, with what is usual of it and a reading."""
    bare = line.points
    if not bare:
        return line
    course = _course(bare)
    points = tuple(
        point if place < FIRST_JUDGED else _judged_at(point, course, course.column(place))
        for place, point in enumerate(bare)
    )
    return BondLine(points, reading_of(points, course.rupture, SessionGrid.over(points)))


def ratings_alone(
    journal: Journal,
    therapist: Relationship | None,
    instruments: Mapping[str, InstrumentDefinition],
    rater: Rater = Rater.CLIENT,
) -> BondLine:
    """The same ratings without what is usual and without a reading: no model is asked."""
    points = tuple(
        Point(
            each.session.id,
            each.check_in.id,
            each.number,
            each.session.local(each.session.at),
            each.session.local_day(each.session.at),
            each.score,
            None,
            None,
            None,
            0.0,
            0,
        )
        for each in _rated(journal, therapist, instruments, rater)
    )
    return BondLine(points, Reading(Standing.NOTHING))


@dataclass(frozen=True)
class SessionGrid:
    """All sessions from the first rating to the last of those read together; ``days`` has what is known of them."""

    first: int
    last: int
    days: tuple[tuple[int, datetime], ...]

    @classmethod
    def over(cls, points: tuple[Point, ...], others: tuple[Point, ...] = ()) -> SessionGrid:
        rated = sorted({(point.number, point.at) for point in (*points, *others)})
        return cls(points[0].number, rated[-1][0], tuple(rated))

    def filled(self, points: tuple[Point, ...]) -> Floats:
        """Scores on the grid: a session without a check-in lets time pass."""
        scores = np.full(self.last - self.first + 1, np.nan)
        for point in points:
            if point.number >= self.first:
                scores[point.number - self.first] = point.score
        return scores


def _course(points: tuple[Point, ...]) -> WholeCourse:
    return read_course(SessionGrid.over(points).filled(points), PERCENT, PRIOR, ASK)


def _judged_at(point: Point, course: WholeCourse, at: int) -> Point:
    bounds = (course.expected, course.usual_low, course.usual_high)
    return judged(point, float(course.p_now[at]), *(float(each[at]) for each in bounds))


def judged(point: Point, rupture: float, center: float, low: float, high: float) -> Point:
    """A point with what was usual before it and how probable an open rupture is."""
    sign = -1 if rupture >= ASK and point.score < center else 1 if point.score > high else 0
    return replace(point, low=low, high=high, center=center, rupture=rupture, sign=sign)


def _rated(
    journal: Journal, therapist: Relationship | None, instruments: Mapping[str, InstrumentDefinition], rater: Rater
) -> list[Rated]:
    if therapist is None:
        return []
    rated: list[Rated] = []
    for number, session, check_in in journal.numbered_check_ins(therapist, rater):
        definition = instruments.get(check_in.instrument)
        total = total_score(definition, check_in.answers) if definition else None
        if definition and total is not None and not asks_about_symptoms(definition):
            rated.append(Rated(number, session, check_in, _upwards(total, definition)))
    chosen = journal.preferences.instrument if journal.preferences else ""
    return of_one_questionnaire(rated, chosen or f"{OWN_KEY}/1")


def _upwards(total: float, definition: InstrumentDefinition) -> float:
    return total if definition.higher_is_better else 100 - total


def reading_of(points: tuple[Point, ...], found: OpenRupture | None, grid: SessionGrid) -> Reading:
    """What the latest of ``points`` says, and of the rupture that was ``found`` open on ``grid``."""
    last = points[-1]
    earlier = len(points) - 1
    if last.center is None or last.low is None or last.high is None:
        return Reading(Standing.TOO_EARLY, last.score, earlier=earlier)
    standing = _standing(last)
    rupture = found if last.sign < 0 else None
    since = grid.first + rupture.onset if rupture else None
    return Reading(
        standing=standing,
        score=last.score,
        low=last.low,
        high=last.high,
        earlier=earlier,
        sure=min(_MOST_SURE, 5 * round(20 * last.rupture)) if last.sign < 0 else None,
        pattern=(BondPattern.TRICKLE if rupture.slow else BondPattern.LIGHTNING) if rupture else None,
        since=since,
        since_at=next((at for number, at in grid.days if since is not None and number >= since), None),
    )


def _standing(last: Point) -> Standing:
    if last.center is None or last.low is None:
        return Standing.TOO_EARLY
    if last.sign < 0:
        return Standing.BELOW if last.score < last.low else Standing.EROSION
    if last.sign > 0:
        return Standing.ABOVE
    # Three quarters of the way from the middle down to the end of the usual range.
    return Standing.LOWER if last.score < last.center - 0.75 * (last.center - last.low) else Standing.USUAL
