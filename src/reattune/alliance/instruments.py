"""Instruments: definitions in TOML, and how answers become scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from reattune.alliance.toml_text import read_toml
from reattune.content.translated_sentences import say
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.errors import field_errors


class InstrumentError(ValueError):
    """A definition or a set of answers is not right; the sentence names the file or the item."""


@dataclass(frozen=True)
class Scores:
    """Scores of one check-in, each 0-100 in the instrument's own direction.

    ``total`` and a subscale are ``None`` where too many items are missing.
    """

    total: float | None
    subscales: Mapping[str, float | None]
    missing: int


def read_definition(text: str, file: str) -> InstrumentDefinition:
    """An instrument from the text of a TOML file; ``file`` is named in errors.

    Raises:
        InstrumentError: naming the file and the key that is wrong.
    """
    try:
        read = read_toml(text)
    except ValueError as error:
        raise InstrumentError(say("{file} is not valid TOML: {error}.", file=file, error=error)) from error
    try:
        return InstrumentDefinition.model_validate(read)
    except ValidationError as error:
        raise InstrumentError(say("{file}: {what}", file=file, what=" ".join(field_errors(error).values()))) from error


def score(definition: InstrumentDefinition, answers: Mapping[str, float]) -> Scores:
    """Scores for one set of answers on the instrument's response scale.

    The total is the mean of the answered items, mapped so that the lowest answer is 0 and the highest 100, if at
    most ``max_missing`` are missing. A subscale needs at least half of its items.

    Raises:
        InstrumentError: an answer is off the scale, or of an item that the instrument does not have.
    """
    percent = _percents(definition, answers)
    names = dict.fromkeys(item.subscale for item in definition.items)
    return Scores(
        total=_total(definition, percent),
        subscales={name: _subscale(definition, name, percent) for name in names},
        missing=len(definition.items) - len(percent),
    )


def total_score(definition: InstrumentDefinition, answers: Mapping[str, float]) -> float | None:
    """The total of `score` alone, 0-100 in the instrument's own direction.

    ``None`` where too many are missing, or an answer is none of this instrument's: a file may have brought it.
    """
    try:
        return _total(definition, _percents(definition, answers))
    except InstrumentError:
        return None


def _total(definition: InstrumentDefinition, percent: Mapping[str, float]) -> float | None:
    missing = len(definition.items) - len(percent)
    return _mean(list(percent.values())) if missing <= definition.max_missing else None


def _percents(definition: InstrumentDefinition, answers: Mapping[str, float]) -> dict[str, float]:
    if wrong := definition.unfit(answers):
        raise InstrumentError(wrong)
    items, low, high = definition.by_key, definition.scale_low, definition.scale_high
    percent = {}
    for key, value in answers.items():
        share = (value - low) / (high - low)
        percent[key] = 100 * (1 - share if items[key].reversed else share)
    return percent


def _subscale(definition: InstrumentDefinition, name: str, percent: Mapping[str, float]) -> float | None:
    keys = [item.key for item in definition.items if item.subscale == name]
    answered = [percent[key] for key in keys if key in percent]
    return _mean(answered) if 2 * len(answered) >= len(keys) and answered else None


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
