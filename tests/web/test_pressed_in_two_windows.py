"""A button that turns something on or off does what stands on it, though another window was first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Ending, Moment, Relationship, Unsaid
from reattune.reflection.crossed_boundaries import crossing_of
from tests.web.journals import opened
from tests.web.made_up_histories import Story
from tests.web.test_clients import add

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def presses_twice(client: Client, page: str, action: str) -> None:
    """In two windows that both show the page."""
    shown = client.get(page).content.decode()
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', shown, re.DOTALL)
    assert form
    value = re.search(r'name="to" value="(yes|no)"', form[0])
    assert value, form[0]
    for _window in range(2):
        assert client.post(action, {"to": value[1]}).status_code == 302


def test_conversations_with_somebody_who_crossed_a_line_stay_off(own: Own) -> None:
    client = own()
    told = Story(opened(client))
    who = told.someone()
    told.moment("He hit me.", who, crossed=["violence"])

    def offered() -> bool:
        journal = opened(client).journal
        return crossing_of(journal, journal.get(Relationship, who.id)) is None

    for wanted in (True, False):
        presses_twice(client, f"/with/{who.id}/", f"/with/{who.id}/once-more/")
        assert offered() is wanted


def test_what_was_let_go_stays_so(own: Own) -> None:
    client = own()
    moment = Story(opened(client)).moment()
    for wanted in ("let_go", "held"):
        presses_twice(client, f"/note/{moment.id}/", f"/note/{moment.id}/let-go/")
        assert [each.status.value for each in opened(client).journal.all(Unsaid)] == [wanted]
    assert len(opened(client).journal.all(Moment)) == 1


def test_work_that_has_ended_stays_so(own: Own) -> None:
    client = own(journal_kind="therapist")
    who = add(client, "K")
    for wanted in ("past", "current"):
        presses_twice(client, f"/those/{who.id}/", f"/those/{who.id}/ended/")
        assert opened(client).journal.clients[0].status.value == wanted


def test_what_is_off_today_stays_so(own: Own) -> None:
    client = own()
    therapist = opened(client).journal.therapist
    assert therapist
    made = opened(client).create(Ending, form="leave", relationship_id=therapist.id, why="It was time.")
    for wanted in (True, False):
        presses_twice(client, f"/going/{made.id}/well/", f"/going/{made.id}/away/")
        assert (opened(client).journal.get(Ending, made.id).put_away is not None) is wanted
