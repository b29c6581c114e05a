"""A repair, shown; and what works."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from scipy import stats

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal import rupture_states
from reattune.journal.documents import Rupture
from reattune.reflection.bond_line import Point, bond_line
from reattune.reflection.open_ruptures import NextStep, next_step
from reattune.reflection.repair_outcome import RepairShown, Shown, _change, _shown, repair_shown, student
from reattune.reflection.what_worked import interval, what_works
from tests.conftest import Writer

OWN = read_definition(content.text("instruments", "reattune-check-in.toml"), "reattune-check-in.toml")


def course(writer: Writer, before: Sequence[float], during: Sequence[float], since: Sequence[float]) -> Any:
    therapist = writer.therapist()
    for score in before:
        writer.now += timedelta(days=7)
        writer.check_in(therapist, score)
    writer.now += timedelta(days=2)
    rupture = writer.write("rupture", relationship_id=therapist.id, began=writer.now,
                           transitions=rupture_states.begin(writer.now))  # fmt: skip
    for score in during:
        writer.now += timedelta(days=7)
        writer.check_in(therapist, score)
    writer.now += timedelta(days=3)
    talk = writer.write("attempt", rupture_id=rupture.id, at=writer.now, outcome="repaired")
    writer.write("repair", rupture_id=rupture.id, attempt_id=talk.id, at=writer.now, word="stronger")
    for score in since:
        writer.now += timedelta(days=7)
        writer.check_in(therapist, score)
    return writer.journal.get(Rupture, rupture.id)


def shown(writer: Writer, rupture: Any) -> RepairShown:
    found = repair_shown(writer.journal, bond_line(writer.journal, writer.journal.therapist, {OWN.name: OWN}), rupture)
    assert found
    return found


def test_hand_checked(writer: Writer) -> None:
    found = shown(writer, course(writer, [7, 8, 7, 8], [4, 5], [9, 9]))
    assert found.before
    assert found.since
    assert found.during
    assert (found.before.mean, found.during.mean, found.since.mean) == (75, 45, 90)
    assert found.change == 15
    # squares 4 x 20.25 + 4 x 25 = 181; df 8; sd 4.757; variances of means .3398 and .625; t 2.306
    assert found.low == pytest.approx(15 - 2.306 * 4.757 * (0.35229 + 0.625) ** 0.5, abs=0.15)
    assert found.shown is Shown.HIGHER
    assert not found.differ


@pytest.mark.parametrize(
    ("since", "says", "differ"),
    [
        ([5, 5, 6, 5], Shown.LOWER, True),
        ([7, 8, 8, 7, 8, 8, 7, 8], Shown.AS_BEFORE, True),
        ([8], Shown.TOO_EARLY, False),
    ],
)
def test_neither_overrules_the_other(writer: Writer, since: list[float], says: Shown, differ: bool) -> None:
    found = shown(writer, course(writer, [7, 8, 7, 8, 8], [4], since))
    assert found.shown is says
    assert found.word == "stronger"
    assert found.differ is differ


def test_who_is_lower_is_seldom_told_as_before() -> None:
    random = np.random.default_rng(6)
    said: dict[float, list[Shown]] = {}
    for lower in (0.0, 7.0):
        for _ in range(400):
            noise = 4.5 * random.standard_normal(14)
            for place in range(1, 14):
                noise[place] = 0.25 * noise[place - 1] + math.sqrt(1 - 0.25**2) * noise[place]
            before, since = 75 + noise[:6], 75 - lower + noise[6:]
            said.setdefault(lower, []).append(outcome(before, since))
    assert said[7.0].count(Shown.AS_BEFORE) < 0.08 * 400
    assert said[0.0].count(Shown.AS_BEFORE) > 0.25 * 400
    assert said[0.0].count(Shown.LOWER) < 0.06 * 400


def outcome(before: np.ndarray, since: np.ndarray) -> Shown:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    lines = [
        [
            Point(UUID(int=n), UUID(int=n), n, start, start.date(), float(score), None, None, None, 0.0, 0)
            for n, score in enumerate(scores)
        ]
        for scores in (before, since)
    ]
    return _shown(*_change(*lines))


def test_wide_swings_say_nothing(writer: Writer) -> None:
    assert shown(writer, course(writer, [2, 9, 4, 10], [4], [9, 3, 8])).shown is Shown.TOO_EARLY


def test_what_was_never_mended_shows_nothing(writer: Writer) -> None:
    therapist = writer.therapist()
    rupture = writer.write("rupture", relationship_id=therapist.id, began=writer.now,
                           transitions=rupture_states.begin(writer.now))  # fmt: skip
    assert repair_shown(writer.journal, bond_line(writer.journal, therapist, {OWN.name: OWN}), rupture) is None


def test_two_sessions_later_it_asks_whether_it_held(writer: Writer) -> None:
    rupture = course(writer, [7, 8], [4], [8])
    assert next_step(writer.journal, rupture) is NextStep.NONE
    writer.now += timedelta(days=7)
    writer.check_in(writer.journal.therapist, 8)
    assert next_step(writer.journal, rupture) is NextStep.DID_IT_HOLD
    writer.rewrite(writer.journal.repairs(rupture)[0], held=True, looked_back=writer.now)
    assert next_step(writer.journal, rupture) is NextStep.NONE


def test_student_against_scipy() -> None:
    for freedom in (4, 5, 8, 20, 100):
        assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.003)


def test_wilson_against_scipy() -> None:
    for successes, tries in ((0, 3), (2, 3), (3, 3), (7, 12)):
        peer = stats.binomtest(successes, tries).proportion_ci(method="wilson")
        assert interval(successes, tries) == pytest.approx((peer.low, peer.high), abs=1e-6)


def test_what_works_counts_and_claims_nothing_under_three(writer: Writer) -> None:
    therapist = writer.therapist()
    for outcome, delivery in (("repaired", "say"), ("unheard", "say"), (None, "say"), ("partly", "read_aloud")):
        rupture = writer.write("rupture", relationship_id=therapist.id, began=writer.now,
                               transitions=rupture_states.begin(writer.now))  # fmt: skip
        plan = writer.write("talk_plan", rupture_id=rupture.id, may_have_misread=delivery == "say", ready_after=5)
        writer.write("attempt", rupture_id=rupture.id, plan_id=plan.id, at=writer.now, delivery=delivery,
                     outcome=outcome)  # fmt: skip
    ways = {(way.group, way.value): way for way in what_works(writer.journal)}
    assert (ways["delivery", "say"].heard, ways["delivery", "say"].tried) == (1, 2)
    assert ways["delivery", "say"].low is None
    rehearsed = ways["rehearsed", "rehearsed"]
    assert (rehearsed.heard, rehearsed.tried) == (2, 3)
    assert rehearsed.low is not None
    assert ("rehearsed", "unrehearsed") not in ways
    assert ways["soon", "soon"].tried == 3


def test_only_the_first_talk_about_a_rupture_counts(writer: Writer) -> None:
    therapist = writer.therapist()
    rupture = writer.write("rupture", relationship_id=therapist.id, began=writer.now,
                           transitions=rupture_states.begin(writer.now))  # fmt: skip
    for number, outcome in enumerate(("unheard", "unheard", "repaired"), start=1):
        writer.write("attempt", rupture_id=rupture.id, at=writer.now, delivery="say", outcome=outcome, number=number)
    (said,) = (way for way in what_works(writer.journal) if way.group == "delivery")
    assert (said.heard, said.tried) == (0, 1)
