"""A check-in that leaves questions blank is the latest like any other; what is answered beside them is an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn
from tests.web.journals import opened
from tests.web.test_bad_input_on_pages import RATED, TODAY, check_in
from tests.web.test_say_and_mend import page

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
PULL, SAY = "a strong pull to leave", "something to say"


def almost_empty(client: Client, days_ago: int, **fields: object) -> str:
    day = (TODAY - timedelta(days=days_ago)).isoformat()
    response = client.post("/check/", {"day": day, "place": "in_person", **fields})
    assert response.status_code == 302
    return str(response.headers["Location"])


@pytest.mark.parametrize("answered", [{}, {"safe": "4"}, RATED])
def test_a_strong_pull_is_told_however_much_is_answered_beside_it(own: Own, answered: dict[str, object]) -> None:
    client = own()
    before = check_in(client, TODAY - timedelta(days=7), urge_to_leave="9")
    assert PULL in page(client, before)
    latest = page(client, almost_empty(client, 0, **answered, urge_to_leave="9"))
    assert PULL in latest
    assert SAY in latest
    earlier = page(client, before)
    assert PULL not in earlier
    assert SAY not in earlier


def test_what_went_unsaid_can_be_all_there_is_to_say(own: Own) -> None:
    client = own()
    kept = almost_empty(client, 1, unsaid_words="That I cried in the car.")
    assert "That I cried in the car." in page(client, kept)
    almost_empty(client, 0, unsaid="no")
    assert [(each.answers, each.unsaid) for each in opened(client).journal.all(CheckIn)] == [({}, True), ({}, False)]
    for empty in ({}, {"urge_to_leave": ""}, {"unsaid": ""}, {"unsaid_words": "  "}):
        sent = {"day": (TODAY - timedelta(days=3)).isoformat(), "place": "in_person", **empty}
        assert "You haven’t answered anything yet".encode() in client.post("/check/", sent).content


def test_answers_can_be_taken_back_to_the_pull_alone(own: Own) -> None:
    client = own()
    kept = check_in(client, TODAY, urge_to_leave="8")
    assert client.post(f"{kept}change/", {"day": TODAY.isoformat(), "urge_to_leave": "8"}).status_code == 302
    assert [each.answers for each in opened(client).journal.all(CheckIn)] == [{}]
    assert PULL in page(client, kept)
