"""Bringing documents of another copy into a journal: what is new, what is newer, and what cannot be taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID, uuid5

from reattune.content.translated_sentences import say, to_say
from reattune.journal.check_ins_brought import merged_with_newer_check_ins
from reattune.journal.client_names import free_name, name_key
from reattune.journal.clients_apart import with_clients_apart
from reattune.journal.codec import update_first
from reattune.journal.document_base import LATEST_BROUGHT, just_after, written_after
from reattune.journal.documents import (
    Address,
    CameIn,
    CheckIn,
    Document,
    Draft,
    Instrument,
    Preferences,
    Relationship,
    Share,
)
from reattune.journal.documents.relationship import MOST_ITEMS, OWN_KEYS, InstrumentDefinition
from reattune.journal.documents.unsorted_and_deleted import Removed
from reattune.journal.earlier_names import with_earlier_names, with_names_of_both
from reattune.journal.errors import JournalError
from reattune.journal.journal import Journal
from reattune.journal.naming import fitted_stories, named_again
from reattune.journal.questionnaires_brought import as_asked_here, check_same, one_of_a_name
from reattune.journal.record_dates import DAYS, from_file, with_notes, with_ticks
from reattune.journal.record_rules import check_standing
from reattune.journal.references import REFERENCES
from reattune.journal.therapists_brought import as_here, comes_in_as_past, comes_in_instead, empty_double, less
from reattune.journal.two_forms import OlderForms, older_forms, says_more, with_what_grew
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus

D = TypeVar("D", bound=Document)
# Days that a form has of when a file was read.
_OF_READING: Any = {**dict.fromkeys(DAYS, True), "record_notes": {"__all__": {"brought"}}}
_SETTINGS_STAY = to_say("The settings here stay as they are.")


@dataclass(frozen=True)
class Merge:
    """What bringing documents in would do.

    Attributes:
        added: not here yet, in an order in which each comes after what it refers to.
        newer: here in an older form, which the given one replaces.
        kept: here already, the same or newer; nothing changes.
        refused: a document that cannot be taken, with a sentence why.
        older: of those that are kept, the given ones that say what the form here does not, in words, figures or
            choices: written on another computer, a little earlier. They go beside what was deleted, and are then among
            the kept alone.
        notes: a sentence about each person who was fitted in under another name, as one of the past, or in the place of
            somebody, and about each story that lost a moment.
        gone: what is here and gives way to what comes in: somebody to one of the same name, ratings to newer ones.
    """

    added: tuple[Document, ...]
    newer: tuple[Document, ...]
    kept: int
    refused: tuple[tuple[Document, str], ...]
    older: tuple[Document, ...] = ()
    notes: tuple[str, ...] = ()
    gone: tuple[Document, ...] = ()

    @property
    def changes(self) -> tuple[Document, ...]:
        """What has to be written."""
        return (*self.added, *self.newer)


def merge(
    journal: Journal, documents: Iterable[Document], known: Mapping[str, InstrumentDefinition] | None = None
) -> Merge:
    """What becomes of ``documents`` in ``journal``; nothing is changed here.

    ``known`` are questionnaires beside those in the journal, by name: Reattune's own.

    The newest form of a document wins, and what was deleted here comes back into what named it. What would contradict
    the journal is refused, or fitted in: a second current therapist becomes one of the past, a second client of one
    name gets a number, a moment that was moved to another person leaves its story, the key of another copy opens
    letters and is sealed to no more, what was shared stays the web link that it is, and the settings here stay; so does
    what a newer Reattune wrote. Doing it twice changes nothing the second time.
    """
    given: dict[UUID, Document] = {}
    for each in documents:
        if each.id not in given or given[each.id].updated < each.updated:
            given[each.id] = each
    given, kept = one_of_a_name(journal, given)
    older: list[Document] = []
    refused: list[tuple[Document, str]] = []
    wanted: dict[UUID, Document] = {}
    for each in given.values():
        here = journal.find(type(each), each.id)
        if here is not None and here.updated >= each.updated:
            kept += 1
            if says_more(each, here) and not journal.holds(id_beside(each)):
                older.append(each)
        elif each.id in journal.unread:
            refused.append((each, update_first(each.kind)))
        elif _of_another(journal, each):
            refused.append((each, say(_SETTINGS_STAY)))
        else:
            wanted[each.id] = each
    taken, wrong = _in_order(journal, wanted, known or {})
    taken, notes = named_apart(journal, taken)
    again = named_again(journal, given.values(), taken)
    taken, parted = fitted_stories(journal, [*taken, *again])
    notes += parted
    notes += [
        comes_in_as_past(each, journal.therapist)
        for each in taken
        if isinstance(each, Relationship) and _is_current(wanted[each.id]) and not _is_current(each)
    ]
    return Merge(
        added=tuple(each for each in taken if not journal.holds(each.id)),
        newer=tuple(each for each in taken if journal.holds(each.id)),
        kept=kept - len(again),
        refused=(*refused, *wrong),
        older=tuple(older),
        notes=tuple(notes),
    )


def id_beside(document: Document) -> UUID:
    """Of what keeps this form of a document where a newer one took its place: the same for one form, to the letter.

    Not for one of the same time alone: a file can say any time, and would take the place of what is kept. The days on
    which a file was read that brought it don't count: the same file is read again on another.
    """
    said = sha256(document.model_dump_json(exclude=_OF_READING).encode()).hexdigest()
    return uuid5(document.id, f"before {document.updated.isoformat()} {said}")


def merge_file(
    journal: Journal,
    documents: Iterable[Document],
    known: Mapping[str, InstrumentDefinition] | None = None,
    *,
    read_on: datetime | None,
) -> Merge:
    """What becomes in ``journal`` of documents that a file brings, as `merge` says.

    None of them says that it was written so late that nothing could be written after it, or of what is still being
    typed that it is no danger. ``read_on`` is when a file was read that anybody can write, and ``None`` for a backup
    that is sealed with the key of this journal. Settings come from such a backup alone, unless there are none. Clients
    whom tables of two journals call alike are kept apart where nothing else speaks for one. Boundaries that were ticked
    later in an older form stay ticked, and names that somebody had in one stay known. Of two current therapists of one
    name, one of whom nothing is written, the other stays.
    """
    given = [_weighed(each) for each in documents]
    double = empty_double(journal, given)
    if double is not None and journal.holds(double.id):
        done = merge_file(less(journal, double), given, known, read_on=read_on)
        instead = any(_is_current(each) for each in done.changes)
        return replace(done, notes=(comes_in_instead(double), *done.notes), gone=(double,)) if instead else done
    if double is not None:
        done = merge_file(journal, [each for each in given if each.id != double.id], known, read_on=read_on)
        return replace(done, kept=done.kept + 1)
    anew = merged_with_newer_check_ins(journal, given, partial(merge_file, known=known, read_on=read_on))
    if anew is not None:
        return anew
    # A letter that came in, and was saved or deleted since, is here already.
    gone = {each.id for each in given if _came_in_before(journal, each)}
    here = {each.id: found for each in given if (found := journal.find(type(each), each.id))}
    older = {each.id: each for each in given if each.id in here and each.updated <= here[each.id].updated}
    given = [each if each.id in older else _grown(each, here.get(each.id, each), None) for each in given]
    done = _merge_weighed(journal, [each for each in given if each.id not in gone], known, read_on)
    newer = {each.id: each for each in done.newer}
    kept_here = older_forms(journal.all(Removed))
    joined = {key: _joined(newer.get(key, here[key]), each, kept_here, read_on) for key, each in older.items()}
    joined = {key: each for key, each in joined.items() if each != newer.get(key, here[key])}
    # What went into the joined form whole needn't wait beside what was deleted.
    beside = tuple(each for each in done.older if each.id not in joined or says_more(each, joined[each.id]))
    kept = done.kept + len(gone) - len(joined.keys() - newer.keys() - {each.id for each in beside})
    return replace(done, newer=tuple((newer | joined).values()), kept=kept, older=beside)


def _grown(newer: D, older: Document, before: OlderForms | None, read_on: datetime | None = None) -> D:
    """The newer form, with what the older one alone knows: boundaries ticked later, and entries of its lists."""
    return with_what_grew(with_ticks(newer, older, read_on), older, before)


def _joined(newer: Document, older: Document, before: OlderForms, read_on: datetime | None) -> Document:
    """The same, and with what somebody was called; ``older`` comes from a file that anybody can write, or a backup."""
    older = with_notes(newer, older, read_on) if read_on else older
    newer = _grown(newer, older, before, read_on)
    return with_names_of_both(newer, newer, older)


def _came_in_before(journal: Journal, document: Document) -> bool:
    if not isinstance(document, CameIn) or journal.find(CameIn, document.id):
        return False
    return any(document.content.mark in each.seen for each in journal.all(Address))


def _merge_weighed(
    journal: Journal,
    given: list[Document],
    known: Mapping[str, InstrumentDefinition] | None,
    read_on: datetime | None,
) -> Merge:
    here = journal.preferences
    if read_on is not None:
        given = with_clients_apart(journal, [as_here(journal, each, read_on) for each in given])
        given = [_from_anybody(journal.find(type(each), each.id), each, read_on) for each in given]
    if read_on is None:
        return merge(journal, given, known)
    given, left = as_asked_here(journal, given)
    newer = [each for each in given if here is not None and each.id == here.id and each.updated > here.updated]
    done = merge(journal, [each for each in given if each not in newer], known)
    return replace(done, refused=(*done.refused, *left, *((each, say(_SETTINGS_STAY)) for each in newer)))


def _weighed(document: Document) -> Document:
    """The document as it can come in: written at a time after which there is time to write again."""
    if isinstance(document, Draft) and document.not_meant:
        document = document.model_copy(update={"not_meant": (), "not_meant_on": None})
    if document.updated <= LATEST_BROUGHT and document.created <= LATEST_BROUGHT:
        return document
    times = {"created": min(document.created, LATEST_BROUGHT), "updated": min(document.updated, LATEST_BROUGHT)}
    return document.model_copy(update=times)


def _from_anybody(here: Document | None, given: Document, read_on: datetime) -> Document:
    """A document of a file that anybody can write. Of no words that are here it says that they are no danger, where
    nobody said so here; of words that are new it does, and Today tells that it was said."""
    given = _at_its_time(here, from_file(here, given, read_on), read_on)
    if not given.not_meant:
        return given
    said = given.not_meant if here is None else tuple(each for each in given.not_meant if each in here.not_meant)
    return given.model_copy(update={"not_meant": said, "not_meant_on": here.not_meant_on if here else read_on})


def _at_its_time(here: Document | None, given: Document, read_on: datetime) -> Document:
    """The same, made on the day that is known here, and written no later than it was read, or is newer than what is
    here: what lies in the years to come would be of no hour in which words are looked at."""
    if here is None:
        times = {"created": min(given.created, read_on), "updated": min(given.updated, read_on)}
    else:
        alike = given.model_copy(update={"created": here.created, "updated": here.updated}) == here
        latest = here.updated if alike else written_after(here.updated, read_on)
        first = min(here.created, here.updated)
        times = {"created": here.created, "updated": max(first, min(given.updated, latest))}
    return given.model_copy(update=times)


def _of_another(journal: Journal, document: Document) -> bool:
    """Whether these are settings, and others are here: those stay as they are."""
    here = journal.preferences
    return isinstance(document, Preferences) and here is not None and here.id != document.id


def _is_current(document: Document) -> bool:
    """Whether this is somebody's current therapist."""
    return isinstance(document, Relationship) and document.current_therapist


