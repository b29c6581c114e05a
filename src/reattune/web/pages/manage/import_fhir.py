"""What the numbers of a FHIR file mean is asked, where it brings a questionnaire that nobody here knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from reattune.journal.documents import CheckIn, Document, Instrument
from reattune.web.pages.manage.import_forms import MeaningForm


def asked_of(data: Any, documents: Sequence[Document], guessed: Collection[str]) -> list[MeaningForm]:
    """A form for each of the questionnaires ``guessed`` that ``documents`` bring."""
    answers: dict[str, list[float]] = defaultdict(list)
    for each in documents:
        if isinstance(each, CheckIn):
            answers[each.instrument] += each.answers.values()
    brought = [each.definition for each in documents if isinstance(each, Instrument)]
    return [
        MeaningForm(data, guessed=each, answers=answers[each.name], prefix=f"q{number}")
        for number, each in enumerate(each for each in brought if each.name in guessed)
    ]


def as_meant(documents: Sequence[Document], asked: Sequence[MeaningForm]) -> list[Document]:
    """The documents, with what was said of the numbers of their questionnaires."""
    said = {(meant := each.definition()).name: meant for each in asked}
    return [
        each.model_copy(update={"definition": said[each.definition.name]})
        if isinstance(each, Instrument) and each.definition.name in said
        else each
        for each in documents
    ]
