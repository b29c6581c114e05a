"""Somebody renamed on two computers in any order: copies that go to and fro settle, and know every name."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from reattune.journal import Journal
from reattune.journal.documents import Relationship
from reattune.journal.earlier_names import with_earlier_names
from reattune.journal.merge import merge_file
from tests.journal.copies import settle
from tests.journal.every_kind import every_kind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SOMEBODY = next(each for each in every_kind("x") if isinstance(each, Relationship) and each.role == "parent")


def brought(here: Relationship, given: Relationship, read_on: datetime | None) -> Relationship:
    """What is here once a file with the other form was brought in."""
    done = merge_file(Journal([here]), [given], read_on=read_on)
    return next((each for each in done.newer if isinstance(each, Relationship)), here)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("computers", [2, 3])
def test_copies_settle_and_lose_no_name(computers: int, sealed: bool) -> None:
    for seed in range(150):
        chance, at = random.Random(seed), NOW - timedelta(days=30)
        forms = [SOMEBODY.model_copy(update={"name": "Anna", "called_before": (), "created": at, "updated": at})]
        forms *= computers
        given = {"Anna"}
        for _ in range(6):
            at += timedelta(hours=1)
            here = chance.randrange(computers)
            if chance.random() < 0.75:
                name = chance.choice(["Anna", "Berta", "Clara", "Dora", "Erna"])
                given.add(name)
                newer = {"name": name, "updated": max(at, forms[here].updated + timedelta(microseconds=1))}
                forms[here] = with_earlier_names(forms[here], forms[here].model_copy(update=newer))
            else:
                forms[here] = brought(forms[here], chance.choice(forms), None if sealed else at)
        assert settle(forms, brought, at, sealed=sealed), seed
        assert {each.name for each in forms} == {forms[0].name}
        assert all({each.name, *each.called_before} == given for each in forms), seed