def _fitted(journal: Journal, document: Document) -> Document:
    document = with_names_of_both(document, journal.find(type(document), document.id), document)
    if _is_current(document) and (current := journal.therapist) is not None and current.id != document.id:
        return document.model_copy(update={"status": RelationshipStatus.PAST, "current_on": None})
    if isinstance(document, Share) and (shared := journal.find(Share, document.id)) and shared.link:
        return document.model_copy(update={"link": shared.link, "link_secret": shared.link_secret})
    if isinstance(document, Address):
        here = journal.find(Address, document.id)
        beside = here.beside if here else document.beside or bool(journal.all(Address))
        # What came in on either computer came in, and is not to come in again.
        seen = tuple(dict.fromkeys((*(here.seen if here else ()), *document.seen)))
        return document.model_copy(update={"beside": beside, "seen": seen})
    return document


def named_apart(journal: Journal, taken: list[Document]) -> tuple[list[Document], list[str]]:
    """The same, those clients with a number whose name is another's afterwards: they would be taken for each other."""
    notes: list[str] = []
    coming = {each.id for each in taken}
    names = {name_key(each.name) for each in journal.clients if each.id not in coming}
    found: list[Document] = []
    for each in taken:
        if isinstance(each, Relationship) and each.role is RelationshipKind.CLIENT:
            name = free_name(each.name, names)
            names.add(name_key(name))
            if name != each.name:
                # Newer than the copy has it, so that the number goes there with the next file.
                newer = {"name": name, "updated": just_after(each.updated)}
                notes.append(
                    say(
                        "Somebody here is called {name} already. The one from this file comes in as {new}.",
                        name=each.name,
                        new=name,
                    )
                )
                found.append(with_earlier_names(each, each.model_copy(update=newer)))
                continue
        found.append(each)
    return found, notes


