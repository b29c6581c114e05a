"""Find the words: all parts of the card on one page, filled with what was said already, the card beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Relationship, Rupture, TalkPlan
from reattune.reflection.crossed_boundaries import for_repair
from reattune.web.pages.leave.forms import CrossedForm
from reattune.web.pages.mend.forms import FindWordsForm
from reattune.web.pages.mend.openings import Openings, openings_for, with_opening
from reattune.web.pages.mend.say_it import PROMPTS
from reattune.web.pages.mend.wording_by_role import frame, safety_first
from reattune.web.pages.notice.danger_question import concern_with
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.edit_conflicts import FIELD
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.person_choice import is_unnamed
from reattune.web.pages.shared.wording import labels, prompts
from reattune.web.store.open_journal import OpenJournal


@dataclass(frozen=True)
class Part:
    """One part of the card on the page.

    Attributes:
        name: the field of the plan.
        place: how its openings are named in the form.
        about_them: whether its words speak of the other one, to whom they are to be said.
    """

    name: str
    place: str
    field: BoundField
    prompt: Mapping[str, Any]
    openings: Openings
    about_them: bool


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def find_words(request: HttpRequest, opened: OpenJournal, plan_id: UUID) -> HttpResponse:
    """Write the card on one page. Every way out of it keeps what is written."""
    journal = opened.journal
    plan = here_or_404(journal.get, TalkPlan, plan_id)
    rupture = journal.get(Rupture, plan.rupture_id)
    if not for_repair(journal, rupture):
        return to_page(request, "mend", rupture.id)
    who = journal.get(Relationship, rupture.relationship_id)
    page = FormPage(
        request, opened, FindWordsForm, {name: getattr(plan, name) for name in FindWordsForm.base_fields}, of=plan
    )
    offered = {name: openings_for(opened, plan, name) for name in PROMPTS.values()}
    only_shown = _only_shown(request, plan, offered)
    if only_shown is not None:
        page.form = only_shown
    elif page.can_be_kept():
        data = {**page.form.cleaned_data, "delivery": page.form.cleaned_data["delivery"] or None}
        plan = opened.amend(plan, **data)
        if "stop" in request.POST:
            return page.kept("mend", rupture.id)
        if "steps" in request.POST:
            return page.kept("say", plan.id, "happened")
        if safety_first(opened, who, plan) and "warned" not in request.POST:
            return page.kept("find-words", plan.id)
        opened.change(plan, finished=plan.finished or opened.now)
        return page.kept("card", plan.id)
    talks = journal.attempts(rupture)
    context: dict[str, Any] = {
        "plan": plan,
        "who": who,
        "concern": concern_with(opened, who.id),
        "nameless": is_unnamed(who),
        "rupture": rupture,
        "crossed_form": CrossedForm(who=who, known=rupture.crossed),
        "parts": [_part(page.form, place, name, offered[name]) for place, name in PROMPTS.items()],
        "misread": prompts()["misread"]["sentence"],
        "frames": [(delivery, words) for delivery in labels("delivery") if (words := frame(opened, who, delivery))],
        "them": prompts()["about_them"],
        "last_talk": talks[-1] if plan.attempt > 1 and len(talks) >= plan.attempt - 1 else None,
        "safety": safety_first(opened, who, plan),
    }
    if only_shown is not None:
        # What only fills the page does not make a stale form a fresh one.
        context["seen"] = request.POST.get(FIELD, "")
    return page.show("mend/find_words.html", **context)


def _only_shown(request: HttpRequest, plan: TalkPlan, offered: Mapping[str, Openings]) -> FindWordsForm | None:
    """The ways without JavaScript: the page comes back with an opening put in, or with the card as it would look."""
    part, _between, number = request.POST.get("opening", "").partition(":")
    name = PROMPTS.get(part, "")
    chosen = name and number.isdecimal() and int(number) < len(offered[name].all())
    if not chosen and "show" not in request.POST:
        return None
    typed: dict[str, Any] = {each: request.POST.get(each, "") for each in FindWordsForm.base_fields}
    if chosen:
        typed[name] = with_opening(typed[name], offered[name].all()[int(number)], getattr(plan, name))
    return FindWordsForm(initial=typed)


def _part(form: FindWordsForm, place: str, name: str, offered: Openings) -> Part:
    words = str(form[name].value() or "")
    spoken = name != "what_i_fear"
    return Part(name, place, form[name], prompts()[name], offered, spoken and speaks_about_them(words))


def speaks_about_them(words: str) -> bool:
    """Whether words that are to be said to somebody speak of them: "she", "he". It may be about somebody else."""
    pattern = "|".join(re.escape(each) for each in prompts()["about_them"]["words"])
    return re.search(rf"(?<!\w)({pattern})(?!\w)", words, re.IGNORECASE) is not None
