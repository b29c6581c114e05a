"""The key of a therapist's own check-in is no other questionnaire's, and its ratings come back from a file."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from reattune.journal.documents import CheckIn, Instrument
from tests.web.files_brought import bring, journal_file, plain, preview
from tests.web.journals import exported, opened
from tests.web.test_clients import OWN, add, today

Own = Callable[..., Client]
TAKEN = {
    "key": "reattune-therapist-check-in", "title": "Mine", "scale_low": 0, "scale_high": 4,
    "items": [{"key": "a", "subscale": "s", "text": "Own question"}],
}  # fmt: skip


def test_a_file_brings_no_questionnaire_under_it(own: Own) -> None:
    client = own(journal_kind="therapist")
    page = preview(client, journal_file(plain("instrument", definition=TAKEN)), "notes.json")
    assert "“reattune-therapist-check-in” is the key of Reattune’s own questionnaire" in page


def test_ratings_come_back_where_one_took_it_before(own: Own) -> None:
    client = own(journal_kind="therapist")
    here = opened(client)
    anna = add(client, "Anna")
    client.post(f"/those/{anna.id}/after/", {"day": today(), **OWN})
    assert opened(client).journal.all(CheckIn)
    here.create(Instrument, definition=TAKEN)
    other = own("other words of another one", journal_kind="therapist")
    bring(other, exported(client).content, "notes.json")
    assert [each.answers for each in opened(other).journal.all(CheckIn)] == [
        each.answers for each in opened(client).journal.all(CheckIn)
    ]
