"""Files as a person brings them in through Settings, and what the pages say to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from reattune.journal.codec import encode
from reattune.journal.documents import Relationship
from reattune.web.store.open_journal import OpenJournal
from tests.web.journals import exported, opened
from tests.web.page_walker import Node, read

_MADE = "2026-01-05T12:00:00Z"


def preview(client: Client, content: bytes, name: str) -> str:
    """The page that shows what a file would change."""
    return client.post("/settings/file/in/", {"file": SimpleUploadedFile(name, content)}).content.decode()


def held_in(page: str) -> str:
    """The file as that page holds it."""
    found = re.search(r'name="held_file" value="([^"]+)"', page)
    assert found, page
    return found[1]


def bring(client: Client, content: bytes, name: str, **more: Any) -> tuple[str, HttpResponse]:
    """Bring a file in: the page before, and the answer after."""
    page = preview(client, content, name)
    answer = client.post("/settings/file/in/", {"held_file": held_in(page), "bring": "", **more})
    return page, answer  # type: ignore[return-value]


def bring_table(client: Client, content: bytes, name: str, **more: Any) -> None:
    """Bring a table in as the preview understands it."""
    client.post("/settings/file/in/", {**as_it_is(preview(client, content, name), "held_file"), "bring": "", **more})


def as_it_is(page: str, name: str) -> dict[str, list[str]]:
    """What a browser sends of the form that has a field of that name, if nothing on the page is touched."""
    sent: dict[str, list[str]] = {}
    for form in read("", page).root.all("form"):
        fields = [(each.attributes.get("name", ""), _value(each)) for each in form.all("input", "textarea", "select")]
        if any(named == name for named, _of in fields):
            for named, value in fields:
                if value is not None:
                    sent.setdefault(named, []).append(value)
            return sent
    raise AssertionError(page)


def _value(node: Node) -> str | None:
    if node.tag == "textarea":
        return "".join(child for child in node.children if isinstance(child, str))
    if node.tag == "select":
        options = node.all("option")
        picked = next((each for each in options if "selected" in each.attributes), options[0] if options else None)
        return picked.attributes.get("value", "") if picked else None
    if node.attributes.get("type") in ("radio", "checkbox") and "checked" not in node.attributes:
        return None
    return None if node.attributes.get("type") == "file" else node.attributes.get("value", "")


def journal_file(*documents: dict[str, Any]) -> bytes:
    """A JSON file of a journal with these documents."""
    return json.dumps({"format": "reattune-journal", "version": 1, "documents": documents}).encode()


def plain(kind: str, **fields: Any) -> dict[str, Any]:
    """A document as such a file has it."""
    return {"kind": kind, "version": 1, "id": str(uuid4()), "created": _MADE, "updated": _MADE, "zone": "UTC", **fields}


def lies_in(client: Client, words: str) -> list[str]:
    """The kinds of the documents in which words lie, deleted ones and drafts too."""
    return [each.kind for each in opened(client).journal if words in encode(each).decode()]


def clock(monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> None:
    """From now on the clock of this machine differs by so much."""
    monkeypatch.setattr(OpenJournal, "now", property(lambda _self: datetime.now(UTC) + ahead))


def two_computers(own: Callable[..., Client]) -> tuple[Client, Client, Relationship]:
    """One therapist's journals on two computers, and a client of both; a session of one day is noted on each."""
    one, two = own(journal_kind="therapist"), own("other words of another one", journal_kind="therapist")
    one.post("/those/one/", {"name": "A"})
    [client] = opened(one).journal.clients
    bring(two, exported(one).content, "notes.json")
    for each, words in ((one, "She went quiet."), (two, "I was late.")):
        each.post(f"/those/{client.id}/after/", {"day": "2026-01-05", "place": "in_person", "did_words": words})
    return one, two, client
