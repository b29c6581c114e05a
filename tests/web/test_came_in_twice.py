"""A letter that waits on two computers becomes one entry, and what was made of it since stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from reattune.journal.documents import CameIn, LooseNote, Preferences, Relationship
from reattune.journal.documents.relationship import CheckIn
from reattune.journal.merge import merge_file
from reattune.vault.letters import LONGEST_CONTENT, seal_letter
from reattune.web.store.letterbox import address_key, deliver, open_letterbox
from tests.web.files_brought import bring, preview
from tests.web.journals import exported, opened
from tests.web.test_came_in import arrives, the_one

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
OTHER = "words of the other computer"


def copied_to(one: Client, other: Client) -> None:
    """All of a journal, what waits in it too, as a backup brings it to another computer."""
    journal = opened(other)
    documents = [each for each in opened(one).journal if not isinstance(each, Preferences)]
    journal.take_in(merge_file(journal.journal, documents, read_on=None).changes)


def take(client: Client) -> None:
    assert client.post(f"/arrived/{the_one(client).id}/take/").status_code == 302
    assert opened(client).journal.all(CameIn) == []


@pytest.mark.parametrize("first", [True, False])
def test_a_note_that_both_take_in_is_one(own: Own, first: bool) -> None:
    one, two = own(), own(OTHER)
    arrives(one, words="The clock.")
    one.get("/today/")
    copied_to(one, two)
    take(one)
    if first:
        bring(two, exported(one).content, "notes.json")
    take(two)
    if not first:
        assert "There’s nothing to import" in preview(two, exported(one).content, "notes.json")
    assert [each.words for each in opened(two).journal.all(LooseNote)] == ["The clock."]


def test_a_rating_that_was_corrected_stays_so(own: Own) -> None:
    one, two = own(journal_kind="therapist"), own(OTHER, journal_kind="therapist")
    client = opened(one).create(Relationship, name="Anna", role="client")
    rated = {"client_id": str(client.id), "day": "2026-03-02", "instrument": "reattune-check-in/1"}
    arrives(one, "first words", kind="rating", answers={"safe": 3}, **rated)
    one.get("/today/")
    copied_to(one, two)
    take(one)
    journal = opened(one)
    journal.change(journal.journal.all(CheckIn)[0], answers={"safe": 9}, note="corrected by hand")
    bring(two, exported(one).content, "notes.json")
    take(two)
    assert [(each.answers, each.note) for each in opened(two).journal.all(CheckIn)] == [
        ({"safe": 9}, "corrected by hand")
    ]


def test_a_letter_as_long_as_a_letter_may_be_can_be_read(own: Own) -> None:
    client = own()
    pair = address_key(opened(client))
    assert pair
    letter = {"letter": 1, "id": str(uuid4()), "at": "2026-03-02T18:00:00Z", "kind": "note", "words": ""}
    words = "x" * (LONGEST_CONTENT - len(json.dumps(letter)))
    plain = json.dumps({**letter, "words": words}).encode()
    assert deliver(pair.address, seal_letter(pair.public, plain)) is None
    open_letterbox(opened(client))
    assert the_one(client).content.words == words
    take(client)
    [note] = opened(client).journal.all(LooseNote)
    assert note.words == words
