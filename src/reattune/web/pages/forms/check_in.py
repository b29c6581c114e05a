"""Forms of the check-in and of the questionnaires it can be made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.alliance.instruments import InstrumentError, read_definition
from reattune.journal.bond import InstrumentDefinition, Item
from reattune.web.pages.forms.fields import DayField, FineScaleField, OneOf, PageForm, ScaleField, WordsField, labelled

# So many touch targets stand side by side on a phone.
_MOST_TARGETS = 11
_LARGEST_FILE = 200_000
_LONGEST_SITTING = 3600


def rating_field(instrument: InstrumentDefinition, item: Item) -> ScaleField | FineScaleField:
    """The field of one item on its instrument's response scale."""
    low, high, step = instrument.scale_low, instrument.scale_high, instrument.scale_step
    steps = round((high - low) / step) + 1
    if steps > _MOST_TARGETS:
        return FineScaleField(label=item.text, low=item.low, high=item.high, bottom=low, top=high, step=step)
    values = [float(f"{value:g}") for value in np.linspace(low, high, steps)]
    return ScaleField(label=item.text, low=item.low, high=item.high, values=values, coerce=float)


class CheckInForm(PageForm):
    """The items of an instrument, then the two questions of every check-in. Every one may be left out."""

    day = DayField(label=_("When was the session?"))
    form = OneOf(labelled("form"), label=_("How did you meet?"), required=False)
    unsaid = OneOf([("yes", _("Yes")), ("no", _("No"))], label=_("Is something left unsaid?"), required=False)
    since = forms.IntegerField(widget=forms.HiddenInput, required=False)
    unsaid_words = WordsField(label=_("What is it? In a few words, if you like."), rows=2)
    urge_to_leave = ScaleField(
        label=_("How much do you feel like leaving this therapy?"), low=_("not at all"), high=_("I want to go")
    )

    def __init__(self, *args: Any, instrument: InstrumentDefinition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        self.initial.setdefault("day", timezone.localdate())
        self.initial["since"] = int(timezone.now().timestamp())
        self.initial.setdefault("form", "in_person")
        for item in instrument.items:
            self.fields[item.key] = rating_field(instrument, item)

    def scales(self) -> list[Any]:
        """The items of the instrument, bound."""
        return [self[item.key] for item in self.instrument.items]

    def answers(self) -> dict[str, float]:
        """Item key to answer, without those left out."""
        given = {item.key: self.cleaned_data.get(item.key) for item in self.instrument.items}
        return {key: value for key, value in given.items() if value is not None}

    def seconds(self, now: datetime) -> int | None:
        """How long the page was open until it was kept, if that was one sitting."""
        since = self.cleaned_data.get("since")
        took = int(now.timestamp()) - since if since else -1
        return took if 0 <= took <= _LONGEST_SITTING else None

    def clean(self) -> dict[str, Any]:
        """Something must be answered."""
        data = super().clean() or {}
        if not self.errors and not self.answers():
            self.add_error(None, _("Nothing is answered yet. One touch is enough, and any of them may stay empty."))
        return data


class QuestionnaireForm(PageForm):
    """A definition that the person puts in. ``definition`` is there once the form is valid."""

    file = forms.FileField(
        label=_("The file"),
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
        name = file.name or "the file"
        try:
            self.definition = read_definition(file.read().decode(), name)
        except UnicodeDecodeError as error:
            raise ValidationError(f"{name} is not text in UTF-8. Save it as plain text.") from error
        except InstrumentError as error:
            raise ValidationError(str(error)) from error
        silent = [item.key for item in self.definition.items if not item.text.strip()]
        if silent:
            raise ValidationError(
                f'{name}: {", ".join(silent)}: "text" is empty. Put the words of each question there.'
            )
        return file
