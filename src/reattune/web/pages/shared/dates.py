"""Days and times as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from reattune.content import manner


def dated(when: date | datetime | None, how: str = "day") -> str:
    """A day in words; nothing where there is none.

    Args:
        when: a time that has a zone of its own is shown as it is, as an entry's is by `Document.local`; one in UTC, as
            they are kept, by the journal's clocks. Beside an hour of other clocks than those stands where it was.
        how: one of the patterns under ``[dates]`` of ``content/<language>/language.toml``: ``day`` (2 March 2026),
            ``day_of_year`` (2 March), ``weekday`` (Monday, 2 March 2026),
            ``weekday_of_year`` (Monday, 2 March), ``month`` (March 2026), ….
    """
    if when is None or when == "":
        return ""
    if isinstance(when, datetime) and when.tzinfo is UTC:
        when = timezone.localtime(when)
    written = manner(get_language() or "en")
    pattern: str = written["dates"][how]
    if when.day == 1 and written["first_of_month"]:
        pattern = pattern.replace("j", "".join(f"\\{letter}" for letter in written["first_of_month"]), 1)
    shown = date_format(when, pattern)
    if not (isinstance(when, datetime) and when.tzinfo and how.endswith("_and_time")):
        return shown
    here = timezone.localtime(when).utcoffset() == when.utcoffset()
    return shown if here else f"{shown} {when.tzinfo}".replace("_", " ")
