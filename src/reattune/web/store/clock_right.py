"""Times of a clock that was wrong: what counts from one of them counts all the same."""

from __future__ import annotations

from datetime import datetime

from reattune.web.store.open_journal import OpenJournal


def time_of_change(opened: OpenJournal) -> datetime:
    """Now; and where the clock is behind what is in the journal already, the latest of that, which is nearer to it."""
    return max((opened.now, *(each.updated for each in opened.journal)))


def set_right(opened: OpenJournal) -> None:
    """A copy that a clock dated that was ahead was taken now, at the latest; called when it is unlocked.

    What Today warns of stays as it is dated: where it is this clock that is wrong, nothing would be said of it later.
    """
    preferences, now = opened.journal.preferences, opened.now
    if preferences and preferences.backed_up and preferences.backed_up > now:
        opened.change(preferences, backed_up=now)
