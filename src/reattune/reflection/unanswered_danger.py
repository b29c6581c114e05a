"""Words that sound like harm and were not asked about yet: until they are, nothing with that person asks for a talk."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Attempt,
    Belief,
    CheckIn,
    Ending,
    Moment,
    Practice,
    Relationship,
    Repair,
    Rupture,
    Session,
    TalkPlan,
    Unsaid,
)
from reattune.journal.vocabulary import JournalKind, RelationshipKind
from reattune.reflection.crossed_boundaries import crosses, crosses_itself
from reattune.reflection.danger_recogniser import Danger, Dangers, dangers_among, dangers_in, nearest, words_in

# What was written so lately is looked at; older words are asked about where they stand.
LATELY = timedelta(days=60)


# What a person wrote of somebody outside of a moment, a check-in, what was left unsaid, and leaving: what came of it
# when they spoke up, first of all.
_BESIDE = (Attempt, Repair, TalkPlan, Rupture, Practice, Belief)


def unanswered(journal: Journal, now: datetime) -> dict[UUID, Document]:
    """By relationship, the latest thing whose words sound as if a boundary was crossed, and that got no answer.

    So much of what was written within `LATELY` is looked at as a page can wait for. It decides nothing: the person says
    whether it was one, and which; or that it was not meant so. A milder one alone is no answer to words that sound like
    harm: the page of that entry asks on, and so does every other.
    """
    every = (each for kind in (CheckIn, Unsaid, Ending, Moment) for each in journal.whole(kind))
    asked = [each for each in every if not (isinstance(each, Moment) and crosses(each))]
    if journal.journal_kind is JournalKind.PERSON:
        asked += [each for kind in _BESIDE for each in journal.whole(kind) if _may_ask(journal, each)]
    looked_at = {each.id for each in nearest(asked, now, LATELY)}
    harmed = [each for each in asked if each.id in looked_at and Danger.HARMED in asked_about(journal, each)]
    return {with_whom(journal, each): each for each in harmed if not _asked_elsewhere(journal, each, looked_at)}


def _may_ask(journal: Journal, document: Document) -> bool:
    """Whether it is of somebody, and its story, if it has one, not answered for by what was ticked there."""
    story = story_of(journal, document)
    return find_whom(journal, document) is not None and not (story and crosses_itself(journal, story))


def _asked_elsewhere(journal: Journal, document: Document, looked_at: set[UUID]) -> bool:
    """Whether the same words stand in a moment with the same person, which is asked about or was: a card and a title
    begin with those of a moment."""
    if not isinstance(document, _BESIDE):
        return False
    who = journal.find(Relationship, with_whom(journal, document))
    moments = [m for m in (journal.moments(who) if who else ()) if m.id in looked_at or crosses(m) or m.not_meant]
    there = [" ".join(text.split()) for moment in moments for text in words_in(moment)]
    texts = [" ".join(text.split()).removesuffix(" …") for text in words_in(document)]
    left = [each for each in texts if not any(each in text for text in there)]
    return Danger.HARMED not in dangers_among(left, document.not_meant)


def story_of(journal: Journal, document: Document) -> Rupture | None:
    """The story that a card, a talk or what was said of its mending is of; of a story, itself."""
    if isinstance(document, (Attempt, Repair, TalkPlan)):
        return journal.find(Rupture, document.rupture_id)
    return document if isinstance(document, Rupture) else None


def asked_about(journal: Journal, document: Document) -> Dangers:
    """Every danger in words that got no answer yet; of what became a moment then, that moment is asked about."""
    if not dangers_in(document):
        return frozenset()
    made = moment_made_of(journal, document)
    words = [each for each in words_in(document) if made is None or each not in made.what]
    return dangers_among(words, document.not_meant)


def moment_made_of(journal: Journal, document: Document) -> Moment | None:
    """The moment that words which stood elsewhere became, when it was said which boundary it was."""
    if isinstance(document, CheckIn):
        of = document.session_id
        return next((m for m in journal.moments() if m.session_id == of and m.what == document.unsaid_words), None)
    if isinstance(document, (Practice, Belief)):
        who, words = find_whom(journal, document), own_words(document)
        return next((m for m in journal.moments() if m.relationship_id == who and m.what == words), None)
    named = document.source_id if isinstance(document, Unsaid) else None
    named = document.moment_id if isinstance(document, Ending) else named
    made = journal.find(Moment, named)
    return made if made and made.what in words_in(document) else None


def own_words(document: Document) -> str:
    """The words of what has no story and no session, as a moment has them that is made of it."""
    if isinstance(document, Practice):
        return "\n".join(filter(None, (document.plan, document.how_it_went)))
    if isinstance(document, Ending):
        return document.why
    return document.words if isinstance(document, (Unsaid, Belief)) else ""


def about_therapist(journal: Journal, document: Document | None) -> bool:
    """Whether something written is about a therapist, or about nobody that is known.

    Places that hear complaints are of no use with others.
    """
    known = journal.find(Relationship, find_whom(journal, document) if document else None)
    return known is None or known.role is RelationshipKind.THERAPIST


def with_whom(journal: Journal, document: Document) -> UUID:
    """The relationship that something written is about, where it is of somebody."""
    who = find_whom(journal, document)
    assert who is not None  # noqa: S101  nothing else is asked about
    return who


def find_whom(journal: Journal, document: Document) -> UUID | None:
    """The relationship that something written is about, if any: of a check-in, that of its session; of what belongs to
    a story, the story's; of a belief, whom it is about."""
    if isinstance(document, Belief):
        return document.about_relationship_id
    of: Document | None = document
    if isinstance(document, CheckIn):
        of = journal.find(Session, document.session_id)
    elif isinstance(document, (Attempt, Repair, TalkPlan)):
        of = story_of(journal, document)
    return getattr(of, "relationship_id", None)
