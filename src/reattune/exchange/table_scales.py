"""A scale that was guessed from the rows of a table, and that a later one of the same columns shows to be another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

import numpy as np

from reattune.alliance.published_scores import usual_range
from reattune.content.translated_sentences import number, say
from reattune.exchange.fhir_scales import read_anew
from reattune.exchange.questionnaires_of_columns import of_same_columns
from reattune.journal import Journal
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import MADE_BY_A_TABLE, CheckIn, Instrument, InstrumentDefinition

Ends = tuple[float, float]

# So many times longer is no scale that was only guessed too short: 7 of 10 isn't 7 of 100.
_ANOTHER_ORDER = 4


def of_another_order(scale: Ends, here: Ends, values: Sequence[float]) -> bool:
    """Whether ``values`` on a scale are such that those on the one ``here`` can hardly be on it."""
    longer = scale[1] - scale[0] >= _ANOTHER_ORDER * (here[1] - here[0])
    return longer and bool(values) and median(values) > here[1]


def scale_beside(known: InstrumentDefinition, seen: Ends, values: Iterable[float]) -> Ends:
    """The scale of columns that are those of a ``known`` questionnaire, and by themselves look as if on that ``seen``.

    It is the known one, unless a table made that, and some of ``values`` go further.
    """
    ends = _ends(known)
    inside = [each for each in values if seen[0] <= each <= seen[1]]
    if not known.key.startswith(MADE_BY_A_TABLE) or all(ends[0] <= each <= ends[1] for each in inside):
        return ends
    if of_another_order(seen, ends, inside):
        return seen
    return min(ends[0], seen[0]), max(ends[1], seen[1])


def onto_the_scale_of_table(
    journal: Journal, documents: Iterable[Document], definition: InstrumentDefinition, *, named: bool
) -> tuple[list[CheckIn], list[str]]:
    """Check-ins here that are read on the scale of a table with the same columns, and sentences about scales.

    Args:
        documents: what the table brings.
        definition: the questionnaire by which it is read.
        named: whether somebody chose its title: then ratings of another title are none of it.
    """
    coming = {each.id: each for each in documents if isinstance(each, CheckIn) and each.instrument == definition.name}
    if not coming or not definition.key.startswith(MADE_BY_A_TABLE):
        return [], []
    here = [each for each in journal.all(CheckIn) if each.id not in coming]
    new, beside = _values(coming.values()), _values(each for each in here if each.instrument == definition.name)
    found: list[CheckIn] = []
    ends: list[InstrumentDefinition] = []
    sentences: list[str] = []
    for before in {each.definition.name: each.definition for each in journal.all(Instrument)}.values():
        stay = [each for each in here if each.instrument == before.name]
        if not stay or not of_same_columns(before, definition) or _scale(before) == _scale(definition):
            continue
        if (
            (named and before.title != definition.title)
            or before.by_key.keys() != definition.by_key.keys()
            or before.higher_is_better != definition.higher_is_better
            or any(definition.unfit(each.answers) for each in stay)
            or of_another_order(_ends(definition), _ends(before), [*new, *beside])
        ):
            sentences.append(_apart(before, definition))
        else:
            found += stay
            ends.append(before)
    if found:
        found, sentence = read_anew(found, ends, definition)
        sentences.append(sentence)
    short = usual_range(np.array(new)) if new and beside and max(new) < min(beside) else None
    if short and of_another_order(_ends(definition), short, beside):
        sentences.append(
            say(
                "{title}: the ratings in this file lie between {lowest} and {highest}, and those in your journal "
                "between {low} and {high}. If the file is on another scale, enter its lowest and highest possible"
                " rating above.",
                title=definition.title,
                lowest=number(min(new)),
                highest=number(max(new)),
                low=number(min(beside)),
                high=number(max(beside)),
            )
        )
    return found, sentences


def _apart(before: InstrumentDefinition, definition: InstrumentDefinition) -> str:
    return say(
        "{title}: ratings with the same columns that are already here go from {low} to {high}, and those in this "
        "file from {lowest} to {highest}. Each set keeps its own scale; the line shows one after the other.",
        title=definition.title,
        low=number(before.scale_low),
        high=number(before.scale_high),
        lowest=number(definition.scale_low),
        highest=number(definition.scale_high),
    )


def _values(check_ins: Iterable[CheckIn]) -> list[float]:
    return [float(value) for each in check_ins for value in each.answers.values()]


def _ends(definition: InstrumentDefinition) -> Ends:
    return definition.scale_low, definition.scale_high


def _scale(definition: InstrumentDefinition) -> tuple[float, float, bool]:
    return (*_ends(definition), definition.higher_is_better)
