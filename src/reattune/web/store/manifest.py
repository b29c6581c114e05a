"""The head of a journal: a sealed list of every row and its newest revision.

Each row is authentic by itself; the head is what shows that one was put back to an older state, or taken away.
"""

from __future__ import annotations

from django.db.models import QuerySet

from reattune.vault import Seal, SealBroken
from reattune.web.store.models import SealedJournal, SealedRow

_ROW_ID = bytes(16)  # no document's row has this name
_ID_BYTES, _REVISION_BYTES = 16, 8


class Head:
    """Row name to newest revision, as the journal last wrote them."""

    def __init__(self, revisions: dict[bytes, int], revision: int) -> None:
        self.revisions = revisions
        self.revision = revision

    @classmethod
    def read(cls, journal_id: bytes, seal: Seal) -> Head:
        """The head of a journal; an empty one where nothing was written yet.

        Raises:
            SealBroken: it was changed, or taken from another journal.
        """
        return cls._opened(seal, *_stored(SealedJournal.objects.all(), journal_id))

    @classmethod
    def for_update(cls, journal_id: bytes, seal: Seal) -> Head:
        """The head, locked until the end of the transaction, so that two writers follow one another."""
        revision = 0
        try:
            sealed, revision = _stored(SealedJournal.objects.select_for_update(), journal_id)
            return cls._opened(seal, sealed, revision)
        except SealBroken:
            # It was named when the journal was opened. Writing goes on with a list made from the rows that are there.
            rows = SealedRow.objects.filter(journal_id=journal_id).values_list("row_id", "revision")
            return cls({bytes(row_id): number for row_id, number in rows}, revision)

    @classmethod
    def _opened(cls, seal: Seal, sealed: bytes, revision: int) -> Head:
        if revision == 0:
            return cls({}, 0)
        plain = seal.open(_ROW_ID, revision, sealed)
        size = _ID_BYTES + _REVISION_BYTES
        entries = (plain[start : start + size] for start in range(0, len(plain), size))
        return cls({entry[:_ID_BYTES]: int.from_bytes(entry[_ID_BYTES:], "big") for entry in entries}, revision)

    def write(self, journal_id: bytes, seal: Seal) -> None:
        """Seal and store it. Call inside the transaction that writes the rows."""
        plain = b"".join(row_id + n.to_bytes(_REVISION_BYTES, "big") for row_id, n in self.revisions.items())
        self.revision += 1
        sealed = seal.seal(_ROW_ID, self.revision, plain)
        SealedJournal.objects.filter(id=journal_id).update(head=sealed, head_revision=self.revision)


def _stored(journals: QuerySet[SealedJournal], journal_id: bytes) -> tuple[bytes, int]:
    sealed, revision = journals.values_list("head", "head_revision").get(id=journal_id)
    if not is_blob(sealed) or not is_revision(revision):
        raise SealBroken("The list of entries was changed outside Reattune.")
    return bytes(sealed), revision


def is_blob(value: object) -> bool:
    """Whether a stored value is still bytes. SQLite keeps anything in any column, so a changed file may hold others."""
    return isinstance(value, (bytes, memoryview))


def is_revision(value: object) -> bool:
    """Whether a stored value is still a revision."""
    return type(value) is int and 0 <= value < 2**63
