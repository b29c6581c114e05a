"""A client's page as values: both ratings in one chart, the sessions, and what was tried and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean

from reattune.journal import Journal
from reattune.journal.documents import Attempt, CheckIn, Observation, Relationship, Rupture, Session
from reattune.journal.therapists_vocabulary import Rater
from reattune.reflection.bond_line import Point
from reattune.reflection.caseload import ClientView
from reattune.reflection.chart_data import Mark, kind_of_talk, marks_on

# A conversation is looked at beside so many ratings before it and since.
AROUND = 3


@dataclass(frozen=True)
class TwoLines:
    """Sessions that at least one of the two has rated: both lines over them, what is usual for each, and marks.

    ``theirs`` and ``own`` have ``None`` where that one has not rated. Marks are ``noticed``, ``talk`` and ``repair``.
    """

    sessions: tuple[tuple[int, datetime], ...]
    theirs: tuple[Point | None, ...]
    own: tuple[Point | None, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class SessionRow:
    """One session as a list shows it; scores are 0-100, ``None`` where there is none."""

    session: Session
    number: int
    theirs: float | None
    own: float | None
    check_in: CheckIn | None
    noted: Observation | None
    own_check_in: CheckIn | None


@dataclass(frozen=True)
class Tried:
    """A conversation, and the mean of the ratings around it: up to three before, up to three since."""

    attempt: Attempt
    rupture: Rupture
    before: float | None
    since: float | None
    rated_since: int


def two_lines(journal: Journal, view: ClientView) -> TwoLines:
    """Both lines of a client in one chart."""
    theirs = {point.number: point for point in view.line.points}
    own = {point.number: point for point in view.own_line.points}
    every = journal.sessions(view.client)
    numbers = [number for number in range(1, len(every) + 1) if number in theirs or number in own]
    shown = tuple((number, every[number - 1].local(every[number - 1].at)) for number in numbers)
    return TwoLines(
        shown,
        tuple(theirs.get(number) for number in numbers),
        tuple(own.get(number) for number in numbers),
        _marks(journal, view.client, every, [every[number - 1].local_day(at) for number, at in shown]),
    )


def _marks(
    journal: Journal, client: Relationship, sessions: Sequence[Session], days: Sequence[date]
) -> tuple[Mark, ...]:
    seen = [each for each in sessions if (noted := journal.observation_of(each)) and noted.noticed]
    noticed = [(each.local_day(each.at), "noticed") for each in seen]
    talks = [
        (talk.local_day(talk.at), kind_of_talk(talk))
        for rupture in _ruptures(journal, client)
        for talk in journal.attempts(rupture)
    ]
    return marks_on(days, [*noticed, *talks])


def _ruptures(journal: Journal, client: Relationship) -> list[Rupture]:
    return [each for each in journal.all(Rupture) if each.relationship_id == client.id]


def session_rows(journal: Journal, view: ClientView) -> list[SessionRow]:
    """Every session with a client, the latest first."""
    theirs = {point.session_id: point.score for point in view.line.points}
    own = {point.session_id: point.score for point in view.own_line.points}
    return [
        SessionRow(
            each,
            number,
            theirs.get(each.id),
            own.get(each.id),
            journal.check_in_of(each),
            journal.observation_of(each),
            journal.check_in_of(each, Rater.THERAPIST),
        )
        for number, each in reversed(list(enumerate(journal.sessions(view.client), start=1)))
    ]


def tried(journal: Journal, view: ClientView) -> list[Tried]:
    """What was brought up with a client, the latest first, and how the ratings were around it.

    The session of the conversation itself counts to neither side. That something followed is not that it was the cause.
    """
    points = view.leading.points
    found = []
    for rupture in _ruptures(journal, view.client):
        for talk in journal.attempts(rupture):
            day = talk.local_day(talk.at)
            before = [point.score for point in points if point.day < day][-AROUND:]
            since = [point.score for point in points if point.day > day][:AROUND]
            found.append(
                Tried(talk, rupture, fmean(before) if before else None, fmean(since) if since else None, len(since))
            )
    return sorted(found, key=lambda each: each.attempt.at, reverse=True)