def _in_order(
    journal: Journal, wanted: dict[UUID, Document], known: Mapping[str, InstrumentDefinition]
) -> tuple[list[Document], list[tuple[Document, str]]]:
    """Each after what it refers to; and those that cannot stand, with why. O(documents and references)."""
    trial = Journal(journal)
    taken: list[Document] = []
    wrong: list[tuple[Document, str]] = []
    # Check-ins name their questionnaire, though not by its id; and a therapist becomes the current one after the one
    # before has become a past one, in whatever order a copy has them.
    waiting = sorted(wanted.values(), key=lambda each: (not isinstance(each, Instrument), _is_current(each)))
    place = {each.id: number for number, each in enumerate(waiting)}
    # What is here in an older form counts as here; what is still to come does not.
    named = {each.id: {i for i in _named(each) if i in wanted and i != each.id} for each in waiting}
    naming: dict[UUID, list[Document]] = defaultdict(list)
    for each in waiting:
        for i in named[each.id]:
            naming[i].append(each)
    ready = [each for each in waiting if not named[each.id]]
    while ready:
        freed: list[Document] = []
        for each in ready:
            try:
                check_standing(trial, each)
                _check_figures(trial, each, known)
            except JournalError as error:
                wrong.append((each, str(error)))
            else:
                fitted = _fitted(trial, each)
                trial.take_in([fitted])
                taken.append(fitted)
            for other in naming[each.id]:
                named[other.id].discard(each.id)
                freed += [] if named[other.id] else [other]
        ready = sorted(freed, key=lambda each: place[each.id])
    round_about = say("It refers to itself, through others.")
    return taken, [*wrong, *((each, round_about) for each in waiting if named[each.id])]


