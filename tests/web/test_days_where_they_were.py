"""One life by its local days is the same life in every zone: days are never compared in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from reattune.journal import rupture_states
from reattune.journal.documents import Attempt, Moment, Rupture
from reattune.journal.documents.relationship import CheckIn, Relationship, Session
from reattune.reflection.caseload import client_view
from reattune.reflection.chart_data import rupture_chart
from reattune.reflection.open_ruptures import next_session_day
from reattune.reflection.repair_outcome import repair_shown
from reattune.reflection.two_lines import tried, two_lines
from reattune.web.pages.notice.instruments import instruments_of, line_of
from reattune.web.pages.shared.form_fields import moment_of
from reattune.web.store.open_journal import OpenJournal
from tests.web.journals import opened

Own = Callable[..., Client]
FIRST = date(2026, 3, 3)
SCORES = (80, 82, 81, 50, 48, 52, 80, 83, 82)
ZONES = ["Europe/London", "America/Los_Angeles", "Pacific/Auckland"]
# Where days may be counted in UTC: they say nothing of when something was for a person.
UTC_DAYS = ("web/store", "web/pages/shared/example_access.py", "alliance")


def in_every_zone(test: Callable[..., None]) -> Callable[..., None]:
    """In the evening and in the morning, west of Greenwich, there, and east of it."""
    times = pytest.mark.parametrize("hour", [time(18, 30), time(9)])(test)
    return pytest.mark.django_db(pytest.mark.parametrize("zone", ZONES)(times))


class Life:
    """A weekly session at six in the evening or nine in the morning, each thing noted on its day."""

    def __init__(self, own: Own, monkeypatch: pytest.MonkeyPatch, zone: str, kind: str) -> None:
        self.zone, self._monkeypatch, self._later = zone, monkeypatch, timedelta()
        self._at(FIRST - timedelta(days=2), time(9))
        self.client = own(journal_kind=kind)
        if kind == "therapist":
            self.client.post("/those/one/", {"name": "A"})
        journal = self.journal
        assert journal.journal.preferences
        journal.change(journal.journal.preferences, zone=zone, weeks_between=1.0)

    def _at(self, day: date, hour: time) -> None:
        self._later += timedelta(milliseconds=1)
        now = datetime.combine(day, hour, ZoneInfo(self.zone)).astimezone(UTC) + self._later
        self._monkeypatch.setattr(OpenJournal, "now", property(lambda _self: now))

    @property
    def journal(self) -> OpenJournal:
        return opened(self.client)

    def live(self, hour: time) -> tuple[Relationship, Rupture]:
        """Nine sessions; the fourth hurt, the seventh mended, whose check-in was answered the morning after."""
        journal = self.journal
        who = journal.journal.therapist or journal.journal.clients[0]
        rupture: Rupture | None = None
        for number, score in enumerate(SCORES):
            day = FIRST + timedelta(weeks=number)
            if number == 6:
                self._at(day, hour)
                talk = moment_of(day, journal.now, self.zone)
                assert rupture
                journal.create(Attempt, rupture_id=rupture.id, at=talk, number=1, outcome="repaired")
                self._at(day + timedelta(days=1), time(9))
            else:
                self._at(day, hour)
            session = journal.create(Session, relationship_id=who.id, at=moment_of(day, journal.now, self.zone))
            answers = dict.fromkeys(("cared_for", "understood", "safe", "goals", "way", "whole"), score / 10)
            journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers=answers)
            if number == 3:
                at = moment_of(day, journal.now, self.zone)
                moment = journal.create(Moment, relationship_id=who.id, at=at, what="The clock", reaction=8)
                rupture = journal.create(
                    Rupture,
                    relationship_id=who.id,
                    began=at,
                    moment_ids=[moment.id],
                    transitions=rupture_states.begin(journal.now),
                )
        assert rupture
        return who, rupture

    def days_later(self, days: int, hour: time) -> None:
        self._at(FIRST + timedelta(weeks=len(SCORES) - 1, days=days), hour)


@in_every_zone
def test_what_the_check_ins_show_and_the_next_day(
    own: Own, monkeypatch: pytest.MonkeyPatch, zone: str, hour: time
) -> None:
    life = Life(own, monkeypatch, zone, "person")
    _who, rupture = life.live(hour)
    journal = life.journal
    shown = repair_shown(journal.journal, line_of(journal), journal.journal.get(Rupture, rupture.id))
    assert shown
    counts = [each.sessions if each else 0 for each in (shown.before, shown.during, shown.since)]
    assert counts == [3, 3, 3]
    marks = rupture_chart(journal.journal, line_of(journal), rupture).marks
    assert {(mark.x, mark.kind) for mark in marks} == {(3, "moment"), (6, "repair")}
    for day, next_day in ((0, 7), (1, 7), (6, 7), (7, 14)):
        life.days_later(day, time(8))
        expected = FIRST + timedelta(weeks=len(SCORES) - 1, days=next_day)
        assert next_session_day(life.journal.journal, life.journal.now) == expected


@in_every_zone
def test_a_therapists_conversation_is_in_its_session(
    own: Own, monkeypatch: pytest.MonkeyPatch, zone: str, hour: time
) -> None:
    life = Life(own, monkeypatch, zone, "therapist")
    client, _rupture = life.live(hour)
    journal = life.journal
    view = client_view(journal.journal, client, instruments_of(journal))
    [talk] = tried(journal.journal, view)
    assert (talk.before, talk.since) == pytest.approx((sum(SCORES[:6][-3:]) / 3, sum(SCORES[7:]) / 2))
    assert {(mark.x, mark.kind) for mark in two_lines(journal.journal, view).marks} == {(6, "repair")}
    page = life.client.get(f"/those/{client.id}/bring/").content.decode()
    sent = {"name": "the client", "bring": re.findall(r'name="bring" value="([^"]+)"', page), "questions": ""}
    assert "session 7: brought up" in life.client.post(f"/those/{client.id}/bring/", sent).content.decode()


def test_no_day_is_taken_from_a_time_in_utc() -> None:
    source = Path(__file__).parents[2] / "src" / "reattune"
    places = []
    for path in source.rglob("*.py"):
        name = path.relative_to(source).as_posix()
        if name.startswith(UTC_DAYS):
            continue
        for line in path.read_text("utf-8").splitlines():
            utc = re.search(
                r"\b(at|began|created|updated|now|ended|since|since_at|until|done|looked_back)\.date\(\)", line
            )
            places += [f"{name}: {line.strip()}"] if utc else []
    assert places == []
