"""That words are no danger may have been said by whoever they are about: it is told, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import ClientNote, Moment, Relationship
from tests.web.journals import opened
from tests.web.test_clients import add

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "He hit me again last night and said he will kill me if I leave."
SAID = "it was said here that something you wrote isn’t meant as it sounds."
HELP = 'If you need someone now: <a href="/help/">get help</a>'


def test_today_says_for_a_week_that_words_are_not_meant_so_and_takes_it_back(own: Own) -> None:
    client = own()
    partner = opened(client).create(Relationship, name="Tom", role="partner")
    client.post("/note/", {"what": WORDS, "who": str(partner.id), "day": timezone.localdate().isoformat()})
    moment = opened(client).journal.moments()[0]
    assert SAID not in client.get("/today/").content.decode()

    client.post("/meant/", {"of": str(moment.id)})
    today = client.get("/today/").content.decode()
    assert SAID in today
    assert "kill me" not in today.partition(SAID)[0].rpartition("<div")[2]
    entry = client.get(f"/note/{moment.id}/").content.decode()
    assert HELP in entry
    assert f'aria-labelledby="concern-{moment.id}"' not in entry

    # Words taken along elsewhere are asked about again too.
    journal = opened(client)
    along = journal.create(Moment, relationship_id=partner.id, at=journal.now, what=WORDS, not_meant=(WORDS,))
    client.post("/meant/back/")
    assert SAID not in client.get("/today/").content.decode()
    assert not any(each.not_meant for each in opened(client).journal)
    for each in (moment, along):
        assert f'aria-labelledby="concern-{each.id}"' in client.get(f"/note/{each.id}/").content.decode()


def test_it_is_said_for_a_week_and_the_line_to_help_stays_with_the_entry(own: Own) -> None:
    client = own()
    journal = opened(client)
    partner = journal.create(Relationship, name="Tom", role="partner")
    old = journal.now - timedelta(days=8)
    harm = journal.create(
        Moment, relationship_id=partner.id, at=old, what=WORDS, not_meant=(WORDS,), not_meant_on=old
    )  # fmt: skip
    tea = journal.create(Moment, relationship_id=partner.id, at=old, what="We had tea.")
    assert SAID not in client.get("/today/").content.decode()
    client.post("/meant/back/")
    assert opened(client).journal.get(Moment, harm.id).not_meant
    assert HELP in client.get(f"/note/{harm.id}/").content.decode().split("<main")[1]
    assert HELP not in client.get(f"/note/{tea.id}/").content.decode().split("<main")[1]


def test_a_therapist_is_told_so_too(own: Own) -> None:
    client = own(journal_kind="therapist")
    somebody = add(client)
    journal = opened(client)
    journal.create(
        ClientNote, relationship_id=somebody.id, at=journal.now, words="She said: I want to kill myself tonight."
    )
    client.post("/meant/")
    assert SAID in client.get("/today/").content.decode()
    client.post("/meant/back/")
    assert SAID not in client.get("/today/").content.decode()
