"""Documents by id and by kind, and what is asked of them: the reading half of a journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from reattune.content.translated_sentences import say
from reattune.journal.documents import (
    Attempt,
    CheckIn,
    Document,
    Echo,
    Moment,
    Observation,
    Preferences,
    Relationship,
    Repair,
    Rupture,
    Session,
    TalkPlan,
)
from reattune.journal.errors import NotHere
from reattune.journal.references import needed
from reattune.journal.therapists_vocabulary import Rater
from reattune.journal.vocabulary import JournalKind, RelationshipKind

D = TypeVar("D", bound=Document)
T = TypeVar("T")


class DocumentIndex:
    """One person's documents in memory, to be read. What may be written, `reattune.journal.journal` says."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._by_id: dict[UUID, Document] = {}
        self._by_kind: dict[type[Document], dict[UUID, Document]] = defaultdict(dict)
        self._worked_out: dict[Any, Any] = {}
        # What is kept in a form that a newer Reattune wrote: it can't be read, and nothing takes its place.
        self.unread: Mapping[UUID, str] = {}
        # What each of two said of a session: asked for with each document that comes in, and so kept up to date.
        self._of_sessions: dict[tuple[UUID, Rater | None], dict[UUID, Document]] = defaultdict(dict)
        for document in documents:
            self._hold(document)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._by_id.values())

    def _hold(self, document: Document) -> None:
        self._out_of_session(self._by_id.get(document.id))
        self._by_id[document.id] = document
        self._by_kind[type(document)][document.id] = document
        if isinstance(document, (CheckIn, Observation)):
            self._of_sessions[_said_of(document)][document.id] = document
        self._worked_out.clear()

    def _out_of_session(self, document: Document | None) -> None:
        if isinstance(document, (CheckIn, Observation)):
            self._of_sessions[_said_of(document)].pop(document.id, None)

    def _let_go(self, document_id: UUID) -> None:
        gone = self._by_id.pop(document_id, None)
        if gone is not None:
            self._by_kind[type(gone)].pop(document_id, None)
            self._out_of_session(gone)
            self._worked_out.clear()

    def worked_out(self, make: Callable[[Any], T]) -> T:
        """What ``make`` finds in all documents: looked for once, and again after any of them changed.

        ``make`` is a function of the journal alone, and what it returns is not to be changed by who asks.
        """
        if make not in self._worked_out:
            self._worked_out[make] = make(self)
        found: T = self._worked_out[make]
        return found

    def find(self, kind: type[D], document_id: UUID | None) -> D | None:
        """The document of that kind with that id, or ``None``."""
        found = self._by_kind[kind].get(document_id) if document_id else None
        return found if isinstance(found, kind) else None

    def get(self, kind: type[D], document_id: UUID) -> D:
        """The document of that kind with that id.

        Raises:
            NotHere: there is none.
        """
        found = self.find(kind, document_id)
        if found is None:
            raise NotHere(
                say("There is no {default} with this id.", default=kind.model_fields["kind"].default.replace("_", " "))
            )
        return found

    def all(self, kind: type[D]) -> list[D]:
        """Every document of that kind, oldest first by when it was created."""
        if kind not in self._worked_out:
            self._worked_out[kind] = sorted(self._each(kind), key=lambda document: (document.created, document.id))
        return list(self._worked_out[kind])

    def whole(self, kind: type[D]) -> list[D]:
        """As `all`, without those that belong to something that is not here: it cannot be read, or was in no file."""
        known: tuple[str, type[D]] = ("whole", kind)
        if known not in self._worked_out:
            self._worked_out[known] = [document for document in self.all(kind) if self._is_whole(document)]
        return list(self._worked_out[known])

    def _is_whole(self, document: Document) -> bool:
        there = ((kind, self._by_id.get(each)) for kind, each in needed(document))
        return all(found and isinstance(found, kind or Document) and self._is_whole(found) for kind, found in there)

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
    def journal_kind(self) -> JournalKind:
        """Whether it is the journal of a person in therapy, or of a therapist."""
        return self.preferences.journal_kind if self.preferences else JournalKind.PERSON

    @property
    def clients(self) -> list[Relationship]:
        """Everyone a therapist works or worked with, in the order in which they were added; empty for a person."""
        return [each for each in self.all(Relationship) if each.role is RelationshipKind.CLIENT]

    @property
    def therapist(self) -> Relationship | None:
        """The current therapist, if there is one."""
        return next(
            (someone for someone in self.all(Relationship) if someone.current_therapist),
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
        return list(self.worked_out(_sessions).get(relationship.id, ()))

    def check_ins(self, relationship: Relationship, rater: Rater = Rater.CLIENT) -> list[tuple[Session, CheckIn]]:
        """The sessions with one therapist, or client, that one of the two checked in, earliest first."""
        return [(session, check_in) for _number, session, check_in in self.numbered_check_ins(relationship, rater)]

    def numbered_check_ins(
        self, relationship: Relationship, rater: Rater = Rater.CLIENT
    ) -> list[tuple[int, Session, CheckIn]]:
        """The same with the number of each session, counted from 1 over all of them."""
        by_session = self.worked_out(_check_ins)[rater]
        sessions = self.worked_out(_sessions).get(relationship.id, ())
        found = ((number, each, by_session.get(each.id)) for number, each in enumerate(sessions, start=1))
        return [(number, session, check_in) for number, session, check_in in found if check_in is not None]

    def check_in_of(self, session: Session, rater: Rater = Rater.CLIENT) -> CheckIn | None:
        """What one of the two rated after a session, if they did."""
        found = self._latest_of(session, rater)
        return found if isinstance(found, CheckIn) else None

    def observation_of(self, session: Session) -> Observation | None:
        """What a therapist noticed in a session, if they noted something."""
        found = self._latest_of(session, None)
        return found if isinstance(found, Observation) else None

    def _latest_of(self, session: Session, rater: Rater | None) -> Document | None:
        there = self._of_sessions.get((session.id, rater))
        return next(reversed(there.values())) if there else None

    def moments(self, relationship: Relationship | None = None) -> list[Moment]:
        """Moments by when they happened, of everyone or of one relationship; with only an age, those come first."""
        return [m for m in self.worked_out(_moments) if relationship is None or m.relationship_id == relationship.id]

    def plans(self, rupture: Rupture) -> list[TalkPlan]:
        """The plans for a rupture, by attempt."""
        return list(self.worked_out(_plans).get(rupture.id, ()))

    def attempts(self, rupture: Rupture) -> list[Attempt]:
        """The talks about a rupture, first to last."""
        return list(self.worked_out(_attempts).get(rupture.id, ()))

    def repairs(self, rupture: Rupture) -> list[Repair]:
        """What was said of its mending, earliest first."""
        return list(self.worked_out(_repairs).get(rupture.id, ()))

    def rupture_of(self, moment: Moment) -> Rupture | None:
        """The rupture that holds a moment, if one does."""
        return self.worked_out(_rupture_of_moments).get(moment.id)

    def of_others(self, rupture: Rupture) -> tuple[UUID, ...]:
        """The moments a rupture names that are with somebody else: one may have been moved on another computer."""
        moments = (self.find(Moment, each) for each in rupture.moment_ids)
        return tuple(each.id for each in moments if each and each.relationship_id != rupture.relationship_id)

    def joins_two(self, echo: Echo) -> bool:
        """Whether the moments of a link are with two different people: as above, they may not be any more."""
        here, earlier = self.find(Moment, echo.moment_id), self.find(Moment, echo.earlier_id)
        return bool(here and earlier and here.relationship_id != earlier.relationship_id)


def _said_of(document: CheckIn | Observation) -> tuple[UUID, Rater | None]:
    """Of which session it is, and whose rating; an observation is nobody's."""
    return document.session_id, document.rater if isinstance(document, CheckIn) else None


# What is asked for again and again, by the id it belongs to


def _sessions(index: DocumentIndex) -> dict[UUID, list[Session]]:
    ordered = sorted(index._each(Session), key=lambda session: (session.at, session.id))
    return _grouped(ordered, lambda session: session.relationship_id)


def _check_ins(index: DocumentIndex) -> dict[Rater, dict[UUID, CheckIn]]:
    found: dict[Rater, dict[UUID, CheckIn]] = {rater: {} for rater in Rater}
    for check_in in index._each(CheckIn):
        found[check_in.rater][check_in.session_id] = check_in
    return found


def _moments(index: DocumentIndex) -> list[Moment]:
    return sorted(index._each(Moment), key=lambda moment: moment.in_order)


def _plans(index: DocumentIndex) -> dict[UUID, list[TalkPlan]]:
    return _grouped(sorted(index._each(TalkPlan), key=lambda plan: plan.attempt), lambda plan: plan.rupture_id)


def _attempts(index: DocumentIndex) -> dict[UUID, list[Attempt]]:
    return _grouped(sorted(index._each(Attempt), key=lambda talk: talk.number), lambda talk: talk.rupture_id)


def _repairs(index: DocumentIndex) -> dict[UUID, list[Repair]]:
    return _grouped(index.all(Repair), lambda repair: repair.rupture_id)


def _rupture_of_moments(index: DocumentIndex) -> dict[UUID, Rupture]:
    found: dict[UUID, Rupture] = {}
    for rupture in index._each(Rupture):
        for moment_id in rupture.moment_ids:
            found.setdefault(moment_id, rupture)
    return found


def _grouped(documents: Iterable[D], by: Callable[[D], UUID]) -> dict[UUID, list[D]]:
    found: dict[UUID, list[D]] = defaultdict(list)
    for document in documents:
        found[by(document)].append(document)
    return found