def _check_figures(journal: Journal, document: Document, known: Mapping[str, InstrumentDefinition]) -> None:
    """Whether answers can be of their questionnaire, and a questionnaire leaves answers what they meant.

    Raises:
        JournalError: they cannot, or it does not.
    """
    if not isinstance(document, (CheckIn, Instrument)):
        return
    here = {each.definition.name: each for each in reversed(journal.all(Instrument))}
    if isinstance(document, CheckIn):
        kept = here.get(document.instrument)
        definition = known.get(document.instrument) or (kept.definition if kept else None)
        if definition and (wrong := definition.unfit(document.answers)):
            raise JournalError(wrong, field="answers")
    else:
        check_key(document.definition)
        other = here.get(document.definition.name)
        if other and other.id != document.id:
            check_same(other.definition, document.definition)


def check_key(definition: InstrumentDefinition) -> None:
    """Whether a questionnaire has a key of its own, and no more questions than a page can show.

    Raises:
        JournalError: it has one of Reattune's own, or more.
    """
    if len(definition.items) > MOST_ITEMS:
        raise JournalError(
            say(
                "{name} has {n} questions; the limit is {most}.",
                name=definition.name,
                n=len(definition.items),
                most=MOST_ITEMS,
            ),
            field="items",
        )
    if definition.key in OWN_KEYS:
        sentence = say(
            "“{key}” is the key of Reattune’s own questionnaire. Give yours another key.", key=definition.key
        )
        raise JournalError(sentence, field="key")


def _named(document: Document) -> list[UUID]:
    found: list[UUID] = []
    for field in REFERENCES.get(type(document), {}):
        value = getattr(document, field)
        found += [each for each in (value if isinstance(value, tuple) else (value,)) if each is not None]
    return found
