"""The bond line and its reading."""

from __future__ import annotations

from datetime import timedelta

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal import rupture_states
from reattune.journal.documents import Rupture
from reattune.journal.vocabulary import BondPattern
from reattune.reflection.bond_line import BondLine, Standing, bond_line
from reattune.reflection.chart_data import bond_chart, rupture_chart
from tests.conftest import NOW, Writer

OWN = read_definition(content.text("instruments", "reattune-check-in.toml"), "reattune-check-in.toml")


def line_of(writer: Writer, scores: list[int]) -> BondLine:
    therapist = writer.therapist()
    for week, score in enumerate(scores):
        writer.check_in(therapist, score, NOW + timedelta(weeks=week))
    return bond_line(writer.journal, therapist, {OWN.name: OWN})


def test_nothing_is_said_without_data(writer: Writer) -> None:
    assert line_of(writer, []).reading.standing is Standing.NOTHING
    assert bond_line(writer.journal, None, {}).points == ()


def test_too_little_data_says_so(writer: Writer) -> None:
    reading = line_of(writer, [8, 3]).reading
    assert reading.standing is Standing.TOO_EARLY
    assert (reading.low, reading.sure, reading.dropped) == (None, None, False)


def test_from_the_third_check_in_on_it_reads(writer: Writer) -> None:
    reading = line_of(writer, [8, 8, 2]).reading
    assert reading.standing is Standing.BELOW
    assert (reading.earlier, reading.since) == (2, 3)


def test_a_week_without_a_check_in_lets_time_pass(writer: Writer) -> None:
    therapist = writer.therapist()
    for week, score in enumerate([8, 8, 7, None, 8, 8, None, 3]):
        at = NOW + timedelta(weeks=week)
        if score is None:
            writer.write("session", relationship_id=therapist.id, at=at)
        else:
            writer.check_in(therapist, score, at)
    line = bond_line(writer.journal, therapist, {OWN.name: OWN})
    assert [point.number for point in line.points] == [1, 2, 3, 5, 6, 8]
    assert line.reading.since == 8


def test_a_strike_is_below_and_lightning(writer: Writer) -> None:
    reading = line_of(writer, [8, 8, 7, 8, 8, 7, 8, 8, 3]).reading
    assert reading.standing is Standing.BELOW
    assert reading.dropped
    assert reading.pattern is BondPattern.LIGHTNING
    assert reading.since == 9
    assert reading.earlier == 8
    assert reading.sure is not None
    assert 80 <= reading.sure <= 95


def test_a_slow_decline_is_a_trickle(writer: Writer) -> None:
    reading = line_of(writer, [9, 9, 9, 8, 9, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6]).reading
    assert reading.dropped
    assert reading.pattern is BondPattern.TRICKLE


def test_an_ordinary_week_is_usual(writer: Writer) -> None:
    reading = line_of(writer, [8, 7, 8, 8, 7, 8, 7]).reading
    assert reading.standing is Standing.USUAL
    assert reading.sure is None
    assert reading.low is not None
    assert 0 <= reading.low < 70 < reading.high  # type: ignore[operator]


def test_the_range_is_as_it_was_known_then(writer: Writer) -> None:
    whole = line_of(writer, [8, 7, 8, 8, 7, 8, 3, 8, 8])
    strike = whole.points[6]
    assert strike.sign == -1
    then = whole.until(strike.check_in_id)
    assert then.reading.standing is Standing.BELOW
    assert then.points == whole.points[:7]
    assert whole.reading.standing is Standing.USUAL


def test_unknown_instruments_and_too_many_missing_are_left_out(writer: Writer) -> None:
    therapist = writer.therapist()
    writer.check_in(therapist, 8)
    session = writer.write("session", relationship_id=therapist.id, at=writer.now)
    writer.write("check_in", session_id=session.id, instrument="wai/1", answers={"a": 1})
    session = writer.write("session", relationship_id=therapist.id, at=writer.now)
    writer.write("check_in", session_id=session.id, instrument=OWN.name, answers={"safe": 1})
    assert [point.number for point in bond_line(writer.journal, therapist, {OWN.name: OWN}).points] == [1]


def test_the_chart_marks_moments_and_talks_at_their_session(writer: Writer) -> None:
    line = line_of(writer, [8, 8, 8])
    therapist = writer.journal.therapist
    assert therapist is not None
    writer.now = NOW + timedelta(weeks=3)
    writer.write("moment", relationship_id=therapist.id, at=NOW + timedelta(weeks=1, hours=1))
    chart = bond_chart(writer.journal, line, 60)
    assert [(mark.x, mark.kind) for mark in chart.marks] == [(1, "moment")]
    assert chart.band[:2] == (None, None)


def test_the_chart_of_a_mended_rupture_shows_the_time_around_it(writer: Writer) -> None:
    line = line_of(writer, [8] * 10 + [3] + [8] * 30)
    therapist = writer.journal.therapist
    assert therapist is not None
    began = line.points[10].at
    writer.now = began
    fields = {"relationship_id": therapist.id, "began": began, "transitions": rupture_states.begin(began)}
    rupture = writer.write("rupture", **fields)
    assert rupture_chart(writer.journal, line, rupture).points[-1].number == 41
    writer.now = line.points[12].at
    writer.write("attempt", rupture_id=rupture.id, at=writer.now, outcome="repaired")
    chart = rupture_chart(writer.journal, line, writer.journal.get(Rupture, rupture.id))
    assert [chart.points[0].number, chart.points[-1].number] == [6, 18]
    assert [(chart.points[mark.x].number, mark.kind) for mark in chart.marks] == [(13, "repair")]
