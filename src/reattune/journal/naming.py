"""What documents are to each other, where they come in or back: a story without moments of somebody else, and begun
before it was talked about; what named something that was deleted meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from reattune.content.translated_sentences import say
from reattune.journal.document_base import just_after
from reattune.journal.documents import Attempt, Document, LooseNote, Rupture
from reattune.journal.journal import Journal
from reattune.journal.references import ids_of, references_of


def fitted_stories(journal: Journal, taken: list[Document]) -> tuple[list[Document], list[str]]:
    """The same, with those stories that what comes in makes to be otherwise; and a sentence about each that lost a
    moment.

    A story loses the moments that are with somebody else: moved to them on one computer, and made part of the story on
    the other. Nothing of them is to be shown with it. And it begins no later than its first talk: talked about on one
    computer, and of a later day on the other. Each is newer than it was, so that every copy comes to it.
    """
    after = Journal(journal)
    after.take_in(taken)
    coming = {each.id for each in taken}
    talked_about = coming | {each.rupture_id for each in taken if isinstance(each, Attempt)}
    changed: dict[UUID, Document] = {}
    notes: list[str] = []
    for each in after.all(Rupture):
        fitted = each
        if not coming.isdisjoint((each.id, *each.moment_ids)) and after.of_others(each):
            fitted = less_others(after, each)
            notes.append(
                say(
                    "A moment in “{title}” is about somebody else now, so it’s no longer part of it.",
                    title=each.title or say("something that went wrong"),
                )
            )
        if each.id in talked_about:
            fitted = _begun_by_its_talks(after, fitted)
        if fitted is not each:
            changed[each.id] = fitted
    found = [changed.pop(each.id, each) for each in taken]
    return [*found, *changed.values()], notes


def _begun_by_its_talks(journal: Journal, rupture: Rupture) -> Rupture:
    first = min(journal.attempts(rupture), key=lambda talk: talk.at, default=None)
    if first is None or first.local_day(first.at) >= rupture.local_day(rupture.began):
        return rupture
    newer = {"began": first.at, "zone": first.zone, "updated": just_after(rupture.updated)}
    return rupture.model_copy(update=newer)


def less_others(journal: Journal, rupture: Rupture) -> Rupture:
    """A story without the moments of somebody else. Newer than it was, so that every copy comes to it."""
    others = journal.of_others(rupture)
    if not others:
        return rupture
    left = tuple(each for each in rupture.moment_ids if each not in others)
    newer = just_after(rupture.updated)
    return rupture.model_copy(update={"moment_ids": left, "updated": newer})


def named_again(journal: Journal, given: Iterable[Document], taken: Iterable[Document]) -> list[Document]:
    """Documents that are here as new as in a copy, naming what comes with it and isn't here, where the copy's form
    does: a conversation that was deleted here comes back into its story, which stands where that brought it."""
    back = {each.id for each in taken if not journal.holds(each.id)}
    found: list[Document] = []
    for each in given:
        here = journal.find(type(each), each.id)
        if not back or here is None or here.updated < each.updated or back.isdisjoint(_named_by(each)):
            continue
        again = naming_again(here, each, back)
        if again != here:
            found.append(again.model_copy(update={"updated": just_after(here.updated)}))
    return found


def _named_by(document: Document) -> set[UUID]:
    steps = document.transitions if isinstance(document, Rupture) else ()
    return ids_of(document) | {s.because for s in steps if s.because}


def naming_again(here: Document, earlier: Document, back: Collection[UUID]) -> Document:
    """What is here, naming those that are ``back`` as an earlier form did; a story stands where they had brought it."""
    changes: dict[str, object] = {}
    if isinstance(here, Rupture) and isinstance(earlier, Rupture):
        before = here.transitions
        since = earlier.transitions[len(before) :]
        if earlier.transitions[: len(before)] == before and any(step.because in back for step in since):
            changes["transitions"] = earlier.transitions
    for field, ids, several in references_of(earlier):
        again = tuple(each for each in ids if each in back)
        now = getattr(here, field)
        if several:
            changes[field] = (*now, *(each for each in again if each not in now))
        elif again and now is None:
            changes[field] = again[0]
    if isinstance(here, LooseNote):
        changes["set_aside"] = False
    return here.model_copy(update=changes)
