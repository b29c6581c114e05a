"""A file that is brought in, and what is asked of it: which column is what, what numbers mean, whose sessions are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reattune.content.translated_sentences import say
from reattune.exchange.columns_of_clients import client_column
from reattune.exchange.fhir_therapists import Course
from reattune.exchange.ratings_spreadsheet import Columns
from reattune.exchange.rows_of_one import Questionnaires
from reattune.exchange.table_of_file import Table
from reattune.journal.documents import Relationship
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.form_fields import OneOf, PageForm, Several, as_typed

_NONE = ""
# How fields are called that say with whom sessions were.
WITH = "with-"
# The ends of a scale, as a questionnaire takes them.
_FARTHEST = 1_000_000_000


class BroughtFile(forms.FileField):
    """A file that is held in memory, and refused where it is too large for that."""

    def to_python(self, data: Any) -> Any:
        """The file.

        Raises:
            ValidationError: it is too large, or what `FileField` refuses.
        """
        if getattr(data, "too_large", False):
            most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE / 1e6
            raise forms.ValidationError(gettext("This file is too large: at most %(n)d MB.") % {"n": most})
        return super().to_python(data)


class FileForm(PageForm):
    """A file to bring in."""

    file = BroughtFile(
        label=_("The file to import"),
        error_messages={
            "required": _("Choose the file first."),
            "empty": _("This file is empty."),
        },
    )


class ScaleForm(PageForm):
    """What numbers mean: the ends of their scale, and its direction."""

    low = forms.FloatField(label=_("The lowest possible rating"), min_value=-_FARTHEST, max_value=_FARTHEST)
    high = forms.FloatField(label=_("The highest possible rating"), min_value=-_FARTHEST, max_value=_FARTHEST)
    better = OneOf([("high", _("better")), ("low", _("worse"))], label=_("A higher number means"))

    def clean(self) -> dict[str, Any]:
        """The ends of the scale are two, in their order."""
        data = super().clean() or {}
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and not low < high:
            self.add_error("high", _("The highest must be above the lowest."))
        return data


class MeaningForm(ScaleForm):
    """What the numbers of a questionnaire mean, where the file that brings it doesn't say."""

    def __init__(self, data: Any, *, guessed: InstrumentDefinition, answers: Sequence[float], prefix: str) -> None:
        self._guessed, self._answers, self.title = guessed, answers, guessed.title
        sent = data if f"{prefix}-better" in data else None
        initial = {
            "low": as_typed(guessed.scale_low),
            "high": as_typed(guessed.scale_high),
            "better": "high" if guessed.higher_is_better else "low",
        }
        super().__init__(sent, initial=initial, prefix=prefix)

    def clean(self) -> dict[str, Any]:
        """The scale has room for the answers."""
        data = super().clean()
        if not self.errors and self._answers:
            low, high = data["low"], data["high"]
            off = next((each for each in self._answers if not low <= each <= high), None)
            if off is not None:
                sentence = say(
                    "{value} isn’t between {low} and {high}.", value=f"{off:g}", low=f"{low:g}", high=f"{high:g}"
                )
                self.add_error("low" if off < low else "high", sentence)
        return data

    def definition(self) -> InstrumentDefinition:
        """The questionnaire with what was said of its numbers, or as it was guessed where nothing right was said."""
        if not self.is_valid():
            return self._guessed
        said = self.cleaned_data
        meant = {"scale_low": said["low"], "scale_high": said["high"], "higher_is_better": said["better"] == "high"}
        return self._guessed.model_copy(update=meant)


def _told_apart(people: Sequence[Relationship]) -> list[tuple[str, str]]:
    """The choices for people: two of one name by the day they came here."""
    often = Counter(each.name for each in people)
    return [
        (
            str(each.id),
            gettext("%(name)s, here since %(day)s") % {"name": each.name, "day": dated(each.created, "day")}
            if often[each.name] > 1
            else each.name,
        )
        for each in people
    ]


class WithWhomForm(PageForm):
    """With whom sessions were, where a file doesn't say it, or says it with a number that nobody here has."""

    def __init__(self, data: Any, *, courses: Sequence[Course], therapists: Sequence[Relationship]) -> None:
        names = [f"{WITH}{each.key}" for each in courses]
        super().__init__(data if any(each in data for each in names) else None)
        people = _told_apart(therapists)
        for name, each in zip(names, courses, strict=True):
            self.initial[name] = str(each.therapist.id) if each.therapist else _NONE
            days = {"first": dated(each.first, "day"), "last": dated(each.last, "day"), "n": each.check_ins}
            self.fields[name] = forms.ChoiceField(
                label=_("Who were these sessions with?"),
                help_text=gettext("From %(first)s to %(last)s. Check-ins: %(n)d") % days,
                choices=[*people, (_NONE, _("leave these out"))],
                required=False,
            )


