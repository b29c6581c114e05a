"""What earlier versions made of the same answers, so that importing a bundle again doubles nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from reattune.exchange.deterministic_ids import steady_id
from reattune.exchange.fhir_bundle import Response, key_of
from reattune.journal import Journal
from reattune.journal.documents.relationship import CheckIn, Relationship, Session
from reattune.journal.vocabulary import JournalKind

# So many check-ins of one second are looked for by their ids.
_AT_ONCE = 5


class CameBefore:
    """The check-ins of a journal, as answers of a bundle find them again.

    Until 27 November 2026 questionnaires were told by the end of their address alone, and clients by what they are
    displayed as. A therapist may have two clients who answered alike; one therapist of a person may stand under two
    names.
    """

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        apart = journal is not None and journal.journal_kind is JournalKind.THERAPIST
        self._at: dict[tuple[str, datetime], list[CheckIn]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        for each in journal.all(CheckIn) if journal else ():
            session = journal.find(Session, each.session_id) if journal else None
            if session is not None:  # else its entry is damaged
                key = each.instrument.partition("/")[0]
                self._names[key].add(each.instrument)
                if not apart:
                    self._at[key, session.at.replace(microsecond=0)].append(each)

    def check_in(
        self, who: Relationship, said: Response, keys: Collection[str], besides: Collection[UUID] = ()
    ) -> UUID | None:
        """The id of a check-in with ``who`` that holds these answers to a questionnaire of one of ``keys``, and is none
        of ``besides``."""
        found = (each for key in keys for each in self._alike(who, said, key))
        return next((each.id for each in found if each.id not in besides and _answers(each) == said.answers), None)

    def with_whom(self, said: Response, keys: Collection[str]) -> UUID | None:
        """The id of whom the session was with, where these answers are here."""
        found = (each for key in keys for each in self._at.get((key, said.at.replace(microsecond=0)), ()))
        here = next((each for each in found if _answers(each) == said.answers), None)
        session = self._journal.find(Session, here.session_id) if here and self._journal else None
        return session.relationship_id if session else None

    def _alike(self, who: Relationship, said: Response, key: str) -> Iterator[CheckIn]:
        yield from self._at.get((key, said.at.replace(microsecond=0)), ())
        # One that was put to a session that was noted here has the time of that session, and the id of its own.
        for name in sorted(self._names.get(key, ())):
            for number in range(1, _AT_ONCE + 1):
                each = self._journal.find(CheckIn, check_in_id(session_id(who, said, name, number)))  # type: ignore[union-attr]
                if each is not None:
                    yield each


def _answers(check_in: CheckIn) -> dict[str, float]:
    """By the keys that they have now; earlier versions took linkIds as they were."""
    return {key_of(key): value for key, value in check_in.answers.items()}


def session_id(who: Relationship, said: Response, instrument: str, number: int) -> UUID:
    """Of the session that answers make; ``number`` tells several of one time apart."""
    beside = () if number == 1 else (number,)
    return steady_id("session", who.id, said.at.timestamp(), instrument, *beside)


def check_in_id(session: UUID) -> UUID:
    """Of the check-in of such a session."""
    return steady_id("check-in", session)
