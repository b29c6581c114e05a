"""A new data key for a journal: every row is sealed anew, so that a key from before opens nothing of it any more."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import transaction

from reattune.vault import Keyring, Seal, SealBroken
from reattune.web.store.letterbox import renew_address
from reattune.web.store.manifest import Head, KeyChanged, listed_rows
from reattune.web.store.models import SealedRow
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.shared_links import mark_anew
from reattune.web.store.unlocking import end_sessions_of, store_keyring


def seal_under(keyring: Keyring, new_key: bytes, data_key: bytes) -> None:
    """Seal every row under ``new_key`` and put ``keyring`` in the place of the old one: all of it, or nothing.

    Whoever has the journal open has it open no more. What cannot be opened stays as it lies, and stays named. The
    journal gets another address too, since the private half of the one from before is in every old copy.

    Args:
        keyring: holds ``new_key``.
        data_key: what the rows are sealed with until now.

    Raises:
        Conflict: another window did this meanwhile.
    """
    journal_id, old, new = keyring.journal_id, Seal(data_key, keyring.journal_id), Seal(new_key, keyring.journal_id)
    with transaction.atomic():
        try:
            head = Head.for_update(journal_id, old)
        except KeyChanged as error:
            raise Conflict from error
        anew: dict[bytes, tuple[bytes, int, bytes]] = {}
        for row_id, revision, sealed in listed_rows(journal_id, old).rows:
            try:
                plain = old.open(row_id, revision, sealed)
                name = new.row_id(UUID(json.loads(plain)["id"]))
            except (SealBroken, ValueError, KeyError, TypeError):
                continue
            anew[row_id] = (name, revision, new.seal(name, revision, plain))
        found = SealedRow.objects.filter(journal_id=journal_id, row_id__in=list(anew))
        days = {bytes(each): (created, updated) for each, created, updated in found.values_list(*_NAME_AND_DAYS)}
        found.delete()
        rows = []
        for row_id, (name, revision, sealed) in anew.items():
            created, updated = days[row_id]
            given = {"journal_id": journal_id, "revision": revision, "created": created, "updated": updated}
            rows.append(SealedRow(row_id=name, sealed=sealed, **given))
            head.revisions.pop(row_id, None)
            head.revisions[name] = revision
        SealedRow.objects.bulk_create(rows, batch_size=500)
        head.write(journal_id, new)
        mark_anew(old.own_mark, new.own_mark)
        store_keyring(keyring)
        renew_address(OpenJournal(journal_id, new_key))
        end_sessions_of(journal_id)


_NAME_AND_DAYS = ("row_id", "created", "updated")
