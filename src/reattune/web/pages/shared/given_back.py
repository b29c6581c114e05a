"""Words that were held while a journal was locked, given back to it: as a draft, unless they are written there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from reattune.journal import Journal, JournalError
from reattune.journal.document_base import Document
from reattune.journal.documents import CameIn, Draft, Relationship, Removed, Share
from reattune.journal.draft_conflicts import FILLED_WITH, WINDOW
from reattune.journal.references import ids_of
from reattune.journal.texts import texts_in
from reattune.web.pages.shared.document_urls import address_in
from reattune.web.pages.shared.kept_drafts import keep_fields, put_away
from reattune.web.pages.shared.locked_submission import held_for
from reattune.web.store.journal_size import TooLarge
from reattune.web.store.open_journal import OpenJournal

# Whoever was not answered sends the same again soon, if they do.
_LATELY, _AT_ONCE = timedelta(days=1), timedelta(seconds=1)
_NO_ENTRIES = (CameIn, Draft, Removed, Share)
# When a form was sent says nothing of what it says; nor does that a box was ticked, without which box.
_OF_WRITING = {"created", "updated", "zone", "version", "kind", "not_meant_on"}
_SAID_AS, _OF_NOBODY = {"on": "True", "yes": "True", "no": "False"}, {"new"}
_DAYS = {"day", "done"}
# What only counts for somebody new, or where something else was said; and what is of the page.
_OF_OTHERS = {"role", "ended", WINDOW, FILLED_WITH}
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_Fields = Mapping[str, Sequence[str]]


def give_back(held: str, opened: OpenJournal) -> str | None:
    """Keep held words as the draft of their form; returns its address, or ``None`` where they do not belong here.

    The app may have been stopped after it wrote an entry and before the browser heard of that, and the same form was
    sent again. Then there is no second one: what was held waits beside what was deleted, and the way leads to the
    entry.
    """
    words = held_for(opened, held)
    if words is None:
        return None
    try:
        keep_fields(opened, words.form, words.fields)
    except (JournalError, ValueError, TypeError, TooLarge):
        return None
    entry = None if words.changes else _entry_with(opened, words.form, words.fields)
    if entry is None:
        return words.form
    for draft in opened.drafts(words.form):
        if _entry_with(opened, words.form, draft.fields):
            put_away(opened, draft)
    return address_in(opened, entry)


def _entry_with(opened: OpenJournal, form: str, fields: _Fields) -> Document | None:
    """What was written lately with all that a form says: every sentence, its day, whom it is of, what was chosen.

    What it is about itself is not what it wrote. Short words repeat: another session of the day, or another person, may
    have the very same ones.
    """
    said = {_plain(value) for values in fields.values() for value in values if " " in value.strip()}
    recent = (each for each in opened.journal if each.created > opened.now - _LATELY and str(each.id) not in form)
    lately = [each for each in recent if not isinstance(each, _NO_ENTRIES)]
    written = [(each, there) for each in lately if (there := said & _sentences(each))]
    for first, _there in written:
        together = [there for each, there in written if _at_once(each, first)]
        beside = [each for each in lately if _at_once(each, first)]
        if set().union(*together) == said and not _says_otherwise(opened.journal, beside, form, fields):
            return first
    return None


def _at_once(one: Document, other: Document) -> bool:
    """Whether one form may have written both: nobody sends two so soon."""
    return abs(one.created - other.created) < _AT_ONCE


def _says_otherwise(journal: Journal, written: Sequence[Document], form: str, fields: _Fields) -> bool:
    """Whether a form is about somebody or something else than what was written together, or of another day, or chose
    otherwise. Where that can't be told it did: then it comes back as a draft, and nothing is out of sight."""
    entries = [each for each in written if not isinstance(each, Relationship)]
    about = {each for document in entries for each in ids_of(document)}
    around = [*entries, *(each for each in journal if each.id in about)]
    named = {str(each) for document in around for each in (document.id, *ids_of(document))}
    if not set(_ID.findall(form.partition("?")[0])) <= named:
        return True
    chosen: dict[str, set[str]] = defaultdict(set)
    for document in written:
        for name, value in _values(document.model_dump(exclude=_OF_WRITING), ""):
            chosen[name].add(str(value))
    anything = set().union(*chosen.values())
    days = {str(each.local_day(time)) for each in around if (time := _when(each))}
    days = days or {str(each.local_day(each.created)) for each in written}
    for name, values in fields.items():
        known = days if name in _DAYS else _called(chosen, name) - {"None"}
        given = {each for each in map(str.strip, values) if each and " " not in each} - _OF_NOBODY
        if known & {"True", "False"}:
            given = {_SAID_AS.get(each, each) for each in given}
        ids = {each for each in given if _ID.fullmatch(each)}
        said = given - ids - _SAID_AS.keys()
        if not ids <= named or not said <= (known or (said if name in _OF_OTHERS else anything)):
            return True
    return False


def _when(document: Document) -> datetime | None:
    """When something was, as it says itself."""
    at = getattr(document, "at", None)
    return at if isinstance(at, datetime) else None


def _called(there: Mapping[str, set[str]], name: str) -> set[str]:
    """What stands in fields of this name, or of its end: a form asks for more than one rating of a kind."""
    return next((there[each] for each in there if name == each or name.endswith(f"_{each}")), set())


def _values(value: object, name: str) -> Iterator[tuple[str, object]]:
    """What stands in plain values, each with the name of its field."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _values(each, str(key))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _values(each, name)
    elif isinstance(value, float):
        yield name, f"{value:g}"
    else:
        yield name, value


def _sentences(document: Document) -> set[str]:
    return {_plain(each) for each in texts_in(document.model_dump())}


def _plain(words: str) -> str:
    return " ".join(words.split())
