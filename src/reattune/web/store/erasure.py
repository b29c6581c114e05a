"""Erasing whole journals; and after something was erased, no page of the database's files still holds it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from reattune.web.store.models import SealedJournal

# What was erased or replaced may still lie in the tables, or in the log of writes: another process read it at that
# moment, or the disk was full. The clock does then what is owed.
_TABLES, _LOG = threading.Event(), threading.Event()
# Whoever reads for long is not waited for: meanwhile nobody could write.
_PATIENCE = 1000


def erase(journals: QuerySet[SealedJournal]) -> None:
    """Take journals away: their keys, their rows, and who had them open."""
    with transaction.atomic():
        # Whoever writes just now comes first, so that no row is left behind without its journal.
        ids = [bytes(each) for each in journals.select_for_update().values_list("id", flat=True)]
        SealedJournal.objects.filter(id__in=ids).delete()
        wipe()


def wipe() -> None:
    """Rewrite the files without what was deleted or replaced, and empty the log of writes.

    SQLite overwrites deleted pages at once (``secure_delete``); this also gives the space back, and the log, which is
    as good as an old copy, is truncated. PostgreSQL rewrites the tables; older pages may live on in its own log until
    that is reused, but what they hold is sealed. Hosted, where a rewritten table would keep everybody waiting, that is
    left to its own tidying. Inside a transaction it waits until that is over.

    It is deleted either way: what cannot be done now fails no form, and :func:`wipe_owed` does it.
    """
    transaction.on_commit(_wipe)


def wipe_log() -> None:
    """Empty the log of writes alone, or owe that."""
    _LOG.set()
    wipe_owed()


def wipe_owed() -> None:
    """Do what could not be done before, as far as it can be done now; the clock asks for it."""
    if connection.in_atomic_block:
        return
    for owed, do in ((_TABLES, _rewrite), (_LOG, _empty_log)):
        if owed.is_set():
            owed.clear()
            if not _done(do):
                owed.set()


def _wipe() -> None:
    if not settings.HOSTING:
        _TABLES.set()
    wipe_log()


def _done(do: Callable[[], bool]) -> bool:
    try:
        with _soon():
            return do()
    except DatabaseError:
        return False


def _rewrite() -> bool:
    if connection.vendor == "sqlite":
        _said("VACUUM")
        return True
    for table in (
        "store_sealedrow",
        "store_sealedjournal",
        "store_unlockedsession",
        "store_waitingletter",
        "store_takenform",
    ):
        _said(f"VACUUM (FULL) {connection.ops.quote_name(table)}")
    return True


def _empty_log() -> bool:
    """Whether nothing is left of it: not where somebody reads at this moment. PostgreSQL has its own ways."""
    if connection.vendor != "sqlite":
        return True
    [[busy, *_rest]] = _said("PRAGMA wal_checkpoint(TRUNCATE)")
    return not busy


@contextmanager
def _soon() -> Iterator[None]:
    """With little patience for those who read."""
    if connection.vendor == "sqlite":
        [[before]] = _said("PRAGMA busy_timeout")
        shorter, as_before = f"PRAGMA busy_timeout={min(_PATIENCE, before)}", f"PRAGMA busy_timeout={before}"
    else:
        shorter, as_before = f"SET lock_timeout TO {_PATIENCE}", "RESET lock_timeout"
    _said(shorter)
    try:
        yield
    finally:
        _said(as_before)


def _said(sql: str) -> list[tuple[int, ...]]:
    """All of the answer: SQLite rewrites nothing while there is more of one to come."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
