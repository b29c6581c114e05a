"""Lists of one entry, written on several computers in any order: copies that go to and fro settle, and lose nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from reattune.journal import Journal
from reattune.journal.documents import Belief
from reattune.journal.documents.moments import BeliefRating, CounterExperience
from reattune.journal.merge import merge_file
from tests.journal.copies import settle
from tests.journal.every_kind import every_kind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BELIEF = next(each for each in every_kind("x") if isinstance(each, Belief))
ALONE = {"about_relationship_id": None, "from_relationship_id": None, "moment_id": None, "ratings": (), "against": ()}


def brought(here: Belief, given: Belief, read_on: datetime | None) -> Belief:
    """What is here once a file with the other form was brought in."""
    done = merge_file(Journal([here]), [given], read_on=read_on)
    assert done.kept >= len(done.older)
    return next((each for each in done.newer if isinstance(each, Belief)), here)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("computers", [2, 3])
def test_copies_settle_and_lose_no_entry(computers: int, sealed: bool) -> None:
    for seed in range(150):
        chance, at = random.Random(seed), NOW - timedelta(days=30)
        forms = [BELIEF.model_copy(update={**ALONE, "created": at, "updated": at})] * computers
        given: set[datetime] = set()
        for number in range(8):
            at += timedelta(hours=1)
            here = chance.randrange(computers)
            if chance.random() < 0.7:
                known = forms[here]
                entry = (
                    {"ratings": (*known.ratings, BeliefRating(at=at, truth=number))}
                    if chance.random() < 0.5
                    else {"against": (*known.against, CounterExperience(at=at, words=f"The {number}."))}
                )
                given.add(at)
                newer = {"updated": max(at, known.updated + timedelta(microseconds=1)), **entry}
                forms[here] = known.model_copy(update=newer)
            else:
                forms[here] = brought(forms[here], chance.choice(forms), None if sealed else at)
        assert settle(forms, brought, at, sealed=sealed), seed
        assert all({entry.at for entry in (*each.ratings, *each.against)} == given for each in forms), seed
