"""An import that would make a journal so large that every page is slow asks for the passphrase."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reattune.journal.documents import LooseNote
from reattune.web.pages.manage import import_files
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
ASKED = 'name="current"'


def preview(client: Client, count: int, words: str = "x") -> tuple[str, dict[str, str]]:
    """The page on which a file with so many notes is shown, and what its button sends."""
    at = "2026-01-05T12:00:00Z"
    note = {"kind": "loose_note", "version": 1, "created": at, "updated": at, "zone": "UTC", "at": at, "words": words}
    documents = [{**note, "id": str(uuid4())} for _number in range(count)]
    content = json.dumps({"format": "reattune-journal", "version": 1, "documents": documents}).encode()
    page = client.post("/settings/file/in/", {"file": SimpleUploadedFile("notes.json", content)}).content.decode()
    held = re.search(r'name="held_file" value="([^"]+)"', page)
    assert held
    return page, {"held_file": held[1], "bring": "1"}


def notes(client: Client) -> int:
    return len(opened(client).journal.all(LooseNote))


def test_many_entries_at_once_ask_for_the_passphrase(own: Own) -> None:
    client = own()
    page, fields = preview(client, import_files.MOST_UNASKED + 1)
    assert ASKED in page
    for typed in ({}, {"current": "not the words of this one"}):
        assert ASKED in client.post("/settings/file/in/", {**fields, **typed}).content.decode()
        assert notes(client) == 0
    client.post("/settings/file/in/", {**fields, "current": PASSPHRASE})
    assert notes(client) == import_files.MOST_UNASKED + 1


def test_and_so_do_many_files_one_after_the_other_and_very_long_entries(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "MOST_UNASKED", 60)
    monkeypatch.setattr(import_files, "MOST_LETTERS_UNASKED", 50_000)
    client = own()
    page, fields = preview(client, 1, "x" * 50_000)
    assert ASKED in page
    page, fields = preview(client, 40)
    assert ASKED not in page
    client.post("/settings/file/in/", fields)
    assert notes(client) == 40
    page, fields = preview(client, 40)
    assert ASKED in page
    client.post("/settings/file/in/", fields)
    assert notes(client) == 40
