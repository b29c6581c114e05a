"""What is erased while another process reads the files, or the disk is full: gone for good as soon as it can be."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import Moment, Removed
from reattune.web.store import erasure, idle_clock
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from reattune.web.store.unlocking import FIRST
from tests.installation_per_worker import STORE
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, sure
from tests.web.test_left_on_the_disk import lie_in_the_files, pieces_of

Own = Callable[..., Client]
SURE = {"current": PASSPHRASE, "sure": "on"}
FIRST_WORDS = {"who": "new", "name": "Jo", "role": "friend", "day": "2026-01-05", "what": "Words.", "stop": ""}
pytestmark = [
    pytest.mark.skipif(STORE != "sqlite", reason="PostgreSQL has a log of its own: docs/threat-model.md"),
    pytest.mark.django_db(transaction=True),
]


def stored() -> dict[bytes, bytes]:
    """Every row and every keyring as it lies."""
    rows = {bytes(i): bytes(sealed) for i, sealed in SealedRow.objects.values_list("row_id", "sealed")}
    return rows | {b"keys" + bytes(i): bytes(keys) for i, keys in SealedJournal.objects.values_list("id", "keyring")}


def erased_since(before: dict[bytes, bytes]) -> set[bytes]:
    now = stored()
    left = {piece for each in now.values() for piece in pieces_of(each)}
    return {piece for name in before.keys() - now.keys() for piece in pieces_of(before[name])} - left


@contextmanager
def read_by_another() -> Iterator[None]:
    reader = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    try:
        reader.execute("begin")
        reader.execute("select count(*) from store_sealedrow").fetchone()
        yield
    finally:
        reader.close()


@pytest.fixture(autouse=True)
def _nothing_owed() -> Iterator[None]:
    erasure.wipe_owed()
    yield
    erasure.wipe_owed()


def whole_journal(client: Client) -> None:
    assert client.post("/settings/file/off/", SURE).headers["Location"] == "/"


def somebody(client: Client) -> None:
    who = opened(client).journal.all(Moment)[0].relationship_id
    assert client.post(f"/with/{who}/off/", SURE).status_code == 302


def for_good(client: Client) -> None:
    client.post(f"/away/{opened(client).journal.all(Moment)[0].id}/")
    [removed] = opened(client).journal.all(Removed)
    assert client.post(f"/settings/away/{removed.id}/now/", sure(client)).status_code == 302


def what_nobody_kept(_client: Client) -> None:
    UnlockedSession.objects.filter(journal__provisional=True).update(last_seen=timezone.now() - timedelta(days=1))
    idle_clock.look()


def a_journal_never_used(_client: Client) -> None:
    SealedJournal.objects.filter(head=b"").update(created=timezone.now().date() - timedelta(days=9))
    UnlockedSession.objects.filter(journal__head=b"").delete()
    idle_clock.look()


WAYS = [whole_journal, somebody, for_good, what_nobody_kept, a_journal_never_used]


def written(own: Own) -> Client:
    client = own()
    client.post("/note/", FIRST_WORDS)
    first = Client()
    first.post("/begin/write/")
    first.post("/note/", FIRST_WORDS)
    assert first.cookies[FIRST.name].value
    SealedJournal.objects.create(id=bytes(16), keyring=b"the keyring of a journal that nobody ever used", head=b"")
    return client


@pytest.mark.parametrize("way", WAYS)
def test_while_another_process_reads_it_is_owed_and_the_clock_does_it(own: Own, way: Callable[[Client], None]) -> None:
    client = written(own)
    before = stored()
    with read_by_another():
        began = time.monotonic()
        way(client)
        assert time.monotonic() - began < 9
        gone = erased_since(before)
        assert gone
        assert lie_in_the_files(gone)
        idle_clock.look()
        assert lie_in_the_files(gone)
    idle_clock.look()
    assert not lie_in_the_files(gone)


@pytest.mark.parametrize("way", WAYS)
def test_where_the_disk_is_full_it_is_erased_all_the_same_and_rewritten_later(
    own: Own, way: Callable[[Client], None]
) -> None:
    client = written(own)
    before = stored()
    with mock.patch.object(erasure, "_rewrite", side_effect=OperationalError("database or disk is full")) as tried:
        way(client)
        gone = erased_since(before)
        assert gone
        assert tried.called
    with mock.patch.object(erasure, "_rewrite", return_value=True) as tried:
        idle_clock.look()
        idle_clock.look()
    assert tried.call_count == 1
    assert not lie_in_the_files(gone)


def test_a_reader_for_long_makes_the_log_no_larger_with_each_look(own: Own) -> None:
    client = written(own)
    with read_by_another(), mock.patch.object(erasure, "_rewrite", wraps=erasure._rewrite) as rewritten:
        whole_journal(client)
        for _look in range(3):
            idle_clock.look()
    assert rewritten.call_count == 1


def test_what_was_locked_while_another_reads_leaves_the_log_too(own: Own) -> None:
    own()
    [wrapped] = UnlockedSession.objects.values_list("wrapped_key", flat=True)
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=16))
    with read_by_another():
        idle_clock.look()
        assert not UnlockedSession.objects.exists()
        assert lie_in_the_files({bytes(wrapped)})
    idle_clock.look()
    assert not lie_in_the_files({bytes(wrapped)})
