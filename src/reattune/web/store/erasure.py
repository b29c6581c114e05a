"""Erasing whole journals; and after something was erased, no page of the database's files still holds it."""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from reattune.web.store.models import SealedJournal

# Something that was replaced may still lie in the files: a reader was there, or the disk was full.
_owed = threading.Event()


def erase(journals: QuerySet[SealedJournal]) -> None:
    """Take journals away: their keys, their rows, and who had them open. Call :func:`wipe` afterwards."""
    with transaction.atomic():
        # Whoever writes just now comes first, so that no row is left behind without its journal.
        ids = [bytes(each) for each in journals.select_for_update().values_list("id", flat=True)]
        SealedJournal.objects.filter(id__in=ids).delete()


def wipe() -> None:
    """Rewrite the files without what was deleted, and empty the log of writes.

    SQLite overwrites deleted pages at once (``secure_delete``); this also gives the space back and truncates the
    write-ahead log. PostgreSQL rewrites the tables; older pages may live on in its own log until that is reused, but
    what they hold is sealed. Hosted, where a rewritten table would keep everybody waiting, that is left to its own
    tidying. Inside a transaction it waits until that is over.
    """
    if not settings.HOSTING:
        transaction.on_commit(_rewrite)


def wipe_replaced() -> None:
    """As :func:`wipe`, after a keyring was replaced: the log of writes is as good as an old copy, which a passphrase
    from before opens. Hosted it is emptied too. What cannot be done now is owed, and :func:`wipe_owed` does it.
    """
    transaction.on_commit(_wipe_or_owe)


def wipe_owed() -> None:
    """Do what :func:`wipe_replaced` could not, as far as it can be done now; the clock asks for it."""
    if _owed.is_set():
        _wipe_or_owe()


def _wipe_or_owe() -> None:
    _owed.clear()
    try:
        if not settings.HOSTING:
            _rewrite()
        done = empty_log()
    except DatabaseError:
        done = False
    if not done:
        _owed.set()


def _rewrite() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for table in (
                "store_sealedrow",
                "store_sealedjournal",
                "store_unlockedsession",
                "store_waitingletter",
                "store_takenform",
            ):
                cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")


def empty_log() -> bool:
    """Take what SQLite's write-ahead log still holds of deleted rows away. PostgreSQL has its own ways.

    Returns:
        Whether nothing of it is left: not where somebody reads at this moment, or inside a transaction.
    """
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        busy, *_rest = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
