"""A person's journal or a therapist's: what each holds, and that neither becomes the other."""

from __future__ import annotations

from reattune.content.translated_sentences import say, to_say
from reattune.journal.documents import (
    Attempt,
    CheckIn,
    ClientNote,
    Document,
    Observation,
    Preferences,
    Relationship,
    Rupture,
    TalkPlan,
    TriedAnswer,
)
from reattune.journal.errors import JournalError
from reattune.journal.index import DocumentIndex
from reattune.journal.therapists_vocabulary import Rater
from reattune.journal.vocabulary import JournalKind, RelationshipKind

_OTHER_JOURNAL = to_say("A journal keeps the kind it was started as: for somebody in therapy, or for a therapist.")
_OF_WHOM = {
    JournalKind.PERSON: to_say("This belongs in a therapist’s journal, and this one is for somebody in therapy."),
    JournalKind.THERAPIST: to_say("A therapist’s journal is about clients. For anyone else, begin another journal."),
}
# Fields of what both kinds hold that only a therapist fills.
_FIELDS: dict[type[Document], tuple[str, ...]] = {
    Relationship: ("meeting", "language"),
    Rupture: ("causes", "their_words"),
    TalkPlan: ("what_it_did", "my_part", "what_i_want_to_say", "what_i_want_to_ask"),
    Attempt: ("client_met",),
}


def check_kind_of_journal(journal: DocumentIndex, document: Document) -> None:
    """Whether a document may stand in this kind of journal: clients in a therapist's, everyone else in a person's.

    Raises:
        JournalError: it may not, or it would make the journal one of the other kind.
    """
    here = journal.journal_kind
    if isinstance(document, Preferences) and journal.preferences and document.journal_kind is not here:
        raise JournalError(say(_OTHER_JOURNAL), field="journal_kind")
    if here is JournalKind.PERSON and _of_therapists_alone(document):
        raise JournalError(say(_OF_WHOM[here]))
    if isinstance(document, Relationship) and _client(document) is not (here is JournalKind.THERAPIST):
        raise JournalError(say(_OF_WHOM[here]), field="role")


def _of_therapists_alone(document: Document) -> bool:
    if isinstance(document, CheckIn):
        return document.rater is not Rater.CLIENT
    filled = any(getattr(document, field) for field in _FIELDS.get(type(document), ()))
    return filled or isinstance(document, (Observation, ClientNote, TriedAnswer))


def _client(someone: Relationship) -> bool:
    return someone.role is RelationshipKind.CLIENT
