"""The thread of one rupture: everything that happened to it, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import Answer, Attempt, Moment, Repair, Rupture, Share, TalkPlan
from reattune.journal.vocabulary import RuptureState
from reattune.reflection.unsaid import held_words


@dataclass(frozen=True)
class Entry:
    """One thing on the thread: a document, words that were held back, or a state that was reached without either.

    ``again`` is whether it was reached before; ``later`` that this is the look back at a repair.
    """

    at: datetime
    document: Document | None = None
    state: RuptureState | None = None
    again: bool = False
    words: str = ""
    later: bool = False

    @property
    def shown(self) -> datetime:
        """The day that stands beside it: words keep the day they were written, wherever they stand in the story."""
        if self.document is None or self.later:
            return self.at
        return self.document.local(self.document.created if isinstance(self.document, TalkPlan) else self.at)

    @property
    def kind(self) -> str:
        """What a template asks: the kind of the document, or ``later``, ``held`` or ``state``."""
        if self.later:
            return "later"
        return self.document.kind if self.document else "held" if self.words else "state"


def thread(journal: Journal, rupture: Rupture) -> list[Entry]:
    """Earliest first. States that a plan or a talk brought about are told by it."""
    moments = (journal.find(Moment, moment_id) for moment_id in rupture.moment_ids)
    entries = [Entry(moment.at, moment) for moment in moments if moment]
    held = (held_words(journal, source_id) for source_id in rupture.unsaid_ids)
    entries += [Entry(since, words=words) for since, words in filter(None, held)]
    plans: list[TalkPlan] = journal.plans(rupture)
    attempts: list[Attempt] = journal.attempts(rupture)
    repairs: list[Repair] = journal.repairs(rupture)
    # Words may be prepared, or written down, after the day of the talk that they were for; they still come before it.
    of_talk = {attempt.number: attempt.at for attempt in attempts}
    entries += [Entry(min(plan.created, of_talk.get(plan.attempt, plan.created)), plan) for plan in plans]
    entries += [Entry(attempt.at, attempt) for attempt in attempts]
    entries += [Entry(repair.at, repair) for repair in repairs]
    entries += [Entry(each.looked_back, each, later=True) for each in repairs if each.looked_back]
    entries += [Entry(answer.at, answer) for answer in answers(journal, rupture)]
    entries += [
        Entry(step.at, state=step.state, again=place > 0)
        for place, step in enumerate(rupture.transitions)
        if step.because in (None, rupture.relationship_id) and place > 0  # that it was noticed goes without saying
    ]
    return sorted(entries, key=_in_order)


def answers(journal: Journal, rupture: Rupture) -> list[Answer]:
    """What came in as an answer to something of this story that was shared, earliest first."""
    shared = {share.id for share in journal.all(Share) if share.rupture_id == rupture.id}
    return sorted((each for each in journal.all(Answer) if each.share_id in shared), key=lambda each: each.at)


def _in_order(entry: Entry) -> tuple[bool, datetime]:
    return not (isinstance(entry.document, Moment) and entry.document.only_age), entry.at
