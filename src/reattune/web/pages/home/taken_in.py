"""What becomes of a letter when it is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reattune.exchange.deterministic_ids import steady_id
from reattune.journal.documents import Answer, CameIn, Document, Share
from reattune.journal.documents.letters import AnswerLetter
from reattune.web.store.open_journal import OpenJournal


@dataclass(frozen=True)
class TakenIn:
    """What taking a letter in would do: what is written in its place, the page that follows, and which other letters go
    along, because it took their place before they were read."""

    written: Sequence[Document]
    page: str
    args: tuple[UUID, ...] = ()
    query: str = ""
    along: tuple[CameIn, ...] = ()


def entry_of(letter: CameIn) -> UUID:
    """The id of what a letter becomes: the same on every computer where it waits, so that it becomes it once."""
    return steady_id("letter", letter.content.id)


def as_answer(opened: OpenJournal, letter: CameIn) -> TakenIn | None:
    """An answer with what was shared, in their words; ``None`` where it answers nothing that is here."""
    said = letter.content
    if not isinstance(said, AnswerLetter) or opened.journal.find(Share, said.share_id) is None:
        return None
    given = {"words": said.words, "name": said.name, "arrived": letter.arrived}
    answer = opened.make(Answer, id=entry_of(letter), share_id=said.share_id, at=letter.at, **given)
    return TakenIn([answer], "shared-one", (said.share_id,), "#answers")
