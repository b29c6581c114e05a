"""Another process holds the file for long, as a backup program does: nothing is full, and nothing failed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client

from reattune.web.store import backups
from reattune.web.store.models import SealedJournal
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="there, nobody holds the whole file")
WORDS = "A word while somebody else writes."


def test_who_holds_it_is_not_taken_for_a_full_disk(own: Own) -> None:
    client = own()
    sent = {"draft_of": "/note/", "journal": opened(client).mark, "what": WORDS, "stop": ""}
    with refused(sqlite3.SQLITE_BUSY):
        for answer in (client.post("/note/", sent), client.post("/unlock/", {"passphrase": PASSPHRASE})):
            text = answer.content.decode()
            assert answer.status_code == 429
            assert "try again in a few seconds" in text
            assert "disk" not in text
        assert WORDS in client.post("/note/", sent).content.decode()
    with refused(sqlite3.SQLITE_FULL):
        assert client.post("/note/", sent).status_code == 507


@contextmanager
def refused(code: int) -> Iterator[None]:
    """SQLite refuses to begin, as it does ten seconds after somebody else began."""
    said = sqlite3.OperationalError("database is locked")
    said.sqlite_errorcode = code
    error = OperationalError("database is locked")
    error.__cause__ = said
    with mock.patch("reattune.web.store.turns.hold", side_effect=error):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_backup_keeps_nobody_from_writing(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes, as one that was suspended; and what is written meanwhile is not in it in part."""
    own()
    said: list[str] = []
    copy = backups._copy

    def write() -> None:
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0.5, uri=True)) as other:
            other.execute("UPDATE store_sealedjournal SET head_revision = head_revision + 100")
            other.commit()
            said.append("written")

    def slowly(journal: SealedJournal) -> object:
        beside = threading.Thread(target=write)
        beside.start()
        beside.join()
        return copy(journal)

    before = SealedJournal.objects.get().head_revision
    monkeypatch.setattr(backups, "_copy", slowly)
    (copied,) = backups.copies()
    assert said == ["written"]
    assert copied.head_revision == before
    assert SealedJournal.objects.get().head_revision == before + 100
    assert connection.transaction_mode == "IMMEDIATE"  # type: ignore[attr-defined]
