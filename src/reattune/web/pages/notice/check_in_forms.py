"""Forms of the check-in and of the questionnaires it can be made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import numpy as np
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.alliance.instruments import InstrumentError, read_definition
from reattune.content.translated_sentences import say
from reattune.journal.documents.relationship import CheckIn, InstrumentDefinition, Item
from reattune.web.pages.shared.form_fields import (
    DayField,
    FineScaleField,
    OneOf,
    PageForm,
    ScaleField,
    WordsField,
    labelled,
)

# So many touch targets stand side by side on a phone.
_MOST_TARGETS = 11
_LARGEST_FILE = 200_000


def rating_field(
    instrument: InstrumentDefinition, item: Item, kept: float | None = None
) -> ScaleField | FineScaleField:
    """The field of one item on its instrument's response scale, where the answer that is ``kept`` so far can stay."""
    low, high, step = instrument.scale_low, instrument.scale_high, instrument.scale_step
    if not (high - low) / step < _MOST_TARGETS - 0.5:
        return FineScaleField(label=item.text, low=item.low, high=item.high, bottom=low, top=high, step=step, kept=kept)
    steps = round((high - low) / step) + 1
    values = [float(f"{value:g}") for value in np.linspace(low, high, steps)]
    return ScaleField(label=item.text, low=item.low, high=item.high, values=values, kept=kept, coerce=float)


def answers_of(
    instrument: InstrumentDefinition | None, kept: Mapping[str, float], given: Mapping[str, float | None]
) -> dict[str, float]:
    """Item key to answer: what was given, without what was left out, and of what is kept so far those answers that no
    field of the form is about."""
    asked = instrument.by_key if instrument else {}
    left = {key: value for key, value in kept.items() if key not in asked}
    return {**left, **{key: value for key, value in given.items() if value is not None}}


# What the pages of a check-in send beside the items.
_OF_THE_PAGE = frozenset({
    "day", "place", "unsaid", "unsaid_words", "urge_to_leave", "note", "words",
    "questionnaire", "draft_of", "journal", "seen", "window", "typed_in", "filled_with", "csrfmiddlewaretoken",
})  # fmt: skip


def field_of(key: str) -> str:
    """What the field of an item is called: its key, unless the page has a field of its own with that name."""
    return f"item.{key}" if key in _OF_THE_PAGE else key


class CheckInForm(PageForm):
    """The items of an instrument, then the two questions of every check-in. Every one may be left out."""

    day = DayField(label=_("When was the session?"))
    place = OneOf(labelled("form"), label=_("How was the session held?"), required=False)
    unsaid = OneOf([("yes", _("Yes")), ("no", _("No"))], label=_("Did something go unsaid?"), required=False)
    unsaid_words = WordsField(label=_("What was it? In a few words, if you like."), rows=2)
    urge_to_leave = ScaleField(
        label=_("How much do you feel like leaving therapy?"), low=_("not at all"), high=_("very much")
    )

    def __init__(
        self, *args: Any, instrument: InstrumentDefinition | None, kept: CheckIn | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        self.before = kept.answers if kept else {}
        self.initial.setdefault("day", timezone.localdate())
        self.initial.setdefault("place", "in_person")
        if instrument:
            self.fields |= {
                field_of(item.key): rating_field(instrument, item, self.before.get(item.key))
                for item in instrument.items
            }

    # The check-in that is of the same day, where there is one.
    same_day: UUID | None = None

    def _items(self) -> tuple[Item, ...]:
        # Of a questionnaire that is not here any more, the answers stay as they are.
        return self.instrument.items if self.instrument else ()

    def scales(self) -> list[Any]:
        """The items of the instrument, bound."""
        return [self[field_of(item.key)] for item in self._items()]

    def answers(self) -> dict[str, float]:
        """Item key to answer, without those left out."""
        given = {item.key: self.cleaned_data.get(field_of(item.key)) for item in self._items()}
        return answers_of(self.instrument, self.before, given)

    def clean(self) -> dict[str, Any]:
        """Something must be answered: of the items, or of the two questions of every check-in."""
        data = super().clean() or {}
        if data.get("unsaid_words"):
            data["unsaid"] = "yes"
        beside = data.get("unsaid") or data.get("urge_to_leave") is not None
        if not self.errors and self.instrument and not beside and not self.answers():
            self.add_error(
                None, _("You haven’t answered anything yet. One tap is enough, and you can leave any question blank.")
            )
        return data


class QuestionnaireForm(PageForm):
    """A definition that the person puts in. ``definition`` is there once the form is valid."""

    file = forms.FileField(
        label=_("The questionnaire file (.toml)"),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        error_messages={
            "required": _("Choose the file first."),
            "empty": _("This file is empty."),
        },
    )
    definition: InstrumentDefinition

    def clean_file(self) -> UploadedFile[bytes]:
        """The file, read.

        Raises:
            ValidationError: saying which file and which key is wrong.
        """
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > _LARGEST_FILE:
            raise ValidationError(_("This file is far too large for a questionnaire."))
        name = file.name or str(_("the file"))
        try:
            self.definition = read_definition(file.read().decode("utf-8-sig"), name)
        except UnicodeDecodeError as error:
            raise ValidationError(
                _("%(file)s isn’t plain text (UTF-8). Save it as plain text first.") % {"file": name}
            ) from error
        except InstrumentError as error:
            raise ValidationError(str(error)) from error
        silent = [item.key for item in self.definition.items if not item.text.strip()]
        if silent:
            raise ValidationError(
                f'{name}: {", ".join(silent)}: "text" is empty. Put the words of each question there.'
            )
        if self.definition.scale_step > self.definition.scale_high - self.definition.scale_low:
            raise ValidationError(say("{file}: scale_step is larger than the whole scale.", file=name))
        return file
