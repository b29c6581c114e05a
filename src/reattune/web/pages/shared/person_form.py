"""With whom it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Relationship
from reattune.web.pages.shared.form_fields import OneOf, PageForm
from reattune.web.pages.shared.wording import labels, roles_to_choose


class WithWhomForm(PageForm):
    """With whom: someone who is here already, or someone new with a name and a role."""

    who = forms.ChoiceField(label=_("Who with?"))
    name = forms.CharField(label=_("Their name"), help_text=_("Only for someone new."), max_length=200, required=False)
    role: forms.ChoiceField = OneOf(
        roles_to_choose, label=_("Who are they to you?"), required=False, widget=forms.Select
    )

    def __init__(self, *args: Any, people: Sequence[Relationship], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = people
        # Nobody is taken for a parent, or a therapist, because that stands first.
        self.initial.setdefault("role", "other")
        roles = labels("role")
        known = [(str(person.id), _called(person, _role_of(person, roles))) for person in people]
        self.fields["who"].choices = [*known, ("new", _("someone else …"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Someone new needs a name; and a name that was typed is somebody new, whoever was chosen before."""
        data = super().clean() or {}
        name = str(data.get("name") or "").strip()
        if name and data.get("who") != "new":
            known = next((each for each in self._people if each.name.casefold() == name.casefold()), None)
            data["who"] = str(known.id) if known else "new"
        if data.get("who") == "new" and not data.get("name"):
            self.add_error("name", _("What do you want to call them here? An initial will do."))
        return data


def _called(person: Relationship, role: str) -> str:
    return person.name if person.name.casefold() == role.casefold() else f"{person.name} ({role})"


def _role_of(person: Relationship, roles: Mapping[str, str]) -> str:
    return _("%(role)s, in the past") % {"role": roles[person.role]} if person.past_therapist else roles[person.role]
