"""Forms of mending: a rupture, the plan to say it, the card, and how the talk went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Moment
from reattune.journal.errors import JournalError
from reattune.journal.vocabulary import Approach
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.form_fields import DayField, OneOf, PageForm, ScaleField, Several, WordsField, labelled
from reattune.web.pages.shared.wording import labels


class RuptureForm(PageForm):
    """Opening a rupture from moments."""

    title = forms.CharField(
        label=_("A few words for what went wrong"),
        help_text=_("So you can find this again."),
        max_length=200,
        required=False,
    )
    day = DayField(label=_("When did this begin?"))
    moments = Several(label=_("Which moments belong to this?"))

    def __init__(self, *args: Any, moments: Sequence[Moment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = labels("cause")
        day = timezone.localdate
        self.fields["moments"].choices = [  # type: ignore[attr-defined]
            (str(m.id), f"{dated(day(m.at), 'day')} · {(m.what or causes[m.cause])[:90]}") for m in moments
        ]

    def moment_ids(self) -> tuple[UUID, ...]:
        """The chosen moments."""
        return tuple(UUID(value) for value in self.cleaned_data["moments"])


class PromptForm(PageForm):
    """One prompt of a plan."""

    words = WordsField(label="", rows=7)
    may_have_misread = forms.BooleanField(label=_("I may have misread this"), required=False)
    fear_on_card = forms.BooleanField(label=_("Add this to the card"), required=False)


class FindWordsForm(PageForm):
    """All parts of a plan on one page, in the order of the card, and how it is brought."""

    what_happened = WordsField(rows=3)
    what_i_felt = WordsField(rows=2)
    what_i_made_of_it = WordsField(rows=2)
    may_have_misread = forms.BooleanField(label=_("I may have misread this"), required=False)
    what_i_need = WordsField(rows=2)
    what_i_fear = WordsField(rows=2)
    fear_on_card = forms.BooleanField(label=_("Add this to the card"), required=False)
    delivery = OneOf(labelled("delivery"), label=_("How would you like to say it?"), required=False)
    hope = WordsField(label=_("What do you hope for?"), rows=2)


class ReadyForm(PageForm):
    """How ready the person feels."""

    ready = ScaleField(label=_("How ready do you feel to say this?"), low=_("not at all"), high=_("completely"))


class ReminderForm(PageForm):
    """When to be reminded; it may lie in the future, and should."""

    day = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Which day?"), "invalid": _("Write the date like this: 2026-05-31.")},
    )
    hour = forms.TimeField(
        label=_("At what time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("At what time?"), "invalid": _("Write the time like this: 09:30.")},
    )


class HeldForm(PageForm):
    """Whether a change held."""

    held = OneOf([("yes", _("Yes, it’s still mended")), ("no", _("No, it came back, or never quite went away")),
                  ("unsure", _("I can’t tell yet"))], label=_("Is it still mended?"))  # fmt: skip
    held_words = WordsField(label=_("What do you notice?"), rows=3)


class DeliveryForm(PageForm):
    """How a plan is brought."""

    delivery = OneOf(labelled("delivery"), label=_("How would you like to say it?"))
    hope = WordsField(label=_("What do you hope for?"), rows=2)


def _outcomes() -> list[tuple[str, Any]]:
    return [*labelled("outcome")(), ("", _("Too early to say"))]


class TookPlaceForm(PageForm):
    """When a talk took place: the beginning of the form that notes one, from either chair."""

    day = DayField(label=_("When did you talk?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", timezone.localdate())

    def refuse_day(self, error: JournalError) -> None:
        """What the journal says about the date of a talk belongs to the day."""
        self.add_error("day" if error.field == "at" else None, str(error))


class TalkForm(TookPlaceForm):
    """A talk that took place."""

    delivery = OneOf(labelled("delivery_done"), label=_("How did you say it?"), required=False)
    met = Several(labelled("met"), label=_("How did they respond?"))
    they_said = WordsField(label=_("What did they say?"), help_text=_("In their words, as you remember them."), rows=3)
    trust_before = ScaleField(label=_("Trust in them, before"), low=_("none"), high=_("complete"))
    trust_after = ScaleField(label=_("Trust in them, now"), low=_("none"), high=_("complete"))
    hope_before = ScaleField(
        label=_("Hope that things like this can be mended, before"), low=_("none"), high=_("complete")
    )
    hope_after = ScaleField(label=_("Hope that things like this can be mended, now"), low=_("none"), high=_("complete"))
    agreed = WordsField(
        label=_("Did you agree on something?"), help_text=_("You’ll be asked later whether it happened."), rows=2
    )
    feel_now = WordsField(label=_("How are things now?"), rows=3)
    outcome = OneOf(_outcomes, label=_("All in all"), required=False)


class AgreedForm(PageForm):
    """Whether what was agreed on did happen."""

    agreed_happened = OneOf(labelled("happened"), label=_("Did it happen?"))
    agreed_words = WordsField(label=_("How was that for you?"), rows=2)


class AgainForm(PageForm):
    """What is different next time."""

    approach = OneOf(labelled("approach"), label=_("What could be different this time?"), initial=Approach.OTHER_WORDS)


class MendedForm(PageForm):
    """What the person says of a mended bond."""

    word = OneOf(labelled("repair_word"), label=_("How are things between you now?"), required=False)
    what_made_it_work = WordsField(label=_("What made it work?"), rows=3)
