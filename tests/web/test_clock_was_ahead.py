"""What a clock dated that was ahead: once it is set right, nothing waits until that time comes. Or was behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from reattune.web.store import idle_clock
from reattune.web.store.idle_clock import look
from reattune.web.store.models import SealedJournal, UnlockedSession
from tests.web.conftest import PASSPHRASE

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
AHEAD = [timedelta(hours=2), timedelta(days=730)]


@contextmanager
def clock(ahead: timedelta) -> Iterator[None]:
    there = timezone.now() + ahead
    with mock.patch.object(timezone, "now", return_value=there):
        yield


def unlock(client: Client, passphrase: str = PASSPHRASE) -> int:
    return client.post("/unlock/", {"passphrase": passphrase}).status_code


@pytest.mark.parametrize("ahead", AHEAD)
def test_wrong_passphrases_of_then_are_waited_for_as_wrong_ones_of_now(own: Own, ahead: timedelta) -> None:
    client = own()
    client.post("/lock/")
    with clock(ahead):
        for number in range(6):
            unlock(client, f"a wrong one, number {number}")
    assert "seconds" in client.post("/unlock/", {"passphrase": PASSPHRASE}).content.decode()
    look()
    with clock(timedelta(minutes=6)):
        assert unlock(client) == 302


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_journal_that_was_used_then_is_locked_by_the_clock(own: Own, ahead: timedelta) -> None:
    client = own()
    UnlockedSession.objects.update(last_seen=timezone.now() + ahead)
    assert client.get("/today/").status_code == 200, "nothing stops"
    look()
    with clock(timedelta(minutes=20)):
        look()
        assert not UnlockedSession.objects.exists()
        assert client.get("/today/").status_code == 302


@pytest.mark.parametrize("ahead", AHEAD)
def test_it_is_locked_also_where_nobody_looks_for_what_is_idle(
    own: Own, ahead: timedelta, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    client = own()
    UnlockedSession.objects.update(last_seen=timezone.now() + ahead)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.get("/today/").status_code == 200
    with clock(timedelta(minutes=20)):
        assert client.get("/today/").status_code == 302


@pytest.mark.parametrize("ahead", AHEAD)
def test_what_was_unlocked_then_is_not_open_for_longer_than_a_day(own: Own, ahead: timedelta) -> None:
    client = own()
    client.post("/lock/")
    with clock(ahead):
        assert unlock(client) == 302
        assert client.get("/today/").status_code == 200
    assert client.get("/today/").status_code == 302, "how long ago that was, nobody knows"
    assert unlock(client) == 302
    assert client.get("/today/").status_code == 200


@pytest.mark.parametrize("ahead", AHEAD)
def test_what_was_written_first_then_is_erased_once_it_lay_idle(ahead: timedelta) -> None:
    client = Client()
    with clock(ahead):
        client.post("/begin/write/", {"zone": ""})
        SealedJournal.objects.update(created=timezone.now().date())
    assert client.get("/note/").status_code == 200, "nothing of it is lost"
    look()
    with clock(timedelta(minutes=61)):
        look()
        assert not SealedJournal.objects.exists()


def test_what_was_written_first_then_holds_no_place_for_good() -> None:
    client = Client()
    client.post("/begin/write/", {"zone": ""})
    SealedJournal.objects.update(created=timezone.now().date() + timedelta(days=730))
    look()
    with clock(timedelta(days=3)):
        UnlockedSession.objects.update(last_seen=timezone.now())
        look()
        assert not SealedJournal.objects.exists()


@pytest.mark.parametrize("behind", [timedelta(hours=2), timedelta(days=1000)])
def test_what_was_written_first_while_the_clock_was_behind_stays_when_it_is_set_right(behind: timedelta) -> None:
    client = Client()
    with clock(-behind):
        apart = idle_clock._apart()
        client.post("/begin/write/", {"zone": ""})
        SealedJournal.objects.update(created=timezone.now().date())
        assert idle_clock.allow_for_clock(apart) - apart < timedelta(seconds=30)
    apart = idle_clock.allow_for_clock(apart)
    look()
    assert client.get("/note/").status_code == 200
    with clock(timedelta(minutes=61)):
        look()
        assert not SealedJournal.objects.exists(), "once it is idle, it goes"


def test_a_machine_that_slept_was_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock that nobody sets goes on meanwhile."""
    client = Client()
    client.post("/begin/write/", {"zone": ""})
    steady = idle_clock._steady()
    monkeypatch.setattr(idle_clock, "_steady", lambda: steady)
    apart = idle_clock._apart()
    monkeypatch.setattr(idle_clock, "_steady", lambda: steady + 2 * 3600)
    with clock(timedelta(hours=2)):
        idle_clock.allow_for_clock(apart)
        look()
    assert not SealedJournal.objects.exists()
