"""Say it: five prompts with openings, and how to bring it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Attempt, Relationship, Rupture, TalkPlan
from reattune.reflection.crossed_boundaries import for_repair
from reattune.web.pages.mend.forms import DeliveryForm, PromptForm
from reattune.web.pages.mend.openings import Openings, openings_for, with_opening
from reattune.web.pages.mend.wording_by_role import is_therapist, safety_first
from reattune.web.pages.notice.danger_question import concern_with
from reattune.web.pages.shared.access import form_address, here_or_404, to_page, with_journal
from reattune.web.pages.shared.drafts import restored
from reattune.web.pages.shared.edit_conflicts import FIELD, changed_meanwhile, seen
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.wording import care, prompts, reference
from reattune.web.store.open_journal import OpenJournal

PROMPTS = {
    "happened": "what_happened",
    "felt": "what_i_felt",
    "made": "what_i_made_of_it",
    "need": "what_i_need",
    "fear": "what_i_fear",
}
STEPS = [*PROMPTS, "how"]


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def say(request: HttpRequest, opened: OpenJournal, plan_id: UUID, step: str) -> HttpResponse:
    """One step of the plan. Every way out of the page keeps what is written."""
    plan = here_or_404(opened.journal.get, TalkPlan, plan_id)
    if step not in STEPS:
        raise Http404
    if not for_repair(opened.journal, opened.journal.get(Rupture, plan.rupture_id)):
        return to_page(request, "mend", plan.rupture_id)
    return _how(request, opened, plan) if step == "how" else _prompt(request, opened, plan, step)


def _prompt(request: HttpRequest, opened: OpenJournal, plan: TalkPlan, step: str) -> HttpResponse:
    field = PROMPTS[step]
    offered = openings_for(opened, plan, field)
    draft = restored(request, opened, PromptForm)
    ticks = {"may_have_misread": plan.may_have_misread, "fear_on_card": plan.fear_on_card}
    initial = {"words": getattr(plan, field), **ticks, **draft}
    form = PromptForm(request.POST or None, initial=initial)
    chosen = request.POST.get("opening", "")
    if chosen.isdecimal() and int(chosen) < len(offered.all()):
        form = _with_opening(request, offered.all()[int(chosen)], getattr(plan, field))
        return _page(request, opened, plan, step, form, offered, False)
    if form.is_valid() and not changed_meanwhile(request, plan, form, {"words": getattr(plan, field)}):
        changes: dict[str, Any] = {field: form.cleaned_data["words"]}
        if step == "made":
            changes["may_have_misread"] = form.cleaned_data["may_have_misread"]
        if step == "fear":
            changes["fear_on_card"] = form.cleaned_data["fear_on_card"]
        opened.amend(plan, **changes)
        opened.discard_draft(form_address(request))
        if "stop" in request.POST:
            return to_page(request, "mend", plan.rupture_id)
        if "whole" in request.POST:
            return to_page(request, "find-words", plan.id)
        return to_page(request, "say", plan.id, STEPS[STEPS.index(step) + 1])
    return _page(request, opened, plan, step, form, offered, bool(draft))


def _with_opening(request: HttpRequest, opening: str, before: str) -> PromptForm:
    together = with_opening(request.POST.get("words", ""), opening, before)
    ticks = {name: name in request.POST for name in ("may_have_misread", "fear_on_card")}
    return PromptForm(initial={"words": together, **ticks})


def _page(
    request: HttpRequest,
    opened: OpenJournal,
    plan: TalkPlan,
    step: str,
    form: PromptForm,
    offered: Openings,
    was_restored: bool,
) -> HttpResponse:
    context = {
        "open": opened,
        "plan": plan,
        "concern": concern_with(opened, opened.journal.get(Rupture, plan.rupture_id).relationship_id),
        # An opening only fills the page: it does not make a stale form a fresh one.
        "seen": request.POST.get(FIELD, seen(plan)) if "opening" in request.POST else seen(plan),
        "form": form,
        "step": STEPS.index(step) + 1,
        "count": len(STEPS),
        "name": step,
        "prompt": prompts()[PROMPTS[step]],
        "misread": prompts()["misread"]["sentence"] if step == "made" else "",
        "fears": step == "fear",
        "speaks_to_them": step == "happened",
        "openings": offered,
        "last_time": _last_time(opened, plan, PROMPTS[step]),
        "restored": was_restored,
        "back": STEPS[STEPS.index(step) - 1] if STEPS.index(step) else "",
    }
    return render(request, "mend/say_it.html", context)


def _last_time(opened: OpenJournal, plan: TalkPlan, field: str) -> Mapping[str, Any] | None:
    """For a further attempt: what was written here the last time, and how it was met."""
    if plan.attempt == 1:
        return None
    rupture = opened.journal.get(Rupture, plan.rupture_id)
    attempt: Attempt = opened.journal.attempts(rupture)[plan.attempt - 2]
    before = opened.journal.find(TalkPlan, attempt.plan_id)
    return {"words": getattr(before, field) if before else "", "attempt": attempt, "approach": plan.approach}


def _how(request: HttpRequest, opened: OpenJournal, plan: TalkPlan) -> HttpResponse:
    who = opened.journal.get(Relationship, opened.journal.get(Rupture, plan.rupture_id).relationship_id)
    page = FormPage(request, opened, DeliveryForm, {"delivery": plan.delivery, "hope": plan.hope}, of=plan)
    if page.can_be_kept():
        opened.amend(plan, **page.form.cleaned_data, finished=plan.finished or opened.now)
        return page.kept("card", plan.id)
    context = {
        "plan": plan,
        "step": len(STEPS),
        "count": len(STEPS),
        "empty": not any(getattr(plan, field).strip() for field in PROMPTS.values()),
        "why": care()["why_say_it"],
        "safety": safety_first(opened, who, plan),
        "of_therapy": is_therapist(who),
        "reference": reference(care()["why_say_it"]["reference"]),
    }
    return page.show("mend/say_it_how.html", **context)
