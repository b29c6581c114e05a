"""The example journal of a therapist shows what it promises: fourteen clients, two years, every state of need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal.documents import Rupture, Session, TalkPlan, TriedAnswer
from reattune.journal.example_caseload import example_caseload
from reattune.journal.vocabulary import JournalKind, RuptureState
from reattune.reflection.caseload import Reason, caseload
from reattune.reflection.practised_answers import over_time, to_come_back_to, vignettes

NOW = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
WORDS = content.words("example_caseload", "en")
KNOWN = {
    found.name: found
    for key in ("reattune-check-in", "reattune-therapist-check-in")
    for found in [read_definition(content.text("instruments", f"{key}.toml"), key)]
}
JOURNAL = example_caseload(WORDS, NOW)
NEEDED = {
    "K.": Reason.OPEN, "Amber": Reason.OPEN, "17": Reason.NOT_HELD, "Marten": Reason.NOT_MENDED,
    "Jot": Reason.NOT_RAISED, "Holm": Reason.APART, "Pim": Reason.MISSING, "Lune": Reason.TOO_EVEN,
    "B12": Reason.NOT_RAISED, "Sol": Reason.NOT_MENDED,
}  # fmt: skip


def test_fourteen_clients_over_two_years() -> None:
    assert JOURNAL.journal_kind is JournalKind.THERAPIST
    assert len(JOURNAL.clients) == 14
    first = min(session.at for session in JOURNAL.all(Session))
    assert timedelta(days=600) < NOW - first < timedelta(days=735)


@pytest.mark.parametrize("days", range(7))
def test_every_state_of_need_and_some_without(days: int) -> None:
    load = caseload(example_caseload(WORDS, NOW + timedelta(days=days)), KNOWN)
    assert {each.client.name: each.looks[0].reason for each in load.need_a_look} == NEEDED
    assert {each.client.name for each in load.well} == {"Okapi", "Rook"}
    assert {each.client.name for each in load.too_little} == {"Aster"}
    patterns = {each.looks[0].pattern for each in load.need_a_look if each.looks[0].reason is Reason.OPEN}
    assert len(patterns) == 2


def test_it_is_the_same_every_time_and_nothing_lies_in_the_future() -> None:
    assert list(example_caseload(WORDS, NOW)) == list(JOURNAL)
    assert all(document.updated <= NOW for document in JOURNAL)


def test_words_are_begun_for_one_client_and_answers_were_practised() -> None:
    (plan,) = JOURNAL.all(TalkPlan)
    assert len(plan.said_aloud) == 5
    rupture = JOURNAL.get(Rupture, plan.rupture_id)
    assert rupture.state is RuptureState.PREPARING
    tried = JOURNAL.all(TriedAnswer)
    assert {each.vignette for each in tried} <= set(vignettes())
    assert to_come_back_to(JOURNAL)
    assert over_time(JOURNAL).found, "so many that something can be said of them together"
