"""How much one journal holds: every page opens all of it, so that a large one takes memory from all others."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Length

from reattune.journal.documents import Address, CameIn, Document, Preferences, Removed, Share, Vector
from reattune.web.store.models import SealedRow

# What was deleted, that it was taken along, addresses, who opened what was shared, what is reckoned, and what came in
# while there was room.
_ALWAYS = (Removed, Preferences, Address, Share, Vector, CameIn)


class TooLarge(Exception):
    """It would hold more than it may. Nothing of it was written."""


def size_of(journal_id: bytes) -> int:
    """Bytes of its sealed rows."""
    rows = SealedRow.objects.filter(journal_id=journal_id)
    return int(rows.aggregate(size=Sum(Length("sealed")))["size"] or 0)


def most_bytes() -> int | None:
    """As many as files may bring it to; ``None`` on a computer of one's own."""
    return settings.HOSTING.journal_megabytes * 1_000_000 if settings.HOSTING else None


def is_full(journal_id: bytes) -> bool:
    """Whether it holds more than it may. What somebody writes by hand finds room up to twice of what files bring."""
    most = most_bytes()
    return most is not None and size_of(journal_id) > 2 * most


def check_room(journal_id: bytes, written: Iterable[Document]) -> None:
    """Refuse what makes a journal larger than it may be, unless all that was ``written`` is what makes room, or what
    opening it writes by itself: that is little, and no page is to fail for it.

    Raises:
        TooLarge: it is.
    """
    if not all(isinstance(each, _ALWAYS) for each in written) and is_full(journal_id):
        raise TooLarge
