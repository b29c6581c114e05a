"""Forms of the journal's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Moment, Relationship
from reattune.journal.errors import JournalError
from reattune.journal.words import RelationshipKind, RelationshipStatus
from reattune.web.pages.forms.fields import DayField, OneOf, PageForm, ScaleField, Several, WordsField, labelled
from reattune.web.pages.forms.with_whom import WithWhomForm
from reattune.web.pages.words import labels


def _roles_but_therapist() -> list[tuple[str, str]]:
    return [(role, words) for role, words in labelled("role")() if role != "therapist"]


class WhatHappenedForm(WithWhomForm):
    """First step of a moment."""

    day = DayField(label=_("When?"))
    what = WordsField(label=_("What happened?"), help_text=_("As it was, in your words. A line is enough."), rows=5)
    cause = OneOf(labelled("cause"), label=_("What comes closest?"), required=False)
    role = forms.ChoiceField(label=_("Who are they to you?"), choices=_roles_but_therapist, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", timezone.localdate())

    def clean(self) -> dict[str, Any]:
        """The moment needs a word or a cause."""
        data = super().clean()
        if not data.get("what") and not data.get("cause"):
            self.add_error("what", _("Please write a word about what happened, or choose what comes closest."))
        return data


class HowBigForm(PageForm):
    """Second step."""

    reaction = ScaleField(label=_("How big did it feel?"), low=_("a ripple"), high=_("everything"))
    event = ScaleField(
        label=_("And looking at it now, how big was the thing itself?"),
        low=_("small"),
        high=_("enormous"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only_inside = False

    def ask_only_inside(self) -> None:
        """Where a line was crossed, how it looks from outside is not asked."""
        del self.fields["event"]
        self.only_inside = True


class WhatItMeantForm(PageForm):
    """Third step."""

    feelings = Several(labelled("feeling"), label=_("What did you feel?"))
    feelings_words = forms.CharField(label=_("Or in other words"), required=False, max_length=1000)
    touched = Several(labelled("touched"), label=_("What did it seem to say about you?"))
    meant_about_me = WordsField(label=_("In your own words"), rows=2)
    meant_about_them = WordsField(label=_("And about them?"), rows=2)


class WhatIDidForm(PageForm):
    """Fourth step."""

    did = OneOf(labelled("did"), label=_("What did you do?"), required=False)
    did_words = WordsField(label=_("In your own words, if you like"), rows=2)
    said = OneOf([("yes", _("Yes")), ("no", _("Not yet"))], label=_("Do they know what it did to you?"), required=False)


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
            (str(m.id), f"{date_format(day(m.at), 'j F Y')} · {(m.what or causes[m.cause])[:90]}") for m in moments
        ]

    def moment_ids(self) -> tuple[UUID, ...]:
        """The chosen moments."""
        return tuple(UUID(value) for value in self.cleaned_data["moments"])


class PromptForm(PageForm):
    """One prompt of a plan."""

    words = WordsField(label="", rows=7)
    may_have_misread = forms.BooleanField(label=_("I may have misread this"), required=False)
    fear_on_card = forms.BooleanField(label=_("Add this to the card"), required=False)


class UnsaidForm(PageForm):
    """Something held back, noted by itself."""

    words = WordsField(label=_("What’s left unsaid?"), rows=3, required=True)
    weight = ScaleField(label=_("How heavy does this feel?"), low=_("hardly"), high=_("very"))


class ReadyForm(PageForm):
    """How ready the person feels."""

    ready = ScaleField(label=_("How ready do you feel to say this?"), low=_("not at all"), high=_("completely"))


class ReminderForm(PageForm):
    """When to be reminded; it may lie in the future, and should."""

    day = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Which day?"), "invalid": _("Write the day like 2026-05-31.")},
    )
    hour = forms.TimeField(
        label=_("At what time?"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("At what time?"), "invalid": _("Write the time like 09:30.")},
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


class TalkForm(PageForm):
    """A talk that took place."""

    day = DayField(label=_("When did you talk?"))
    delivery = OneOf(labelled("delivery_done"), label=_("How did you say it?"), required=False)
    met = Several(labelled("met"), label=_("How did they respond?"))
    they_said = WordsField(
        label=_("What did they answer?"), help_text=_("In their words, as you remember them."), rows=3
    )
    trust_before = ScaleField(label=_("Trust in them, before"), low=_("none"), high=_("full"))
    trust_after = ScaleField(label=_("Trust in them, now"), low=_("none"), high=_("full"))
    hope_before = ScaleField(label=_("Hope that things like this can be mended, before"), low=_("none"), high=_("full"))
    hope_after = ScaleField(label=_("Hope that things like this can be mended, now"), low=_("none"), high=_("full"))
    agreed = WordsField(
        label=_("Did you agree on something?"), help_text=_("You’ll be asked later whether it happened."), rows=2
    )
    feel_now = WordsField(label=_("How are things now?"), rows=3)
    outcome = OneOf(_outcomes, label=_("All in all"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", timezone.localdate())

    def refuse_day(self, error: JournalError) -> None:
        """What the journal says about the date of a talk belongs to the day."""
        self.add_error("day" if error.field == "at" else None, str(error))


class AgreedForm(PageForm):
    """Whether what was agreed on did happen."""

    agreed_happened = OneOf(labelled("happened"), label=_("Did it happen?"))
    agreed_words = WordsField(label=_("How was that for you?"), rows=2)


class AgainForm(PageForm):
    """What is different next time."""

    approach = OneOf(labelled("approach"), label=_("What could be different this time?"))


class MendedForm(PageForm):
    """What the person says of a mended bond."""

    word = OneOf(labelled("repair_word"), label=_("How are things between you now?"), required=False)
    what_made_it_work = WordsField(label=_("What made it work?"), rows=3)


class NameForm(PageForm):
    """What somebody is called here, and who they are to the person."""

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Please give a name. A letter will do.")}
    )
    role = OneOf(labelled("role"), label=_("Who are they to you?"))

    def __init__(self, data: Any = None, *, who: Relationship, has_sessions: bool = False) -> None:
        super().__init__(data, initial={"name": who.name, "role": who.role})
        if has_sessions or who.status is RelationshipStatus.CURRENT:
            is_therapist = who.role is RelationshipKind.THERAPIST
            roles = [each for each in labels("role").items() if each[0] != "therapist"]
            self.fields["role"].choices = roles  # type: ignore[attr-defined]
            if is_therapist:
                del self.fields["role"]


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