class RatingsForm(ScaleForm):
    """The columns as they were guessed, to be corrected."""

    when = forms.ChoiceField(label=_("The day of the session"))
    order = OneOf(
        [("day", _("day first: 31/5/2024")), ("month", _("month first: 5/31/2024"))],
        label=_("How the dates are written"),
    )
    ratings = Several(label=_("The ratings"), required=True, error_messages={"required": _("Choose at least one.")})
    note = forms.ChoiceField(label=_("A column with notes"), required=False)
    title = forms.CharField(label=_("A name for these ratings"), max_length=200)
    who = forms.ChoiceField(label=_("Who were these sessions with?"))

    def __init__(
        self,
        data: Any,
        *,
        table: Table,
        guessed: Columns,
        therapists: list[Relationship],
        title: str,
        caseload: bool = False,
        several: Questionnaires | None = None,
        chosen: str = "",
        before: Mapping[str, str] | None = None,
    ) -> None:
        """``chosen`` is which of ``several`` questionnaires the rows are of; ``before`` what was said of another."""
        self._guessed, self._therapists, self._table, self._chosen = guessed, therapists, table, chosen
        initial = {
            "when": guessed.when,
            "order": guessed.order,
            "ratings": [str(place) for place in guessed.ratings],
            "note": _NONE if guessed.note is None else guessed.note,
            "low": as_typed(guessed.low),
            "high": as_typed(guessed.high),
            "better": "high" if guessed.higher_is_better else "low",
            "title": title[:200] or guessed.title,
            "who": therapists[0].id if therapists else _NONE,
            "questionnaire": chosen,
            "guessed_for": chosen,
        }
        super().__init__(data, initial=initial)
        named = [(str(place), name[:80]) for place, name in enumerate(table.head)]
        for field in ("when", "ratings"):
            self.fields[field].choices = named  # type: ignore[attr-defined]
        self.fields["note"].choices = [(_NONE, _("no notes")), *named]  # type: ignore[attr-defined]
        people = _told_apart(therapists)
        self.fields["who"].choices = people  # type: ignore[attr-defined]
        if caseload:
            self._ask_whose(named, people)
        if several:
            self.fields["questionnaire"] = forms.ChoiceField(
                label=_("Which questionnaire?"),
                choices=[*((name, name[:80]) for name in several.names), (_NONE, _("all rows: they’re of one"))],
                required=False,
            )
            self.fields["guessed_for"] = forms.CharField(widget=forms.HiddenInput, required=False)
        for field in ("who", "whose"):
            if (
                not self.is_bound
                and before
                and before.get(field) in dict(getattr(self.fields.get(field), "choices", ()))
            ):
                self.initial[field] = before[field]

    def _ask_whose(self, named: list[tuple[str, str]], people: list[tuple[str, str]]) -> None:
        """Of a therapist: whose ratings they are, by a column of the table, or all of one client."""
        guessed = client_column(self._table)
        self.initial["whose"] = _NONE if guessed is None else str(guessed)
        self.initial["who"] = _NONE  # nobody's ratings are taken for somebody's because they come first
        self.fields["whose"] = forms.ChoiceField(
            label=_("The column that says whose they are"),
            help_text=_("A name that isn’t here yet becomes a client. Names should be short ones, not full names."),
            choices=[(_NONE, _("none: they’re all from one client")), *named],
            required=False,
        )
        who = forms.ChoiceField(label=_("Which client?"), required=False, choices=[(_NONE, "–"), *people])
        self.fields["who"] = who

    def clean(self) -> dict[str, Any]:
        """Somebody's they are."""
        data = super().clean()
        if "whose" in self.fields and not data.get("whose") and not data.get("who"):
            self.add_error("whose", _("Choose the column that says whose they are, or one client."))
        return data

    def columns(self) -> Columns:
        """As they were corrected, or as they were guessed where nothing was sent yet."""
        if not self.is_bound:
            return replace(self._guessed, title=str(self.initial["title"]), named=bool(self._chosen))
        data = self.cleaned_data
        return Columns(
            when=int(data["when"]),
            ratings=tuple(int(place) for place in data["ratings"]),
            note=int(data["note"]) if data["note"] else None,
            low=data["low"],
            high=data["high"],
            higher_is_better=data["better"] == "high",
            order=data["order"],
            title=data["title"],
            rater=self._guessed.rater,
            named=bool(self._chosen) or data["title"] != str(self.initial["title"]).strip(),
        )

    def whose(self) -> int | None:
        """The column that says whose ratings a row holds; ``None`` where all are of one."""
        if "whose" not in self.fields:
            return None
        said = self.cleaned_data["whose"] if self.is_bound else self.initial["whose"]
        return int(said) if said else None

    def therapist(self) -> Relationship:
        """Whose sessions they are."""
        chosen = self.cleaned_data["who"] if self.is_bound else str(self.initial["who"])
        return next(each for each in self._therapists if str(each.id) == chosen)
