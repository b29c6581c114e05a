"""Of whom what is brought in, or restored, may say that they are the therapist, and since when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar

from reattune.content.translated_sentences import say
from reattune.journal.client_names import name_key
from reattune.journal.codec import encode
from reattune.journal.document_base import Document
from reattune.journal.documents import Relationship
from reattune.journal.journal import Journal

D = TypeVar("D", bound=Document)


def as_here(journal: Journal, given: D, now: datetime) -> D:
    """Somebody whom a file that anybody can write brings. Nobody who is here becomes a therapist by it, or is none any
    more."""
    if not isinstance(given, Relationship):
        return given
    here = journal.find(Relationship, given.id)
    if here and here.is_therapist != given.is_therapist:
        given = given.model_copy(update={name: getattr(here, name) for name in ("role", "status", "ended")})
    return current_since(journal, given, now)


def current_since(journal: Journal, given: D, now: datetime) -> D:
    """Somebody who is brought in, or comes back. Whoever becomes the current therapist beside others who are here is
    that since ``now``, whatever day is named: Today tells of it."""
    if not isinstance(given, Relationship):
        return given
    here = journal.find(Relationship, given.id)
    current_on = here.current_on if here else given.current_on
    if given.current_therapist and not (here and here.current_therapist):
        others = any(each.is_therapist and each.id != given.id for each in journal.all(Relationship))
        current_on = now if others else current_on
    return given.model_copy(update={"current_on": current_on})


def empty_double(journal: Journal, given: Collection[Document]) -> Relationship | None:
    """The current therapist here, or the one of a file, who gives way to the other: called alike, and nothing of theirs
    is written down.

    A journal that is begun anew asks who the therapist is, and then its owner brings in the file of the one before. Of
    two of whom nothing is known it is the same one on every computer.
    """
    mine, ids = journal.therapist, {each.id for each in given}
    theirs = next((each for each in given if isinstance(each, Relationship) and each.current_therapist), None)
    if mine is None or theirs is None or mine.id in ids or journal.holds(theirs.id):
        return None
    if name_key(mine.name) != name_key(theirs.name):
        return None
    empty = [who for who, there in ((mine, journal), (theirs, given)) if _is_empty(who, there)]
    return max(empty, key=lambda each: each.id, default=None)


def _is_empty(who: Relationship, there: Iterable[Document]) -> bool:
    said = (who.note, who.called_before, who.began, who.keep_apart, who.mend_again, who.not_meant)
    name = str(who.id).encode()
    return not any(said) and not any(name in encode(each) for each in there if each.id != who.id)


def less(journal: Journal, *gone: Document) -> Journal:
    """The journal as it is without what nothing in it names."""
    ids = {each.id for each in gone}
    left = Journal(each for each in journal if each.id not in ids)
    left.unread = journal.unread
    return left


def comes_in_instead(of: Relationship) -> str:
    """That somebody of the same name comes in where an empty one was."""
    return say("Nothing is written about {name} here yet. {name} from this file comes in instead.", name=of.name)


def comes_in_as_past(brought: Relationship, current: Relationship | None) -> str:
    """That somebody's therapist comes in as one of the past; and what to do where the current one has that name."""
    if current is None or name_key(current.name) != name_key(brought.name):
        return say("{name} comes in as a past therapist: this journal has a current one.", name=brought.name)
    return say(
        "{name} comes in as a past therapist: this journal has a current one of that name. If it’s the same person, "
        "choose “Mark therapy as ended” on the page of the one here, then “It hasn’t ended after all” on the other’s.",
        name=brought.name,
    )
