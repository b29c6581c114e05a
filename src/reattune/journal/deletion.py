"""What goes along when something is deleted, and how it comes back."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from reattune.content.translated_sentences import say
from reattune.journal.codec import decode, encode
from reattune.journal.document_base import written_after
from reattune.journal.documents import (
    Address,
    Attempt,
    Belief,
    CameIn,
    Candidate,
    Document,
    Fit,
    Relationship,
    Repair,
    Rupture,
    Share,
    TalkPlan,
)
from reattune.journal.documents.letters import AnswerLetter, RatingLetter
from reattune.journal.documents.practice_and_ending import Preferences
from reattune.journal.documents.relationship import MADE_BY_A_TABLE, CheckIn, Instrument, Session
from reattune.journal.documents.unsorted_and_deleted import LooseNote, Removed
from reattune.journal.errors import JournalError
from reattune.journal.journal import Journal
from reattune.journal.merge import Merge, id_beside, merge, named_apart
from reattune.journal.names_in_titles import less_name
from reattune.journal.naming import less_others, naming_again
from reattune.journal.record_dates import DAYS, restored
from reattune.journal.record_rules import consequences
from reattune.journal.references import ids_of, references_of
from reattune.journal.rupture_states import without_step
from reattune.journal.texts import texts_in
from reattune.journal.therapists_brought import current_since

_TITLES = (
    *("name", "title", "words", "what", "plan", "what_happened", "what_i_felt", "what_i_need", "they_said", "feel_now"),
    *("agreed", "what_made_it_work", "how_to_say_it", "why", "goodbye"),
)
_SHORT = 90
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Removal:
    """What deleting something would do.

    Attributes:
        gone: the documents themselves, then all that says nothing without them.
        trimmed: documents that name one of these beside others, as they are now.
        left: the same documents as they will be.
    """

    gone: tuple[Document, ...]
    trimmed: tuple[Document, ...]
    left: tuple[Document, ...]

    def kept_as(self) -> dict[str, tuple[str, ...]]:
        """The fields of a `Removed` that can bring all of it back."""
        return {
            "documents": tuple(encode(each).decode() for each in self.gone),
            "trimmed": tuple(encode(each).decode() for each in self.trimmed),
        }


def removal(journal: Journal, document: Document) -> Removal:
    """What goes when ``document`` is deleted.

    What needs it goes along; what names several loses one of them, and goes along with the last. A session goes with
    its check-in where nothing else is known of it. A conversation takes its rupture back to where it was before, and
    what was said of its mending along.

    Raises:
        JournalError: it is a conversation, and something came after it.
    """
    going = {document.id: document}
    if isinstance(document, CheckIn):
        session = journal.get(Session, document.session_id)
        if not any(session.id in ids_of(each) for each in journal if each.id != document.id):
            going[session.id] = session
    while more := [each for each in journal if each.id not in going and _goes_along(each, going)]:
        going |= {each.id: each for each in more}
    trimmed = tuple(each for each in journal if each.id not in going and not going.keys().isdisjoint(ids_of(each)))
    left = tuple(_without(each, going) for each in trimmed)
    if isinstance(document, (Attempt, TalkPlan)):
        rupture = journal.get(Rupture, document.rupture_id)
        history = without_step(rupture.transitions, document.id)
        trimmed, left = (*trimmed, rupture), (*left, rupture.model_copy(update={"transitions": history}))
    return Removal(tuple(going.values()), trimmed, left)


def without_trace(journal: Journal, person: Relationship) -> Removal:
    """What goes when somebody is erased: what `removal` says, every copy that was shared of something of theirs, words
    that were taken over from something of theirs with one touch, what of theirs came in and waits, what was written of
    them before they were chosen, who a note that became something of theirs was from, questionnaires that a file of
    theirs brought, and their name in the titles of those that others' answers are of."""
    going = removal(journal, person)
    gone = {each.id: each for each in going.gone}
    copies = [each for each in journal.all(Share) if not gone.keys().isdisjoint(each.source_ids)]
    for copy in copies:
        gone |= {each.id: each for each in removal(journal, copy).gone}
    gone |= {each.id: each for each in journal if _of_nobody_else(each, gone)}
    gone |= {each.id: each for each in _questionnaires_of(journal, person, gone)}
    trimmed = {each.id: each for each in going.trimmed if each.id not in gone}
    left = {each.id: each for each in going.left if each.id not in gone}
    for each in journal:
        if each.id not in gone and (without := _without_copies(left.get(each.id, each), gone)):
            trimmed[each.id], left[each.id] = each, without
        if each.id not in gone and (nameless := less_name(each, person)):
            trimmed[each.id], left[each.id] = each, nameless
        if isinstance(each, LooseNote) and each.became in gone:
            left[each.id] = left[each.id].model_copy(update={"source": ""})
    return Removal(tuple(gone.values()), tuple(trimmed.values()), tuple(left.values()))


