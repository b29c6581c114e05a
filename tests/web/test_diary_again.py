"""A diary that is brought in again brings nothing a second time."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import LooseNote, Moment, Removed
from tests.web.files_brought import bring, preview
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def test_a_diary_that_comes_again_puts_nothing_sorted_under_recently_deleted(own: Own) -> None:
    client, diary = own(), b"2024-05-30\nFirst words.\n2024-05-31\nSecond words.\n"
    bring(client, diary, "d.txt")
    journal = opened(client)
    note = journal.journal.all(LooseNote)[0]
    whom = getattr(journal.journal.therapist, "id", None)
    moment = journal.create(Moment, relationship_id=whom, at=note.at, what=note.words)
    journal.change(note, became=moment.id, words="")
    assert "There’s nothing to import" in preview(client, diary, "d.txt")
    assert not opened(client).journal.all(Removed)


DAYLIO = b"full_date,time,mood,note\n2024-05-31,22:30,meh,She laughed.\n2024-06-01,09:00,good,Better.\n"
TEXT = b"2024-05-30\nFirst words.\n2024-05-31 22:30\nSecond words.\n2024-06-01\nThird words.\n"
DAY_ONE = json.dumps({"entries": [{"creationDate": "2024-05-31T03:30:00Z", "text": "Words."}]}).encode()


@pytest.mark.parametrize(("diary", "name"), [(TEXT, "d.txt"), (DAYLIO, "d.csv"), (DAY_ONE, "Journal.json")])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland"])
def test_it_is_known_after_a_move_to_another_time_zone(own: Own, diary: bytes, name: str, zone: str) -> None:
    client = own()
    bring(client, diary, name)
    journal = opened(client)
    before = journal.journal.all(LooseNote)
    journal.amend(before[0], set_aside=True, words="")
    journal.change(journal.journal.preferences, zone=zone)
    assert "There’s nothing to import" in preview(client, diary, name)
    if name == "d.txt":
        bring(client, diary + b"2024-06-02\nNew words.\n", name)
        assert len(opened(client).journal.all(LooseNote)) == len(before) + 1


def test_of_an_entry_that_grew_it_is_said_that_it_comes_in_beside_its_earlier_form(own: Own) -> None:
    client, diary = own(), b"2024-05-30\nShe looked away.\n2024-05-31\nI cried in the car.\n"
    said = "Entries for a day and time that already has one here: 1."
    assert said not in preview(client, diary, "d.txt")
    bring(client, diary, "d.txt")
    assert said not in preview(client, diary + b"2024-06-01\nBetter.\n", "d.txt")
    assert said in preview(client, diary + b"Later I wrote her.\n", "d.txt")
