"""A clock was ahead and is set right: what is typed is kept, it locks and unlocks, and copies can be made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from reattune.vault.letters import seal_letter
from reattune.web.store.letterbox import address_key, deliver
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import bring, clock, lies_in
from tests.web.journals import exported, opened, sure
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


@pytest.mark.parametrize("days", [-400, 400])
def test_another_code_that_a_wrong_clock_dated_is_said(own: Own, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    client = own()

    def said(at: float) -> bool:
        clock(monkeypatch, timedelta(days=at))
        client.post("/lock/")
        client.post("/unlock/", {"passphrase": PASSPHRASE})
        return "recovery code was made" in client.get("/today/").content.decode()

    assert not said(0)
    said(days)
    page = client.post("/begin/recovery/", sure(client)).content.decode()
    code, proof = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("code", "proof"))
    assert code
    assert proof
    ending = "-".join(code[1].split("-")[-2:])
    client.post("/begin/recovery/", {"code": code[1], "proof": proof[1], "ending": ending})
    assert opened(client).journal.preferences.recovery_made  # type: ignore[union-attr]
    assert said(0.1)
    assert said(3)
    assert said(8) is (days > 0), "rather too long than not at all"


@pytest.mark.parametrize("days", [-400, 400])
def test_a_copy_that_a_wrong_clock_dated_is_old_in_time(own: Own, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    client = own()
    for number in range(20):
        note(client, f"Thing number {number}.")

    def reminded(at: float) -> bool:
        clock(monkeypatch, timedelta(days=at))
        client.post("/lock/")
        client.post("/unlock/", {"passphrase": PASSPHRASE})
        return "backed up for" in client.get("/today/").content.decode()

    reminded(days)
    assert client.get("/settings/file/notes.sealed").status_code == 200
    assert not reminded(0.1)
    assert not reminded(40)
    assert reminded(60)
