"""Whether it is time for a copy on another disk."""

from __future__ import annotations

from datetime import datetime, timedelta

from reattune.journal import Journal

# So much has to be there, and so long ago the last copy, before it is worth a word.
ENTRIES = 20
AGE = timedelta(days=45)


def copy_due(journal: Journal, now: datetime) -> int | None:
    """How many days ago the last copy was taken (or the journal begun), where that is worth a reminder; else ``None``.

    Never with few entries, never for who turned it off.
    """
    preferences = journal.preferences
    if preferences is None or preferences.no_backup_reminders or len(journal) < ENTRIES:
        return None
    since = now - (preferences.backed_up or preferences.created)
    return since.days if since >= AGE else None
