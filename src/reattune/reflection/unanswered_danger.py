"""Words that sound like harm and were not asked about yet: until they are, nothing with that person asks for a talk."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import CheckIn, Ending, Moment, Relationship, Session, Unsaid
from reattune.journal.vocabulary import RelationshipKind
from reattune.reflection.crossed_boundaries import crosses
from reattune.reflection.danger_recogniser import Danger, dangers_in, nearest

# What was written so lately is looked at; older words are asked about where they stand.
LATELY = timedelta(days=60)


def unanswered(journal: Journal, now: datetime) -> dict[UUID, Document]:
    """By relationship, the latest thing whose words sound as if a boundary was crossed, and that got no answer.

    So much of what was written within `LATELY` is looked at as a page can wait for. It decides nothing: the person says
    whether it was one, and which; or that it was not meant so.
    """
    every = (each for kind in (CheckIn, Unsaid, Ending, Moment) for each in journal.whole(kind))
    asked = [each for each in every if not (isinstance(each, Moment) and (crosses(each) or each.crossed))]
    looked_at = {each.id for each in nearest(asked, now, LATELY)}
    harmed = (each for each in asked if each.id in looked_at and Danger.HARMED in dangers_in(each))
    return {with_whom(journal, each): each for each in harmed}


def about_therapist(journal: Journal, document: Document | None) -> bool:
    """Whether something written is about a therapist, or about nobody that is known.

    Places that hear complaints are of no use with others.
    """
    of = journal.find(Session, document.session_id) if isinstance(document, CheckIn) else document
    known = journal.find(Relationship, getattr(of, "relationship_id", None))
    return known is None or known.role is RelationshipKind.THERAPIST


def with_whom(journal: Journal, document: Document) -> UUID:
    """The relationship that something written is about; of a check-in, that of its session."""
    of = journal.get(Session, document.session_id) if isinstance(document, CheckIn) else document
    who: UUID = of.relationship_id  # type: ignore[attr-defined]
    return who
