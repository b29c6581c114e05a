"""Forms of the journal's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.journal.vocabulary import CAUSE_GROUPS
from reattune.web.pages.shared.form_fields import DayField, OneOf, PageForm, ScaleField, Several, WordsField, labelled
from reattune.web.pages.shared.person_form import WithWhomForm
from reattune.web.pages.shared.wording import labels, likely_cause_labels, roles_to_choose


def _roles_but_therapist() -> list[tuple[str, str]]:
    return [(role, words) for role, words in roles_to_choose() if role != "therapist"]


class WhatHappenedForm(WithWhomForm):
    """First step of a moment."""

    day = DayField(label=_("When?"))
    what = WordsField(label=_("What happened?"), help_text=_("As it was, in your words. A line is enough."), rows=5)
    cause = OneOf(labelled("cause"), label=_("What comes closest?"), required=False)
    feelings = Several(labelled("feeling"), label=_("What did you feel?"))
    feelings_words = forms.CharField(label=_("Or in your own words"), required=False, max_length=1000)
    role = forms.ChoiceField(label=_("Who are they to you?"), choices=_roles_but_therapist, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", timezone.localdate())

    @property
    def cause_groups(self) -> list[tuple[str, list[BoundWidget]]]:
        """The causes by what they are about, each with its touch target."""
        targets = {str(each.data["value"]): each for each in self["cause"].subwidgets}
        titles = labels("cause_group")
        return [(titles[name], [targets[cause] for cause in causes]) for name, causes in CAUSE_GROUPS.items()]

    @property
    def likely_causes(self) -> list[tuple[str, str]]:
        """The causes that the words come closest to, with their labels; none once one is chosen, or for few words."""
        return [] if self["cause"].value() else likely_cause_labels(str(self["what"].value() or ""))

    @property
    def chosen_cause(self) -> str:
        """The chosen cause in words, or nothing."""
        return labels("cause").get(str(self["cause"].value() or ""), "")

    def clean(self) -> dict[str, Any]:
        """The moment needs a word or a cause."""
        data = super().clean()
        if not data.get("what") and not data.get("cause"):
            self.add_error("what", _("Please write a word about what happened, or choose what comes closest."))
        return data


class HowBigForm(PageForm):
    """Second step."""

    reaction = ScaleField(label=_("How big did it feel?"), low=_("barely a ripple"), high=_("overwhelming"))
    event = ScaleField(
        label=_("Looking back now, how big does it seem?"),
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

    touched = Several(labelled("touched"), label=_("What did it seem to say about you?"))
    meant_about_me = WordsField(label=_("In your own words"), rows=2)
    meant_about_them = WordsField(label=_("And about them?"), rows=2)


class WhatIDidForm(PageForm):
    """Fourth step."""

    did = OneOf(labelled("did"), label=_("What did you do?"), required=False)
    did_words = WordsField(label=_("In your own words, if you like"), rows=2)
    said = OneOf([("yes", _("Yes")), ("no", _("No"))], label=_("Do they know what it did to you?"), required=False)


class UnsaidForm(PageForm):
    """Something held back, noted by itself."""

    words = WordsField(label=_("What’s left unsaid?"), rows=3, required=True)
    weight = ScaleField(label=_("How heavy does this feel?"), low=_("not very"), high=_("very"))
