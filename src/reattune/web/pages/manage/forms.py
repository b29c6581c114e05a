"""Forms of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from reattune.content import FAMILIAR, FORMAL, manner
from reattune.journal.documents import Relationship
from reattune.journal.vocabulary import JournalKind
from reattune.web.http.language import offered, spoken_now
from reattune.web.pages.begin.forms import AnotherPassphraseForm, region_choices
from reattune.web.pages.shared.confirm_passphrase import GraveForm
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.form_fields import OF_A_CODE, DayField, OneOf, PageForm, Several, labelled
from reattune.web.pages.shared.time_zone import zone_choices


class TherapistForm(PageForm):
    """The current therapist; where somebody of the past has this name, whether it is them."""

    name = forms.CharField(
        label=_("Your therapist"),
        help_text=_("A first name, or a nickname."),
        max_length=200,
        error_messages={"required": _("Please give a name. An initial will do.")},
    )
    same = OneOf(
        [("yes", _("Yes, the same person")), ("no", _("No, someone else"))],
        label=_("Is it the same person?"),
        required=False,
    )

    def __init__(self, data: Any = None, *, past: Sequence[Relationship] = ()) -> None:
        super().__init__(data)
        self._past = past
        # Somebody of the past with the name that was given.
        self.known: Relationship | None = None

    def clean(self) -> dict[str, Any]:
        """A name that is here already is asked about once."""
        data = super().clean() or {}
        name = str(data.get("name", "")).strip().casefold()
        self.known = next((each for each in self._past if each.name.casefold() == name), None)
        if self.known and not data.get("same"):
            said = _("There’s already a %(name)s among the people in your past. Is it the same person?")
            self.add_error("same", said % {"name": self.known.name})
        return data


class TherapyEndedForm(PageForm):
    """Since when a therapy has ended."""

    day = DayField(label=_("When did it end?"), help_text=_("A rough date is fine."), required=False)

    def __init__(self, data: Any = None, *, began: date | None = None) -> None:
        super().__init__(data, initial={"day": timezone.localdate()})
        self._began = began

    def clean_day(self) -> date | None:
        """A day since it began.

        Raises:
            ValidationError: it is before that.
        """
        day: date | None = self.cleaned_data["day"]
        if day and self._began and day < self._began:
            began = dated(self._began, "day")
            raise ValidationError(_("That’s before it began, on %(day)s.") % {"day": began})
        return day


class ChangePassphraseForm(GraveForm, AnotherPassphraseForm):
    """The passphrase until now, and a new one."""

    code = forms.CharField(
        label=_("Recovery code, if somebody may know the old passphrase"),
        help_text=_(
            "With it, everything is encrypted again; then an old copy and the old passphrase can’t open anything new."
        ),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=OF_A_CODE),
    )
    field_order = ("current", "passphrase", "again", "code")


def _ways_to_speak() -> list[tuple[str, str]]:
    """The forms of speaking to somebody in the language of the page, by their own words (du, Sie); none in English."""
    ways = manner(spoken_now()).get("speaking_to", {})
    return [(form, ways[form]) for form in (FAMILIAR, FORMAL)] if ways else []


def _weekdays() -> list[tuple[str, Any]]:
    return [(str(number), name) for number, name in WEEKDAYS.items()]


class SessionCalendarForm(PageForm):
    """When they usually meet, for entries in a calendar."""

    weekdays = Several(_weekdays, label=_("On which days do you usually meet?"), required=True)
    hour = forms.TimeField(
        label=_("At what time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("At what time?"), "invalid": _("Write the time like this: 09:30.")},
    )
    weeks = OneOf(
        [("1", _("every week")), ("2", _("every two weeks")), ("4", _("every four weeks"))],
        label=_("How often?"),
    )


# What keeps others from reading along: switched on at any time, off only with the passphrase.
_PROTECTS = ("titles_only", "lock_on_hide", "no_locked_notes")


class PreferencesForm(GraveForm):
    """Language, where the person lives, how often they meet, how soon the journal locks and what it shows.

    It asks for the passphrase only once it was sent with something unticked that keeps others from reading along.
    """

    language = OneOf(offered, label=_("Language"), required=False)
    form_of_address = OneOf(_ways_to_speak, label=_("How do you speak to your therapist?"), required=False)
    region = forms.ChoiceField(label=_("Where do you live?"), choices=region_choices, required=False)
    zone = forms.ChoiceField(label=_("Your journal’s time zone"), required=False)
    weeks = OneOf(labelled("weeks"), label=_("How often do you meet?"), required=False)
    titles_only = forms.BooleanField(label=_("On Today and in the journal, hide my words"), required=False)
    lock_on_hide = forms.BooleanField(label=_("Lock as soon as I switch to something else"), required=False)
    no_locked_notes = forms.BooleanField(label=_("Don’t offer to write something down while locked"), required=False)

    def __init__(self, *args: Any, journal_kind: JournalKind = JournalKind.PERSON, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here, known = self.initial.get("zone", ""), zone_choices()
        others = [(here, here)] if here not in dict(known) else []
        self.fields["zone"].choices = [*others, *known]  # type: ignore[attr-defined]
        if journal_kind is JournalKind.THERAPIST:
            del self.fields["weeks"]
            self.fields["region"].label = _("Where do you work?")
            self.fields["form_of_address"].label = _("How do you speak to your clients?")
        # What leaves no choice is not asked.
        if len(offered()) == 1:
            del self.fields["language"]
        if not _ways_to_speak():
            del self.fields["form_of_address"]
        if not any(self.is_bound and self.initial.get(name) and not self[name].data for name in _PROTECTS):
            self.fields.pop("current", None)
        elif "current" in self.fields:
            asked = _("Unticking one of the boxes above needs your passphrase.")
            self.fields["current"].error_messages["required"] = asked
