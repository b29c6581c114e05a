"""What was deleted and has been kept for thirty days."""

from __future__ import annotations

from datetime import UTC, datetime

from reattune.journal.documents import Removed
from reattune.journal.documents.unsorted_and_deleted import dated_wrong, is_over, to_be_seen
from reattune.journal.journal import Journal


def over_and_seen(journal: Journal, now: datetime) -> tuple[list[Removed], list[Removed]]:
    """What goes for good now, and what was seen to wait: of a clock that was wrong, from now on for thirty days."""
    removed = journal.all(Removed)
    others = (each.updated for each in journal if not isinstance(each, Removed) and each.updated <= now)
    newest = max(others, default=datetime.min.replace(tzinfo=UTC))
    anew = [each for each in removed if dated_wrong(each, now, newest)]
    old = [each for each in removed if each not in anew and is_over(each, now)]
    seen = [each.model_copy(update={"at": now, "seen": now}) for each in anew]
    stays = [each for each in removed if each not in anew and each not in old and to_be_seen(each, now)]
    return old, [*seen, *(each.model_copy(update={"seen": now}) for each in stays)]
