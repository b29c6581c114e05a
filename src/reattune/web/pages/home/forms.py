"""What is looked for in the journal, and which part of it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Pattern, Relationship
from reattune.web.pages.shared.form_fields import PageForm
from reattune.web.pages.shared.wording import labels

# Concealed, so much still fits into an address, whatever the script.
MOST_CHARACTERS = 300


class LookForm(PageForm):
    """Words to look for, and what to leave out. Everything may stay empty."""

    words = forms.CharField(
        label=_("Search your journal"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.TextInput(
            {"type": "search", "aria-keyshortcuts": "/", "enterkeyhint": "search", "spellcheck": "false", "dir": "auto"}
        ),
        error_messages={
            "max_length": _(
                "That’s too much to look for at once: there’s room for %(limit_value)d characters. "
                "A few words are enough, in any order."
            )
        },
    )
    who = forms.ChoiceField(label=_("With"), required=False)
    standing = forms.ChoiceField(label=_("What became of it"), required=False)
    again = forms.ChoiceField(label=_("What keeps coming back"), required=False)
    kind = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[Relationship], patterns: Sequence[Pattern], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "who": [("", _("anyone")), *((str(each.id), each.name) for each in people)],
            "standing": [("", _("anything")), *labels("standing").items()],
            "again": [("", _("anything")), *((str(each.id), each.name) for each in patterns)],
            "kind": [("", ""), *labels("entries").items()],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
