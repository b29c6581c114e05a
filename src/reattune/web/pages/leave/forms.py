"""Forms of leaving, of lines that were crossed, and of finding someone else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Relationship
from reattune.journal.documents.practice_and_ending import Need
from reattune.journal.vocabulary import MILD_LINES, THERAPISTS_LINES, RelationshipKind
from reattune.web.pages.shared.form_fields import DayField, OneOf, PageForm, Several, WordsField, labelled
from reattune.web.pages.shared.wording import labels

MEETS = [("2", _("yes")), ("1", _("partly")), ("0", _("no"))]


class LeavingForm(PageForm):
    """What it is about. Nothing has to be answered; every door opens without."""

    about = Several(labelled("leaving_about"), label=_("What is it about?"))
    why = WordsField(label=_("In your own words, if you like"), rows=4)


class ShortForm(PageForm):
    """The shortest way to a card."""

    what_happened = WordsField(label=_("What happened?"), rows=3)
    what_i_felt = WordsField(label=_("How did it leave you feeling?"), rows=2)
    what_i_need = WordsField(label=_("What do you need now?"), rows=2)

    def clean(self) -> dict[str, Any]:
        """A card needs a word."""
        data = super().clean() or {}
        if not any(str(value).strip() for value in data.values()):
            self.add_error("what_happened", _("One word is enough. Without one, the card would be empty."))
        return data


class BreakForm(PageForm):
    """A break with a date."""

    until = forms.DateField(
        label=_("Until when?"),
        help_text=_("A day to look at it again, not a promise."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose a day. You can change it later."),
            "invalid": _("Write the date like this: 2026-05-31."),
        },
    )
    tried = WordsField(label=_("What did you agree on?"), help_text=_("Or what will you tell them?"), rows=3)

    def clean_until(self) -> date:
        """A day that is still to come.

        Raises:
            ValidationError: it has passed.
        """
        until: date = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise ValidationError(_("This day has passed. Choose one that’s still to come."))
        return until


class LeaveWellForm(PageForm):
    """Leaving well, all of it optional."""

    how_to_say_it = WordsField(label=_("What will you say or write?"), rows=6)
    take_along = WordsField(label=_("What do you want to keep from your time with them?"), rows=5)
    goodbye = WordsField(
        label=_("What you’d have liked to tell them"), help_text=_("Just for you. It isn’t sent."), rows=4
    )


class SafeExitForm(PageForm):
    """One line to send, if the person wants to send one."""

    how_to_say_it = WordsField(
        label=_("One line to send, if you want to send anything"),
        help_text=_("You can copy it and send it yourself. Nothing is sent from here."),
        rows=3,
    )


class RecordNoteForm(PageForm):
    """Something to add to the record."""

    words = WordsField(
        label=_("Add to the record"),
        help_text=_("The time, the place, who else was there, who you’ve told since."),
        rows=4,
        required=True,
    )


class TurnedOutForm(PageForm):
    """How a choice turned out."""

    turned_out = WordsField(label=_("How did it turn out?"), rows=4)


def _lines(*, mild: bool) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(line, words) for line, words in labels("crossed").items() if (line in MILD_LINES) is mild]


class CrossedForm(PageForm):
    """Which boundaries were crossed, as the person ticks them: the grave ones, then those that can be talked about."""

    crossed = Several(_lines(mild=False), label=_("Was it one of these?"))
    smaller = Several(_lines(mild=True), label=_("Or something less clear-cut?"))

    def __init__(self, data: Any = None, *, who: Relationship, known: Sequence[str] = ()) -> None:
        mild = [line for line in known if line in MILD_LINES]
        super().__init__(data, initial={"crossed": [line for line in known if line not in mild], "smaller": mild})
        if who.role is not RelationshipKind.THERAPIST:
            for field in self.fields.values():
                choices = field.choices  # type: ignore[attr-defined]
                field.choices = [each for each in choices if each[0] not in THERAPISTS_LINES]  # type: ignore[attr-defined]

    def ask_smaller_first(self) -> None:
        """Where nobody knows yet whether it is something, what is less clear-cut comes first."""
        self.fields["smaller"].label = _("Was it one of these?")
        self.fields["crossed"].label = _("Or one of these?")

    def ask_day(self) -> None:
        """Where the words say no day, it is asked, and may be left blank."""
        self.fields["day"] = DayField(
            label=_("When was it?"), help_text=_("You can leave this blank. Then no day is given."), required=False
        )

    def lines(self) -> tuple[str, ...]:
        """Everything that was ticked, the grave first."""
        return (*self.cleaned_data["crossed"], *self.cleaned_data["smaller"])


class NeedForm(PageForm):
    """One thing to look for, or not to have again."""

    words = forms.CharField(
        label=_("What matters to you?"),
        max_length=200,
        error_messages={"required": _("Please write a few words here.")},
    )
    wanted = OneOf([("yes", _("I need this")), ("no", _("I don’t want this again"))], label=_("Which way?"))
    weight = OneOf(labelled("need_weight"), label=_("How much does this matter?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("wanted", "yes")
        self.initial.setdefault("weight", "2")


def _asked(need: Need) -> str:
    """What is asked about a need: whether it is there, or whether they are free of it."""
    return (
        need.words
        if need.wanted
        else _("You don’t want this again: %(words)s. Does it seem you’d be spared it here?") % {"words": need.words}
    )


def need_field(words: str) -> str:
    """What the field of a need is called: after its words, for its place changes once another is off the list."""
    return f"need_{sha256(words.encode()).hexdigest()[:16]}"


def as_judged(meets: Mapping[str, int]) -> dict[str, str]:
    """What the fields of needs show."""
    return {need_field(words): str(value) for words, value in meets.items()}


class CandidateForm(PageForm):
    """Someone who could be the next."""

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Please give a name. An initial will do.")}
    )
    contact = WordsField(label=_("How to reach them"), rows=2)
    note = WordsField(
        label=_("What you noticed"), help_text=_("On the call, in how they answered, in yourself."), rows=3
    )

    same = OneOf(
        [("yes", _("Yes, the same person")), ("no", _("No, someone else"))],
        label=_("Is it the same person?"),
        required=False,
    )

    def __init__(
        self, *args: Any, needs: Sequence[Need] = (), therapists: Sequence[Relationship] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needs, self._therapists = list(needs), therapists
        # Somebody who is a therapist here, the current one first, with the name of the one who is to be the next.
        self.known: Relationship | None = None
        for need in self.needs:
            self.fields[need_field(need.words)] = OneOf(MEETS, label=_asked(need), required=False)

    def clean(self) -> dict[str, Any]:
        """Of who is to be the next, a name that is here already is asked about once."""
        data = super().clean() or {}
        name = str(data.get("name", "")).strip().casefold()
        called_so = [each for each in self._therapists if each.name.strip().casefold() == name]
        self.known = min(called_so, key=lambda each: not each.current_therapist, default=None)
        if self.known and not data.get("same"):
            now = _("%(name)s is your therapist here already. Is it the same person?")
            past = _("There’s already a %(name)s among the people in your past. Is it the same person?")
            self.add_error("same", (now if self.known.current_therapist else past) % {"name": self.known.name})
        return data

    def judged(self) -> list[Any]:
        """The fields of the needs, bound."""
        return [self[need_field(need.words)] for need in self.needs]

    def meets(self, before: Mapping[str, int]) -> dict[str, int]:
        """Need to 0, 1 or 2; those left open are not in it. What the page didn't ask about is as it was ``before``."""
        named = {need.words: need_field(need.words) for need in self.needs}
        left = {words: value for words, value in before.items() if named.get(words) not in self.data}
        return left | {words: int(value) for words, name in named.items() if (value := self.cleaned_data.get(name))}


class LookBackForm(CandidateForm):
    """After one of the first sessions."""

    words = WordsField(label=_("What was it like to talk with them?"), rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "contact", "note", "same"):
            del self.fields[name]
