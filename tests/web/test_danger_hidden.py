"""The one quiet line to help can be hidden, and that says nothing of what was written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Moment
from tests.web.journals import opened
from tests.web.test_deletion import note

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "He hit me again last night and said he will kill me if I leave."
LINE = "If you need someone now:"


def test_hiding_the_line_says_nothing_of_the_words(own: Own) -> None:
    client = own()
    written = note(client, WORDS)
    before = opened(client).journal.get(Moment, written)
    client.get("/today/")
    page = client.get("/so-far/").content.decode()
    assert LINE in page
    assert 'name="hide"' in page
    assert client.post("/meant/", {"hide": "", "back": "/so-far/"}).headers["Location"] == "/so-far/"
    assert LINE not in client.get("/so-far/").content.decode()
    assert opened(client).journal.get(Moment, written) == before
    assert "isn’t meant as it sounds" not in client.get("/today/").content.decode()
    assert "Prepare to bring it up" not in client.get(f"/note/{written}/").content.decode()
    # In another browser, and once more is written, it is there again.
    other = Client()
    other.post("/unlock/", {"passphrase": client.passphrase})  # type: ignore[attr-defined]
    assert LINE in other.get("/so-far/").content.decode()
    note(client, "I want to kill myself and I know how I would do it.")
    client.get("/today/")
    assert LINE in client.get("/so-far/").content.decode()
