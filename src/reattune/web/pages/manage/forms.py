"""Forms of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Relationship
from reattune.web.pages.begin.forms import NewPassphraseForm, region_choices, secret_field
from reattune.web.pages.shared.form_fields import OneOf, PageForm, labelled


class TherapistForm(PageForm):
    """The current therapist; where somebody of the past has this name, whether it is them."""

    name = forms.CharField(
        label=_("Your therapist"),
        help_text=_("A first name, or a nickname."),
        max_length=200,
        error_messages={"required": _("Please give a name. A letter will do.")},
    )
    same = OneOf(
        [("yes", _("Yes, the same person")), ("no", _("No, somebody else"))],
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
            said = _("There’s a %(name)s here already, from before. Is it the same person?")
            self.add_error("same", said % {"name": self.known.name})
        return data


class ChangePassphraseForm(NewPassphraseForm):
    """The passphrase until now, and a new one."""

    current = secret_field(_("Your current passphrase"), "current-password")
    field_order = ("current", "passphrase", "again")


class RegionForm(PageForm):
    """Where the person lives, how often they meet their therapist, how soon the journal locks and what it shows."""

    region = forms.ChoiceField(label=_("Where do you live?"), choices=region_choices, required=False)
    weeks = OneOf(labelled("weeks"), label=_("How often do you meet?"), required=False)
    titles_only = forms.BooleanField(label=_("On Today and in the journal, show titles only"), required=False)
    lock_on_hide = forms.BooleanField(label=_("Lock as soon as I switch to something else"), required=False)
