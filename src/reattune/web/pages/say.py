"""Say it: five prompts, how to bring it, and the card."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from reattune.journal.documents import Moment, Relationship, Rupture, TalkPlan
from reattune.web.pages.access import here_or_404, to_page, with_journal
from reattune.web.pages.drafts import restored
from reattune.web.pages.forms.journal import DeliveryForm, PromptForm
from reattune.web.pages.two_windows import FIELD, changed_meanwhile, seen
from reattune.web.pages.words import care, prompts, reference
from reattune.web.store.opening import OpenJournal

PROMPTS = {
    "happened": "what_happened",
    "felt": "what_i_felt",
    "made": "what_i_made_of_it",
    "need": "what_i_need",
    "fear": "what_i_fear",
}
STEPS = [*PROMPTS, "how"]
_ON_CARD = ("what_happened", "what_i_felt", "what_i_made_of_it", "what_i_need")


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def say(request: HttpRequest, opened: OpenJournal, plan_id: UUID, step: str) -> HttpResponse:
    """One step of the plan. Every way out of the page keeps what is written."""
    plan = here_or_404(opened.journal.get, TalkPlan, plan_id)
    if step not in STEPS:
        raise Http404
    return _how(request, opened, plan) if step == "how" else _prompt(request, opened, plan, step)


def _prompt(request: HttpRequest, opened: OpenJournal, plan: TalkPlan, step: str) -> HttpResponse:
    field = PROMPTS[step]
    openings = _openings(opened, plan, field)
    draft = restored(request, opened, PromptForm)
    initial = {"words": getattr(plan, field), "may_have_misread": plan.may_have_misread, **draft}
    form = PromptForm(request.POST or None, initial=initial)
    chosen = request.POST.get("opening", "")
    if chosen.isdecimal() and int(chosen) < len(openings):
        return _with_opening(request, opened, plan, step, openings, int(chosen))
    if form.is_valid() and not changed_meanwhile(request, plan, form, getattr(plan, field)):
        changes: dict[str, Any] = {field: form.cleaned_data["words"]}
        if step == "made":
            changes["may_have_misread"] = form.cleaned_data["may_have_misread"]
        opened.change(plan, **changes)
        opened.discard_draft(request.path)
        if "stop" in request.POST:
            return to_page(request, "mend", plan.rupture_id)
        return to_page(request, "say", plan.id, STEPS[STEPS.index(step) + 1])
    return _page(request, opened, plan, step, form, openings, bool(draft))


def _openings(opened: OpenJournal, plan: TalkPlan, field: str) -> list[str]:
    said = list(prompts()[field]["openings"])
    if field != "what_happened":
        return said
    rupture = opened.journal.get(Rupture, plan.rupture_id)
    moments = [opened.journal.get(Moment, moment_id) for moment_id in rupture.moment_ids]
    by_cause = prompts()["by_cause"]
    fitting = [opening for moment in moments for opening in by_cause[moment.cause]]
    return list(dict.fromkeys([*fitting, *said]))[:5]


def _with_opening(
    request: HttpRequest, opened: OpenJournal, plan: TalkPlan, step: str, openings: list[str], chosen: int
) -> HttpResponse:
    """The way without JavaScript: the page comes back with the opening put behind what is written."""
    words = request.POST.get("words", "").rstrip()
    together = f"{words}\n{openings[chosen]} " if words else f"{openings[chosen]} "
    form = PromptForm(initial={"words": together, "may_have_misread": "may_have_misread" in request.POST})
    return _page(request, opened, plan, step, form, openings, False)


def _page(
    request: HttpRequest,
    opened: OpenJournal,
    plan: TalkPlan,
    step: str,
    form: PromptForm,
    openings: list[str],
    was_restored: bool,
) -> HttpResponse:
    context = {
        "open": opened,
        "plan": plan,
        # An opening only fills the page: it does not make a stale form a fresh one.
        "seen": request.POST.get(FIELD, seen(plan)) if "opening" in request.POST else seen(plan),
        "form": form,
        "step": STEPS.index(step) + 1,
        "count": len(STEPS),
        "name": step,
        "prompt": prompts()[PROMPTS[step]],
        "misread": prompts()["misread"]["sentence"] if step == "made" else "",
        "openings": openings,
        "restored": was_restored,
        "back": STEPS[STEPS.index(step) - 1] if STEPS.index(step) else "",
    }
    return render(request, "pages/say.html", context)


def _how(request: HttpRequest, opened: OpenJournal, plan: TalkPlan) -> HttpResponse:
    draft = restored(request, opened, DeliveryForm)
    initial = {"delivery": plan.delivery, "hope": plan.hope, **draft}
    form = DeliveryForm(request.POST or None, initial=initial)
    if form.is_valid() and not changed_meanwhile(request, plan, form):
        opened.change(plan, **form.cleaned_data, finished=plan.finished or opened.now)
        opened.discard_draft(request.path)
        return to_page(request, "card", plan.id)
    context = {
        "open": opened,
        "plan": plan,
        "seen": seen(plan),
        "form": form,
        "step": len(STEPS),
        "count": len(STEPS),
        "restored": bool(draft),
        "why": care()["why_say_it"],
        "reference": reference(care()["why_say_it"]["reference"]),
    }
    return render(request, "pages/say_how.html", context)


@require_safe
@with_journal
def card(request: HttpRequest, opened: OpenJournal, plan_id: UUID) -> HttpResponse:
    """The words in large type, to be read from the phone or printed."""
    plan = here_or_404(opened.journal.get, TalkPlan, plan_id)
    rupture = opened.journal.get(Rupture, plan.rupture_id)
    parts = [getattr(plan, name) for name in _ON_CARD]
    if plan.may_have_misread:
        parts.insert(3, prompts()["misread"]["sentence"])
    parts = [part for part in parts if part]
    context = {
        "open": opened,
        "plan": plan,
        "rupture": rupture,
        "who": opened.journal.get(Relationship, rupture.relationship_id),
        "parts": parts,
        "as_text": "\n\n".join(parts),
        "heard": any(attempt.number == plan.attempt for attempt in opened.journal.attempts(rupture)),
    }
    return render(request, "pages/card.html", context)
