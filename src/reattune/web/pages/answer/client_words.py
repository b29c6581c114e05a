"""The words for a client: five parts on one page with ways to begin, and the card that they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.documents import Relationship, Rupture, TalkPlan
from reattune.journal.vocabulary import Approach, Delivery, Outcome, RuptureState
from reattune.reflection.card_text import on_card
from reattune.reflection.danger_recogniser import dangers_in
from reattune.reflection.open_ruptures import causes_of, current_plan
from reattune.web.pages.answer.forms import AnotherWayForm, ClientWordsForm
from reattune.web.pages.answer.went_wrong import GUIDE_ON_BOUNDARIES, answered_for
from reattune.web.pages.mend.openings import CAUSES_SHOWN, Openings, with_opening
from reattune.web.pages.mend.rupture import refused
from reattune.web.pages.shared.access import here_or_404, to_page, with_therapists_journal
from reattune.web.pages.shared.edit_conflicts import FIELD
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.wording import form_chosen, openings_to_client, prompts_to_client
from reattune.web.store.open_journal import OpenJournal

PARTS = ("what_happened", "what_it_did", "my_part", "what_i_want_to_say", "what_i_want_to_ask")


@dataclass(frozen=True)
class Part:
    """One part on the page: the field of the plan, its prompt, its ways to begin."""

    name: str
    field: BoundField
    prompt: Mapping[str, Any]
    openings: Openings


def openings_for(opened: OpenJournal, plan: TalkPlan, rupture: Rupture, name: str) -> Openings:
    """What one part offers to begin with: by the first causes of what went wrong, then for anything."""
    form = form_chosen(opened)
    beginnings, offered = openings_to_client(form), prompts_to_client(form)
    pairs = [beginnings[cause][name] for cause in causes_of(opened.journal, rupture)[:CAUSES_SHOWN]]
    other = list(offered[name]["openings"])
    if name == "what_happened" and plan.approach:
        other = [*offered["by_approach"][plan.approach], *other]
    return Openings(tuple(soft for soft, _firm in pairs), tuple(firm for _soft, firm in pairs), tuple(other))


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def words(request: HttpRequest, opened: OpenJournal, plan_id: UUID) -> HttpResponse:
    """Find the words. Every way out of the page keeps what is written."""
    journal = opened.journal
    plan = here_or_404(journal.get, TalkPlan, plan_id)
    rupture = journal.get(Rupture, plan.rupture_id)
    known = {name: getattr(plan, name) for name in ClientWordsForm.base_fields}
    page = FormPage(request, opened, ClientWordsForm, known, of=plan)
    offered = {name: openings_for(opened, plan, rupture, name) for name in PARTS}
    only_shown = _only_shown(request, plan, offered)
    if only_shown is not None:
        page.form = only_shown
    elif page.can_be_kept():
        plan = opened.amend(plan, **{**page.form.cleaned_data, "delivery": page.form.cleaned_data["delivery"] or None})
        if "stop" in request.POST:
            return page.kept("client-mend", rupture.id)
        opened.change(plan, finished=plan.finished or opened.now)
        return page.kept("client-card", plan.id)
    prompts = prompts_to_client(form_chosen(opened))
    talks = journal.attempts(rupture)
    context: dict[str, Any] = {
        "plan": plan,
        "rupture": rupture,
        "client": journal.get(Relationship, rupture.relationship_id),
        "parts": [Part(name, page.form[name], prompts[name], offered[name]) for name in PARTS],
        "frames": [(delivery, said) for delivery, said in prompts["frame"].items() if said],
        "last_talk": talks[plan.attempt - 2] if plan.attempt > 1 and len(talks) >= plan.attempt - 1 else None,
        "answered_for": answered_for(rupture),
        "danger": dangers_in(rupture),
        "boundaries": GUIDE_ON_BOUNDARIES,
    }
    if only_shown is not None:
        # What only fills the page does not make a stale form a fresh one.
        context["seen"] = request.POST.get(FIELD, "")
    return page.show("answer/client_words.html", **context)


def _only_shown(request: HttpRequest, plan: TalkPlan, offered: Mapping[str, Openings]) -> ClientWordsForm | None:
    """The ways without JavaScript: the page comes back with an opening put in, or with the card as it would look."""
    name, _between, number = request.POST.get("opening", "").partition(":")
    chosen = name in offered and number.isdecimal() and int(number) < len(offered[name].all())
    if not chosen and "show" not in request.POST:
        return None
    typed: dict[str, Any] = {each: request.POST.get(each, "") for each in ClientWordsForm.base_fields}
    if chosen:
        typed[name] = with_opening(typed[name], offered[name].all()[int(number)], getattr(plan, name))
    return ClientWordsForm(initial=typed)


@require_POST
@with_therapists_journal
def begin(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """Begin the words for the next conversation; a further one starts from those of the last, in another way."""
    journal = opened.journal
    rupture = here_or_404(journal.get, Rupture, rupture_id)
    begun = current_plan(journal, rupture)
    form = AnotherWayForm(request.POST)
    approach = form.cleaned_data["approach"] if form.is_valid() else None
    if begun:
        if begun.attempt > 1 and approach and approach != begun.approach:
            begun = opened.change(begun, approach=approach)
        return to_page(request, "client-words", begun.id)
    attempts, plans = journal.attempts(rupture), journal.plans(rupture)
    # Nothing was chosen: the first way is what stands on the page as chosen.
    again = rupture.state in (RuptureState.PARTLY, RuptureState.UNHEARD)
    mended = bool(attempts) and attempts[-1].outcome is Outcome.REPAIRED
    fields = {name: getattr(plans[-1], name) for name in PARTS} if plans and not mended else {}
    approach = approach or (Approach.OTHER_WORDS if again else None)
    try:
        made = opened.create(
            TalkPlan, rupture_id=rupture.id, attempt=len(attempts) + 1, approach=approach if again else None, **fields
        )
    except JournalError as error:
        return refused(request, opened, rupture, error)
    return to_page(request, "client-words", made.id)


@require_safe
@with_therapists_journal
def card(request: HttpRequest, opened: OpenJournal, plan_id: UUID) -> HttpResponse:
    """The words in large type, to be read once more at the door, printed, or copied."""
    journal = opened.journal
    plan = here_or_404(journal.get, TalkPlan, plan_id)
    rupture = journal.get(Rupture, plan.rupture_id)
    parts = on_card(plan, "")
    before = prompts_to_client(form_chosen(opened))["frame"].get(plan.delivery or Delivery.SAY, "")
    context = {
        "open": opened,
        "plan": plan,
        "rupture": rupture,
        "parts": parts,
        "before": before,
        "as_text": "\n\n".join([before, *parts] if before and parts else parts),
        "heard": any(attempt.number == plan.attempt for attempt in journal.attempts(rupture)),
    }
    return render(request, "answer/client_card.html", context)
