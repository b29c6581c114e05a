"""How much one journal holds: every page opens all of it, so that a large one takes memory from all others."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Length

from reattune.web.store.models import SealedRow


class TooLarge(Exception):
    """It would hold more than it may. Nothing of it was written."""


def size_of(journal_id: bytes) -> int:
    """Bytes of its sealed rows."""
    rows = SealedRow.objects.filter(journal_id=journal_id)
    return int(rows.aggregate(size=Sum(Length("sealed")))["size"] or 0)


def most_bytes() -> int | None:
    """As many as one may hold; ``None`` on a computer of one's own."""
    return settings.HOSTING.journal_megabytes * 1_000_000 if settings.HOSTING else None


def check_room(journal_id: bytes) -> None:
    """Refuse what makes a journal larger than it may be.

    Raises:
        TooLarge: it is.
    """
    most = most_bytes()
    if most is not None and size_of(journal_id) > most:
        raise TooLarge
