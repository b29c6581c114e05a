"""Check-ins of another file that are here already, though under other ids."""

from __future__ import annotations

from collections.abc import Iterable

from reattune.content.translated_sentences import say
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, Instrument, Session
from reattune.journal.journal import Journal
from reattune.journal.vocabulary import JournalKind


def not_here_yet(journal: Journal, documents: Iterable[Document]) -> tuple[list[Document], int]:
    """``documents`` without those check-ins, their sessions, and questionnaires; and how many check-ins those were.

    The same is one of the same questionnaire at the same second, or on the same day with the same answers; of a
    therapist's clients, each by themselves.
    """
    known: set[object] = set()
    caseload = journal.journal_kind is JournalKind.THERAPIST
    for check_in in journal.all(CheckIn):
        session = journal.find(Session, check_in.session_id)
        if session is not None:  # else its entry is damaged
            known |= _marks(check_in, session, caseload)
    names = {each.definition.name for each in journal.all(Instrument)}
    given = list(documents)
    sessions = {each.id: each for each in given if isinstance(each, Session)}
    here = {
        each.session_id
        for each in given
        if isinstance(each, CheckIn) and not known.isdisjoint(_marks(each, sessions[each.session_id], caseload))
    }
    left = [
        each
        for each in given
        if not (isinstance(each, Session) and each.id in here)
        and not (isinstance(each, CheckIn) and each.session_id in here)
        and not (isinstance(each, Instrument) and each.definition.name in names)
    ]
    return left, len(here)


def here_with_other_answers(journal: Journal, documents: Iterable[Document]) -> list[str]:
    """A sentence where check-ins of a file are here already and say something else: the file may be a corrected one."""
    caseload = journal.journal_kind is JournalKind.THERAPIST
    kept = [(each, journal.find(Session, each.session_id)) for each in journal.all(CheckIn)]
    here = {mark for each, session in kept if session for mark in _marks(each, session, caseload)}
    given = list(documents)
    sessions = {each.id: each for each in given if isinstance(each, Session)}
    marks = [_marks(each, sessions[each.session_id], caseload) for each in given if isinstance(each, CheckIn)]
    differing = sum(not here.isdisjoint(each) and not each <= here for each in marks)
    if not differing:
        return []
    return [
        say(
            "Check-ins that are here with other answers: {n}. Those here stay as they are; you can change them there.",
            n=differing,
        )
    ]


def _marks(check_in: CheckIn, session: Session, caseload: bool) -> set[object]:
    second = session.at.replace(microsecond=0)
    # Two clients may well have answered alike on one day; one therapist of a person may stand under two names.
    of = (session.relationship_id if caseload else None, check_in.rater, check_in.instrument)
    answers = tuple(sorted((key, float(value)) for key, value in check_in.answers.items()))
    return {(*of, second), (*of, session.local(session.at).date(), answers)}
