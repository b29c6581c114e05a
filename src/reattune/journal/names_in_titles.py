"""Names of people in titles of questionnaires that tables made: files are often called like whom they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reattune.journal.codec import decode, encode
from reattune.journal.document_base import just_after
from reattune.journal.documents import Document, Relationship
from reattune.journal.documents.relationship import MADE_BY_A_TABLE, Instrument
from reattune.journal.documents.unsorted_and_deleted import Removed
from reattune.journal.errors import JournalError
from reattune.text.normal_form import normal_form

# What a questionnaire of a table is called that has no other title.
UNTITLED = "Ratings"
_WORD = re.compile(r"[^\W\d_]+|\d+")
# Of a name of several words, each that is as long and isn't written small stands for it.
_LONG = 3


def names_somebody(title: str, names: Iterable[str]) -> bool:
    """Whether one of ``names`` stands in a title, or a word of it does, whatever its case; with an s at its end too."""
    said = [word.casefold() for word in _words(title)]
    return any(_stands_in(said, _words(name)) for name in names)


def _words(text: str) -> list[str]:
    return _WORD.findall(normal_form("NFC", text))


def _stands_in(said: list[str], name: list[str]) -> bool:
    whole = [word.casefold() for word in name]
    if whole and any(said[at : at + len(whole)] == whole for at in range(len(said))):
        return True
    several = len(name) > 1
    alone = {word.casefold() for word in name if len(word) >= _LONG and not (several and word[0].islower())}
    return any(word in alone or (word.endswith("s") and word[:-1] in alone) for word in said)


def less_name(document: Document, person: Relationship) -> Document | None:
    """A questionnaire that a table made, without the title that names the person, now or before; else ``None``.

    It is newer than it was, so that every copy comes to it.
    """
    if not isinstance(document, Instrument) or not document.definition.key.startswith(MADE_BY_A_TABLE):
        return None
    if not names_somebody(document.definition.title, (person.name, *person.called_before)):
        return None
    definition = document.definition.model_copy(update={"title": UNTITLED})
    return document.model_copy(update={"definition": definition, "updated": just_after(document.updated)})


def removed_less_name(removed: Removed, person: Relationship) -> Removed:
    """The same for a questionnaire that was deleted, or an older form of one; the very same where there is none."""
    documents = tuple(_raw_less_name(raw, person) for raw in removed.documents)
    return removed if documents == removed.documents else removed.model_copy(update={"documents": documents})


def _raw_less_name(raw: str, person: Relationship) -> str:
    if MADE_BY_A_TABLE not in raw:
        return raw
    try:
        left = less_name(decode(raw.encode()), person)
    except JournalError:
        return raw
    return encode(left).decode() if left else raw
