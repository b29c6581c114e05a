"""The example journal tells the story that it promises."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal.documents import Attempt, CheckIn, Echo, Moment, Rupture, Session
from reattune.journal.example_journal import example_journal
from reattune.journal.vocabulary import BondPattern, Outcome, RuptureState
from reattune.reflection.bond_line import bond_line

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
JOURNAL = example_journal(content.words("example", "en"), NOW)


def test_forty_sessions_over_ten_months() -> None:
    sessions = JOURNAL.all(Session)
    assert len(sessions) == 40
    assert 290 <= (sessions[-1].at - sessions[0].at).days <= 315
    assert len(JOURNAL.all(CheckIn)) >= 35


def test_one_mended_at_the_second_attempt_and_one_unsaid() -> None:
    states = Counter(rupture.state for rupture in JOURNAL.all(Rupture))
    assert states == {RuptureState.REPAIRED: 1, RuptureState.NOTICED: 1}
    assert [attempt.outcome for attempt in JOURNAL.all(Attempt)] == [Outcome.UNHEARD, Outcome.REPAIRED]


def test_moments_in_four_relationships_and_an_echo() -> None:
    assert len({moment.relationship_id for moment in JOURNAL.all(Moment)}) == 4
    assert len(JOURNAL.all(Echo)) == 1


def test_the_strike_and_the_trickle_are_seen_in_the_ratings() -> None:
    file = content.text("instruments", "reattune-check-in.toml")
    definition = read_definition(file, "reattune-check-in.toml")
    line = bond_line(JOURNAL, JOURNAL.therapist, {definition.name: definition})
    strike = next(point for point in line.points if point.sign < 0)
    assert strike.number == 14
    assert line.until(strike.check_in_id).reading.pattern is BondPattern.LIGHTNING
    assert line.reading.pattern is BondPattern.TRICKLE


def test_it_is_the_same_every_time() -> None:
    assert list(example_journal(content.words("example", "en"), NOW)) == list(JOURNAL)


def test_nothing_lies_in_the_future() -> None:
    assert all(document.updated <= NOW for document in JOURNAL)
