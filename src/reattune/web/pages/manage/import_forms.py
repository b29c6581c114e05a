"""Which column of somebody's table is what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reattune.exchange.ratings_spreadsheet import Columns, Table
from reattune.journal.documents import Relationship
from reattune.web.pages.shared.form_fields import OneOf, PageForm, Several

_NONE = ""


class RatingsForm(PageForm):
    """The columns as they were guessed, to be corrected."""

    when = forms.ChoiceField(label=_("The day of the session"))
    order = OneOf(
        [("day", _("day first: 31/5/2024")), ("month", _("month first: 5/31/2024"))],
        label=_("How the dates are written"),
    )
    ratings = Several(label=_("The ratings"), required=True, error_messages={"required": _("Choose at least one.")})
    note = forms.ChoiceField(label=_("A column with notes"), required=False)
    low = forms.FloatField(label=_("The lowest possible rating"))
    high = forms.FloatField(label=_("The highest possible rating"))
    better = OneOf([("high", _("better")), ("low", _("worse"))], label=_("A higher number means"))
    title = forms.CharField(label=_("A name for these ratings"), max_length=200)
    who = forms.ChoiceField(label=_("Who were these sessions with?"))

    def __init__(
        self, data: Any, *, table: Table, guessed: Columns, therapists: list[Relationship], title: str
    ) -> None:
        self._guessed, self._therapists = guessed, therapists
        initial = {
            "when": guessed.when,
            "order": guessed.order,
            "ratings": [str(place) for place in guessed.ratings],
            "note": _NONE if guessed.note is None else guessed.note,
            "low": f"{guessed.low:g}",
            "high": f"{guessed.high:g}",
            "better": "high" if guessed.higher_is_better else "low",
            "title": title[:200] or guessed.title,
            "who": therapists[0].id,
        }
        super().__init__(data, initial=initial)
        named = [(str(place), name[:80]) for place, name in enumerate(table.head)]
        for field in ("when", "ratings"):
            self.fields[field].choices = named  # type: ignore[attr-defined]
        self.fields["note"].choices = [(_NONE, _("no notes")), *named]  # type: ignore[attr-defined]
        self.fields["who"].choices = [(str(each.id), each.name) for each in therapists]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The ends of the scale are two, in their order."""
        data = super().clean() or {}
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and not low < high:
            self.add_error("high", _("The highest must be above the lowest."))
        return data

    def columns(self) -> Columns:
        """As they were corrected, or as they were guessed where nothing was sent yet."""
        if not self.is_bound:
            return Columns(**{**vars(self._guessed), "title": str(self.initial["title"])})
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
        )

    def therapist(self) -> Relationship:
        """Whose sessions they are."""
        chosen = self.cleaned_data["who"] if self.is_bound else str(self._therapists[0].id)
        return next(each for each in self._therapists if str(each.id) == chosen)
