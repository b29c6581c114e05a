"""A therapist's own work in numbers: what can't carry a number has none, and those that are there are true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from reattune.study.own_work import LEAST, Share, own_work, share_interval
from tests.conftest import Writer
from tests.reflection.test_caseload import KNOWN, START, _rate


def caseload(writer: Writer, clients: int, mended: int, raised: int = 0) -> None:
    """Clients with one rupture each, at session 15 of 30; of the first ``mended`` the ratings come back after four."""
    writer.write("preferences", journal_kind="therapist")
    for place in range(clients):
        random = np.random.default_rng(place)
        client = writer.write("relationship", name=f"C{place}", role="client")
        for number in range(30):
            session = writer.write("session", relationship_id=client.id, at=START + timedelta(weeks=number))
            low = number >= 15 and (place >= mended or number < 19)
            score = (3.5 if low else 8.0) + random.normal(0, 0.35)
            _rate(writer, session.id, "client", float(np.clip(score, 0, 10)))
            if number == 16:
                did = ["owned_my_part"] if place < mended else ["explained"]
                writer.write("observation", session_id=session.id, markers=["gone_quiet"], did=did)
        if place < raised:
            at = START + timedelta(weeks=16)
            writer.now = START + timedelta(weeks=40)
            of: dict[str, Any] = {"relationship_id": client.id, "began": at}
            rupture = writer.write("rupture", **of, transitions=[{"at": writer.now, "state": "noticed"}])
            writer.write("attempt", rupture_id=rupture.id, at=at + timedelta(weeks=1))


def test_with_nobody_there_is_nothing(writer: Writer) -> None:
    writer.write("preferences", journal_kind="therapist")
    found = own_work(writer.journal, KNOWN)
    assert (found.clients, found.too_few, found.seen) == (0, 0, 0)
    assert not found.mended.enough


def test_few_ruptures_carry_no_number(writer: Writer) -> None:
    caseload(writer, 4, 2)
    found = own_work(writer.journal, KNOWN)
    assert found.clients == 4
    assert 0 < found.seen < LEAST
    assert found.mended == Share(found.mended.count, found.seen)
    assert found.how_long.median is None
    assert not any(each.mended.enough for each in found.before)


def test_few_ratings_are_not_counted(writer: Writer) -> None:
    caseload(writer, 2, 1)
    newcomer = writer.write("relationship", name="New", role="client")
    session = writer.write("session", relationship_id=newcomer.id, at=START)
    _rate(writer, session.id, "client", 1.0)
    found = own_work(writer.journal, KNOWN)
    assert (found.clients, found.too_few) == (2, 1)


def test_what_was_seen_raised_and_mended(writer: Writer) -> None:
    caseload(writer, 24, 12, raised=6)
    found = own_work(writer.journal, KNOWN)
    assert 22 <= found.seen <= 26
    assert abs(found.mended.count - 12) <= 2
    assert abs(found.raised.count - 6) <= 1
    assert found.mended.low is not None
    assert found.mended.high is not None
    assert found.mended.low < found.mended.count / found.seen < found.mended.high
    by = {each.did: each for each in found.before}
    assert by["owned_my_part"].mended.count > 8  # type: ignore[index]
    assert by["owned_my_part"].not_mended.count <= 2  # type: ignore[index]
    assert by["explained"].mended.count <= 2  # type: ignore[index]
    assert found.how_long.median is not None
    assert found.how_long.low is not None
    assert found.how_long.low <= found.how_long.median


@pytest.mark.parametrize(("count", "of"), [(0, 10), (10, 10), (5, 10), (37, 121)])
def test_an_interval_holds_its_share_and_stays_within_bounds(count: int, of: int) -> None:
    low, high = share_interval(count, of)
    assert 0 <= low <= count / of <= high <= 1
    assert high - low > 0


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Over shares of every size: for a single one, whole clients make it a little more or less."""
    random, held = np.random.default_rng(5), 0
    for truth in random.uniform(0.02, 0.98, 4000):
        low, high = share_interval(int(random.binomial(25, truth)), 25)
        held += low <= truth <= high
    assert 0.94 <= held / 4000 <= 0.965
