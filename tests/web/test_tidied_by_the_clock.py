"""What is old is taken away by the clock: it waits for nobody who is sending a form, and keeps nobody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from reattune.web.hosted.environment import Hosting
from reattune.web.http.taken_once import COOKIES
from reattune.web.store import idle_clock, taken_forms
from reattune.web.store.models import Guesses, SealedJournal, SharedLink, TakenForm, UnlockedSession
from reattune.web.store.rate_limit import at_open_journal, take
from reattune.web.store.turns import turn_of_browser
from reattune.web.store.unlocking import open_journal
from tests.installation_per_worker import STORE

Own = Callable[..., Client]
HOSTED = Hosting(hosts=("testserver",), secret="s" * 50)
ON_POSTGRESQL = pytest.mark.skipif(STORE != "postgresql", reason="one writer at a time is all that SQLite has")
pytestmark = pytest.mark.django_db(transaction=True)


def old_of_everybody() -> None:
    """A session that lay idle, a journal that nobody kept, a try, a link and a form from long ago."""
    Client().post("/begin/write/")
    UnlockedSession.objects.filter(journal__provisional=True).update(last_seen=timezone.now() - timedelta(hours=2))
    Guesses.objects.create(source=b"t" * 32, failures=9, last=timezone.now() - timedelta(days=2))
    SharedLink.objects.create(id=b"l" * 16, owner=b"o" * 32, sealed=b"x", expires=timezone.now() - timedelta(days=2))
    TakenForm.objects.create(id=b"f" * 32, begun=timezone.now() - timedelta(hours=2))


def left() -> list[bool]:
    rows = SealedJournal.objects.filter(provisional=True), Guesses.objects, SharedLink.objects, TakenForm.objects
    old = rows[0], rows[1].filter(source=b"t" * 32), rows[2].filter(id=b"l" * 16), rows[3].filter(id=b"f" * 32)
    return [each.exists() for each in old]


def request_of(client: Client) -> HttpRequest:
    request = client.get("/measures/").wsgi_request
    request.method = "POST"
    return request


def a_turn(client: Client) -> AbstractContextManager[None]:
    return turn_of_browser(request_of(client), COOKIES)


def meanwhile(do: Callable[[], object]) -> float:
    """How many seconds it takes another thread."""
    took: list[float] = []

    def timed() -> None:
        began = time.monotonic()
        try:
            do()
        finally:
            connection.close()
        took.append(time.monotonic() - began)

    other = threading.Thread(target=timed, daemon=True)
    other.start()
    other.join(4)
    return took[0] if took else 99.0


def test_the_clock_takes_away_what_is_old(own: Own) -> None:
    own()
    old_of_everybody()
    assert left() == [True] * 4
    idle_clock.look()
    assert left() == [False] * 4
    assert UnlockedSession.objects.count() == 1


@ON_POSTGRESQL
def test_while_a_form_is_answered_nobody_waits_for_what_it_noticed(own: Own, settings: object) -> None:
    sender, other, idle = own(), own("words of another"), own("words of a third")
    old_of_everybody()
    ids = UnlockedSession.objects.exclude(journal__provisional=True).order_by("-last_seen").values_list("id", flat=True)
    UnlockedSession.objects.filter(id=ids[0]).update(last_seen=timezone.now() - timedelta(minutes=20))
    request = request_of(sender)
    with a_turn(sender):
        assert open_journal(request)
        settings.HOSTING = HOSTED  # type: ignore[attr-defined]
        take(at_open_journal(request))
        settings.HOSTING = None  # type: ignore[attr-defined]
        assert meanwhile(lambda: other.get("/today/")) < 4
        assert meanwhile(lambda: other.post("/lock/")) < 4
        assert meanwhile(lambda: idle.post("/unlock/", {"passphrase": "words of a third"})) < 4
        assert meanwhile(idle_clock.look) < 4
        assert not any(left())


@ON_POSTGRESQL
def test_what_a_form_holds_is_left_for_the_next_look(own: Own) -> None:
    own()
    old_of_everybody()
    with transaction.atomic():
        for each in (SealedJournal, UnlockedSession, Guesses, SharedLink, TakenForm):
            assert list(each.objects.select_for_update())
        assert meanwhile(idle_clock.look) < 4
        assert left() == [True] * 4
    idle_clock.look()
    assert left() == [False] * 4


def of_nobody(number: int, answer: bytes | None = b"x") -> TakenForm:
    return TakenForm(id=bytes([number]) * 32, begun=timezone.now() - timedelta(seconds=99 - number), answer=answer)


def test_what_makes_room_was_answered(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taken_forms, "MOST_OF_NOBODY", 3)
    TakenForm.objects.bulk_create([of_nobody(0, None), *map(of_nobody, range(1, 7))])
    taken_forms._make_room(None)
    assert sorted(bytes(each)[0] for each in TakenForm.objects.values_list("id", flat=True)) == [0, 4, 5, 6]


@ON_POSTGRESQL
@pytest.mark.parametrize("answer", [None, b"x"])
def test_forms_of_nobody_wait_for_none_that_is_being_answered(
    own: Own, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.setattr(taken_forms, "MOST_OF_NOBODY", 3)
    TakenForm.objects.bulk_create([of_nobody(0, answer), *map(of_nobody, range(1, 7))])
    with transaction.atomic():
        TakenForm.objects.filter(id=bytes(32)).update(begun=timezone.now() - timedelta(seconds=200))
        assert meanwhile(lambda: taken_forms._make_room(None)) < 4
    assert sorted(bytes(each)[0] for each in TakenForm.objects.values_list("id", flat=True)) == [0, 4, 5, 6]


@ON_POSTGRESQL
def test_the_same_browser_sees_its_pages_and_leaves_while_its_form_is_answered(own: Own) -> None:
    client = own()
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=5))
    request = request_of(client)
    with a_turn(client):
        assert open_journal(request)
        assert meanwhile(lambda: client.get("/today/")) < 4
        assert meanwhile(lambda: client.post("/leave/")) < 4


def test_who_sends_a_form_is_not_idle_however_long_it_takes(own: Own) -> None:
    client = own()
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=14))
    with a_turn(client):
        pass
    assert UnlockedSession.objects.get().last_seen > timezone.now() - timedelta(minutes=1)
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=14))
    assert client.get("/today/").status_code == 200
    assert UnlockedSession.objects.get().last_seen > timezone.now() - timedelta(minutes=1)


def test_tries_of_more_than_a_day_ago_count_for_nothing_also_where_they_are_there_still(own: Own) -> None:
    client = own()
    counted = at_open_journal(request_of(client))
    for _time in range(5):
        assert take(counted).wait == 0
    assert take(counted).wait > 0
    Guesses.objects.update(last=timezone.now() - timedelta(days=2))
    for _time in range(5):
        assert take(counted).wait == 0
    assert take(counted).wait > 0


def test_a_link_that_ended_leads_nowhere_also_where_it_is_there_still(settings: object) -> None:
    from reattune.web.store.shared_links import _written, read_link

    settings.HOSTING = HOSTED  # type: ignore[attr-defined]
    today = timezone.now().date()
    SharedLink.objects.create(id=b"l" * 16, owner=b"o" * 32, sealed=b"x", expires=today)
    assert read_link(_written(b"l" * 16)) == b"x"
    SharedLink.objects.update(expires=today - timedelta(days=1))
    assert read_link(_written(b"l" * 16)) is None


@ON_POSTGRESQL
def test_nobody_waits_without_end_for_what_somebody_else_holds(own: Own) -> None:
    client = own()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("10s",)
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = type("LockNotAvailable", (Exception,), {"sqlstate": "55P03"})()
    with mock.patch("reattune.web.pages.shared.access.open_journal", side_effect=error):
        assert client.get("/today/").status_code == 429
