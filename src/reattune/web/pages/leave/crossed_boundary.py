"""What is not the person's to mend: saying which boundary it was, and where to turn."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal.document_base import Document
from reattune.journal.documents import CheckIn, Ending, Moment, Relationship, Rupture, Session, Unsaid
from reattune.journal.vocabulary import NOT_FOR_REPAIR, Cause
from reattune.reflection.unanswered_danger import with_whom
from reattune.web.pages.leave.forms import CrossedForm
from reattune.web.pages.notice.danger_not_meant import spoken
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.document_urls import address_of, to_page_of
from reattune.web.pages.shared.form_fields import moment_of
from reattune.web.pages.shared.wording import advice, care
from reattune.web.store.not_meant import say_not_meant
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def which(request: HttpRequest, opened: OpenJournal, document_id: UUID) -> HttpResponse:
    """Was it one of these? Of a moment, of something that went wrong, or of words that were kept elsewhere."""
    document = spoken(opened, document_id)
    if document is None:
        raise Http404
    who = _with_whom(opened, document)
    known = document.crossed if isinstance(document, (Moment, Rupture)) else ()
    form = CrossedForm(request.POST if request.method == "POST" else None, who=who, known=known)
    if isinstance(document, (Unsaid, Ending)):
        form.ask_day()
    if form.is_valid():
        if "none" in request.POST or not form.lines():
            return _none_of_these(request, opened, document)
        return to_page_of(request, _ticked(opened, document, who, form))
    context = {
        "open": opened,
        "form": form,
        "document": document,
        "who": who,
        "question": care()["crossed_question"],
        "back": address_of(document, opened.space),
    }
    return render(request, "leave/which_boundary.html", context)


def _with_whom(opened: OpenJournal, document: Document) -> Relationship:
    return opened.journal.get(Relationship, with_whom(opened.journal, document))


def _none_of_these(request: HttpRequest, opened: OpenJournal, document: Document) -> HttpResponse:
    if isinstance(document, (Moment, Rupture)) and document.crossed:
        document = opened.amend(document, crossed=())
    if isinstance(document, Moment) and document.cause in NOT_FOR_REPAIR:
        # None of these boundaries: then what was ticked as one is something else.
        document = opened.amend(document, cause=Cause.OTHER)
    say_not_meant(opened, document)
    return to_page_of(request, document)


def _ticked(opened: OpenJournal, document: Document, who: Relationship, form: CrossedForm) -> Moment | Rupture:
    """The same thing with its lines; words that stood elsewhere become a moment that can be its record."""
    if isinstance(document, (Moment, Rupture)):
        return opened.amend(document, crossed=form.lines())
    day = form.cleaned_data.get("day")
    of: dict[str, object]
    with transaction.atomic():
        if isinstance(document, CheckIn):
            session = opened.journal.get(Session, document.session_id)
            at, words, of = session.at, document.unsaid_words, {"session_id": session.id}
        else:
            assert isinstance(document, (Unsaid, Ending))  # noqa: S101  `spoken` finds no other kind
            words = document.words if isinstance(document, Unsaid) else document.why
            at, of = moment_of(day, opened.now, opened.zone) if day else document.created, {"no_day": day is None}
        cause = Cause.CROSSED_A_BOUNDARY
        made = opened.create(
            Moment, relationship_id=who.id, at=at, what=words, cause=cause, crossed=form.lines(),
            not_meant=document.not_meant, **of,
        )  # fmt: skip
        if isinstance(document, Unsaid):
            opened.change(document, source_id=made.id)
        if isinstance(document, Ending):
            opened.change(document, moment_id=made.id)
    return made


@require_POST
@with_journal
def tick_moment(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """Which boundaries a moment crossed, by the person's own tick; and none, to take it back."""
    _tick(request, opened, here_or_404(opened.journal.get, Moment, moment_id))
    return to_page(request, "moment", moment_id)


@require_POST
@with_journal
def tick_rupture(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """The same for something that went wrong, as a whole."""
    _tick(request, opened, here_or_404(opened.journal.get, Rupture, rupture_id))
    return to_page(request, "mend", rupture_id)


def _tick(request: HttpRequest, opened: OpenJournal, document: Moment | Rupture) -> None:
    form = CrossedForm(request.POST, who=_with_whom(opened, document))
    if form.is_valid():
        opened.amend(document, crossed=form.lines())


@require_http_methods(["GET", "HEAD"])
@with_journal
def turn_to(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Independent advice and complaint, by country, with what was not found."""
    preferences = opened.journal.preferences
    region = request.GET.get("region", preferences.region if preferences else "")
    context = {"open": opened, "advice": advice(region), "region": region, "safe": care()["safe"]}
    return render(request, "leave/where_to_turn.html", context)
