"""Documents made from other files get steady ids, so that bringing a file in twice changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from reattune.journal.codec import from_raw
from reattune.journal.documents import Document

_OURS = UUID("6f3c1c5e-52a0-5d2b-9a0e-3b7d4f1e8a11")


def steady_id(*parts: object) -> UUID:
    """The same id for the same parts (a UUID of version 5)."""
    return uuid5(_OURS, "\x1f".join(map(str, parts)).encode("utf-8", "replace").decode())


def made_at(kind: type[Document], document_id: UUID, when: datetime, zone: str, **fields: Any) -> Document:
    """A document as if it had been written ``when``: whoever changes it here later has the newer form.

    Raises:
        JournalError: a field is not right.
    """
    shared = {"kind": kind.model_fields["kind"].default, "version": kind.model_fields["version"].default}
    return from_raw({**shared, "id": document_id, "created": when, "updated": when, "zone": zone, **fields})
