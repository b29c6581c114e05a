"""What is worth a word before a file comes in: entries that were deleted here, and days that get a second session."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from reattune.content.translated_sentences import day, say
from reattune.journal.deletion import readable
from reattune.journal.documents import Document, Relationship, Removed
from reattune.journal.documents.relationship import Session
from reattune.journal.journal import Journal
from reattune.journal.vocabulary import JournalKind

_NAMED = 12


def brought_again(journal: Journal, added: Collection[Document]) -> tuple[str, ...]:
    """A sentence for each; empty where a file brings nothing of that kind.

    ``added`` is what would be new here.
    """
    return (*_deleted_here(journal, added), *_second_sessions(journal, added))


def _deleted_here(journal: Journal, added: Collection[Document]) -> Iterable[str]:
    deleted = {
        each.id
        for removed in journal.all(Removed)
        if not removed.replaced
        for each in readable(removed.documents)
        if not isinstance(each, Session)  # it went with its check-in
    }
    again = sum(each.id in deleted for each in added)
    if again:
        yield say("Entries in this file that you deleted here: {n}. Importing it brings them back.", n=again)


def _second_sessions(journal: Journal, added: Collection[Document]) -> Iterable[str]:
    if journal.journal_kind is not JournalKind.THERAPIST:
        return  # a person may see two therapists on one day, or one under two names
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
