"""Questionnaires that a file brings: answers that are here go on meaning what they meant, whatever it says."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from reattune.content.translated_sentences import say
from reattune.journal.documents import CheckIn, Document, Instrument
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.errors import JournalError
from reattune.journal.journal import Journal


def as_asked_here(journal: Journal, documents: Iterable[Document]) -> tuple[list[Document], list[tuple[Document, str]]]:
    """What can come in of ``documents`` that anybody can have written, and what can't, each with a sentence.

    A questionnaire with answers here keeps its questions and the ends of their scales, and when it has a score. One
    that is scored otherwise than the one of that name here brings none of its answers along: they would be read wrong.
    """
    answered = {each.instrument for each in journal.all(CheckIn)}
    by_name = {each.definition.name: each for each in reversed(journal.all(Instrument))}
    left: list[tuple[Document, str]] = []
    others: dict[str, str] = {}
    taken: list[Document] = []
    for each in documents:
        if not isinstance(each, Instrument):
            taken.append(each)
            continue
        here = journal.find(Instrument, each.id) or by_name.get(each.definition.name)
        if here is None:
            taken.append(each)
            continue
        before = here.definition
        try:
            if before.name in answered or here.id != each.id:
                check_same(before, each.definition)
                _check_words(before, each.definition)
        except JournalError as error:
            left.append((each, str(error)))
            if before.scoring != each.definition.scoring:
                others[each.definition.name] = str(error)
        else:
            scored = {"max_missing": before.max_missing, "cutoff": before.cutoff, "reliability": before.reliability}
            stays = each.definition.model_copy(update=scored if before.name in answered else {})
            taken.append(each.model_copy(update={"definition": stays}))
    wrong = [each for each in taken if isinstance(each, CheckIn) and each.instrument in others and _new(journal, each)]
    left += [(each, others[each.instrument]) for each in wrong]
    return [each for each in taken if each not in wrong], left


def one_of_a_name(journal: Journal, given: dict[UUID, Document]) -> tuple[dict[UUID, Document], int]:
    """The same, a questionnaire that is here under another id as the one here, since answers name it by its name; and
    how many are here so already. One that asks something else is left as it is: it can't come in."""
    by_name = {each.definition.name: each for each in sorted(journal.all(Instrument), key=lambda each: each.updated)}
    found = {each.id: each for each in given.values() if not isinstance(each, Instrument) or journal.holds(each.id)}
    kept = 0
    for each in given.values():
        if each.id in found or not isinstance(each, Instrument):
            continue
        here = by_name.setdefault(each.definition.name, each)
        known = found.get(here.id, here)
        if here.id == each.id or here.definition.scoring != each.definition.scoring:
            found[each.id] = each
        elif known.updated >= each.updated:
            kept += 1
        else:
            newer = max(each.updated, here.created)
            found[here.id] = here.model_copy(update={"definition": each.definition, "updated": newer})
    return found, kept


def _new(journal: Journal, check_in: CheckIn) -> bool:
    here = journal.find(CheckIn, check_in.id)
    return here is None or here.answers != check_in.answers


def check_same(here: InstrumentDefinition, given: InstrumentDefinition) -> None:
    """Whether answers given so far go on meaning what they meant, where ``given`` takes the place of ``here``.

    Raises:
        JournalError: they would not.
    """
    if here.name != given.name or here.scoring != given.scoring:
        raise JournalError(
            say(
                "{name} is already here, with other items or another scale. Give the new one a higher version.",
                name=given.name,
            ),
            field="version",
        )


def _check_words(here: InstrumentDefinition, given: InstrumentDefinition) -> None:
    """Whether each question, and the words at the ends of its scale, are those that were answered here.

    Raises:
        JournalError: they are not.
    """
    for item in here.items:
        other = given.by_key[item.key]
        for before, now in ((item.text, other.text), (item.low, other.low), (item.high, other.high)):
            if before and _letters(before) != _letters(now):
                raise JournalError(
                    say(
                        "{title}: “{before}” would become “{now}”, and answers here were given to the first. It stays "
                        "as it is. To correct it, load the questionnaire’s file in Settings.",
                        title=here.title,
                        before=before[:200],
                        now=now[:200],
                    )
                )


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words.casefold()))
