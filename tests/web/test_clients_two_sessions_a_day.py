"""Two sessions with one client on one day, as two computers may have noted them: each can be changed and rated."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import CheckIn, Observation, Session
from tests.web.journals import opened
from tests.web.test_clients import add

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def test_each_can_be_changed_and_rated(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    client, journal = add(therapist, "A."), opened(therapist)
    day = journal.now.date().isoformat()
    both = [journal.create(Session, relationship_id=client.id, at=timezone.now()) for _ in range(2)]
    for number, met in enumerate(both):
        journal.create(Observation, session_id=met.id, did_words=f"Note {number}")
    for number, met in enumerate(both):
        given = {"day": day, "place": "in_person", "did_words": f"Changed {number}"}
        assert therapist.post(f"/those/met/{met.id}/", given).status_code == 302
        rated = {"day": day, "place": "in_person", "safe": str(number + 3)}
        assert therapist.post(f"/those/{client.id}/typed/?session={met.id}", rated).status_code == 302
    now = opened(therapist).journal
    notes = {each.id: now.observation_of(each) for each in now.sessions(client)}
    assert [notes[met.id].did_words for met in both] == ["Changed 0", "Changed 1"]  # type: ignore[union-attr]
    ratings = {each.session_id: each.answers["safe"] for each in now.all(CheckIn)}
    assert [ratings[met.id] for met in both] == [3, 4]


def test_none_is_moved_to_a_day_on_which_another_is_noted(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    client, journal = add(therapist, "A."), opened(therapist)
    first = journal.create(Session, relationship_id=client.id, at="2026-01-05T12:00:00Z")
    journal.create(Session, relationship_id=client.id, at="2026-01-12T12:00:00Z")
    given = {"day": "2026-01-12", "place": "in_person", "did_words": "x"}
    assert "noted on this day" in therapist.post(f"/those/met/{first.id}/", given).content.decode()
