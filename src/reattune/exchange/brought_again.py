"""What is worth a word before a file comes in: entries that were deleted here, days that get a second session, and
times that get a second entry of a diary."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from reattune.content.translated_sentences import day, say
from reattune.exchange.diaries import clock_of
from reattune.journal.deletion import readable
from reattune.journal.documents import Document, Relationship, Removed
from reattune.journal.documents.relationship import CheckIn, Session
from reattune.journal.documents.unsorted_and_deleted import LooseNote
from reattune.journal.journal import Journal

_NAMED = 12


def brought_again(journal: Journal, added: Collection[Document]) -> tuple[str, ...]:
    """A sentence for each; empty where a file brings nothing of that kind.

    ``added`` is what would be new here.
    """
    return (*_deleted_here(journal, added), *_second_sessions(journal, added), *_second_notes(journal, added))


def _deleted_here(journal: Journal, added: Collection[Document]) -> Iterable[str]:
    gone = [each for removed in journal.all(Removed) if not removed.replaced for each in readable(removed.documents)]
    deleted = {each.id for each in gone if not isinstance(each, Session)}  # it went with its check-in
    rated = set(_ratings(journal, gone).values())
    coming = _ratings(journal, added)
    # A table that is read on another scale has other ids, and says the same.
    again = sum(each.id in deleted or coming.get(each.id) in rated for each in added)
    if again:
        yield say("Entries in this file that you deleted here: {n}. Importing it brings them back.", n=again)


def _ratings(journal: Journal, documents: Collection[Document]) -> dict[UUID, tuple[object, ...]]:
    """What each check-in with answers says, and of when and whom."""
    beside = {each.id: each for each in documents if isinstance(each, Session)}
    found: dict[UUID, tuple[object, ...]] = {}
    for each in documents:
        if isinstance(each, CheckIn) and each.answers:
            session = beside.get(each.session_id) or journal.find(Session, each.session_id)
            if session:
                answers = sorted(each.answers.items())
                found[each.id] = (session.relationship_id, session.at, each.rater, tuple(answers))
    return found


def _second_sessions(journal: Journal, added: Collection[Document]) -> Iterable[str]:
    new = [each for each in added if isinstance(each, Session)]
    if not new:
        return
    there = {_place(each) for each in journal.all(Session)}
    twice = sorted((when, whose) for whose, when in set(map(_place, new)) & there)
    for when, whose in twice[:_NAMED]:
        if client := journal.find(Relationship, whose):
            yield say(
                "A session with {client} on {day} is noted here already, and this file brings another one that day.",
                client=client.name,
                day=day(when),
            )


def _place(session: Session) -> tuple[UUID, date]:
    return session.relationship_id, session.local_day(session.at)


def _second_notes(journal: Journal, added: Collection[Document]) -> Iterable[str]:
    """A running diary that comes again has more words under its last day, which then are another entry."""
    here = {clock_of(each) for each in journal.all(LooseNote)}
    n = sum(isinstance(each, LooseNote) and clock_of(each) in here for each in added)
    if n:
        yield say(
            "Entries for a day and time that already has one here: {n}. An entry that has grown since the last import "
            "comes in beside its earlier form.",
            n=n,
        )
