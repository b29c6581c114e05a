"""Forms of leaving, of lines that were crossed, and of finding someone else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reattune.journal.onward import Need
from reattune.web.pages.forms.fields import OneOf, PageForm, Several, WordsField, labelled

MEETS = [("2", _("yes")), ("1", _("partly")), ("0", _("no"))]


class LeavingForm(PageForm):
    """What it is about. Nothing has to be answered; every door opens without."""

    about = Several(labelled("leaving_about"), label=_("What is it about?"))
    why = WordsField(label=_("In your own words, if you like"), rows=3)


class ShortForm(PageForm):
    """The shortest way to a card."""

    what_happened = WordsField(label=_("What happened?"), rows=3)
    what_i_felt = WordsField(label=_("What did it do to you?"), rows=2)
    what_i_need = WordsField(label=_("What do you need now?"), rows=2)

    def clean(self) -> dict[str, Any]:
        """A card needs a word."""
        data = super().clean() or {}
        if not any(str(value).strip() for value in data.values()):
            self.add_error("what_happened", _("One word is enough; without any, the card would be empty."))
        return data


class BreakForm(PageForm):
    """A break with a date."""

    until = forms.DateField(
        label=_("Until when?"),
        help_text=_("A day to look at it again, not a promise."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day; it can be moved."), "invalid": _("Write it like 2026-05-31.")},
    )
    tried = WordsField(label=_("What did you agree on?"), help_text=_("Or what will you tell them?"), rows=3)


class LeaveWellForm(PageForm):
    """Leaving well, all of it optional."""

    how_to_say_it = WordsField(label=_("What will you say or write?"), rows=6)
    take_along = WordsField(label=_("What do you take along?"), rows=5)
    goodbye = WordsField(label=_("A goodbye for yourself"), help_text=_("Nobody will read this but you."), rows=4)


class TurnedOutForm(PageForm):
    """How a choice turned out."""

    turned_out = WordsField(label=_("How did it turn out?"), rows=4)


class CrossedForm(PageForm):
    """Which lines were crossed, as the person ticks them."""

    crossed = Several(labelled("crossed"), label=_("Which, if any?"))


class NeedForm(PageForm):
    """One thing to look for, or not to have again."""

    words = forms.CharField(
        label=_("What is it?"), max_length=200, error_messages={"required": _("A few words are needed here.")}
    )
    wanted = OneOf([("yes", _("I need this")), ("no", _("I will not have this again"))], label=_("Which way?"))
    weight = OneOf(labelled("need_weight"), label=_("How much?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("wanted", "yes")
        self.initial.setdefault("weight", "2")


class CandidateForm(PageForm):
    """Someone who could be the next."""

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("A name is needed; a letter will do.")}
    )
    contact = WordsField(label=_("How to reach them"), rows=2)
    note = WordsField(label=_("What you noticed"), help_text=_("In the call, in how they answered, in you."), rows=3)

    def __init__(self, *args: Any, needs: Sequence[Need] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs = list(needs)
        for place, need in enumerate(self.needs):
            self.fields[f"need_{place}"] = OneOf(MEETS, label=need.words, required=False)

    def judged(self) -> list[Any]:
        """The fields of the needs, bound."""
        return [self[f"need_{place}"] for place in range(len(self.needs))]

    def meets(self) -> dict[str, int]:
        """Need to 0, 1 or 2; those left open are not in it."""
        given = {need.words: self.cleaned_data.get(f"need_{place}") for place, need in enumerate(self.needs)}
        return {words: int(value) for words, value in given.items() if value}


class LookBackForm(CandidateForm):
    """After one of the first sessions."""

    words = WordsField(label=_("How was it to be with them?"), rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "contact", "note"):
            del self.fields[name]
