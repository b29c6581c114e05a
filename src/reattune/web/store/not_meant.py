"""The person's word that what sounds like danger is none, as it is kept with the words themselves, and taken back."""

from __future__ import annotations

from reattune.journal.document_base import Document
from reattune.reflection.danger_recogniser import dangers_in, not_meant_in, written_lately
from reattune.reflection.not_meant_lately import with_these_again
from reattune.web.store.open_journal import OpenJournal


def say_not_meant(opened: OpenJournal, document: Document | None = None) -> None:
    """Of one document, or of all written lately. It goes where the words go, and is said on Today for a week."""
    for each in [document] if document else written_lately(opened.journal, opened.now):
        if dangers_in(each):
            opened.change(each, not_meant=not_meant_in(each), not_meant_on=opened.now)
    opened.__dict__.pop("near_kinds", None)


def take_not_meant_back(opened: OpenJournal) -> None:
    """What was said so within the week holds no more, wherever the same words were taken along."""
    changed = [
        opened.changed(each, not_meant=left, not_meant_on=None)
        for each, left in with_these_again(opened.journal, opened.now)
    ]
    if changed:
        opened.write_and_discard(changed, [])
