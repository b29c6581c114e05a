"""Something went wrong with a client: opening it, its page, and what a therapist decides about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError, rupture_states
from reattune.journal.documents import ClientNote, Observation, Relationship, Rupture, Session, TalkPlan
from reattune.journal.vocabulary import NOT_FOR_REPAIR, RelationshipKind
from reattune.reflection.danger_recogniser import dangers_in
from reattune.reflection.open_ruptures import current_plan, latest_repair
from reattune.reflection.rupture_timeline import thread
from reattune.web.pages.answer.forms import AnotherWayForm, WentWrongForm
from reattune.web.pages.mend.new_rupture import short_title
from reattune.web.pages.mend.rupture import moved
from reattune.web.pages.shared.access import asked_for, here_or_404, with_therapists_journal
from reattune.web.pages.shared.form_fields import moment_of
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.store.open_journal import OpenJournal

# The guide on what is a therapist's own to answer for, by its place.
GUIDE_ON_BOUNDARIES = 5


def answered_for(rupture: Rupture) -> bool:
    """Whether a boundary was crossed: then it is the therapist's to answer for, and not the client's to mend."""
    return not NOT_FOR_REPAIR.isdisjoint(rupture.causes)


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def new(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """Open it. With ``?note=`` it comes from something that the client shared or wrote: their words stay on top.

    With ``?observation=`` from what was noticed in a session: what happened is in the plan already.
    """
    journal = opened.journal
    client = here_or_404(journal.get, Relationship, client_id)
    if client.role is not RelationshipKind.CLIENT:
        raise Http404
    note, noticed = _note(request, opened, client), _noticed(request, opened, client)
    known: dict[str, Any] = {}
    if noticed:
        session = journal.get(Session, noticed.session_id)
        known = {"title": short_title(noticed.happened), "day": session.local_day(session.at)}
    if note:
        known |= {"their_words": note.words, "day": note.local_day(note.at)}
    page = FormPage(request, opened, WentWrongForm, known)
    if page.can_be_kept():
        data = page.form.cleaned_data
        fields = {
            "relationship_id": client.id,
            "title": data["title"],
            "began": moment_of(data["day"], opened.now, opened.zone),
            "causes": tuple(data["causes"]),
            "their_words": data["their_words"],
            "transitions": rupture_states.begin(opened.now),
        }
        try:
            rupture, plan = _kept(opened, fields, noticed, find="only_note" not in request.POST)
        except JournalError as error:
            page.form.refuse(error)
        else:
            return page.kept("client-words", plan.id) if plan else page.kept("client-mend", rupture.id)
    return page.show("answer/went_wrong_new.html", client=client, note=note)


def _note(request: HttpRequest, opened: OpenJournal, client: Relationship) -> ClientNote | None:
    """What this client shared or wrote and led here."""
    note = asked_for(request, opened, ClientNote, "note")
    return note if note and note.relationship_id == client.id else None


def _noticed(request: HttpRequest, opened: OpenJournal, client: Relationship) -> Observation | None:
    """What was noticed with this client and led here, unless something was opened from it already."""
    noticed = asked_for(request, opened, Observation, "observation")
    if noticed is None or noticed.rupture_id:
        return None
    with_whom = opened.journal.get(Session, noticed.session_id).relationship_id
    return noticed if with_whom == client.id else None


def _kept(
    opened: OpenJournal, fields: dict[str, Any], noticed: Observation | None, *, find: bool
) -> tuple[Rupture, TalkPlan | None]:
    """What went wrong, and the first plan where words are looked for."""
    with transaction.atomic():
        rupture = opened.create(Rupture, **fields)
        if noticed:
            opened.change(noticed, rupture_id=rupture.id)
        happened = noticed.happened if noticed else ""
        plan = opened.create(TalkPlan, rupture_id=rupture.id, what_happened=happened) if find else None
    return rupture, plan


@require_safe
@with_therapists_journal
def story(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """What happened, what was tried, and the one next step."""
    journal = opened.journal
    rupture = here_or_404(journal.get, Rupture, rupture_id)
    plan = current_plan(journal, rupture)
    attempts = journal.attempts(rupture)
    chosen = {"approach": plan.approach} if plan and plan.approach else None
    context = {
        "open": opened,
        "rupture": rupture,
        "client": journal.get(Relationship, rupture.relationship_id),
        "thread": thread(journal, rupture),
        "plan": plan,
        "last": attempts[-1] if attempts else None,
        "repair": latest_repair(journal, rupture),
        "again": AnotherWayForm(initial=chosen),
        "answered_for": answered_for(rupture),
        "boundaries": GUIDE_ON_BOUNDARIES,
        "danger": dangers_in(rupture),
    }
    return render(request, "answer/story.html", context)


@require_POST
@with_therapists_journal
def move(request: HttpRequest, opened: OpenJournal, rupture_id: UUID, choice: str) -> HttpResponse:
    """Let it go, take that back, open it again, or say that the therapy ended with it."""
    return moved(request, opened, rupture_id, choice, "client-mend")
