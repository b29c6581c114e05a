"""What is being typed, kept sealed as it is typed, and put back where it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from reattune.journal.documents import Draft, Relationship
from reattune.web.pages.shared.access import (
    about_whom,
    asked_for,
    form_address,
    here_or_404,
    of_another,
    to_page,
    with_either_journal,
)
from reattune.web.pages.shared.kept_drafts import keep_typed, put_away
from reattune.web.pages.shared.locked_submission import SUGGEST
from reattune.web.pages.shared.wording import likely_cause_labels
from reattune.web.store.open_journal import OpenJournal


@require_POST
@with_either_journal
def keep(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Keep the fields of one form. Answers nothing, or what changes on the page: where to turn, where the words speak
    of danger; the causes they come closest to, where the form asks and none was chosen.
    """
    if not keep_typed(request, opened):
        return HttpResponseBadRequest()
    changed = ""
    if opened.near:
        near = {"open": opened, "arriving": True, "near_at": request.POST["draft_of"]}
        changed += render_to_string("shared/_danger_helplines.html", near, request)
    if SUGGEST in request.POST and not request.POST.get("cause"):
        causes = likely_cause_labels(request.POST.get("what", ""))
        changed += render_to_string("notice/_likely_causes.html", {"causes": causes, "arriving": True}, request)
    return HttpResponse(changed) if changed else HttpResponse(status=204)


def kept_aside(request: HttpRequest, opened: OpenJournal, who: Relationship | None) -> HttpResponse | None:
    """On to Today where a form was sent that was about somebody else when it was opened: what was typed there is half
    written. Else ``None``, and the form of this page is about ``who`` from here on."""
    if who and of_another(request, who):
        keep_typed(request, opened)
        return to_page(request, "today")
    about_whom(request, who)
    return None


@require_POST
@with_either_journal
def discard(request: HttpRequest, opened: OpenJournal, draft_id: UUID) -> HttpResponse:
    """What was half-written is not wanted: it waits for thirty days beside what was deleted."""
    draft = opened.journal.find(Draft, draft_id)
    if draft:
        put_away(opened, draft)
    return to_page(request, "today")


def draft_of(request: HttpRequest, opened: OpenJournal) -> Draft | None:
    """What was typed into the form of this page and not kept: the latest, or the one that ``?draft=`` names."""
    drafts, asked = opened.drafts(form_address(request)), asked_for(request, opened, Draft, "draft")
    return asked if asked in drafts else next(iter(drafts), None)


@require_safe
@with_either_journal
def words(request: HttpRequest, opened: OpenJournal, draft_id: UUID) -> HttpResponse:
    """What was half-written, to be read: the page it was for is there no more."""
    draft = here_or_404(opened.journal.get, Draft, draft_id)
    typed = [value for values in draft.fields.values() for value in values if " " in value]
    return render(request, "shared/half_written.html", {"open": opened, "draft": draft, "typed": typed})


def restored(request: HttpRequest, opened: OpenJournal, form_class: type[forms.Form]) -> dict[str, Any]:
    """Initial values from what was typed into the form of this page and not kept."""
    draft = opened.filled_with = draft_of(request, opened)
    if draft is None:
        return {}
    several = {name for name, field in form_class.base_fields.items() if isinstance(field, forms.MultipleChoiceField)}
    return {name: list(values) if name in several else values[-1] for name, values in draft.fields.items() if values}
