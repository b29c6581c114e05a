"""Two windows of one journal take turns: what is sent is answered one after the other, each from what the last left.

So nothing is decided on what another window is changing at that moment, and what one request writes is written together
or not at all. Other journals do not wait, but on SQLite, where one writer at a time is all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, models, transaction
from django.http import HttpRequest
from django.utils import timezone

from reattune.web.store.browser_sessions import Cookie, halves_of, idle_since, prolong
from reattune.web.store.database_failures import waited_long
from reattune.web.store.models import SealedJournal, UnlockedSession
from reattune.web.store.taken_forms import Claim
from reattune.web.store.waiting import OthersFirst, in_line

# How long one waits for those before it, in seconds.
_PATIENCE = 30


@contextmanager
def turn_of(journal_ids: Iterable[bytes]) -> Iterator[None]:
    """Wait until nobody else writes to these journals; everything inside is written together, or nothing of it.

    Raises:
        OthersFirst: too many wait already, or it was too long.
    """
    with transaction.atomic():
        for each in sorted(set(journal_ids)):
            hold(SealedJournal.objects, each)
        yield


@contextmanager
def one_reading() -> Iterator[None]:
    """Everything inside is read as it lies at one moment, and holds up nobody who writes.

    Inside a turn it is that of the turn, in which nobody else writes to its journals.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    connection.ensure_connection()
    usual = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = usual  # type: ignore[attr-defined]


def hold(journals: models.Manager[SealedJournal], journal_id: bytes) -> bool:
    """Hold a journal's row until the transaction ends; whether it is there. Only who has to wait for it stands in line.

    Raises:
        OthersFirst: too many wait already, or it was too long.
    """
    mine = journals.filter(id=journal_id).values_list("id", flat=True)
    if mine.select_for_update(skip_locked=True):
        return True
    with in_line():
        _patience(f"'{_PATIENCE}s'")
        try:
            found = bool(mine.select_for_update())
        except OperationalError as error:
            if waited_long(error):
                raise OthersFirst from error
            raise
        _patience("DEFAULT")
        return found


def _patience(how_long: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout TO {how_long}")


@contextmanager
def turn_of_browser(request: HttpRequest, cookies: Iterable[Cookie]) -> Iterator[None]:
    """The same for what this browser has open under these cookies, if it has.

    Raises:
        TakenMeanwhile: it waited so long that the same form, sent again, was taken in its place.
    """
    claim: Claim | None = getattr(request, "claim", None)
    # Before the turn, and not in it: however long that takes, it isn't idle.
    prolong(_sessions(request, cookies), idle_since(timezone.now()))
    with turn_of(journals_open(request, cookies)):
        if claim:
            claim.go_on()
        yield


def journals_open(request: HttpRequest, cookies: Iterable[Cookie]) -> list[bytes]:
    """The ids of what this browser says it has open under these cookies."""
    sessions = _sessions(request, cookies)
    if not sessions:
        return []
    found = UnlockedSession.objects.filter(id__in=sessions).values_list("journal_id", flat=True)
    return [bytes(each) for each in found.distinct()]


def _sessions(request: HttpRequest, cookies: Iterable[Cookie]) -> list[bytes]:
    return [halves[0] for each in cookies if (halves := halves_of(request, each))]
