"""Words that sound like danger or a crossed boundary: beside them a page asks first, and offers no talk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from reattune.journal.document_base import Document
from reattune.reflection.danger_recogniser import Danger, sentences_of_danger, words_in
from reattune.reflection.unanswered_danger import about_therapist, asked_about, unanswered
from reattune.reflection.unsaid import UnsaidThing
from reattune.web.pages.shared.wording import care
from reattune.web.store.open_journal import OpenJournal


def concern(opened: OpenJournal, document: Document) -> Mapping[str, Any] | None:
    """What a page asks about the words of a document, or ``None`` where there is nothing to ask.

    Words only ask. What the person answers decides, and is kept with the words.
    """
    found = asked_about(opened.journal, document)
    if not found:
        return None
    # Whoever is harmed and wants to die too is asked what keeps a talk with the one who harms from being offered.
    asked = Danger.HARMED if Danger.HARMED in found else None
    words = care()["concern"]["harmed" if asked else "danger"]
    said = next((sentence for text in words_in(document) for sentence in sentences_of_danger(text, asked)), "")
    return {
        "words": words,
        "of": document.id,
        "harmed": asked is Danger.HARMED,
        "more_than_harmed": bool(found - {Danger.HARMED}),
        "said": said,
        "document": document,
        "of_therapist": about_therapist(opened.journal, document),
    }


def concern_with(opened: OpenJournal, who: UUID) -> Mapping[str, Any] | None:
    """What is asked wherever something with somebody could be mended, while words about them wait for an answer."""
    document = unanswered(opened.journal, opened.now).get(who)
    return concern(opened, document) if document else None


def concern_of(opened: OpenJournal, thing: UnsaidThing) -> Mapping[str, Any] | None:
    """The same of something held back."""
    source = opened.journal.document(thing.source_id)
    return concern(opened, source) if source else None
