"""What is not the person's to mend: saying which boundary it was, and where to turn."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Belief,
    CheckIn,
    Ending,
    Moment,
    Practice,
    Relationship,
    Rupture,
    Session,
    Unsaid,
)
from reattune.journal.vocabulary import NOT_FOR_REPAIR, Cause
from reattune.reflection.unanswered_danger import find_whom, moment_made_of, own_words, story_of
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
    who = opened.journal.find(Relationship, find_whom(opened.journal, document)) if document else None
    if document is None or who is None:
        raise Http404
    ticked = _ticked_of(opened, document)
    known = ticked.crossed if ticked else ()
    form = CrossedForm(request.POST if request.method == "POST" else None, who=who, known=known)
    if isinstance(document, (Unsaid, Ending, Practice, Belief)):
        form.ask_day()
    if form.is_valid():
        if "none" in request.POST:
            return _none_of_these(request, opened, document)
        if form.lines():
            return to_page_of(request, _ticked(opened, document, who, form))
        # That it was none of them, and that the words aren't meant so, is only ever said by the button that says it.
        form.add_error("crossed", _("Tick what comes closest, or choose “None of these”."))
    context = {
        "open": opened,
        "form": form,
        "document": document,
        "who": who,
        "question": care()["crossed_question"],
        "back": address_of(document, opened.space),
    }
    return render(request, "leave/which_boundary.html", context)


def _ticked_of(opened: OpenJournal, document: Document) -> Moment | Rupture | None:
    """What has the lines: the thing itself, or the story that a talk, a card or a mending is of."""
    return document if isinstance(document, Moment) else story_of(opened.journal, document)


def _none_of_these(request: HttpRequest, opened: OpenJournal, document: Document) -> HttpResponse:
    ticked = _ticked_of(opened, document)
    if ticked and ticked.crossed:
        ticked = opened.amend(ticked, crossed=())
        document = ticked if ticked.id == document.id else document
    if isinstance(document, Moment) and document.cause in NOT_FOR_REPAIR:
        # None of these boundaries: then what was ticked as one is something else.
        document = opened.amend(document, cause=Cause.OTHER)
    say_not_meant(opened, document)
    return to_page_of(request, document)


def _ticked(opened: OpenJournal, document: Document, who: Relationship, form: CrossedForm) -> Moment | Rupture:
    """The same thing with its lines; words that stood elsewhere become a moment that can be its record."""
    ticked = _ticked_of(opened, document) or moment_made_of(opened.journal, document)
    if ticked:
        return opened.amend(ticked, crossed=form.lines())
    day = form.cleaned_data.get("day")
    of: dict[str, object]
    with transaction.atomic():
        if isinstance(document, CheckIn):
            session = opened.journal.get(Session, document.session_id)
            at, words, of = session.at, document.unsaid_words, {"session_id": session.id, "zone": session.zone}
        else:
            words = own_words(document)
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
    who = opened.journal.get(Relationship, document.relationship_id)
    form = CrossedForm(request.POST, who=who)
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
