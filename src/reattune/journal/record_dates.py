"""Since when what a dated record shows is as it is: changed here, or brought by a file that anybody can write."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from reattune.journal.document_base import Document
from reattune.journal.documents import Attempt, Moment, Rupture

D = TypeVar("D", bound=Document)
# What stands in a record as written on the day of the entry. Boundaries that were ticked have a day of their own.
_WRITTEN: dict[type[Document], tuple[str, ...]] = {
    Moment: ("relationship_id", "at", "by_year", "no_day", "cause", "what"),
    Attempt: ("at", "met", "they_said", "feel_now", "agreed"),
}


def with_days(older: Document, newer: D) -> D:
    """The newer form of a document, with the day on which what its record shows was changed, where it was."""
    days: dict[str, datetime] = {}
    if _differ(older, newer, *_WRITTEN.get(type(newer), ())):
        days["reworded"] = newer.updated
    if isinstance(newer, (Moment, Rupture)) and _differ(older, newer, "crossed"):
        days["crossed_on"] = newer.updated
    return newer.model_copy(update=days) if days else newer


def from_file(here: D | None, given: D, now: datetime) -> D:
    """A document that a file brings, with the day on which that brought something its record shows.

    What the file itself says of such days doesn't count where the form that is ``here`` knows better.
    """
    if isinstance(given, Rupture) and here is not None:
        same = given.model_copy(update={"crossed_on": getattr(here, "crossed_on", None)})
        return same.model_copy(update={"crossed_on": now}) if _differ(here, given, "crossed") else same
    if type(given) not in _WRITTEN:
        return given
    if here is None:
        return given.model_copy(update={"brought": now})
    known = ("reworded", "brought", *(("crossed_on",) if isinstance(given, Moment) else ()))
    brought = given.model_copy(update={name: getattr(here, name) for name in known})
    # As changed now: the file may name any time of writing.
    dated = with_days(here, brought.model_copy(update={"updated": now})).model_copy(update={"updated": given.updated})
    parts = ("crossed", "record_notes") if isinstance(given, Moment) else ()
    return dated.model_copy(update={"brought": now}) if _differ(here, given, *_WRITTEN[type(given)], *parts) else dated


def _differ(one: Document, other: Document, *names: str) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)
