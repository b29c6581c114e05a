"""Where client and therapist both rate: their two lines, read as two views of one bond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.posterior import WholeCourse, read_course, trace
from reattune.alliance.measure import PERCENT
from reattune.alliance.ratings import Ratings
from reattune.journal import Journal
from reattune.journal.documents import Relationship
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.therapists_vocabulary import Rater
from reattune.reflection.bond_line import (
    ASK,
    FIRST_JUDGED,
    PRIOR,
    BondLine,
    SessionGrid,
    judged,
    ratings_alone,
    read_by_itself,
    reading_of,
)
from reattune.reflection.remembered import Remembered, keyed

# Below so much in each view by itself, the two are not read together. Of 2,920 sessions of 1,500 simulated pairs at
# which both together ask, 5 lay there, all of one pair.
_WORTH_BOTH = 0.3
_remembered: Remembered[WholeCourse] = Remembered(2_000)


def both_bond_lines(
    journal: Journal, client: Relationship, instruments: Mapping[str, InstrumentDefinition]
) -> tuple[BondLine, BondLine]:
    """The lines of a client and of their therapist, where both rate: two readings of one bond.

    Where the therapist has rated since the client's first rating, what is usual and how probable a rupture is rest on
    both, as :func:`.posterior.read_course` reads them; elsewhere each line is as :func:`.bond_line` gives it. Where
    something is open now, the latest point of each says how probably, also where the other one has rated since.
    """
    theirs, own = (ratings_alone(journal, client, instruments, rater) for rater in (Rater.CLIENT, Rater.THERAPIST))
    if not read_together(theirs, own):
        return read_by_itself(theirs), read_by_itself(own)
    grid, course = _read_both(theirs, own)
    usual = course.therapist
    assert usual is not None  # noqa: S101  it has rated
    of_client = (course.expected, course.usual_low, course.usual_high)
    of_therapist = (usual.expected, usual.usual_low, usual.usual_high)
    return _one_of_both(theirs, of_client, grid, course), _one_of_both(own, of_therapist, grid, course)


def read_together(theirs: BondLine, own: BondLine) -> bool:
    """Whether both rate: the therapist has rated at or after the client's first rating."""
    return bool(theirs.points and own.points) and own.points[-1].number >= theirs.points[0].number


def open_now(lines: Sequence[tuple[BondLine, BondLine]]) -> list[float]:
    """How probable an open rupture is at the end of each of many lines; 0 where none is judged.

    Each view is read by itself, all of them in one pass. Where one of the two that were read leaves a doubt, both are
    read together, and it is what :func:`both_bond_lines` says; elsewhere it is the greater of the two, which is small.

    Args:
        lines: each client's and the therapist's own, as :func:`.ratings_alone` gives them; where the client never
            rated, the therapist's is read alone.
    """
    alone = _by_themselves([line for pair in lines for line in pair])
    found = []
    for place, (theirs, own) in enumerate(lines):
        by_client, by_therapist = alone[2 * place : 2 * place + 2]
        if not theirs.points:
            found.append(by_therapist)
        elif not read_together(theirs, own) or len(theirs.points) <= FIRST_JUDGED:
            found.append(by_client)
        elif max(by_client, by_therapist) < _WORTH_BOTH:
            found.append(max(by_client, by_therapist))
        else:
            found.append(float(_read_both(theirs, own)[1].p_now[-1]))
    return found


def _by_themselves(lines: Sequence[BondLine]) -> list[float]:
    found = [0.0] * len(lines)
    rated = [place for place, line in enumerate(lines) if len(line.points) > FIRST_JUDGED]
    if not rated:
        return found
    longest = max(lines[place].points[-1].number for place in rated)
    scores = np.full((len(rated), longest), np.nan)
    for row, place in enumerate(rated):
        for point in lines[place].points:
            scores[row, point.number - 1] = point.score
    names = [str(place) for place in rated]
    read = trace(Ratings(names, scores, np.ones(len(rated), dtype=np.int64), PERCENT), PRIOR, smooth=False)
    for row, place in enumerate(rated):
        found[place] = float(read.p_now[row, lines[place].points[-1].number - 1])
    return found


def _read_both(theirs: BondLine, own: BondLine) -> tuple[SessionGrid, WholeCourse]:
    grid = SessionGrid.over(theirs.points, own.points)
    scores, therapist = grid.filled(theirs.points), grid.filled(own.points)
    key = keyed(scores.tobytes(), therapist.tobytes())
    course = _remembered.get(key)
    if course is None:
        course = read_course(scores, PERCENT, PRIOR, ASK, therapist=therapist)
        _remembered.put(key, course)
    return grid, course


def _one_of_both(
    line: BondLine, bounds: tuple[Floats, Floats, Floats], grid: SessionGrid, course: WholeCourse
) -> BondLine:
    """One of the two lines, with what is usual of it (``bounds``: centre, low, high) and what both say."""
    # What began after this one's last rating is for the other's to show.
    since = grid.first + course.rupture.onset if course.rupture else None
    shown = course.rupture if since is not None and line.points[-1].number >= since else None
    points = []
    for place, point in enumerate(line.points):
        # What the therapist rated before the client ever did is of no line that could be read.
        column = point.number - grid.first
        if place < FIRST_JUDGED or column < 0 or np.isnan(bounds[0][column]):
            points.append(point)
            continue
        known = -1 if place == len(line.points) - 1 and shown else column
        points.append(judged(point, float(course.p_now[known]), *(float(each[column]) for each in bounds)))
    return BondLine(tuple(points), reading_of(tuple(points), shown, grid))
