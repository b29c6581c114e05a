"""Forms of mending with a client, and of practising an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reattune.journal.therapists_vocabulary import AnswerWay
from reattune.journal.vocabulary import CAUSE_GROUPS, Approach
from reattune.web.pages.mend.forms import TookPlaceForm
from reattune.web.pages.shared.form_fields import DayField, OneOf, PageForm, Several, WordsField, labelled
from reattune.web.pages.shared.wording import labels


class WentWrongForm(PageForm):
    """Something that went wrong with a client."""

    title = forms.CharField(
        label=_("A few words for what went wrong"),
        help_text=_("So you can find this again. No names."),
        max_length=200,
        required=False,
    )
    day = DayField(label=_("When was it?"))
    causes = Several(labelled("cause_by_me"), label=_("What was it about?"))
    their_words = WordsField(
        label=_("What did they say or write about it?"),
        help_text=_("In their words, if there are any. They stay on top while you look for yours."),
        rows=4,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", timezone.localdate())

    def cause_groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Title of a group, and its choices."""
        field: BoundField = self["causes"]
        choices = {str(choice.data["value"]): choice for choice in field}
        for group, causes in CAUSE_GROUPS.items():
            yield labels("cause_group_by_me")[group], [choices[cause] for cause in causes]


class ClientWordsForm(PageForm):
    """The five parts of a therapist's plan, and how it is brought."""

    what_happened = WordsField(rows=3)
    what_it_did = WordsField(rows=2)
    my_part = WordsField(rows=2)
    what_i_want_to_say = WordsField(rows=2)
    what_i_want_to_ask = WordsField(rows=2)
    delivery = OneOf(labelled("client_delivery"), label=_("How would you like to bring it up?"), required=False)


class AnotherWayForm(PageForm):
    """What is different next time."""

    approach = OneOf(
        labelled("client_approach"), label=_("What could be different this time?"), initial=Approach.OTHER_WORDS
    )


def _outcomes() -> list[tuple[str, Any]]:
    return [*labelled("client_outcome")(), ("", _("Too early to say"))]


class ClientTalkForm(TookPlaceForm):
    """A conversation that took place."""

    delivery = OneOf(labelled("delivery_done"), label=_("How did you bring it up?"), required=False)
    client_met = Several(labelled("client_met"), label=_("How did they respond?"))
    they_said = WordsField(label=_("What did they say?"), help_text=_("In their words, as you remember them."), rows=3)
    feel_now = WordsField(label=_("How was it for you, and how is it now?"), rows=3)
    agreed = WordsField(label=_("Did you agree on something, or promise something?"), rows=2)
    outcome = OneOf(_outcomes, label=_("All in all"), required=False)


class WayForm(PageForm):
    """How an answer is practised, and against which clock."""

    way = OneOf(labelled("answer_way"), label=_("How would you like to do it?"), initial=AnswerWay.WRITE)
    clock = OneOf(labelled("answer_clock"), label=_("Against a clock?"), initial="120")


class TriedForm(PageForm):
    """An answer, as it was written; said aloud or only thought, it has no words."""

    words = WordsField(label=_("What do you say?"), rows=6)


class LookedForm(PageForm):
    """What somebody finds in an answer of their own."""

    parts = Several(labelled("answer_part"), label=_("What do you find in yours?"))
    keep_in_mind = WordsField(label=_("What would you like to keep in mind?"), rows=2)
    come_back = forms.BooleanField(label=_("I’d like to come back to this one"), required=False)
