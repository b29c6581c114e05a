"""Words that sounded like danger, of which it was said within the last days that they are none.

Whoever sat at the open journal may have said so; that is why it is told, and can be taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.reflection.danger_recogniser import Danger, Dangers, dangers_in

# How long Today says so.
SHOWN = timedelta(days=7)
_OF_OTHERS = frozenset({Danger.HARMED, Danger.HARMING})


def not_meant_lately(journal: Journal, now: datetime) -> datetime | None:
    """When it was last said within the week of anything in the journal."""
    return max((each.not_meant_on for each in _said(journal, now) if each.not_meant_on), default=None)


def with_these_again(journal: Journal, now: datetime) -> list[tuple[Document, tuple[str, ...]]]:
    """What holds any sentence of which that was said within the week, with the sentences that are passed over still."""
    again = {sentence for each in _said(journal, now) for sentence in each.not_meant}
    found = [each for each in journal if not again.isdisjoint(each.not_meant)]
    return [(each, tuple(said for said in each.not_meant if said not in again)) for each in found]


def harm_not_meant(document: Document) -> Dangers:
    """What else the words would tell of harm between people, had the person not said that they don't."""
    if not document.not_meant:
        return frozenset()
    anew = dangers_in(document.model_copy(update={"not_meant": ()}))
    return (anew - dangers_in(document)) & _OF_OTHERS


def _said(journal: Journal, now: datetime) -> list[Document]:
    return [each for each in journal if each.not_meant_on and abs(now - each.not_meant_on) < SHOWN]
