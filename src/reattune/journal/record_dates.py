"""Since when what a dated record shows is as it is: changed here, or brought by a file that anybody can write."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from reattune.journal.document_base import Document, RecordNote, just_after
from reattune.journal.documents import Answer, Attempt, Moment, Relationship, Rupture
from reattune.journal.earlier_names import with_earlier_names
from reattune.journal.vocabulary import NOT_FOR_REPAIR, Met

# What no older form takes back, beside what is joined.
_STAYS: dict[type[Document], tuple[str, ...]] = {
    Relationship: ("status", "ended", "mend_again", "current_on"),
    Rupture: ("relationship_id", "transitions", "moment_ids", "unsaid_ids"),
}
# Fields that say since when something in a document is as it is, and nothing of what it says.
DAYS = {"reworded", "crossed_on", "brought", "not_meant_on", "current_on"}
# What else a file may have brought that a record shows.
_FROM_A_FILE = ("cause", "crossed")
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


def restored(here: Document, older: D) -> D:
    """An older form of what is here, as it comes back: its words and answers, and not what was said beside them.

    Words that were written on a day are of that day again. What told of a crossed boundary in either still does, notes
    of a record are those of both, and that a sentence isn't meant holds where both say it. Where a therapy stands, what
    one allowed oneself with somebody, and how a story went on, stays as it is, with its day.
    """
    fields: dict[str, object] = {
        name: getattr(here, name) for name in (*_STAYS.get(type(here), ()), "created", "not_meant_on")
    }
    fields["not_meant"] = tuple(each for each in older.not_meant if each in here.not_meant)
    if isinstance(here, (Moment, Rupture)) and isinstance(older, (Moment, Rupture)):
        fields["crossed"] = tuple(dict.fromkeys((*here.crossed, *older.crossed)))
        fields["crossed_on"] = here.crossed_on if fields["crossed"] == here.crossed else older.updated
        notes = {(each.at, each.words): each for each in (*here.record_notes, *older.record_notes)}
        fields["record_notes"] = tuple(sorted(notes.values(), key=lambda each: each.at))
    met = here.met if isinstance(here, (Attempt, Answer)) else ()
    if isinstance(older, (Attempt, Answer)) and Met.RETALIATED in met:
        fields["met"] = (*(each for each in older.met if each is not Met.RETALIATED), Met.RETALIATED)
    if isinstance(here, Moment) and isinstance(older, Moment):
        if here.cause in NOT_FOR_REPAIR and here.cause is not older.cause:
            fields |= {"cause": here.cause, "reworded": here.reworded or here.updated}
        stays = any(fields.get(name, said) != said for name, said in older if name in _FROM_A_FILE)
        fields["brought"] = max(filter(None, (here.brought, older.brought)), default=None) if stays else older.brought
    return with_earlier_names(here, older.model_copy(update=fields))


def with_ticks(newer: D, older: Document, read_on: datetime | None = None) -> D:
    """The newer form of a moment or a story, with the boundaries that were ticked in the older one after anything was
    ticked or unticked in the newer: on one computer, while its words were changed on the other.

    ``read_on`` is when a file was read that anybody can write, and that brings them. It is newer than it was, so that
    every copy comes to it.
    """
    if not isinstance(newer, (Moment, Rupture)) or not isinstance(older, (Moment, Rupture)):
        return newer
    known, said = newer.crossed_on, older.crossed_on
    if said is None or (known and known >= said) or set(older.crossed) <= set(newer.crossed):
        return newer
    fields: dict[str, object] = {
        "crossed": tuple(dict.fromkeys((*newer.crossed, *older.crossed))),
        "crossed_on": read_on or said,
        "updated": just_after(newer.updated),
    }
    if read_on and isinstance(newer, Moment):
        fields["brought"] = read_on
    return newer.model_copy(update=fields)


def from_file(here: D | None, given: D, now: datetime) -> D:
    """A document that a file brings, with the day on which that brought something its record shows.

    What the file itself says of such days doesn't count where the form that is ``here`` knows better.
    """
    if isinstance(given, Relationship) and given.mend_again and given.mend_again > now:
        return given.model_copy(update={"mend_again": now})  # it says nothing of what is still to come
    given = with_notes(here, given, now)
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
    parts = ("crossed",) if isinstance(given, Moment) else ()
    return dated.model_copy(update={"brought": now}) if _differ(here, given, *_WRITTEN[type(given)], *parts) else dated


def with_notes(here: Document | None, given: D, now: datetime) -> D:
    """The same; of each note of its record that is not here yet it says that a file brought it."""
    added: tuple[RecordNote, ...] = getattr(given, "record_notes", ())
    if not added:
        return given
    known = {(each.at, each.words): each for each in getattr(here, "record_notes", ())}
    notes = [known.get((each.at, each.words), each.model_copy(update={"brought": now})) for each in added]
    return given.model_copy(update={"record_notes": tuple(notes)})


def _differ(one: Document, other: Document, *names: str) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)