def _questionnaires_of(journal: Journal, person: Relationship, gone: Collection[UUID]) -> list[Instrument]:
    """Questionnaires that a table made, or that name the person, and that nobody else's answers are of."""
    answers = journal.all(CheckIn)
    used = {each.instrument for each in answers if each.id not in gone}
    used |= {each.instrument for each in journal.all(Preferences)}
    theirs = {each.instrument for each in answers if each.id in gone} - used
    names = [each.casefold() for each in (person.name, *person.called_before)]
    return [
        each
        for each in journal.all(Instrument)
        if each.definition.name in theirs
        and (
            each.definition.key.startswith(MADE_BY_A_TABLE)
            or any(name in said.casefold() for said in texts_in(each.definition.model_dump()) for name in names)
        )
    ]


def _of_nobody_else(document: Document, gone: Collection[UUID]) -> bool:
    """Whether it says nothing of anybody but of somebody who is among what is gone, although it could stand alone."""
    if isinstance(document, Candidate):
        return document.relationship_id in gone
    content = document.content if isinstance(document, CameIn) else None
    if isinstance(content, RatingLetter):
        return content.client_id in gone
    return isinstance(content, AnswerLetter) and content.share_id in gone


def _without_copies(document: Document, gone: Collection[UUID]) -> Document | None:
    """A document less the words that were taken over from something that is gone; ``None`` where there are none."""
    field = "needs" if isinstance(document, Fit) else "against" if isinstance(document, Belief) else None
    if field is None:
        return None
    said = getattr(document, field)
    left = tuple(each for each in said if each.source_id not in gone)
    return document.model_copy(update={field: left}) if len(left) < len(said) else None


def without(journal: Journal, removed: Removed, gone: Collection[UUID]) -> Removed | None:
    """What is left of something deleted once ``gone`` is erased: what has nothing to do with it, and needs nothing of
    it. The same where nothing of it goes, and ``None`` where nothing is left."""
    going = set(gone)
    if not any(_names_any(each, going) for each in (*removed.documents, *removed.trimmed)):
        return removed
    there = readable(removed.documents)
    while more := {
        each.id for each in there if each.id not in going and (_goes_along(each, going) or _of_nobody_else(each, going))
    }:
        going |= more
    kept = [_raw_without(each, going) for each in there if each.id not in going]
    documents = tuple(raw for raw in kept if not _names_any(raw, going))
    if not documents:
        return None
    trimmed = [_raw_without(each, going) for each in readable(removed.trimmed) if each.id not in going]
    first = decode(documents[0].encode())
    fields = {"title": title_of(journal, first), "kind_of": first.kind} if there[0].id in going else {}
    others = tuple(raw for raw in trimmed if not _names_any(raw, going))
    return removed.model_copy(update={"documents": documents, "trimmed": others, **fields})


def _names_any(raw: str, ids: Collection[UUID]) -> bool:
    """Whether one of very many ids stands anywhere in what was written down."""
    return any(UUID(each) in ids for each in _ID.findall(raw))


def _raw_without(document: Document, going: Collection[UUID]) -> str:
    left = document if ids_of(document).isdisjoint(going) else _without(document, going)
    return encode(_without_copies(left, going) or left).decode()


def readable(documents: Iterable[str]) -> list[Document]:
    """What was deleted, as far as it can be read."""
    found = []
    for each in documents:
        with contextlib.suppress(JournalError):
            found.append(decode(each.encode()))
    return found


def _goes_along(document: Document, going: Collection[UUID]) -> bool:
    if isinstance(document, Repair) and document.attempt_id in going:
        return True
    lists: list[UUID] = []
    for field, ids, several in references_of(document):
        if several:
            lists += ids
        elif ids[0] in going and type(document).model_fields[field].is_required():
            return True
    return bool(lists) and all(each in going for each in lists)


def _without(document: Document, going: Collection[UUID]) -> Document:
    changes: dict[str, object] = {}
    for field, ids, several in references_of(document):
        left = tuple(each for each in ids if each not in going)
        changes[field] = left if several else (left[0] if left else None)
    if isinstance(document, LooseNote):
        changes["set_aside"] = True  # what became of it was deleted; the same file does not bring it again
    return document.model_copy(update=changes)


def title_of(journal: Journal, document: Document) -> str:
    """Words to know it by: its name, its first words, or its day."""
    if isinstance(document, CheckIn):
        session = journal.find(Session, document.session_id)
        return f"{session.local(session.at):%d %B %Y}".lstrip("0") if session else ""
    words = next((found for field in _TITLES if (found := getattr(document, field, ""))), "")
    words = " ".join(words.split())
    of = journal.find(Rupture, document.rupture_id) if isinstance(document, (Attempt, TalkPlan, Repair)) else None
    if of and of.title and words:
        words = f"{of.title}: {words}"
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"


def before_replacing(
    journal: Journal, documents: Iterable[Document], now: datetime, *, changed: bool = False
) -> list[Removed]:
    """What has to be kept for a while where ``documents`` take the place of older forms that say something else.

    ``changed`` is whether the person wrote the newer forms here.
    """
    found = []
    for each in documents:
        here = journal.find(type(each), each.id)
        if here is None or isinstance(each, (Address, Preferences, Removed)) or _saying(here) == _saying(each):
            continue
        found.append(beside(journal, here, now, changed=changed))
    return found


