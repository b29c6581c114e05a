"""A provisional journal: sealed like any other, but without a keyring, so that one browser's cookie alone opens it.

It is gone for good when it is left, when it lay idle, and when the app starts. What is told one by one of journals
(unlocking, backups, counts) leaves it out: see `SealedJournal.kept`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from reattune.journal.documents import Document
from reattune.vault.crypto_primitives import random_key
from reattune.web.store.browser_sessions import Cookie, session_of, store_session
from reattune.web.store.erasure import erase
from reattune.web.store.journal_size import TooLarge, size_of
from reattune.web.store.models import PROVISIONAL, SealedJournal, UnlockedSession
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unheld import unheld

# One that no browser looked at for so long is erased.
IDLE = timedelta(minutes=60)
# And one that somebody keeps looking at, after so many days: nobody holds a place for good.
MOST_DAYS = timedelta(days=1)
# So that nobody fills a disk with what nobody keeps: at once, and bytes of sealed rows in each.
MOST, MOST_BYTES = 200, 2_000_000
# On PostgreSQL, those who begin at the same moment count one after the other.
_LOCK = 7_283_392
_OF_ONE = Q(journal__provisional=True, journal__keyring=b"")


class NoRoom(Exception):
    """There are as many provisional journals as there may be."""


class ProvisionalJournal(OpenJournal):
    """An open journal that may grow to a certain size, and no further."""

    provisional = True

    @property
    def idle_seconds(self) -> int:
        """After so long without a page it is erased; a minute later, so that it is gone when that is looked at."""
        return int(IDLE.total_seconds()) + 60

    def _write_together(
        self, written: Sequence[Document], gone: Sequence[Document] = (), *, once: bool = False
    ) -> None:
        with transaction.atomic():
            super()._write_together(written, gone, once=once)
            if written and size_of(self._id) > MOST_BYTES:
                raise TooLarge


@dataclass(frozen=True)
class Begun:
    """A provisional journal that was just made.

    Attributes:
        journal_id, data_key: what opens it during this request.
        value: what opens it from the next one on, for the browser's cookie.
    """

    journal_id: bytes
    data_key: bytes
    value: str


def begin(documents: Iterable[Document]) -> Begun:
    """Make a provisional journal that holds these documents.

    Raises:
        NoRoom: there are too many already.
        TooLarge: the documents are more than one may hold.
    """
    journal_id, data_key = os.urandom(16), random_key()
    with transaction.atomic():
        _one_at_a_time()
        if _all().count() >= MOST:
            raise NoRoom
        SealedJournal.objects.create(id=journal_id, keyring=b"", provisional=True)
        value = store_session(journal_id, data_key)
        ProvisionalJournal(journal_id, data_key).write_and_discard(list(documents), [])
    return Begun(journal_id, data_key, value)


def keys_of(request: HttpRequest, cookie: Cookie) -> tuple[bytes, bytes] | None:
    """Journal id and data key of this browser's provisional journal, if it has one."""
    now = timezone.now()
    begun_lately = Q(journal__created__gte=now.date() - MOST_DAYS)
    return session_of(request, cookie, _OF_ONE & begun_lately, now - IDLE)


def keep(journal_id: bytes, keyring: bytes) -> bool:
    """Make it a journal like any other: from now on its keyring opens it. Whether it was still there.

    Nothing is sealed again and nothing written twice: one row changes, so that a crash leaves the one or the other.
    """
    return _all().filter(id=journal_id).update(keyring=keyring, provisional=False) == 1


def end(request: HttpRequest, cookie: Cookie) -> None:
    """Erase this browser's provisional journal, if it has one. No other browser's."""
    keys = keys_of(request, cookie)
    if keys:
        _forget(_all().filter(id=keys[0]))


def forget_idle(now: datetime) -> None:
    """Erase those that no browser has looked at for `IDLE`, and those begun more than `MOST_DAYS` before today. The
    clock asks for it; meanwhile they open nothing. One that a clock began which was ahead is of today."""
    ahead = _all().filter(created__gt=now.date() + MOST_DAYS)
    if ahead.exists():
        with transaction.atomic():
            unheld(ahead).update(created=now.date())
    seen = UnlockedSession.objects.filter(journal=OuterRef("pk"), last_seen__gte=now - IDLE)
    old = _all().filter(~Exists(seen) | Q(created__lt=now.date() - MOST_DAYS))
    if old.exists():
        with transaction.atomic():
            _forget(unheld(old))


def clock_set_ahead(by: timedelta) -> None:
    """The machine's clock was behind and is set right: nobody was idle for that time."""
    theirs = UnlockedSession.objects.filter(journal__in=_all())
    if theirs.exists():
        with transaction.atomic():
            _all().update(created=timezone.now().date())
            theirs.update(last_seen=F("last_seen") + by)


def forget_all() -> None:
    """Erase every provisional journal."""
    _forget(_all())


def _forget(journals: QuerySet[SealedJournal]) -> None:
    # Reading first: most requests find nothing to erase and need no write.
    if journals.exists():
        erase(journals)


def _all() -> QuerySet[SealedJournal]:
    return SealedJournal.objects.filter(PROVISIONAL)


def _one_at_a_time() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
