"""Days and times as each language writes them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language

from reattune.content import manner


def dated(when: date | datetime | None, how: str = "day") -> str:
    """A day in words; nothing where there is none.

    Args:
        when: a time is shown as it is, so turn it to the person's zone before.
        how: one of the patterns under ``[dates]`` of ``content/<language>/language.toml``: ``day`` (2 March 2026),
            ``day_of_year`` (2 March), ``weekday`` (Monday, 2 March 2026),
            ``weekday_of_year`` (Monday, 2 March), ``month`` (March 2026), ….
    """
    if when is None or when == "":
        return ""
    written = manner(get_language() or "en")
    pattern: str = written["dates"][how]
    if when.day == 1 and written["first_of_month"]:
        pattern = pattern.replace("j", "".join(f"\\{letter}" for letter in written["first_of_month"]), 1)
    return date_format(when, pattern)