def beside(journal: Journal, older: Document, now: datetime, *, changed: bool = False) -> Removed:
    """What keeps the older form of a document for a while; the newer one was ``changed`` here, or came from a file."""
    return Removed(
        id=id_beside(older),
        created=now,
        updated=now,
        zone=older.zone,
        at=now,
        title=title_of(journal, older),
        kind_of=older.kind,
        documents=(encode(older).decode(),),
        replaced=True,
        changed=changed,
    )


def replaces(older: Document, newer: Document) -> bool:
    """Whether the newer form says something else where the older one said something, and not only more."""
    fields = type(older).model_fields
    beside = {"id", "created", "updated", "zone", "not_meant", *DAYS}
    return any(
        name not in beside
        and getattr(older, name) != getattr(newer, name)
        and getattr(older, name) not in (None, "", (), field.default)
        for name, field in fields.items()
    )


def _saying(document: Document) -> Document:
    return document.model_copy(update={"updated": document.created})


def returning(journal: Journal, removed: Removed, now: datetime) -> tuple[Merge, tuple[Document, ...]]:
    """What bringing it back would do: the documents, and those that name them again.

    Where another form is here, what comes back is the newest, also if a clock was ahead: what was asked for is what is
    there then. What cannot come back is among the refused, and has to be kept.

    Raises:
        JournalError: what was kept cannot be read, or be newer than what is here.
    """
    documents = [current_since(journal, decode(each.encode()), now) for each in removed.documents]
    never = [each for each in documents if isinstance(each, _NEVER_BACK)]
    documents = [each for each in documents if each not in never]
    if removed.replaced and documents:
        wanted = [_newest(journal, each, now) for each in documents[:1]]
        here = journal.find(type(wanted[0]), wanted[0].id)
        if here:
            wanted, _notes = named_apart(journal, [restored(here, wanted[0])])
        if removed.changed and here:
            return Merge((), consequences(journal, wanted[0]), 0, ()), ()
        return merge(journal, wanted), ()
    trimmed = [decode(raw.encode()) for raw in removed.trimmed]
    _check_talks(journal, documents, trimmed)
    weighed = merge(journal, [_newest(journal, each, now) for each in documents if not _as_it_is(journal, each)])
    refused = (*weighed.refused, *((each, say("This can’t be restored from here.")) for each in never))
    left = {each.id for each, _ in refused}
    back = {each.id for each in documents} - left
    before = [(here, each) for each in trimmed if (here := journal.find(type(each), each.id))] if back else []
    mended = [naming_again(here, each, back) for here, each in before]
    if any(isinstance(each, Rupture) for each in mended):
        after = Journal(journal)
        after.take_in(weighed.changes)
        mended = [less_others(after, each) if isinstance(each, Rupture) else each for each in mended]
    return replace(weighed, kept=len(back) - len(weighed.changes), refused=refused), tuple(mended)


# Nothing that is deleted is one of these; a file of somebody else may say so.
_NEVER_BACK = (Address, Preferences, Removed)


def _as_it_is(journal: Journal, document: Document) -> bool:
    here = journal.find(type(document), document.id)
    return here is not None and _saying(here) == _saying(document)


def _newest(journal: Journal, document: Document, now: datetime) -> Document:
    """The document as one that is newer than the form that is here, if one is.

    Raises:
        JournalError: nothing can be newer than the form that is here.
    """
    here = journal.find(type(document), document.id)
    if here is None:
        return document
    updated = written_after(here.updated, now)
    if updated <= here.updated:
        raise JournalError(say("This can’t be restored from here."))
    return document.model_copy(update={"updated": updated})


def remaining(journal: Journal, removed: Removed, left: Collection[UUID]) -> Removed | None:
    """What has to be kept of something deleted once all but ``left`` of it is back; ``None`` where that is nothing."""
    kept = [(raw, document) for raw in removed.documents if (document := decode(raw.encode())).id in left]
    if not kept:
        return None
    first = kept[0][1]
    fields = {"documents": tuple(raw for raw, _ in kept), "title": title_of(journal, first), "kind_of": first.kind}
    return removed.model_copy(update=fields)


def _check_talks(journal: Journal, documents: Iterable[Document], before: Iterable[Document]) -> None:
    """Whether conversations can come back into the stories that they were part of.

    One that was noted on another machine than the story here tells is part of none, and can.
    """
    told = {step.because for each in before if isinstance(each, Rupture) for step in each.transitions}
    for each in documents:
        rupture = journal.find(Rupture, each.rupture_id) if isinstance(each, Attempt) and each.id in told else None
        if rupture and isinstance(each, Attempt) and any(t.number >= each.number for t in journal.attempts(rupture)):
            raise JournalError(say("Another conversation has been noted since. Delete that first, then restore this."))


def mentions(removed: Removed, document_id: UUID) -> bool:
    """Whether what was deleted has to do with a document."""
    return any(str(document_id) in each for each in (*removed.documents, *removed.trimmed))
