"""Whom a therapist should look at, and why: each client's most pressing reason, and how sure it is.

No client is scored and none is compared with another: the order is that of the reasons, as somebody would go through
them before the week begins, and within one reason of how sure it is and how long it has waited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

import numpy as np

from reattune.alliance.views_apart import ViewsApart, views_apart
from reattune.journal import Journal
from reattune.journal.documents import Observation, Relationship, Rupture, Session
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.therapists_vocabulary import ObservationEnded, Rater, TherapistDid
from reattune.journal.vocabulary import BondPattern, RelationshipStatus, RuptureState
from reattune.reflection.bond_line import ASK, FIRST_JUDGED, BondLine, Standing, ratings_alone
from reattune.reflection.both_views import both_bond_lines, open_now, read_together
from reattune.reflection.open_ruptures import latest_repair
from reattune.reflection.unsaid import ALIKE, Calm, how_calm, is_high

# What was noticed so many sessions ago and never came up again is not asked about for ever.
RECENT = 6
# So many check-ins missing in a row are a sign, where they came before: at least so many, after half of the sessions.
MISSING, CAME, CAME_SHARE = 3, 3, 0.5
# From so sure on, that the two views have drifted apart is said.
APART = 0.75
# Many lines read in one pass may differ by so much from one read by itself.
_ROUNDING = 0.01
# More than this is never said, and everything to the nearest five.
_MOST_SURE = 95


class Reason(StrEnum):
    """Why somebody needs a look, in order of need."""

    NOT_HELD = "not_held"
    OPEN = "open"
    NOT_MENDED = "not_mended"
    NOT_RAISED = "not_raised"
    APART = "apart"
    MISSING = "missing"
    TOO_EVEN = "too_even"


ORDER = list(Reason)


@dataclass(frozen=True)
class Look:
    """One reason to look at one client, with the figures that its sentence says.

    Attributes:
        sure: in percent where a model says it; ``None`` where it was noted or counted, which is as sure as the notes.
        waited: for how many sessions it has been so.
        pattern: of `OPEN`, whether it came at once or bit by bit.
        number, day: of the session it began with, or the day it was noted.
        score, usual: of `OPEN`, the latest rating (0-100) and what was expected of it; of `APART`, the difference of
            the two ratings lately (own less the client's), and what is usual.
        own: of `OPEN`, whether that rating is the therapist's own, and the client's is none that would show it.
        count: of `MISSING`, check-ins missing in a row; ``had`` of ``of`` sessions before that had one. Of `TOO_EVEN`,
            how many check-ins are alike.
        title: what went wrong is called, where it has a name.
        rupture_id, session_id: where to read on.
    """

    reason: Reason
    sure: int | None = None
    waited: int = 0
    pattern: BondPattern | None = None
    number: int | None = None
    day: date | None = None
    score: float | None = None
    usual: float | None = None
    own: bool = False
    count: int = 0
    had: int = 0
    of: int = 0
    calm: Calm | None = None
    title: str = ""
    rupture_id: UUID | None = None
    session_id: UUID | None = None


@dataclass(frozen=True)
class ClientView:
    """What the ratings and notes of one client show.

    Attributes:
        line: the client's ratings; own_line: the therapist's. Where both rate, what both say of one bond.
        apart: whether the two views have drifted apart.
        looks: every reason to look, the most pressing first; none is calm, unless there is ``too_little``.
        too_little: whether there is too little to say anything: fewer than three ratings, and nothing noted.
    """

    client: Relationship
    sessions: int
    line: BondLine
    own_line: BondLine
    apart: ViewsApart
    looks: tuple[Look, ...]
    too_little: bool

    @property
    def leading(self) -> BondLine:
        """The line that says whether something is open: the client's, or one's own where the client never rated."""
        return self.line if self.line.points else self.own_line


@dataclass(frozen=True)
class Caseload:
    """Current clients: those who need a look, in order of need; those who don't; those of whom too little is known."""

    need_a_look: tuple[ClientView, ...]
    well: tuple[ClientView, ...]
    too_little: tuple[ClientView, ...]


def caseload(journal: Journal, instruments: Mapping[str, InstrumentDefinition]) -> Caseload:
    """Who needs a look, over all current clients of a therapist's journal.

    Each line is read by itself, all in one pass, and only where something may be open are the two read together: those
    of the others are their ratings alone.
    """
    current = [each for each in journal.clients if each.status is RelationshipStatus.CURRENT]
    theirs = [ratings_alone(journal, each, instruments) for each in current]
    own = [ratings_alone(journal, each, instruments, Rater.THERAPIST) for each in current]
    probable = open_now(list(zip(theirs, own, strict=True)))
    views = []
    for client, line, own_line, open_with in zip(current, theirs, own, probable, strict=True):
        if open_with >= ASK - _ROUNDING:
            line, own_line = both_bond_lines(journal, client, instruments)
        views.append(_view(journal, client, instruments, line, own_line))
    looked = sorted((each for each in views if each.looks), key=lambda each: _pressing(each.looks[0]))
    return Caseload(
        tuple(looked),
        tuple(each for each in views if not each.looks and not each.too_little),
        tuple(each for each in views if not each.looks and each.too_little),
    )


def client_view(journal: Journal, client: Relationship, instruments: Mapping[str, InstrumentDefinition]) -> ClientView:
    """What the ratings and notes of one client show, and every reason to look at them."""
    return _view(journal, client, instruments, *both_bond_lines(journal, client, instruments))


def _view(
    journal: Journal,
    client: Relationship,
    instruments: Mapping[str, InstrumentDefinition],
    line: BondLine,
    own_line: BondLine,
) -> ClientView:
    sessions = journal.sessions(client)
    apart = _apart(line, own_line, len(sessions))
    leading = line if line.points else own_line
    ruptures = [each for each in journal.all(Rupture) if each.relationship_id == client.id]
    found = [
        _not_held(journal, ruptures, leading),
        _open_by_own(line, own_line) or _open(leading),
        _not_mended(journal, ruptures, sessions),
        _not_raised(journal, ruptures, sessions),
        _views(apart, sessions),
        _missing(journal, client, sessions),
        _too_even(journal, client, instruments),
    ]
    looks = sorted((each for each in found if each), key=_pressing)
    # Without ratings, nothing that was noted is an all-clear.
    too_little = len(leading.points) <= FIRST_JUDGED and not looks
    return ClientView(client, len(sessions), line, own_line, apart, tuple(looks), too_little)


def _pressing(look: Look) -> tuple[int, int, int]:
    return ORDER.index(look.reason), -(look.sure if look.sure is not None else 100), -look.waited


def in_percent(probability: float) -> int:
    """As a person is told: to the nearest five in a hundred, and never more than 95."""
    return min(_MOST_SURE, 5 * round(20 * probability))


def _open(line: BondLine) -> Look | None:
    reading, last = line.reading, line.last
    if last is None or not reading.dropped or reading.since is None:
        return None
    return Look(
        Reason.OPEN,
        sure=reading.sure,
        waited=last.number - reading.since + 1,
        pattern=reading.pattern,
        number=reading.since,
        score=last.score,
        usual=last.center,
        session_id=last.session_id,
    )


def _open_by_own(line: BondLine, own_line: BondLine) -> Look | None:
    """Both read together say that something is open, and it is the therapist's own rating that lies below the usual."""
    if not read_together(line, own_line) or line.reading.standing is Standing.BELOW:
        return None
    if line.reading.dropped and own_line.reading.standing is not Standing.BELOW:
        return None
    found = _open(own_line)
    return replace(found, own=True) if found else None


def _not_held(journal: Journal, ruptures: list[Rupture], line: BondLine) -> Look | None:
    """Mended, and open again: by what was noted, or by ratings that are lower again since."""
    mended = [each for each in ruptures if each.state is RuptureState.REPAIRED]
    for rupture in sorted(mended, key=lambda each: each.transitions[-1].at, reverse=True):
        repair = latest_repair(journal, rupture)
        if repair and repair.held is False:
            return Look(Reason.NOT_HELD, title=rupture.title, rupture_id=rupture.id)
        since, last = line.reading.since_at, line.last
        # The model may place the beginning a session or two off; what began with the hurt itself is no second one.
        if line.reading.dropped and since and last and since > rupture.transitions[-1].at:
            return Look(
                Reason.NOT_HELD,
                sure=line.reading.sure,
                waited=last.number - (line.reading.since or 0) + 1,
                number=line.reading.since,
                score=last.score,
                usual=last.center,
                title=rupture.title,
                rupture_id=rupture.id,
            )
    return None


_NOT_ENOUGH = (RuptureState.PARTLY, RuptureState.UNHEARD)
_NOT_YET = (RuptureState.NOTICED, RuptureState.PREPARING)


def _not_mended(journal: Journal, ruptures: list[Rupture], sessions: list[Session]) -> Look | None:
    """Brought up, and not enough; the one that has waited longest."""
    for rupture in sorted(ruptures, key=lambda each: each.transitions[-1].at):
        talks = journal.attempts(rupture)
        if rupture.state in _NOT_ENOUGH and talks:
            day = talks[-1].local_day(talks[-1].at)
            return Look(
                Reason.NOT_MENDED, waited=_since(sessions, day), day=day, title=rupture.title, rupture_id=rupture.id
            )
    return None


def _not_raised(journal: Journal, ruptures: list[Rupture], sessions: list[Session]) -> Look | None:
    """Noticed, and not brought up: as something that went wrong, or in what was noted of a session."""
    for rupture in sorted(ruptures, key=lambda each: each.began):
        day = rupture.local_day(rupture.began)
        if rupture.state in _NOT_YET and (waited := _since(sessions, day)):
            return Look(Reason.NOT_RAISED, waited=waited, day=day, title=rupture.title, rupture_id=rupture.id)
    noted = [(each, journal.observation_of(each)) for each in sessions[-RECENT:]]
    seen = [(each, noticed) for each, noticed in noted if noticed is not None and noticed.noticed]
    if not seen or not _left_alone(seen[-1][1]):
        return None
    session = seen[-1][0]
    day = session.local_day(session.at)
    return Look(Reason.NOT_RAISED, waited=_since(sessions, day), day=day, session_id=session.id)


def _left_alone(noticed: Observation) -> bool:
    did = set(noticed.did) - {TherapistDid.WENT_ON}
    settled = noticed.ended is ObservationEnded.MENDED or noticed.rupture_id is not None
    return not settled and not did and not noticed.did_words.strip()


def _since(sessions: list[Session], day: date) -> int:
    """How many sessions there were on later days."""
    return sum(session.local_day(session.at) > day for session in sessions)


def _apart(line: BondLine, own_line: BondLine, sessions: int) -> ViewsApart:
    client, own = np.full(sessions, np.nan), np.full(sessions, np.nan)
    for scores, of in ((client, line), (own, own_line)):
        for point in of.points:
            scores[point.number - 1] = point.score
    return views_apart(client, own)


def _views(apart: ViewsApart, sessions: list[Session]) -> Look | None:
    if apart.sure is None or apart.sure < APART or apart.since is None:
        return None
    return Look(
        Reason.APART,
        sure=in_percent(apart.sure),
        waited=len(sessions) - apart.since,
        number=apart.since + 1,
        score=apart.latest,
        usual=apart.usual,
    )


def _missing(journal: Journal, client: Relationship, sessions: list[Session]) -> Look | None:
    given = [journal.check_in_of(session) is not None for session in sessions]
    count = next((place for place, there in enumerate(reversed(given)) if there), len(given))
    before = given[: len(given) - count]
    if count < MISSING or sum(before) < CAME or sum(before) < CAME_SHARE * len(before):
        return None
    return Look(Reason.MISSING, waited=count, count=count, had=sum(before), of=len(before))


def _too_even(journal: Journal, client: Relationship, instruments: Mapping[str, InstrumentDefinition]) -> Look | None:
    rated = journal.check_ins(client)
    if len(rated) < ALIKE or not is_high(rated[-1][1], instruments):
        return None
    calm = how_calm([check_in for _session, check_in in rated])
    if calm is None:
        return None
    return Look(Reason.TOO_EVEN, count=ALIKE, calm=calm, session_id=rated[-1][0].id)


def meets_next(client: Relationship, last: date | None, today: date) -> date | None:
    """The next day on which a client is usually met, today included; ``None`` where no weekday was given.

    Where they skip weeks, the weeks are counted from the last session. A session of today is over.
    """
    meeting = client.meeting
    if meeting is None or meeting.weekday is None or client.status is not RelationshipStatus.CURRENT:
        return None
    every = max(1, round(meeting.weeks))
    for days in range(7 * (every + 1) + 1):
        day = date.fromordinal(today.toordinal() + days)
        if day.weekday() != meeting.weekday or (last is not None and day <= last):
            continue
        weeks = (day.toordinal() - day.weekday() - last.toordinal() + last.weekday()) // 7 if last else 0
        if weeks % every == 0:
            return day
    return None


__all__ = ["APART", "ASK", "Caseload", "ClientView", "Look", "Reason", "caseload", "client_view", "meets_next"]
