"""Check-ins without answers, which have nothing to be told by but their time and what was said beside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from reattune.exchange.check_in_pairs import Rated, pairs_of
from reattune.exchange.deterministic_ids import made_at
from reattune.journal.documents.relationship import CheckIn, Session

WITH = uuid4()


def rated(hour: int, zone: str = "UTC", **said: Any) -> Rated:
    at = datetime(2024, 10, 31, hour, 14, tzinfo=UTC)
    session = made_at(Session, uuid4(), at, zone, relationship_id=WITH, at=at)
    check_in = made_at(
        CheckIn, uuid4(), at, zone, session_id=session.id, instrument="reattune-check-in/1", answers={}, **said
    )
    assert isinstance(session, Session)
    assert isinstance(check_in, CheckIn)
    return Rated(check_in, session)


def again(one: Rated, zone: str = "UTC") -> Rated:
    """The same as a file brings it, under ids of its own."""
    return rated(one.session.at.hour, zone, urge_to_leave=one.check_in.urge_to_leave, unsaid=one.check_in.unsaid)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
@pytest.mark.parametrize("turned", [False, True])
def test_two_of_one_day_are_told_by_their_time(zone: str, turned: bool) -> None:
    morning, evening = rated(5, urge_to_leave=10), rated(16, urge_to_leave=10, unsaid=True)
    kept = [morning, evening]
    brought = [again(each, zone) for each in (reversed(kept) if turned else kept)]
    assert {(ours.second, theirs.second) for theirs, ours in pairs_of(brought, kept, caseload=False)} == {
        (each.second, each.second) for each in kept
    }


def test_of_one_day_only_those_that_say_the_same_are_one() -> None:
    here = rated(5, urge_to_leave=10)
    assert pairs_of([rated(16, urge_to_leave=10, unsaid=True)], [here], caseload=False) == []
    moved = rated(16, urge_to_leave=10)
    assert pairs_of([moved], [here], caseload=False) == [(moved, here)]


def test_notes_alone_are_told_by_their_words() -> None:
    here = rated(5, note="She went quiet.")
    assert pairs_of([rated(16, note="I was late.")], [here], caseload=False) == []
    moved = rated(16, note="She went quiet.")
    assert pairs_of([moved], [here], caseload=False) == [(moved, here)]
