"""When what was deleted goes: after thirty days, wherever the clock jumps and whatever another computer brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from reattune.journal.documents import Moment, Relationship, Removed
from reattune.vault.backup_file import from_file, to_file
from reattune.web.store.backups import copies, restore
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import clock
from tests.web.journals import opened
from tests.web.test_deletion import note

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def unlocked(client: Client, monkeypatch: pytest.MonkeyPatch, days: float) -> bool:
    """Whether what was deleted is still there, once the journal is unlocked so many days from now."""
    clock(monkeypatch, timedelta(days=days))
    client.post("/lock/")
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    return bool(opened(client).journal.all(Removed))


def test_what_was_deleted_stays_though_the_clock_jumped_once(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    client.post(f"/away/{note(client, 'Precious words.')}/")
    for days in (0, 400, 400.01, 2, 31, 32.1):
        assert unlocked(client, monkeypatch, days) is (days != 32.1)


@pytest.mark.parametrize(("age", "ahead"), [(1, 29.5), (5, 40), (15, 16), (20, 11), (25, 29), (25, 5.1)])
def test_what_was_deleted_stays_however_far_the_clock_jumped_once(
    own: Own, monkeypatch: pytest.MonkeyPatch, age: int, ahead: float
) -> None:
    client = own()
    client.post(f"/away/{note(client, 'Precious words.')}/")
    for days in (*range(1, age + 1), age + ahead, age + ahead + 0.1, *range(age + 1, 30)):
        assert unlocked(client, monkeypatch, days)
    assert not unlocked(client, monkeypatch, 30.1)


@pytest.mark.parametrize(
    "there", [tuple(range(1, 30)), (6.99, 13.99, 20.99, 27.99), (3, 40), (12, 24, 36), (29.9,), (100,)]
)
def test_what_was_deleted_goes_after_its_thirty_days_or_a_day_after_a_pause(
    own: Own, monkeypatch: pytest.MonkeyPatch, there: tuple[float, ...]
) -> None:
    client = own()
    client.post(f"/away/{note(client, 'Words to be forgotten.')}/")
    for days in there:
        assert unlocked(client, monkeypatch, days)
    assert not unlocked(client, monkeypatch, max(30.1, there[-1] + 1))


@pytest.mark.parametrize("unlocked_too", [True, False])
def test_what_was_deleted_goes_though_another_computers_copy_comes_each_week(
    own: Own, monkeypatch: pytest.MonkeyPatch, unlocked_too: bool
) -> None:
    """By the command too, and where only the copy says that time has gone by."""
    client = own()
    client.post(f"/away/{note(client, 'Words to be forgotten.')}/")
    for days in range(7, 29, 7):
        with transaction.atomic():
            clock(monkeypatch, timedelta(days=days - 0.1))
            there = opened(client)
            [somebody, *_others] = there.journal.all(Relationship)
            there.create(Moment, relationship_id=somebody.id, at=there.now, what=f"Day {days}.")
            copy = b"".join(to_file(copies()))
            transaction.set_rollback(True)
        clock(monkeypatch, timedelta(days=days))
        assert restore(from_file(copy), lambda: iter([PASSPHRASE])).merged == 1
        assert not unlocked_too or unlocked(client, monkeypatch, days)
    assert unlocked(client, monkeypatch, 29)
    assert not unlocked(client, monkeypatch, 30.1)


def test_what_was_deleted_begins_its_thirty_days_anew_once(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of another computer brings what it deleted, and an entry that is newer: it is no new proof each time."""
    client = own()
    client.post(f"/away/{note(client, 'Words to be forgotten.')}/")
    for week in range(1, 6):
        # Written while nobody looked at what was deleted, as if it came from elsewhere.
        clock(monkeypatch, timedelta(days=7 * week - 0.1))
        note(client, f"Week {week}.")
        assert unlocked(client, monkeypatch, 7 * week)
    assert not unlocked(client, monkeypatch, 7 + 31)


@pytest.mark.parametrize("days", [-730, -40, -20, 800])
@pytest.mark.parametrize("unlocked_then", [False, True])
def test_what_was_deleted_by_a_wrong_clock_is_kept_for_thirty_days(
    own: Own, monkeypatch: pytest.MonkeyPatch, days: int, unlocked_then: bool
) -> None:
    """From when the clock is right again, and neither for a day nor for two years."""
    client = own()
    moment = note(client, "Precious words.")
    unlocked(client, monkeypatch, days)
    client.post(f"/away/{moment}/")
    if unlocked_then:
        assert unlocked(client, monkeypatch, days + 0.1)
    for at in (0.01, 0.02, 1.1, 2.2, 29, 29.5):
        assert unlocked(client, monkeypatch, at), at
    assert not unlocked(client, monkeypatch, 30.1)
