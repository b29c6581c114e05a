"""What is asked of a FHIR file: what the numbers of questionnaires mean that are new here, and whose sessions are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from reattune.journal.documents import CheckIn, Document, Instrument
from reattune.web.pages.manage.import_forms import WITH, MeaningForm, WithWhomForm


def asked_of(data: Any, documents: Sequence[Document], guessed: Collection[str]) -> list[MeaningForm]:
    """A form for each of the questionnaires ``guessed`` that ``documents`` bring."""
    answers: dict[str, list[float]] = defaultdict(list)
    for each in documents:
        if isinstance(each, CheckIn):
            answers[each.instrument] += each.answers.values()
    brought = [each.definition for each in documents if isinstance(each, Instrument)]
    return [
        MeaningForm(data, guessed=each, answers=answers[each.name], prefix=f"means-{each.name}")
        for each in brought
        if each.name in guessed
    ]


def chosen_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Who was chosen for which sessions, as the form of that sends it."""
    return {name.removeprefix(WITH): str(said) for name, said in data.items() if name.startswith(WITH)}


def as_meant(documents: Sequence[Document], asked: Sequence[MeaningForm]) -> list[Document]:
    """The documents, with what was said of the numbers of their questionnaires."""
    said = {(meant := each.definition()).name: meant for each in asked}
    return [
        each.model_copy(update={"definition": said[each.definition.name]})
        if isinstance(each, Instrument) and each.definition.name in said
        else each
        for each in documents
    ]


def fhir_right(asked: Sequence[MeaningForm], whom: WithWhomForm | None) -> bool:
    """Whether nothing that was sent is wrong, and nothing is asked that wasn't before somebody was chosen."""
    if whom is not None and whom.is_bound and (not whom.is_valid() or any(not each.is_bound for each in asked)):
        return False
    return all(each.is_valid() or not each.is_bound for each in asked)
