"""Clients of two journals whom tables gave one id, since they are called alike: whether they are one, or kept apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid5

from reattune.journal.codec import decode, encode
from reattune.journal.documents import CheckIn, ClientNote, Document, Observation, Relationship, Session
from reattune.journal.journal import Journal
from reattune.journal.therapists_vocabulary import Rater
from reattune.journal.vocabulary import RelationshipKind

_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The version of ids that are made of what a file says: the same for whoever is called so.
_OF_WORDS = 5


def with_clients_apart(journal: Journal, documents: Iterable[Document]) -> list[Document]:
    """The documents of a file, those clients under an id of their own who are somebody else than the one here.

    That is who came into two journals from tables that had nothing in common: begun at different times, with sessions
    and notes on both sides, none of which is the same. What came apart here before, or there, is known again.
    """
    given = list(documents)
    there, here = _of_clients(given), _of_clients(journal)
    ids: dict[UUID, UUID] = {}
    for each in given:
        if not _came_from_a_table(each):
            continue
        mine = journal.find(Relationship, each.id)
        apart = _apart(each.id, each.created)
        if mine is None or mine.created == each.created:
            continue
        if journal.holds(apart) or (there[each.id] and here[each.id] and not _share(there[each.id], here[each.id])):
            known = {each.id, *(one.id for one in here[each.id])}
            ids |= {one.id: _apart(one.id, each.created) for one in (each, *there[each.id]) if one.id in known}
    brought = {each.id for each in given if isinstance(each, Relationship)}
    for mine in journal.clients:
        if _apart(mine.id, mine.created) in brought:
            ids |= {_apart(one.id, mine.created): one.id for one in (mine, *here[mine.id])}
    plain = {str(old).encode(): str(new).encode() for old, new in ids.items()}
    return [_under(each, plain) for each in given] if plain else given


def _came_from_a_table(document: Document) -> bool:
    return (
        isinstance(document, Relationship)
        and document.role is RelationshipKind.CLIENT
        and document.id.version == _OF_WORDS
    )


def _apart(document_id: UUID, created: datetime) -> UUID:
    """The id of what belongs to a client who was begun then, where another one has that id already."""
    return uuid5(document_id, f"apart {created.isoformat()}")


def _of_clients(documents: Iterable[Document]) -> dict[UUID, list[Document]]:
    """Sessions, ratings and notes by the client they are of."""
    found: dict[UUID, list[Document]] = defaultdict(list)
    of_session: dict[UUID, list[Document]] = defaultdict(list)
    sessions = []
    for each in documents:
        if isinstance(each, (Session, ClientNote)):
            found[each.relationship_id].append(each)
            sessions += [each] if isinstance(each, Session) else []
        elif isinstance(each, (CheckIn, Observation)):
            of_session[each.session_id].append(each)
    for session in sessions:
        found[session.relationship_id] += of_session[session.id]
    return found


def _share(there: Collection[Document], here: Collection[Document]) -> bool:
    """Whether some of it is the same: an entry that was written once, or most ratings of the times that both have."""
    known = {each.id for each in here}
    if any(one.id in known and one.id.version != _OF_WORDS for one in there):
        return True
    theirs, ours = _rated(there), _rated(here)
    both = theirs.keys() & ours.keys()
    return 2 * sum(_alike(theirs[when], ours[when]) for when in both) > len(both)


def _rated(documents: Collection[Document]) -> dict[tuple[datetime, Rater], CheckIn]:
    at = {each.id: each.at for each in documents if isinstance(each, Session)}
    return {(at[each.session_id], each.rater): each for each in documents if isinstance(each, CheckIn)}


def _alike(one: CheckIn, other: CheckIn) -> bool:
    both = one.answers.keys() & other.answers.keys()
    said = {each.note for each in (one, other) if each.note}
    return bool(both) and all(one.answers[key] == other.answers[key] for key in both) and len(said) < 2


def _under(document: Document, ids: dict[bytes, bytes]) -> Document:
    before = encode(document)
    after = _ID.sub(lambda found: ids.get(found[0], found[0]), before)
    return document if before == after else decode(after)
