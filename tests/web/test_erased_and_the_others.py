"""Erasing one person takes everything of theirs and nothing of anybody else's, also of what was deleted before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import (
    Belief,
    CameIn,
    Candidate,
    Echo,
    Fit,
    LooseNote,
    Moment,
    Relationship,
    Removed,
    Rupture,
    Share,
    TalkPlan,
)
from tests.web.journals import opened, sure
from tests.web.test_clients import add
from tests.web.test_clients_ratings import send

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
OF_MOTHER, OF_MIRIAM = "My mother left the room when I cried.", "Miriam looked at the clock."


def erase(client: Client, person: Relationship) -> None:
    answer = client.post(f"/with/{person.id}/off/", {"sure": "on", **sure(client)})
    assert answer.status_code == 302
    assert opened(client).journal.find(Relationship, person.id) is None


def moments(client: Client) -> tuple[Moment, Moment, Relationship]:
    """One with the therapist and one with her mother, linked."""
    journal = opened(client)
    therapist = journal.journal.therapist
    assert therapist
    mother = journal.create(Relationship, name="Mother", role="parent")
    of_miriam, of_mother = (
        journal.create(Moment, relationship_id=who.id, at=journal.now, what=words)
        for who, words in ((therapist, OF_MIRIAM), (mother, OF_MOTHER))
    )
    journal.create(Echo, moment_id=of_miriam.id, earlier_id=of_mother.id, answer="yes")
    return of_miriam, of_mother, therapist


def test_what_was_deleted_of_another_person_still_comes_back(own: Own) -> None:
    client = own()
    _of_miriam, of_mother, therapist = moments(client)
    client.post(f"/away/{of_mother.id}/")
    erase(client, therapist)
    (removed,) = opened(client).journal.all(Removed)
    assert OF_MIRIAM not in "".join((*removed.documents, *removed.trimmed))
    assert OF_MOTHER in client.get("/settings/away/").content.decode()
    client.post(f"/settings/away/{removed.id}/back/")
    (moment,) = opened(client).journal.all(Moment)
    assert moment.what == OF_MOTHER
    assert not opened(client).journal.all(Echo)


def test_what_was_deleted_of_them_is_gone(own: Own) -> None:
    client = own()
    of_miriam, of_mother, therapist = moments(client)
    client.post(f"/away/{of_miriam.id}/")
    erase(client, therapist)
    assert not opened(client).journal.all(Removed)
    assert opened(client).journal.find(Moment, of_mother.id)


def test_what_others_sent_and_was_deleted_with_it_still_comes_back(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    clients = [add(therapist, name) for name in ("Berit Q", "Jonas Z")]
    for each in clients:
        rating: dict[str, Any] = {"kind": "rating", "client_id": str(each.id), "day": "2026-11-20"}
        send(
            therapist, **rating, instrument="reattune-check-in/1", answers={"safe": 2.0}, words=f"{each.name} says so."
        )
    therapist.post("/arrived/away/")
    assert not opened(therapist).journal.all(CameIn)
    erase(therapist, clients[0])
    (removed,) = opened(therapist).journal.all(Removed)
    assert "Berit" not in "".join(removed.documents)
    therapist.post(f"/settings/away/{removed.id}/back/")
    (letter,) = opened(therapist).journal.all(CameIn)
    assert letter.content.words == "Jonas Z says so."  # type: ignore[union-attr]


def test_words_that_were_taken_over_from_them_with_one_touch_go_too(own: Own) -> None:
    client = own()
    journal = opened(client)
    therapist = journal.journal.therapist
    assert therapist
    step = {"at": journal.now, "state": "noticed"}
    rupture = journal.create(Rupture, relationship_id=therapist.id, began=journal.now, transitions=[step])
    plan = journal.create(TalkPlan, rupture_id=rupture.id, what_i_need="Miriam not to tell my husband")
    kept = {"words": "Somebody who stays.", "weight": 2}
    taken = {"words": "Miriam not to tell my husband", "weight": 2, "source_id": plan.id}
    journal.create(Fit, needs=[kept, taken])
    against = [
        {"at": journal.now, "words": words, "source_id": of}
        for words, of in (("A friend", None), ("Miriam", rupture.id))
    ]
    journal.create(Belief, words="I am too much.", against=against)
    erase(client, therapist)
    (fit,), (belief,) = opened(client).journal.all(Fit), opened(client).journal.all(Belief)
    assert [each.words for each in fit.needs] == ["Somebody who stays."]
    assert [each.words for each in belief.against] == ["A friend"]
    assert "my husband" not in client.get("/next/").content.decode()


def test_what_came_in_from_them_and_waits_goes_too(own: Own) -> None:
    client = own()
    of_miriam, _of_mother, therapist = moments(client)
    shared = {
        "relationship_id": therapist.id,
        "what": "moment",
        "way": "page",
        "title": "t",
        "source_ids": [of_miriam.id],
    }
    share = opened(client).create(Share, at=opened(client).now, lines=[{"label": "", "words": "w"}], **shared)
    for words in ("I never meant to hurt you.", "And another."):
        send(client, kind="answer", share_id=str(share.id), words=words, name="Miriam Doe")
    assert len(opened(client).journal.all(CameIn)) == 2
    erase(client, therapist)
    assert not opened(client).journal.all(CameIn)
    assert "Miriam Doe" not in client.get("/arrived/").content.decode()


def test_what_was_written_of_them_before_they_were_chosen_goes_too(own: Own) -> None:
    client = own()
    client.post("/next/one/", {"name": "Zora", "contact": "0123 456", "note": "Kind eyes"})
    (candidate,) = opened(client).journal.all(Candidate)
    client.post("/settings/person/ended/", {"day": timezone.localdate().isoformat()})
    client.post(f"/next/{candidate.id}/", {"choose": "", "name": "Zora", "contact": "0123 456", "note": "Kind eyes"})
    (candidate,) = opened(client).journal.all(Candidate)
    assert candidate.relationship_id
    erase(client, opened(client).journal.get(Relationship, candidate.relationship_id))
    assert not opened(client).journal.all(Candidate)


def test_a_note_that_was_sorted_to_them_no_longer_says_who_it_was_from(own: Own) -> None:
    client = own()
    therapist = opened(client).journal.therapist
    assert therapist
    source = "an answer, signed Miriam"
    note = opened(client).create(LooseNote, at=opened(client).now, words="What she said", letter=True, source=source)
    client.post("/loose/", {"note": str(note.id), "who": str(therapist.id)})
    assert opened(client).journal.get(LooseNote, note.id).became
    erase(client, therapist)
    assert not opened(client).journal.get(LooseNote, note.id).source
