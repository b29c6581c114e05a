"""The journal: a person's documents, with one way in."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from reattune.journal import record_rules
from reattune.journal.documents import Document
from reattune.journal.index import DocumentIndex


class Journal(DocumentIndex):
    """One person's documents in memory.

    Loading trusts what ``record`` once accepted; only ``record`` changes anything.
    """

    def record(self, document: Document) -> tuple[Document, ...]:
        """Keep a new document, or a newer form of one. The one way in.

        A plan or a talk moves its rupture on; every document that changed is returned, to be written together.

        Raises:
            JournalError: it refers to something that is not here, contradicts what is kept, or would take a
                rupture where its life cannot go. Nothing has changed then.
        """
        changed = record_rules.consequences(self, document)
        for each in changed:
            self._hold(each)
        return changed

    def take_in(self, documents: Iterable[Document]) -> None:
        """Hold documents that were weighed by `reattune.journal.merge.merge`: the way in for another copy."""
        for document in documents:
            self._hold(document)

    def let_be(self, document_id: UUID) -> None:
        """Take a document out of this journal in memory (a draft that was kept, an entry that was deleted)."""
        self._let_go(document_id)
