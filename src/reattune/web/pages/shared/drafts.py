"""What is being typed, kept sealed as it is typed, and put back where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.codec import encode
from reattune.journal.documents import Draft, Relationship, Removed
from reattune.journal.draft_conflicts import Typed
from reattune.web.pages.shared.access import (
    about_whom,
    asked_for,
    form_address,
    here_or_404,
    of_another,
    to_page,
    with_either_journal,
)
from reattune.web.pages.shared.example_access import PATH
from reattune.web.pages.shared.locked_submission import SUGGEST, words_of
from reattune.web.pages.shared.wording import likely_cause_labels
from reattune.web.store.open_journal import OpenJournal

# As many as Django takes, so that what can be sent can be kept; and as long as a `Draft` holds.
_MOST_FIELDS, _LONGEST = 1_000, 1_000_000


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


def keep_typed(request: HttpRequest, opened: OpenJournal) -> bool:
    """Keep what is being typed, if the request brings a form that can be kept."""
    form, fields = request.POST.get("draft_of", "").strip(), words_of(request)
    too_large = len(fields) > _MOST_FIELDS or any(len(v) > _LONGEST for values in fields.values() for v in values)
    # Words that were typed into the example are never kept in a journal of one's own, nor the other way round.
    elsewhere = form.startswith(PATH) != opened.example
    if not form.startswith("/") or len(form) > 200 or too_large or elsewhere:
        return False
    try:
        keep_fields(opened, form, fields)
    except JournalError:
        return False  # nothing that a form of ours sends
    return True


def kept_aside(request: HttpRequest, opened: OpenJournal, who: Relationship | None) -> HttpResponse | None:
    """On to Today where a form was sent that was about somebody else when it was opened: what was typed there is half
    written. Else ``None``, and the form of this page is about ``who`` from here on."""
    if who and of_another(request, who):
        keep_typed(request, opened)
        return to_page(request, "today")
    about_whom(request, who)
    return None


def keep_fields(opened: OpenJournal, form: str, fields: Mapping[str, Sequence[str]]) -> None:
    """The fields of a form as its draft. Who takes everything out of a form doesn't want it there any more: what this
    window had kept of it is put away.

    Raises:
        JournalError: they are not the fields of a form.
    """
    typed = Typed.of(fields)
    if not typed.empty:
        opened.keep_draft(form, fields)
        return
    for draft in opened.drafts(form):
        if typed.goes_on_from(draft):
            put_away(opened, draft)


@require_POST
@with_either_journal
def discard(request: HttpRequest, opened: OpenJournal, draft_id: UUID) -> HttpResponse:
    """What was half-written is not wanted: it waits for thirty days beside what was deleted."""
    draft = opened.journal.find(Draft, draft_id)
    if draft:
        put_away(opened, draft)
    return to_page(request, "today")


def put_away(opened: OpenJournal, draft: Draft) -> None:
    """A half-written form beside what was deleted, from where it comes back for thirty days."""
    words = next((v for values in draft.fields.values() for v in values if " " in v), "")
    title = " ".join(words.split())[:60]
    removed = {"at": opened.now, "title": title, "kind_of": draft.kind, "documents": (encode(draft).decode(),)}
    opened.write_and_discard([opened.make(Removed, **removed)], [draft])


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
