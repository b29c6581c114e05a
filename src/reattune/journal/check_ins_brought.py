"""Ratings of one session that were deleted and given anew on one of two computers: the newer ones stay."""

from __future__ import annotations

from collections.abc import Sequence

from reattune.journal.codec import encode
from reattune.journal.document_base import Document
from reattune.journal.documents import CheckIn
from reattune.journal.journal import Journal


def check_ins_given_anew(journal: Journal, given: Sequence[Document]) -> list[CheckIn]:
    """Those here that give way to newer ones of the same session and of the same of the two, and that nothing names."""
    newest: dict[object, CheckIn] = {}
    for each in given:
        if isinstance(each, CheckIn) and not journal.holds(each.id):
            known = newest.get((each.session_id, each.rater))
            newest[each.session_id, each.rater] = max(filter(None, (known, each)), key=lambda one: one.updated)
    brought = {each.id for each in given}
    return [
        here
        for here in journal.all(CheckIn)
        if (anew := newest.get((here.session_id, here.rater)))
        and here.id not in brought
        and here.updated < anew.updated
        and not any(str(here.id).encode() in encode(each) for each in journal if each.id != here.id)
    ]
