"""Rehearse: read it aloud, meet the three likeliest answers, and see how ready one feels."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Relationship, Rupture, TalkPlan
from reattune.reflection.crossed_boundaries import for_repair
from reattune.reflection.open_ruptures import causes_of
from reattune.web.pages.mend.card import card_parts
from reattune.web.pages.mend.forms import ReadyForm
from reattune.web.pages.mend.wording_by_role import likely_answers, safety_first
from reattune.web.pages.notice.danger_question import concern_with
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.wording import form_for, prompts
from reattune.web.store.open_journal import OpenJournal

STEPS = ("read", "answers", "ready")
# Words a minute, read aloud and calmly.
_PACE = 120


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def rehearse(request: HttpRequest, opened: OpenJournal, plan_id: UUID, step: str) -> HttpResponse:
    """One step of the rehearsal. Nothing has to be answered."""
    journal = opened.journal
    plan = here_or_404(journal.get, TalkPlan, plan_id)
    rupture = journal.get(Rupture, plan.rupture_id)
    if step not in STEPS:
        raise Http404
    if not for_repair(journal, rupture) or concern_with(opened, rupture.relationship_id):
        return to_page(request, "mend", rupture.id)
    field = "ready_before" if step == "read" else "ready_after"
    posted = request.POST if request.method == "POST" else None
    form = ReadyForm(posted, initial={"ready": getattr(plan, field)})
    if form.is_valid():
        if step != "answers":
            opened.change(plan, **{field: form.cleaned_data["ready"]})
        following = STEPS[STEPS.index(step) + 1 :]
        return to_page(request, "rehearse", plan.id, following[0]) if following else to_page(request, "card", plan.id)
    who = journal.get(Relationship, rupture.relationship_id)
    parts = card_parts(plan)
    context = {
        "open": opened,
        "plan": plan,
        "rupture": rupture,
        "who": who,
        "form": form,
        "name": step,
        "step": STEPS.index(step) + 1,
        "count": len(STEPS),
        "parts": parts,
        "seconds": max(5, round(60 * sum(len(part.split()) for part in parts) / _PACE / 5) * 5),
        "if_it_happens": prompts(form_for(opened, who))["beside"]["if_it_happens"],
        "safety": safety_first(opened, who, plan),
        "answers": likely_answers(opened, who, causes_of(journal, rupture)[0]),
    }
    return render(request, "mend/rehearse.html", context)
