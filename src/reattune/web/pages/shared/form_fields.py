"""Form fields of the screens and how they look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.content.translated_sentences import number
from reattune.journal.document_base import Document
from reattune.journal.errors import JournalError
from reattune.web.pages.shared.wording import labels

_NOT_OFFERED = _("This isn’t one of the choices. Please choose again.")
# What a field says where it has nothing of its own to say. What was sent is not repeated: it may be as long as a book.
_PLAINLY: dict[str, Any] = {
    "required": _("Please fill this in."),
    "invalid_choice": _NOT_OFFERED,
    "invalid_list": _NOT_OFFERED,
    "max_length": _(
        "This is too long: there’s room for %(limit_value)d characters. Please shorten it a little. Nothing is lost."
    ),
    "min_value": _("The lowest number here is %(limit_value)s."),
    "max_value": _("The highest number here is %(limit_value)s."),
    "null_characters_not_allowed": _(
        "This contains a character that can’t be saved (a null character). Please type it again."
    ),
}


def _say_plainly(field: forms.Field) -> None:
    djangos_own: dict[str, Any] = {}
    for each in reversed(type(field).__mro__):
        djangos_own.update(vars(each).get("default_error_messages", {}))
    number = (
        _("Please write a number.")
        if isinstance(field, forms.FloatField)
        else _("Please write a whole number, like 9.")
    )
    ours = {**_PLAINLY, "invalid": number} if isinstance(field, forms.IntegerField) else _PLAINLY
    for code, words in ours.items():
        if field.error_messages.get(code) is djangos_own.get(code):
            field.error_messages[code] = words


class PageForm(forms.Form):
    """A form whose errors are sentences and whose fields never autocomplete.

    Attributes:
        of_entry: what the entry has that it changes, where that isn't what it shows at first.
    """

    use_required_attribute = False
    of_entry: Mapping[str, Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def __getitem__(self, name: str) -> BoundField:
        """A field as it stands on the page, one that a form added later too."""
        field = self.fields.get(name)
        if field is not None:
            field.widget.attrs.setdefault("autocomplete", "off")
            if field.help_text:
                field.widget.attrs.setdefault("aria-describedby", f"id_{name}_helptext")
        return super().__getitem__(name)

    def full_clean(self) -> None:
        """Checks what was sent; every field, one that a form added later too, refuses in our words.

        Words that differ from what the entry has in nothing but how their lines end, as browsers send them, are that.
        """
        known = self.of_entry or self.initial
        for name, field in self.fields.items():
            _say_plainly(field)
            if isinstance(field, DayField):
                field.known = known.get(name)
        super().full_clean()
        for name, value in getattr(self, "cleaned_data", {}).items():
            was = known.get(name)
            if isinstance(value, str) and isinstance(was, str) and value.splitlines() == was.splitlines():
                self.cleaned_data[name] = was

    def refuse(self, error: JournalError) -> None:
        """Show what the journal said about a field, or about the whole."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, str(error))


def as_typed(value: float) -> str:
    """A number as a field holds it, to its last digit."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _shown(value: float, steps: Sequence[float]) -> object:
    return number(value) if value in steps else number(float(f"{value:.3g}"))


class ScaleField(forms.TypedChoiceField):
    """The steps of a scale as touch targets, 0 to 10 unless told, with words at both ends. Empty is no answer.

    ``kept`` is the answer that is kept so far, where there is one: it is among them, also if it lies between two.
    """

    def __init__(
        self, *, low: Any, high: Any, values: Sequence[float] = range(11), kept: float | None = None, **kwargs: Any
    ) -> None:
        self.low, self.high = low, high
        self.bottom, self.top = as_typed(values[0]), as_typed(values[-1])
        offered = sorted({*values} if kept is None else {*values, kept})
        self.steps = len(offered)
        super().__init__(
            choices=lambda: [(as_typed(value), _shown(value, values)) for value in offered],
            widget=forms.RadioSelect,
            coerce=kwargs.pop("coerce", int),
            empty_value=None,
            required=kwargs.pop("required", False),
            error_messages={
                "required": _("Please choose a number."),
                "invalid_choice": _("Choose one of these numbers."),
            },
            **kwargs,
        )


class FineScaleField(forms.FloatField):
    """A number on a scale with more steps than fit side by side. Empty is no answer, and what is ``kept`` is one."""

    def __init__(
        self, *, low: Any, high: Any, bottom: float, top: float, step: float, kept: float | None = None, **kwargs: Any
    ) -> None:
        self.low, self.high, self.kept = low, high, kept
        self.bottom, self.top = as_typed(bottom), as_typed(top)
        super().__init__(
            min_value=bottom,
            max_value=top,
            step_size=step,
            required=False,
            error_messages={"step_size": _("Please use steps of %(limit_value)s.")},
            **kwargs,
        )
        if kept is not None and self._lies_beside(kept):
            self.widget.attrs |= {"step": "any", "min": min(bottom, kept), "max": max(top, kept)}

    def _lies_beside(self, value: float) -> bool:
        try:
            super().run_validators(value)
        except ValidationError:
            return True
        return False

    def run_validators(self, value: Any) -> None:
        """What is kept may stay, between the steps too."""
        if value != self.kept:
            super().run_validators(value)


class WordsField(forms.CharField):
    """Room for somebody's own words."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "true"})
        super().__init__(
            max_length=100_000,
            widget=widget,
            error_messages={
                "required": _("Please write a few words here."),
                "max_length": _(
                    "This is too long: there’s room for 100,000 characters. Please shorten it. Nothing is lost."
                ),
            },
            **kwargs,
        )


Choices = Iterable[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]


def labelled(group: str) -> Callable[[], list[tuple[str, str]]]:
    """The choices of a closed list, worded in the language of each request."""
    return lambda: list(labels(group).items())


# What is typed here is a key: a browser that checks spelling may send it to those who made it.
OF_A_CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-secret": ""}


class OneOf(forms.ChoiceField):
    """One of a closed list, as touch targets."""

    def __init__(self, choices: Choices = (), **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Please choose one.")})
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(choices=choices, **kwargs)


class Several(forms.MultipleChoiceField):
    """Several of a closed list, as touch targets."""

    def __init__(self, choices: Choices = (), **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs)


class DayField(forms.DateField):
    """A day that is not in the future; or the day that an entry has, where that was today somewhere else.

    Attributes:
        known: that day, if there is one.
    """

    known: object = None

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            widget=widget,
            input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
            error_messages={
                "required": _("Which day was it?"),
                "invalid": _("Write the date like this: 2026-05-31."),
            },
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """The day.

        Raises:
            ValidationError: it lies in the future.
        """
        day = super().clean(value)
        if isinstance(day, date) and day > timezone.localdate() and day != self.known:
            raise ValidationError(_("This day is in the future."))
        return day


def moment_of(day: date, now: datetime, zone: str) -> datetime:
    """A day as a time: now if it is today, else noon where the person is."""
    here = ZoneInfo(zone)
    return now if day == now.astimezone(here).date() else datetime.combine(day, time(12), here)


def time_and_zone(day: date, known: Document, at: datetime | None, now: datetime, zone: str) -> tuple[datetime, str]:
    """The time of an entry that is given a day, and where it is that day: as it was where it has that day already.

    A new day is one where the person is now, whatever the zone that the entry was written in: it is the day typed.
    """
    if at is not None and day == known.local_day(at):
        return at, known.zone
    return moment_of(day, now, zone), zone
