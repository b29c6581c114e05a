"""Ratings of one session that were deleted and given anew on one of two computers: the newer ones stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from reattune.content.translated_sentences import say
from reattune.journal.document_base import Document
from reattune.journal.documents import CheckIn, Session
from reattune.journal.journal import Journal
from reattune.journal.references import ids_of
from reattune.journal.therapists_brought import less
from reattune.journal.therapists_vocabulary import Rater

if TYPE_CHECKING:
    from reattune.journal.merge import Merge

_SHOWN = 6


def merged_with_newer_check_ins(
    journal: Journal, given: Sequence[Document], merged: Callable[[Journal, Sequence[Document]], Merge]
) -> Merge | None:
    """What becomes of documents where check-ins here give way to newer ones of the same session and of the same of the
    two, which is said; ``None`` where none does. One gives way only where the newer one can be taken.

    Args:
        merged: what becomes of documents in a journal else.
    """
    here = _given_anew(journal, given)
    if not here:
        return None
    done = merged(less(journal, *here), given)
    taken = {_of(each) for each in done.added if isinstance(each, CheckIn)}
    refused = {_of(each) for each in here} - taken
    if refused:
        out = {
            each.id for each in given
            if isinstance(each, CheckIn) and _of(each) in refused and not journal.holds(each.id)
        }  # fmt: skip
        left = merged(journal, [each for each in given if each.id not in out])
        why = [(each, sentence) for each, sentence in done.refused if each.id in out]
        return replace(left, refused=(*left.refused, *why))
    sessions = (journal.get(Session, each.session_id) for each in here)
    days = sorted(f"{each.local_day(each.at):%Y-%m-%d}" for each in sessions)
    sentence = say(
        "Check-ins here that give way to newer ones of the same session: {n} ({days}). You’ll find them under "
        "“Recently deleted” for thirty days.",
        n=len(here), days=", ".join(days[:_SHOWN]) + " …" * (len(days) > _SHOWN),
    )  # fmt: skip
    return replace(done, gone=(*done.gone, *here), notes=(*done.notes, sentence))


def _of(check_in: CheckIn) -> tuple[UUID, Rater]:
    return check_in.session_id, check_in.rater


def _given_anew(journal: Journal, given: Sequence[Document]) -> list[CheckIn]:
    """Those here of whose session and rater a newer one comes, that don't come themselves, and that nothing names."""
    newest: dict[tuple[UUID, Rater], CheckIn] = {}
    for each in given:
        if isinstance(each, CheckIn) and not journal.holds(each.id):
            known = newest.get(_of(each), each)
            newest[_of(each)] = max(known, each, key=lambda one: one.updated)
    if not newest:
        return []
    brought = {each.id for each in given}
    named = {id_ for each in journal for id_ in ids_of(each) if id_ != each.id}
    return [
        here
        for here in journal.all(CheckIn)
        if (anew := newest.get(_of(here)))
        and here.id not in brought
        and here.id not in named
        and here.updated < anew.updated
    ]
