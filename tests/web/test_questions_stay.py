"""A file changes no question that answers here were given to, and brings no answers given on another scale."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Instrument, Session
from tests.web.files_brought import bring, journal_file, preview
from tests.web.journals import exported, opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
ENDS = {"subscale": "s", "low": "never", "high": "always"}
ITEMS = [{"key": "a", "text": "I felt safe", **ENDS}, {"key": "b", "text": "I felt hurt", **ENDS}]


def answered(client: Client, high: float = 10, rating: float = 9) -> None:
    journal = opened(client)
    definition = {"key": "mine", "title": "Mine", "scale_low": 0, "scale_high": high, "items": ITEMS}
    journal.create(Instrument, definition=definition)
    session = journal.create(Session, relationship_id=getattr(journal.journal.therapist, "id", None), at=journal.now)
    journal.create(CheckIn, session_id=session.id, instrument="mine/1", answers={"a": rating, "b": 1})


def brought(client: Client, **changed: Any) -> bytes:
    """The questionnaire as a file may have it: newer, and changed."""
    documents = json.loads(exported(client).content)["documents"]
    one = next(each for each in documents if each["kind"] == "instrument")
    items = [{**item, **changed.pop(item["key"], {})} for item in one["definition"]["items"]]
    one["definition"] |= {"items": items, **changed}
    return journal_file(one | {"updated": "2027-12-05T12:00:00Z"})


@pytest.mark.parametrize(
    "changed",
    [
        {"a": {"text": "I felt hurt"}, "b": {"text": "I felt safe"}},
        {"a": {"low": "always", "high": "never"}},
        {"a": {"reversed": True}},
        {"scale_high": 20},
        {"higher_is_better": False},
        {"version": 2},
    ],
)
def test_what_was_asked_stays(own: Own, changed: dict[str, Any]) -> None:
    client = own()
    answered(client)
    before = opened(client).journal.all(Instrument)[0].definition
    page = preview(client, brought(client, **changed), "notes.json")
    assert "held_file" not in page or "There’s nothing to import" in page
    assert "would become" in page or "with other items or another scale" in page
    assert opened(client).journal.all(Instrument)[0].definition == before


def test_a_comma_is_corrected_and_when_there_is_a_score_stays(own: Own) -> None:
    client = own()
    answered(client)
    changed = {"a": {"text": "I felt safe."}, "title": "Mine, corrected", "max_missing": 1, "cutoff": 90}
    bring(client, brought(client, **changed), "notes.json")
    definition = opened(client).journal.all(Instrument)[0].definition
    assert (definition.title, definition.items[0].text) == ("Mine, corrected", "I felt safe.")
    assert (definition.max_missing, definition.cutoff) == (0, None)


def test_answers_of_another_scale_stay_out_with_their_questionnaire(own: Own) -> None:
    here, there = own(), own("other words of another one")
    answered(here, 100, 73)
    answered(there, 10, 8)
    page, _ = bring(here, exported(there).content, "notes.json")
    assert page.count("with other items or another scale") == 2
    assert [each.answers["a"] for each in opened(here).journal.all(CheckIn)] == [73]
