"""What Today says for a week of changes that somebody else may have made who sat at the open journal."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template

from reattune.reflection.not_meant_lately import not_meant_lately
from reattune.web.store.open_journal import OpenJournal

register = template.Library()
# How long Today says that another country was chosen for helplines, or another recovery code made.
CHANGE_SHOWN = timedelta(days=7)


@register.simple_tag
def region_changed_lately(opened: OpenJournal) -> datetime | None:
    """When another country was chosen for helplines. It is said for a week: fewer of them is what somebody else may
    want who sat here."""
    changed = opened.journal.preferences.region_changed if opened.journal.preferences else None
    return changed if changed and opened.now - changed < CHANGE_SHOWN else None


@register.simple_tag
def recovery_made_lately(opened: OpenJournal) -> datetime | None:
    """When another recovery code was made. It is said for a week: whoever once saw the passphrase may have made it."""
    made = opened.journal.preferences.recovery_made if opened.journal.preferences else None
    return made if made and opened.now - made < CHANGE_SHOWN else None


@register.simple_tag
def not_meant_said(opened: OpenJournal) -> datetime | None:
    """When it was said within the last days that words aren't meant as they sound."""
    return not_meant_lately(opened.journal, opened.now)
