"""The person's word that what sounds like danger is none."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Attempt,
    Belief,
    CameIn,
    CheckIn,
    Ending,
    LooseNote,
    Moment,
    Practice,
    Relationship,
    Repair,
    Rupture,
    TalkPlan,
    Unsaid,
)
from reattune.reflection.unanswered_danger import find_whom
from reattune.web.http.redirect_within import redirect_within
from reattune.web.pages.shared.access import hide_quiet_line, to_page, with_either_journal
from reattune.web.pages.shared.document_urls import address_of
from reattune.web.pages.shared.kept_drafts import keep_typed
from reattune.web.pages.shared.locked_submission import words_of
from reattune.web.store.not_meant import say_not_meant, take_not_meant_back
from reattune.web.store.open_journal import OpenJournal

SPEAKING = (Moment, Rupture, CheckIn, Unsaid, Ending, Attempt, TalkPlan, Repair, Practice, Belief)


def spoken(opened: OpenJournal, document_id: UUID) -> Document | None:
    """What holds the person's words and has this id, if it is one of `SPEAKING`."""
    return next((each for kind in SPEAKING if (each := opened.journal.find(kind, document_id))), None)


def asked_at(opened: OpenJournal, document: Document) -> str:
    """Where it can be said whether something written crossed a boundary, and which: of what came in and what waits to
    be sorted, where it is said first whom it is about. Empty where nobody is known whom it could be of."""
    if isinstance(document, CameIn):
        return address_of(document, opened.space)
    if isinstance(document, LooseNote):
        return f"{address_of(document, opened.space)}?note={document.id}"
    of = opened.journal.find(Relationship, find_whom(opened.journal, document))
    known = of is not None and isinstance(document, SPEAKING)
    return reverse("pages:which-line", args=(document.id,), current_app=opened.space) if known else ""


@require_POST
@with_either_journal
def not_meant(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Of one document, or of all that was written lately. What is being typed is kept first; then back to the page.

    Who hides the quiet line says nothing of what was written: somebody may have come near.
    """
    onward = redirect_within(request.POST.get("back", ""), to_page(request, "today"))
    if "hide" in request.POST:
        hide_quiet_line(request, onward, opened)
        return onward
    if any(" " in words for values in words_of(request).values() for words in values):
        keep_typed(request, opened)
    try:
        named = spoken(opened, UUID(request.POST.get("of", "")))
    except ValueError:
        named = None
    say_not_meant(opened, named)
    return onward


@require_POST
@with_either_journal
def meant(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What was said so within the last days is taken back; on to Today, which asks again."""
    take_not_meant_back(opened)
    return to_page(request, "today")
