"""The bond on the page to print: each check-in has its row, also one without a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Instrument, Relationship, Session
from tests.web.journals import opened, sure

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
ALL = ("cared_for", "understood", "safe", "goals", "way", "whole")


def rate(client: Client, *given: tuple[str, dict[str, float]], who: Relationship | None = None) -> None:
    here = opened(client)
    who = who or here.journal.therapist
    assert who
    for n, (instrument, answers) in enumerate(given):
        session = here.create(Session, relationship_id=who.id, at=here.now - timedelta(days=30 - 5 * n))
        here.create(CheckIn, session_id=session.id, instrument=instrument, answers=answers)


def printed(client: Client) -> str:
    return client.post("/settings/file/page/", {"parts": ["bond"], **sure(client)}).content.decode()


def test_each_check_in_has_a_row_and_what_has_no_number_is_said(own: Own) -> None:
    client = own()
    items = [{"key": "a", "subscale": "s", "text": "a"}]
    definition = {"key": "other", "title": "Other", "scale_low": 1, "scale_high": 7, "items": items}
    opened(client).create(Instrument, definition=definition)
    rate(
        client,
        ("reattune-check-in/1", {"safe": 8}),
        ("reattune-check-in/1", dict.fromkeys(ALL, 7)),
        ("other/1", {"a": 7}),
        ("reattune-check-in/1", dict.fromkeys(ALL, 5)),
    )
    page = printed(client)
    assert page.count("<td>–</td>") == 2
    assert "2 check-ins have no number here" in page
    assert "<td>50</td>" in page


def test_only_such_have_a_table_and_earlier_therapists_are_named(own: Own) -> None:
    client = own()
    here = opened(client)
    rate(client, ("reattune-check-in/1", {"safe": 8}))
    before = here.create(Relationship, name="Ruth", role="therapist", status="past")
    rate(client, ("reattune-check-in/1", dict.fromkeys(ALL, 5)), who=before)
    page = printed(client)
    assert page.count("<td>–</td>") == 1
    assert "One check-in has no number here" in page
    assert "Earlier therapists, who aren’t in this picture:" in page
    assert "Ruth" in page
