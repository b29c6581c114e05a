"""Forms of following a reaction back, of beliefs, patterns and practising."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.content.translated_sentences import sign
from reattune.journal.documents import Belief, Moment, Relationship
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus
from reattune.web.pages.shared.form_fields import DayField, OneOf, PageForm, ScaleField, Several, WordsField, labelled
from reattune.web.pages.shared.person_form import WithWhomForm
from reattune.web.pages.shared.wording import labels, roles_to_choose

_LONGEST_LABEL = 90


class PointForm(PageForm):
    """The sharpest point."""

    sharpest = WordsField(label=_("What hurt most"), rows=3)


class AboutMeForm(PageForm):
    """What it seemed to say."""

    touched = Several(labelled("touched"), label=_("What does it come closest to?"))
    meant_about_me = WordsField(label=_("In your own words"), rows=3)


def _age_field() -> forms.IntegerField:
    not_one = _("Write a number of years, like 9.")
    return forms.IntegerField(
        label=_("How old were you?"),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": not_one, "min_value": not_one, "max_value": not_one},
    )


class EarlierForm(WithWhomForm):
    """An earlier moment that is not written down yet. Its year or an age is enough, and neither is needed."""

    age = _age_field()
    year = forms.IntegerField(
        label=_("Roughly which year was it?"),
        min_value=1900,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Write a year like 2004."), "min_value": _("Write a year like 2004.")},
    )
    what = WordsField(
        label=_("What happened?"), help_text=_("A line is enough. It doesn’t have to be the worst."), rows=4
    )

    def clean_year(self) -> int | None:
        """A year that has begun."""
        year: int | None = self.cleaned_data["year"]
        if year is not None and year > timezone.localdate().year:
            raise forms.ValidationError(_("This year is in the future."))
        return year

    def clean(self) -> dict[str, Any]:
        """The moment needs a few words. Nothing coaxes one: a button says that nothing comes to mind."""
        data = super().clean()
        if not data.get("what"):
            self.add_error("what", _("Write a few words, or choose “Nothing comes to mind”."))
        return data


class ThenForm(PageForm):
    """Back then."""

    age = _age_field()
    did = OneOf(labelled("did"), label=_("What did you do then?"), required=False)
    did_words = WordsField(label=_("In your own words, if you like"), rows=2)
    needed = WordsField(label=_("What did you need back then?"), rows=3)


class SentenceForm(PageForm):
    """One sentence."""

    sentence = WordsField(label=_("A sentence you could say"), rows=3)


def _truth_field(*, required: bool = False) -> ScaleField:
    return ScaleField(
        label=_("How true does this feel today?"),
        low=_("not at all"),
        high=_("entirely"),
        values=range(0, 101, 10),
        required=required,
    )


class BeliefForm(PageForm):
    """What the person took it to mean."""

    words = WordsField(
        label=_("What I believe about myself"),
        help_text=_("As a sentence: “When I try hard, …”"),
        rows=2,
        required=True,
    )
    about = forms.ChoiceField(label=_("Who does this come up with now?"), required=False)
    source = forms.ChoiceField(label=_("Who might you have learned this from?"), required=False)
    truth = _truth_field()

    def __init__(self, *args: Any, people: Sequence[Relationship], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("about", "source"):
            self.fields[field].choices = _people_or_nobody(people)  # type: ignore[attr-defined]


class TruthForm(PageForm):
    """How true it feels today."""

    truth = _truth_field(required=True)


class AgainstForm(PageForm):
    """An experience that speaks against it."""

    words = WordsField(label=_("What happened that counts against this?"), rows=3, required=True)


class PatternForm(PageForm):
    """A name for what keeps coming back."""

    name = forms.CharField(
        label=_("A name for this pattern"),
        help_text=_("In your own words. The name doesn’t have to be fair to anyone."),
        max_length=200,
        error_messages={"required": _("Please give a name. A word will do.")},
    )
    belief = forms.ChoiceField(label=_("Is there a belief behind this?"), required=False)

    def __init__(self, *args: Any, beliefs: Sequence[Belief], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(belief.id), belief.words[:_LONGEST_LABEL]) for belief in beliefs]
        self.fields["belief"].choices = [("", _("none yet")), *known]  # type: ignore[attr-defined]


class PracticeForm(WithWhomForm):
    """One small thing to try."""

    tried = OneOf(labelled("tried"), label=_("What do you want to try?"))
    plan = WordsField(label=_("What exactly, and in what words?"), rows=3)
    day = forms.DateField(
        label=_("When?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        error_messages={"invalid": _("Write the date like this: 2026-05-31.")},
    )

    def __init__(self, *args: Any, people: Sequence[Relationship], **kwargs: Any) -> None:
        super().__init__(*args, people=people, **kwargs)
        who: Any = self.fields["who"]
        # With whom one dares something is never chosen for one.
        who.choices = [("", _("choose …")), *who.choices] if people else who.choices
        who.error_messages["required"] = _("Choose who you’d like to try it with.")


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

    other = forms.ChoiceField(label=_("A moment you’ve written down"), required=False)

    def __init__(self, *args: Any, moments: Sequence[tuple[Moment, Relationship]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = labels("cause")
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            ("", _("choose …")),
            *(
                (str(m.id), f"{who.name}{sign(':')} {(m.what or causes[m.cause])[:_LONGEST_LABEL]}")
                for m, who in moments
            ),
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


class NameForm(PageForm):
    """What somebody is called here, and who they are to the person."""

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Please give a name. An initial will do.")}
    )
    role = OneOf(roles_to_choose, label=_("Who are they to you?"))

    def __init__(self, data: Any = None, *, who: Relationship, has_sessions: bool = False) -> None:
        super().__init__(data, initial={"name": who.name, "role": who.role})
        if has_sessions or who.status is RelationshipStatus.CURRENT:
            is_therapist = who.role is RelationshipKind.THERAPIST
            roles = [each for each in roles_to_choose() if each[0] != "therapist"]
            self.fields["role"].choices = roles  # type: ignore[attr-defined]
            if is_therapist:
                del self.fields["role"]
