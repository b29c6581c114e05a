"""Answers of a file may lie between the steps of a scale: whoever adds a note to them leaves them as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Instrument, Session
from tests.web.files_brought import as_it_is, bring, bring_table
from tests.web.journals import exported, opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
ROWS = "2026-05-01,4,3.5\n2026-05-08,5,4.25\n2026-05-15,4,3.75\n2026-05-22,4,3.3333333333333335\n2026-05-29,1,1.25\n"


def table(rows: str = ROWS, head: str = "date,bond,goals\n") -> bytes:
    return (head + rows).encode()


def fields(page: str) -> dict[str, Any]:
    return dict(as_it_is(page, "day"))


def answers(client: Client) -> list[dict[str, float]]:
    return sorted((dict(each.answers) for each in opened(client).journal.all(CheckIn)), key=str)


@pytest.mark.parametrize("fhir", [False, True])
def test_a_note_leaves_the_answers_of_a_file(own: Own, fhir: bool) -> None:
    client = own()
    bring_table(client, table(), "ratings.csv")
    if fhir:
        bundle = exported(client, "/settings/file/fhir4.json").content
        client = own(passphrase="other four words yes")
        bring(client, bundle, "f.json")
    before = answers(client)
    assert [each["goals"] for each in before] == [1.25, 3.3333333333333335, 3.5, 3.75, 4.25]
    for kept in opened(client).journal.all(CheckIn):
        page = f"/check/{kept.id}/change/"
        sent = fields(client.get(page).content.decode()) | {"unsaid_words": "only this"}
        assert client.post(page, sent).status_code == 302
    assert answers(client) == before
    assert {each.unsaid_words for each in opened(client).journal.all(CheckIn)} == {"only this"}


def test_a_therapist_can_note_beside_them(own: Own) -> None:
    client = own(journal_kind="therapist")
    bring_table(client, table(ROWS.replace("2026", "Anna,2026"), "client,date,bond,goals\n"), "ratings.csv")
    before, journal = answers(client), opened(client).journal
    for session in journal.all(Session):
        page = f"/those/{session.relationship_id}/typed/?session={session.id}"
        assert client.post(page, fields(client.get(page).content.decode()) | {"note": "x"}).status_code == 302
    assert answers(client) == before
    assert {each.note for each in opened(client).journal.all(CheckIn)} == {"x"}


@pytest.mark.parametrize("value", [73.33333333, 617283.5, 99.995, 1234567.0, 0.000012345])
def test_a_number_on_a_fine_scale_is_kept_to_its_last_digit(own: Own, value: float) -> None:
    client = own()
    journal = opened(client)
    items = [{"key": "a", "subscale": "whole"}]
    journal.create(Instrument, definition={"key": "fine", "title": "Fine", "scale_low": 0, "scale_high": 2_000_000,
                                           "items": items})  # fmt: skip
    session = journal.create(Session, relationship_id=getattr(journal.journal.therapist, "id", None), at=journal.now)
    kept = journal.create(CheckIn, session_id=session.id, instrument="fine/1", answers={"a": value})
    page = f"/check/{kept.id}/change/"
    shown = client.get(page).content.decode()
    sent = fields(shown)
    assert client.post(page, sent | {"unsaid_words": "only this"}).status_code == 302
    assert answers(client) == [{"a": value}]
    if value % 1:
        assert 'step="any"' in shown
        assert "Please use steps of 1" in client.post(page, sent | {"a": "5.5"}).content.decode()


def test_answers_that_nothing_on_the_page_asks_stay(own: Own) -> None:
    client = own()
    journal = opened(client)
    session = journal.create(Session, relationship_id=getattr(journal.journal.therapist, "id", None), at=journal.now)
    given = {"safe": 7, "gone": 3}
    kept = journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers=given)
    page = f"/check/{kept.id}/change/"
    sent = fields(client.get(page).content.decode())
    assert client.post(page, sent | {"safe": "8"}).status_code == 302
    assert answers(client) == [{"safe": 8, "gone": 3}]
    sent = fields(client.get(page).content.decode())
    assert client.post(page, sent | {"safe": ""}).status_code == 302
    assert answers(client) == [{"gone": 3}]
