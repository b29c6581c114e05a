"""A clock was ahead and is set right: what is typed is kept, it locks and unlocks, and copies can be made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from reattune.journal.documents import Removed
from reattune.vault.letters import seal_letter
from reattune.web.store.letterbox import address_key, deliver
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import bring, clock, lies_in
from tests.web.journals import exported, opened
from tests.web.test_deletion import note

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def test_what_is_typed_then_is_kept(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, timedelta(hours=1))
    mark = opened(client).mark
    client.post("/typing/", {"draft_of": "/note/", "journal": mark, "what": "first line"})
    clock(monkeypatch, timedelta())
    more = {"draft_of": "/note/", "journal": mark, "what": "first line and three pages more"}
    assert client.post("/typing/", more).status_code == 204
    assert client.post("/lock/", {**more, "what": f"{more['what']} at the end"}).status_code == 302
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert lies_in(client, "three pages more at the end") == ["draft"]


def test_words_held_while_it_was_locked_are_kept(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, timedelta(hours=1))
    mark = opened(client).mark
    client.post("/typing/", {"draft_of": "/note/", "journal": mark, "what": "first line"})
    clock(monkeypatch, timedelta())
    client.post("/lock/")
    page = client.post("/note/", {"draft_of": "/note/", "journal": mark, "what": "first line and more"})
    held = re.search(r'name="held" value="([^"]+)"', page.content.decode())
    assert held
    client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]})
    assert lies_in(client, "first line and more") == ["draft"]


def test_copies_can_be_made(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, timedelta(minutes=-10))
    assert client.get("/settings/file/notes.sealed").status_code == 200
    for name in ("notes.json", "tables.zip"):
        assert exported(client, f"/settings/file/{name}").status_code == 200


def test_it_can_be_unlocked_while_a_note_waits(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    client.post("/lock/")
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    key = address_key(opened(client))
    assert key
    client.post("/lock/")
    said = {"letter": 1, "kind": "note", "id": str(uuid4()), "at": datetime.now(UTC).isoformat(), "words": "at night"}
    assert deliver(key.address, seal_letter(key.public, json.dumps(said).encode())) is None
    clock(monkeypatch, timedelta(hours=-2))
    assert client.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302
    assert client.get("/today/").status_code == 200
    assert lies_in(client, "at night") == ["came_in"]


def test_what_was_deleted_stays_though_the_clock_jumped_once(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    client.post(f"/away/{note(client, 'Precious words.')}/")
    for days in (0, 400, 400.01, 2, 31):
        clock(monkeypatch, timedelta(days=days))
        client.post("/lock/")
        client.post("/unlock/", {"passphrase": PASSPHRASE})
        assert len(opened(client).journal.all(Removed)) == (1 if days != 31 else 0)


def test_an_entry_of_a_diary_that_is_dated_later_today_can_be_sorted(own: Own) -> None:
    client = own()
    day = (datetime.now(UTC) + timedelta(hours=38)).date()
    bring(client, f"# {day}\nHe said I am too much.\n\n# {day + timedelta(days=1)}\nAnother.\n".encode(), "diary.md")
    first = re.search(r'name="note" value="([^"]+)"', client.get("/loose/").content.decode())
    assert first
    assert client.post("/loose/", {"note": first[1], "who": "new", "name": "Jo", "role": "friend"}).status_code == 302
    found = re.findall(r"/loose/([0-9a-f-]{36})/aside/", client.get("/loose/").content.decode())
    assert client.post(f"/loose/{found[0]}/aside/").status_code == 302
    assert lies_in(client, "too much") == ["moment"]
    assert lies_in(client, "Another.") == ["removed"]
