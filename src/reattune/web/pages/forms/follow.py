"""Forms of following a reaction back, of beliefs, patterns and practising."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.journal.documents import Belief, Moment, Relationship
from reattune.web.pages.forms.fields import DayField, OneOf, PageForm, ScaleField, Several, WordsField, labelled
from reattune.web.pages.forms.with_whom import WithWhomForm
from reattune.web.pages.words import labels

_LONGEST_LABEL = 90


class PointForm(PageForm):
    """The sharpest point."""

    sharpest = WordsField(label=_("The sharpest point"), rows=3)


class AboutMeForm(PageForm):
    """What it seemed to say."""

    touched = Several(labelled("touched"), label=_("What does it come closest to?"))
    meant_about_me = WordsField(label=_("In your own words"), rows=3)


class EarlierForm(WithWhomForm):
    """An earlier moment that is not written down yet."""

    year = forms.IntegerField(
        label=_("About which year?"),
        min_value=1900,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Write a year like 2004."), "min_value": _("Write a year like 2004.")},
    )
    what = WordsField(label=_("What happened?"), help_text=_("A line is enough. It need not be the worst."), rows=4)

    def clean_year(self) -> int | None:
        """A year that has begun."""
        year: int | None = self.cleaned_data["year"]
        if year is not None and year > timezone.localdate().year:
            raise forms.ValidationError(_("This year is still to come."))
        return year

    def clean(self) -> dict[str, Any]:
        """The moment needs a few words."""
        data = super().clean()
        if not data.get("what"):
            self.add_error("what", _("A few words, so that you find it again."))
        return data


class ThenForm(PageForm):
    """Back then."""

    age = forms.IntegerField(
        label=_("How old were you?"),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Write a number of years, like 9."),
            "min_value": _("Write a number of years, like 9."),
            "max_value": _("Write a number of years, like 9."),
        },
    )
    did = OneOf(labelled("did"), label=_("What did you do then?"), required=False)
    needed = WordsField(label=_("What would you have needed?"), rows=3)


class SentenceForm(PageForm):
    """One sentence."""

    sentence = WordsField(label=_("One sentence"), rows=3)


class BeliefForm(PageForm):
    """What the person took it to mean."""

    words = WordsField(
        label=_("What I took it to mean about me"),
        help_text=_("As a sentence: “When I try hard, …”"),
        rows=2,
        required=True,
    )
    about = forms.ChoiceField(label=_("With whom does it come up now?"), required=False)
    source = forms.ChoiceField(label=_("Where might you have learned it?"), required=False)
    truth = forms.IntegerField(
        label=_("How true does it feel today?"),
        help_text=_("0 is not at all, 100 is entirely."),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, people: Sequence[Relationship], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("about", "source"):
            self.fields[field].choices = _people_or_nobody(people)  # type: ignore[attr-defined]


class TruthForm(PageForm):
    """How true it feels today."""

    truth = ScaleField(
        label=_("How true does it feel today?"),
        low=_("not at all"),
        high=_("entirely"),
        values=range(0, 101, 10),
        required=True,
    )


class AgainstForm(PageForm):
    """An experience that speaks against it."""

    words = WordsField(label=_("What happened that speaks against it?"), rows=3, required=True)


class PatternForm(PageForm):
    """A name for what keeps coming back."""

    name = forms.CharField(
        label=_("A name for it"),
        help_text=_("Yours. It need not be fair to anyone."),
        max_length=200,
        error_messages={"required": _("A name is needed; a word will do.")},
    )
    belief = forms.ChoiceField(label=_("What do you take it to mean about you?"), required=False)

    def __init__(self, *args: Any, beliefs: Sequence[Belief], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(belief.id), belief.words[:_LONGEST_LABEL]) for belief in beliefs]
        self.fields["belief"].choices = [("", _("nothing yet")), *known]  # type: ignore[attr-defined]


class PracticeForm(WithWhomForm):
    """One small thing to try."""

    tried = OneOf(labelled("tried"), label=_("What do you want to try?"))
    plan = WordsField(label=_("What exactly, and in which words?"), rows=3)
    day = forms.DateField(
        label=_("When?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        error_messages={"invalid": _("Write the day like 2026-05-31.")},
    )


class PracticeDoneForm(PageForm):
    """How it went."""

    done = DayField(label=_("When was it?"))
    went = OneOf(labelled("went"), label=_("How did it go?"), required=False)
    how_it_went = WordsField(label=_("What happened?"), rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("done", timezone.localdate())


class OtherMomentForm(PageForm):
    """Another moment that is written down already."""

    other = forms.ChoiceField(label=_("One that is written down"), required=False)

    def __init__(self, *args: Any, moments: Sequence[tuple[Moment, Relationship]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = labels("cause")
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            ("", _("choose …")),
            *((str(m.id), f"{who.name}: {(m.what or causes[m.cause])[:_LONGEST_LABEL]}") for m, who in moments),
        ]


def _people_or_nobody(people: Sequence[Relationship]) -> list[tuple[str, Any]]:
    return [("", _("nobody in particular")), *((str(person.id), person.name) for person in people)]


def id_of(value: str) -> UUID | None:
    """The id that a choice carries, or ``None`` where nothing was chosen."""
    return UUID(value) if value else None


def first_of(year: int | None, today: date) -> date:
    """The middle of a year as the day of something long ago; today where no year was given."""
    if year is None or year == today.year:
        return today
    return date(year, 7, 1)
