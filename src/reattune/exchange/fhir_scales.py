"""A scale that was guessed from answers of a FHIR file, and that later answers show to go further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reattune.content.translated_sentences import number, say
from reattune.exchange.deterministic_ids import steady_id
from reattune.exchange.fhir_questionnaires import read_anew_as
from reattune.journal import Journal
from reattune.journal.document_base import just_after
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, Instrument, InstrumentDefinition


def onto_the_scale_of(journal: Journal, documents: Iterable[Document]) -> tuple[list[CheckIn], list[str]]:
    """Check-ins here that have to be read on the scale of those that ``documents`` bring, and sentences about them.

    Their answers stay; only of a questionnaire that a FHIR file brought, whose scale was no more than a guess.
    """
    given = list(documents)
    coming = {each.id for each in given}
    here = {each.definition.name: each.definition for each in journal.all(Instrument)}
    brought = {each.definition.name: each.definition for each in given if isinstance(each, Instrument)}
    named = dict.fromkeys(each.instrument for each in given if isinstance(each, CheckIn))
    guessed = [
        each.definition for each in journal.all(Instrument) if each.id == steady_id("instrument", each.definition.name)
    ]
    found: list[CheckIn] = []
    sentences: list[str] = []
    for name in named:
        larger = brought.get(name) or here.get(name)
        before = {each.name: each for each in guessed if larger and read_anew_as(each, larger)}
        stay = [each for each in journal.all(CheckIn) if each.instrument in before and each.id not in coming]
        if larger is None or not stay:
            continue
        anew, sentence = read_anew(stay, [before[each.instrument] for each in stay], larger)
        found += anew
        sentences.append(sentence)
    return found, sentences


def read_anew(
    stay: Sequence[CheckIn], ends: Sequence[InstrumentDefinition], larger: InstrumentDefinition
) -> tuple[list[CheckIn], str]:
    """Check-ins here, until now read by the questionnaires ``ends``, as ones of ``larger``; and a sentence about it."""
    found = [each.model_copy(update={"instrument": larger.name, "updated": just_after(each.updated)}) for each in stay]
    return found, say(
        "{title}: check-ins here were read from {low} to {high}, and this file shows that the answers go from "
        "{lowest} to {highest}. Those here will be read that way too; their answers stay as they are: {n}.",
        title=larger.title,
        low=number(min(each.scale_low for each in ends)),
        high=number(max(each.scale_high for each in ends)),
        lowest=number(larger.scale_low),
        highest=number(larger.scale_high),
        n=len(stay),
    )
