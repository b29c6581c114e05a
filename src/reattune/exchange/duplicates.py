"""Check-ins of a file beside those of a journal: which are here already, and what the file knows of them besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from reattune.content.translated_sentences import day, say, sign
from reattune.exchange.check_in_pairs import Rated, may_become, pairs_of
from reattune.exchange.deterministic_ids import steady_id
from reattune.journal.document_base import just_after
from reattune.journal.documents import Document, Relationship
from reattune.journal.documents.relationship import CheckIn, Instrument, InstrumentDefinition, Session
from reattune.journal.journal import Journal
from reattune.journal.vocabulary import JournalKind

_NAMED = 12


@dataclass(frozen=True)
class NotHereYet:
    """What a file would change.

    Attributes:
        documents: what is new, and newer forms of check-ins that are here, of which the file knows more.
        here: how many check-ins are here already, and stay as they are.
        fuller: a sentence for each kind of thing that comes to check-ins which are here, with their days.
        left_out: a sentence for each kind of thing that the file says otherwise, which isn't brought in.
    """

    documents: list[Document]
    here: int
    fuller: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def not_here_yet(
    journal: Journal,
    documents: Iterable[Document],
    instruments: Mapping[str, InstrumentDefinition],
    *,
    told_apart: bool = False,
) -> NotHereYet:
    """``documents`` without those check-ins, their sessions, and questionnaires that are here already.

    A note or an answer that only the file has comes to the check-in that is here. Nothing that stands there is
    written over: what the file says otherwise is named.

    Args:
        told_apart: whether the file itself says with whom each session was.
    """
    given = list(documents)
    sessions = {each.id: each for each in given if isinstance(each, Session)}
    brought = [Rated(each, sessions[each.session_id]) for each in given if isinstance(each, CheckIn)]
    kept = [(each, journal.find(Session, each.session_id)) for each in journal.all(CheckIn)]
    caseload = told_apart or journal.journal_kind is JournalKind.THERAPIST
    # One whose session cannot be read is brought again, with its session.
    found = pairs_of(brought, [Rated(each, session) for each, session in kept if session], caseload)
    made = {each.definition.name: each.definition for each in given if isinstance(each, Instrument)}
    weighing = _Weighing(journal, {**instruments, **made})
    for theirs, ours in found:
        weighing.weigh(theirs.check_in, ours)
    matched = {theirs.check_in.id for theirs, _ours in found}
    here = {theirs.session.id: ours.session.id for theirs, ours in found}
    left = [
        each
        for each in _under_free_ids(journal, given, matched, here)
        if each.id not in matched and not (isinstance(each, Session) and each.id in here)
    ]
    left += weighing.newer
    names = {each.definition.name for each in journal.all(Instrument)}
    used = {each.instrument for each in left if isinstance(each, CheckIn)} - names
    left = [each for each in left if not isinstance(each, Instrument) or each.definition.name in used]
    return NotHereYet(left, len(found) - len(weighing.newer), weighing.fuller(), weighing.left_out())


def _under_free_ids(
    journal: Journal, given: list[Document], matched: set[UUID], here: Mapping[UUID, UUID]
) -> list[Document]:
    """The documents, those that are new under ids that are new: of two sessions a day, the other may be here.

    Where one of the two raters' check-ins of a session is ``here``, the other's goes to the session that is.
    """
    new = [each for each in given if isinstance(each, CheckIn) and each.id not in matched]
    taken = {
        each.session_id: steady_id("session", each.session_id, *sorted(each.answers.items()))
        for each in new
        if each.session_id not in here and _is_here(journal, each)
    }
    of = {**here, **taken}
    put = {
        each.id: each.model_copy(
            update={
                "id": steady_id("check-in", of[each.session_id], each.rater) if _is_here(journal, each) else each.id,
                "session_id": of[each.session_id],
            }
        )
        for each in new
        if each.session_id in of
    }
    return [
        each.model_copy(update={"id": taken[each.id]})
        if isinstance(each, Session) and each.id in taken
        else put.get(each.id, each)
        for each in given
    ]


def _is_here(journal: Journal, check_in: CheckIn) -> bool:
    known = journal.find(CheckIn, check_in.id)
    return known is not None and journal.find(Session, known.session_id) is not None


class _Weighing:
    """What pairs of check-ins have in common, one after the other, and what becomes of the rest."""

    def __init__(self, journal: Journal, definitions: Mapping[str, InstrumentDefinition]) -> None:
        self._journal, self._definitions = journal, definitions
        self._named: dict[str, list[tuple[str, date]]] = defaultdict(list)
        self.newer: list[CheckIn] = []

    def weigh(self, theirs: CheckIn, ours: Rated) -> None:
        """Remember what is to be said of one pair, and the newer form of ours where there is one."""
        here = ours.check_in
        fields = self._answers(theirs, ours)
        note, known = " ".join(theirs.note.split()), " ".join(here.note.split())
        if note not in known:
            if known in note:
                fields["note"] = theirs.note
                self._name("note", ours)
            else:
                self._name("other note", ours)
        if fields:
            # Just newer than it was: words of years ago are none of today.
            fields["updated"] = just_after(here.updated)
            self.newer.append(here.model_copy(update=fields))

    def _answers(self, theirs: CheckIn, ours: Rated) -> dict[str, Any]:
        """The answers that come to ours, with the questionnaire that has them; nothing where some contradict."""
        here = ours.check_in
        said, known = _all_said(theirs), _all_said(here)
        if any(said[key] != known[key] for key in said.keys() & known.keys()):
            self._name("other answers", ours)
            return {}
        more = said.keys() - known.keys()
        asks_more = theirs.instrument != here.instrument and self._asks_all_of(theirs.instrument, here)
        goes_over = asks_more and may_become(here.instrument, theirs.instrument)
        if not more and not goes_over:
            return {}
        answers = {**here.answers, **theirs.answers}
        instrument = theirs.instrument if goes_over else here.instrument
        definition = self._definitions.get(instrument)
        if definition is None or definition.unfit(answers):
            if more:
                self._name("elsewhere", ours)
            return {}
        self._name("goes over" if goes_over else "answers", ours)
        return {
            "instrument": instrument,
            "answers": answers,
            "urge_to_leave": theirs.urge_to_leave if here.urge_to_leave is None else here.urge_to_leave,
            "unsaid": theirs.unsaid if here.unsaid is None else here.unsaid,
        }

    def _asks_all_of(self, instrument: str, here: CheckIn) -> bool:
        """Whether a questionnaire has every question of the one that ours answers."""
        asked, before = self._definitions.get(instrument), self._definitions.get(here.instrument)
        return asked is not None and set(before.by_key if before else here.answers) <= set(asked.by_key)

    def _name(self, what: str, ours: Rated) -> None:
        caseload = self._journal.journal_kind is JournalKind.THERAPIST
        client = self._journal.find(Relationship, ours.session.relationship_id) if caseload else None
        self._named[what].append((client.name if client else "", ours.day))

    def fuller(self) -> tuple[str, ...]:
        """What comes to those that are here, with their days."""
        sentences = {
            "note": say("Check-ins here that get a note from this file: {n} ({which}).", **self._which("note")),
            "answers": say(
                "Check-ins here that get answers they didn’t have: {n} ({which}).", **self._which("answers")
            ),
            "goes over": say(
                "Check-ins here that go over to the questionnaire of this file: {n} ({which}). Their answers stay as "
                "they are.",
                **self._which("goes over"),
            ),
        }
        return tuple(sentence for what, sentence in sentences.items() if what in self._named)

    def left_out(self) -> tuple[str, ...]:
        """What isn't brought in, with their days: the file may be a corrected one."""
        sentences = {
            "other answers": say(
                "Check-ins that are here with other answers: {n} ({which}). The answers here stay as they are; you can "
                "change them there.",
                **self._which("other answers"),
            ),
            "other note": say(
                "Check-ins that are here with another note: {n} ({which}). The notes here stay as they are. Copy what "
                "you’d like to keep from the file.",
                **self._which("other note"),
            ),
            "elsewhere": say(
                "Check-ins that are here under another questionnaire: {n} ({which}). They stay as they are, without "
                "the answers that only the file has. If these are ratings of something else, give their columns other "
                "names in the file.",
                **self._which("elsewhere"),
            ),
        }
        return tuple(sentence for what, sentence in sentences.items() if what in self._named)

    def _which(self, what: str) -> dict[str, object]:
        """How many there are, and the first of them by client and day."""
        named = self._named.get(what, [])
        days: dict[str, list[str]] = defaultdict(list)
        for client, when in sorted(named)[:_NAMED]:
            days[client].append(day(when))
        shown = "; ".join((f"{client}{sign(':')} " if client else "") + ", ".join(of) for client, of in days.items())
        return {"n": len(named), "which": shown + " …" * (len(named) > _NAMED)}


def _all_said(check_in: CheckIn) -> dict[str, object]:
    """Every answer by its key, also to what is asked beside a questionnaire; keys of those can be no question's."""
    beside = {"1 leave": check_in.urge_to_leave, "1 unsaid": check_in.unsaid}
    return {**check_in.answers, **{key: value for key, value in beside.items() if value is not None}}
