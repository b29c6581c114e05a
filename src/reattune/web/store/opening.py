"""An open journal: rows in, documents out, and the way back."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import transaction

from reattune.journal import Journal, JournalError
from reattune.journal.codec import decode, encode, from_raw
from reattune.journal.documents import Document, Draft
from reattune.journal.ids import uuid7
from reattune.vault import Seal, SealBroken
from reattune.web.store.models import SealedRow

D = TypeVar("D", bound=Document)


class Conflict(Exception):
    """Another window has changed the same entry since this one opened it."""


class OpenJournal:
    """One person's journal during one request.

    Attributes:
        journal: everything that could be opened.
        damages: one sentence for each row that could not.
    """

    example = False

    def __init__(self, journal_id: bytes, data_key: bytes, now: Callable[[], datetime] | None = None) -> None:
        self._id = journal_id
        self._seal = Seal(data_key, journal_id)
        self._now = now or (lambda: datetime.now(UTC))
        self._revisions: dict[bytes, int] = {}
        self.damages: list[str] = []
        self.journal = Journal(self._documents())

    def _documents(self) -> list[Document]:
        documents = []
        rows = SealedRow.objects.filter(journal_id=self._id).values_list("row_id", "revision", "sealed")
        for row_id, revision, sealed in rows.iterator(chunk_size=2000):
            self._revisions[bytes(row_id)] = revision
            try:
                documents.append(decode(self._seal.open(bytes(row_id), revision, bytes(sealed))))
            except (SealBroken, JournalError) as error:
                self.damages.append(str(error))
        return documents

    @property
    def now(self) -> datetime:
        """The time of this request, aware, in UTC."""
        return self._now()

    @property
    def zone(self) -> str:
        """The person's zone."""
        return self.journal.preferences.zone if self.journal.preferences else "UTC"

    def create(self, kind: type[D], **fields: Any) -> D:
        """Make and record a new document.

        Raises:
            JournalError: it cannot be kept.
        """
        now = self.now
        shared = {"kind": kind.model_fields["kind"].default, "version": kind.model_fields["version"].default}
        made = {"id": uuid7(now, os.urandom(10)), "created": now, "updated": now, "zone": self.zone}
        return self._recorded(from_raw({**shared, **made, **fields}), kind)

    def change(self, document: D, **fields: Any) -> D:
        """Record a newer form of a document.

        Raises:
            JournalError: it cannot be kept.
            Conflict: another window changed it meanwhile.
        """
        return self._recorded(from_raw({**dict(document), **fields, "updated": self.now}), type(document))

    def record(self, document: Document) -> Document:
        """Record a document, and write it with everything that changed along with it, or nothing at all.

        Raises:
            JournalError: it cannot be kept.
            Conflict: another window changed one of them meanwhile.
        """
        changed = self.journal.record(document)
        with transaction.atomic():
            for each in changed:
                self._write(each)
        return changed[0]

    def _recorded(self, document: Document, kind: type[D]) -> D:
        recorded = self.record(document)
        assert isinstance(recorded, kind)  # noqa: S101  what went in comes out
        return recorded

    def _write(self, document: Document) -> None:
        row_id = self._seal.row_id(document.id)
        known = self._revisions.get(row_id)
        revision = (known or 0) + 1
        sealed = self._seal.seal(row_id, revision, encode(document))
        if known is None:
            SealedRow.objects.create(
                journal_id=self._id,
                row_id=row_id,
                revision=revision,
                created=document.created.date(),
                updated=document.updated.date(),
                sealed=sealed,
            )
        else:
            rows = SealedRow.objects.filter(journal_id=self._id, row_id=row_id, revision=known)
            if not rows.update(revision=revision, updated=document.updated.date(), sealed=sealed):
                raise Conflict
        self._revisions[row_id] = revision

    def discard(self, document: Document) -> None:
        """Take a document out of the journal and out of the database."""
        row_id = self._seal.row_id(document.id)
        SealedRow.objects.filter(journal_id=self._id, row_id=row_id).delete()
        self._revisions.pop(row_id, None)
        self.journal.let_be(document.id)

    # What is being typed

    def draft(self, form: str) -> Draft | None:
        """What was typed into a form and not kept yet."""
        return next((draft for draft in self.journal.all(Draft) if draft.form == form), None)

    def keep_draft(self, form: str, fields: dict[str, list[str]]) -> None:
        """Keep what is being typed, sealed like everything else."""
        known = self.draft(form)
        if known:
            self.change(known, fields=fields)
        else:
            self.create(Draft, form=form, fields=fields)

    def discard_draft(self, form: str) -> None:
        """What was typed has been kept, or is not wanted."""
        known = self.draft(form)
        if known:
            self.discard(known)
