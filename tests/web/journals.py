"""The journal that a client has open, as it lies in the store."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import open_session


def session_of(client: Client) -> tuple[bytes, bytes]:
    """The journal's id and its data key."""
    session = open_session(client.get("/measures/").wsgi_request)
    assert session
    return session


def opened(client: Client) -> OpenJournal:
    return OpenJournal(*session_of(client))


def sure(client: Client) -> dict[str, str]:
    """What a grave page wants beside: the passphrase, once more."""
    return {"current": client.passphrase}  # type: ignore[attr-defined]


def exported(client: Client, address: str = "/settings/file/notes.json", **fields: Any) -> HttpResponse:
    """A file that is not sealed, as its owner gets it."""
    answer: HttpResponse = client.post(address, {**fields, **sure(client)})
    return answer
