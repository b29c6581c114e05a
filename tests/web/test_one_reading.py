"""What is read of a journal is one state of it, whoever writes meanwhile: a backup, and a page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from reattune.journal.documents import LooseNote
from reattune.vault.backup_file import from_file
from reattune.web.store import backups, manifest
from reattune.web.store.backups import back_up, restore
from reattune.web.store.models import SealedJournal
from reattune.web.store.open_journal import OpenJournal
from tests.web.journals import opened, session_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(act: Callable[[], None]) -> None:
    """In another window, as another process would: to its end before this one goes on."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert failed == []


def with_notes(client: Client) -> tuple[bytes, bytes]:
    journal = opened(client)
    for number in range(3):
        journal.create(LooseNote, at=journal.now, words=f"note {number}", source="diary")
    return session_of(client)


def changes(session: tuple[bytes, bytes]) -> None:
    journal = OpenJournal(*session)
    for each in journal.journal.all(LooseNote):
        journal.change(each, words=f"{each.words}, changed")


def test_a_backup_is_of_one_moment(own: Own, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = with_notes(own())
    copy = backups._copy

    def slowly(journal: SealedJournal) -> Any:
        """Somebody writes after the keyrings and lists were read, and before the rows are."""
        elsewhere(lambda: changes(session))
        return copy(journal)

    with monkeypatch.context() as patch:
        patch.setattr(backups, "_copy", slowly)
        back_up(tmp_path / "copy")
    SealedJournal.objects.all().delete()
    done = restore(from_file((tmp_path / "copy").read_bytes()), lambda: iter(()))
    assert (done.new, done.problems) == (1, [])
    back = OpenJournal(*session)
    assert back.damages == []
    assert sorted(each.words for each in back.journal.all(LooseNote)) == ["note 0", "note 1", "note 2"]


def test_a_page_that_is_read_while_others_go_on_writing_finds_nothing_amiss(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = with_notes(own())
    head, twice = manifest.Head.read, [None, None]

    def then_others_write(*given: Any) -> manifest.Head:
        found = head(*given)
        if twice:
            twice.pop()
            monkeypatch.setattr(manifest.Head, "read", head)
            elsewhere(lambda: changes(session))
            monkeypatch.setattr(manifest.Head, "read", then_others_write)
        return found

    monkeypatch.setattr(manifest.Head, "read", then_others_write)
    read = OpenJournal(*session)
    assert twice == []
    assert read.damages == []
    assert len(read.journal.all(LooseNote)) == 3
