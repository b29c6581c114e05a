"""With whom it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Relationship
from reattune.web.pages.forms.fields import OneOf, PageForm, labelled
from reattune.web.pages.words import labels


class WithWhomForm(PageForm):
    """With whom: someone who is here already, or someone new with a name and a role."""

    who = forms.ChoiceField(label=_("With whom?"))
    name = forms.CharField(
        label=_("Their name"), help_text=_("Only if it is someone new."), max_length=200, required=False
    )
    role: forms.ChoiceField = OneOf(
        labelled("role"), label=_("Who are they to you?"), required=False, widget=forms.Select
    )

    def __init__(self, *args: Any, people: Sequence[Relationship], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = labels("role")
        known = [(str(person.id), f"{person.name} ({roles[person.role]})") for person in people]
        self.fields["who"].choices = [*known, ("new", _("someone else …"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Someone new needs a name."""
        data = super().clean() or {}
        if data.get("who") == "new" and not data.get("name"):
            self.add_error("name", _("What shall they be called here? A letter will do."))
        return data
