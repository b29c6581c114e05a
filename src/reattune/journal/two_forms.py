"""Two forms of one document, each written on another computer: what the older one says that the newer one doesn't."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from reattune.journal.codec import decode
from reattune.journal.document_base import Document, Part, just_after
from reattune.journal.documents import Address, Belief, Candidate, Draft, Fit, LooseNote, Moment, Preferences, Rupture
from reattune.journal.documents.unsorted_and_deleted import Removed
from reattune.journal.errors import JournalError
from reattune.journal.texts import texts_in

D = TypeVar("D", bound=Document)
# By document, its older forms as they were kept.
OlderForms = Mapping[UUID, Sequence[str]]
_ITS_ID = re.compile(r'"id":\s*"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_NO_WORDS, _NAME = {"zone", "link_secret"}, re.compile(r"[a-z0-9_./:+-]*")
# Where somebody stands in this journal, how a story goes on, and what is reckoned, are joined or weighed elsewhere.
_NO_ANSWERS = {"version", "status", "transitions", "definition", "seconds", "crossed", "record_notes", "called_before"}
# Lists that get longer, with what tells one entry of them from another, and the order in which they stand.
_GROWING: dict[type[Document], dict[str, tuple[Callable[[Any], object], Callable[[Any], Any] | None]]] = {
    Belief: {
        "ratings": (lambda each: each.at, lambda each: each.at),
        "against": (lambda each: (each.at, each.words, each.source_id), lambda each: each.at),
    },
    Candidate: {"look_backs": (lambda each: each.session, lambda each: (each.session, each.at))},
    Fit: {"needs": (lambda each: each.words, None)},
    Moment: {"record_notes": (lambda each: (each.at, each.words), lambda each: each.at)},
    Rupture: {"record_notes": (lambda each: (each.at, each.words), lambda each: each.at)},
}
# Lists of which a newer form that a file brings may have lost an entry on purpose. So may a dated record; there a note
# that comes again does less harm than one that is gone.
_TAKEN_OFF = {"needs"}


def says_more(older: Document, newer: Document) -> bool:
    """Whether the older form has words, figures or choices that the newer one has not, settings and what is half
    written left aside.

    What was not answered in it, or as nobody had touched it, is no answer.
    """
    if isinstance(older, (Preferences, Removed, Address, Draft)):
        return False
    if isinstance(newer, LooseNote) and not newer.waits:
        return False  # its words became a moment, or were deleted with it
    there = _sentences(newer)
    if any(not any(each in other for other in there) for each in _sentences(older)):
        return True
    fields = type(older).model_fields.keys() - _NO_ANSWERS
    given = (name for name in fields if getattr(older, name) != type(older).model_fields[name].default)
    return any(_answers_more(getattr(older, name), getattr(newer, name)) for name in given)


def _sentences(document: Document) -> list[str]:
    """Every text that somebody wrote: names of things in the program, and where it was, are none."""
    return [each for each in texts_in(document.model_dump(exclude=_NO_WORDS)) if not _NAME.fullmatch(each)]


def _answers_more(older: object, newer: object) -> bool:
    """Whether a figure or a choice, however deep, is another one in the newer form, or isn't there."""
    if isinstance(older, Mapping):
        there = newer if isinstance(newer, Mapping) else {}
        return any(_answers_more(value, there.get(key)) for key, value in older.items())
    if isinstance(older, tuple):
        others = newer if isinstance(newer, tuple) else ()
        return any(_is_answer(each) and each not in others for each in older)
    return _is_answer(older) and older != newer


def _is_answer(value: object) -> bool:
    return isinstance(value, (bool, int, float, Enum, Part))


def with_what_grew(newer: D, older: Document, before: OlderForms | None) -> D:
    """The newer form, with the entries of its lists that stand in the older one alone: each was written on one of two
    computers.

    ``before`` are `older_forms` of where the newer form is from, and ``None`` where they aren't known: a file has none
    of what was deleted. An entry that was taken off there doesn't come again: an older form that has it is among them.
    It is newer than it was, so that every copy comes to it.
    """
    fields: dict[str, object] = {}
    for name, (known_by, order) in _GROWING.get(type(newer), {}).items():
        there = {known_by(each) for each in getattr(newer, name)}
        more = [each for each in getattr(older, name) if known_by(each) not in there]
        if more and before is None and name in _TAKEN_OFF:
            continue
        if more:
            forms = _read(newer, (before or {}).get(newer.id, ()))
            off = {known_by(each) for form in forms for each in getattr(form, name)}
            more = [each for each in more if known_by(each) not in off]
        if more:
            both = (*getattr(newer, name), *more)
            fields[name] = tuple(sorted(both, key=order)) if order else both
    return newer.model_copy(update={**fields, "updated": just_after(newer.updated)}) if fields else newer


def older_forms(among: Iterable[Removed]) -> dict[UUID, list[str]]:
    """By document, the older forms in whose place the person wrote another, as far as they wait: as they were kept."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for each in among:
        if each.replaced and each.changed:
            for raw in each.documents:
                if named := _ITS_ID.search(raw):
                    found[UUID(named[1])].append(raw)
    return found


def _read(document: D, forms: Iterable[str]) -> list[D]:
    """Those that can be read."""
    found = []
    for raw in forms:
        try:
            form = decode(raw.encode())
        except JournalError:
            continue
        if isinstance(form, type(document)) and form.id == document.id:
            found.append(form)
    return found
