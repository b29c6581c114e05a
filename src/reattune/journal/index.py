"""Documents by id and by kind, and what is asked of them: the reading half of a journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from reattune.journal.documents import (
    Attempt,
    CheckIn,
    Document,
    Moment,
    Preferences,
    Relationship,
    Repair,
    Rupture,
    Session,
    TalkPlan,
)
from reattune.journal.errors import JournalError
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus

D = TypeVar("D", bound=Document)


class DocumentIndex:
    """One person's documents in memory, to be read. What may be written, `reattune.journal.journal` says."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._by_id: dict[UUID, Document] = {}
        self._by_kind: dict[type[Document], dict[UUID, Document]] = defaultdict(dict)
        for document in documents:
            self._hold(document)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._by_id.values())

    def _hold(self, document: Document) -> None:
        self._by_id[document.id] = document
        self._by_kind[type(document)][document.id] = document

    def find(self, kind: type[D], document_id: UUID | None) -> D | None:
        """The document of that kind with that id, or ``None``."""
        found = self._by_kind[kind].get(document_id) if document_id else None
        return found if isinstance(found, kind) else None

    def get(self, kind: type[D], document_id: UUID) -> D:
        """The document of that kind with that id.

        Raises:
            JournalError: there is none.
        """
        found = self.find(kind, document_id)
        if found is None:
            raise JournalError(f"There is no {kind.model_fields['kind'].default.replace('_', ' ')} with this id.")
        return found

    def all(self, kind: type[D]) -> list[D]:
        """Every document of that kind, oldest first by when it was created."""
        return sorted(self._each(kind), key=lambda document: (document.created, document.id))

    def _each(self, kind: type[D]) -> Iterator[D]:
        return (document for document in self._by_kind[kind].values() if isinstance(document, kind))

    def holds(self, document_id: UUID) -> bool:
        """Whether any document has this id."""
        return document_id in self._by_id

    def document(self, document_id: UUID) -> Document | None:
        """The document with this id, of whatever kind."""
        return self._by_id.get(document_id)

    @property
    def preferences(self) -> Preferences | None:
        """The person's settings, once they were made."""
        return next(iter(self.all(Preferences)), None)

    @property
    def therapist(self) -> Relationship | None:
        """The current therapist, if there is one."""
        return next(
            (
                someone
                for someone in self.all(Relationship)
                if someone.role is RelationshipKind.THERAPIST and someone.status is RelationshipStatus.CURRENT
            ),
            None,
        )

    @property
    def latest_therapist(self) -> Relationship | None:
        """The current therapist; without one, the one whose therapy ended last."""
        with_sessions = {session.relationship_id for session in self._each(Session)}
        past = (
            each
            for each in self._each(Relationship)
            if each.role is RelationshipKind.THERAPIST and (each.ended or each.id in with_sessions)
        )
        return self.therapist or max(past, key=lambda each: (each.ended or each.updated, each.id), default=None)

    def sessions(self, relationship: Relationship) -> list[Session]:
        """The sessions with one therapist, earliest first."""
        mine = (session for session in self._each(Session) if session.relationship_id == relationship.id)
        return sorted(mine, key=lambda session: (session.at, session.id))

    def check_ins(self, relationship: Relationship) -> list[tuple[Session, CheckIn]]:
        """The checked-in sessions with one therapist, earliest first."""
        by_session = {check_in.session_id: check_in for check_in in self._each(CheckIn)}
        return [(s, by_session[s.id]) for s in self.sessions(relationship) if s.id in by_session]

    def moments(self, relationship: Relationship | None = None) -> list[Moment]:
        """Moments by when they happened, of everyone or of one relationship; with only an age, those come first."""
        mine = (m for m in self._each(Moment) if relationship is None or m.relationship_id == relationship.id)
        return sorted(mine, key=lambda moment: moment.in_order)

    def plans(self, rupture: Rupture) -> list[TalkPlan]:
        """The plans for a rupture, by attempt."""
        return sorted(
            (plan for plan in self._each(TalkPlan) if plan.rupture_id == rupture.id), key=lambda plan: plan.attempt
        )

    def attempts(self, rupture: Rupture) -> list[Attempt]:
        """The talks about a rupture, first to last."""
        return sorted(
            (talk for talk in self._each(Attempt) if talk.rupture_id == rupture.id), key=lambda talk: talk.number
        )

    def repairs(self, rupture: Rupture) -> list[Repair]:
        """What was said of its mending, earliest first."""
        mine = (repair for repair in self._each(Repair) if repair.rupture_id == rupture.id)
        return sorted(mine, key=lambda repair: (repair.created, repair.id))

    def rupture_of(self, moment: Moment) -> Rupture | None:
        """The rupture that holds a moment, if one does."""
        return next((r for r in self._each(Rupture) if moment.id in r.moment_ids), None)
