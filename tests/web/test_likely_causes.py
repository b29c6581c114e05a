"""Something happened: the causes that the words come closest to are offered while typing, and never ticked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Draft, Moment
from reattune.journal.vocabulary import Cause
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db

WORDS = "She cancelled an hour before, again, and I still have to pay for it."
OFFER = "Does one of these come close?"


def typed(client: Client, **fields: str) -> str:
    answer = client.post("/typing/", {"draft_of": "/note/", "suggest": "cause", "what": WORDS, **fields})
    assert answer.status_code in (200, 204)
    return answer.content.decode()


def test_offered_while_typing_and_not_kept(own: Own) -> None:
    client = own()
    page = typed(client)
    assert OFFER in page
    assert 'value="late_cancelled_time_or_money"' in page
    assert "checked" not in page
    (draft,) = opened(client).journal.all(Draft)
    assert set(draft.fields) == {"what"}


def test_nothing_is_offered_once_one_is_chosen_or_where_nobody_asks(own: Own) -> None:
    client = own()
    assert OFFER not in typed(client, cause="judged_me")
    assert OFFER not in typed(client, what="she was")
    answer = client.post("/typing/", {"draft_of": "/held/", "words": WORDS})
    assert answer.status_code == 204


def test_the_page_offers_them_again_without_javascript_and_a_choice_is_kept(own: Own) -> None:
    client = own()
    typed(client)
    page = client.get("/note/").content.decode()
    assert OFFER in page
    one = opened(client).journal.therapist
    day = opened(client).now.date().isoformat()
    sent = {
        "what": WORDS,
        "who": str(one.id if one else ""),
        "day": day,
        "cause": "late_cancelled_time_or_money",
        "stop": "",
    }
    assert client.post("/note/", sent).status_code == 302
    (moment,) = opened(client).journal.all(Moment)
    assert moment.cause is Cause.LATE_CANCELLED_TIME_OR_MONEY
    assert OFFER not in client.get(f"/note/{moment.id}/change/").content.decode()
