"""The check-in after a session, and its reading in words."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reattune.journal import JournalError
from reattune.journal.documents import CheckIn, Relationship, Session
from reattune.reflection.bond import bond_line
from reattune.reflection.chart import bond_chart
from reattune.reflection.today import crossed_line, open_ruptures
from reattune.web.pages.access import here_or_404, to_page, with_journal
from reattune.web.pages.drafts import restored
from reattune.web.pages.forms.check_in import CheckInForm
from reattune.web.pages.forms.fields import moment_of
from reattune.web.pages.notice.instruments import in_use, instruments_of
from reattune.web.store.opening import OpenJournal

HIGH_URGE = 7


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def check_in(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Under a minute; every question may be left out."""
    therapist = opened.journal.therapist
    if therapist is None:
        return to_page(request, "therapist")
    initial = restored(request, opened, CheckInForm)
    form = CheckInForm(request.POST or None, initial=initial, instrument=in_use(opened))
    if form.is_valid() and _day_is_free(opened, therapist, form):
        try:
            kept = _keep(opened, therapist, form)
        except JournalError as error:
            form.refuse(error)
        else:
            opened.discard_draft(request.path)
            return to_page(request, "reading", kept.id)
    context = {"open": opened, "form": form, "therapist": therapist, "restored": bool(initial)}
    return render(request, "pages/check_in.html", context)


def _day_is_free(opened: OpenJournal, therapist: Relationship, form: CheckInForm) -> bool:
    days = {session.local(session.at).date() for session, _kept in opened.journal.check_ins(therapist)}
    if form.cleaned_data["day"] not in days:
        return True
    form.add_error("day", _("There is a check-in for this day already. Was it another day?"))
    return False


def _keep(opened: OpenJournal, therapist: Relationship, form: CheckInForm) -> CheckIn:
    data = form.cleaned_data
    at = moment_of(data["day"], opened.now, opened.zone)
    with transaction.atomic():
        session = opened.create(Session, relationship_id=therapist.id, at=at, form=data["form"] or "in_person")
        return opened.create(
            CheckIn,
            session_id=session.id,
            instrument=form.instrument.name,
            answers=form.answers(),
            unsaid={"yes": True, "no": False}.get(data["unsaid"]),
            unsaid_words=data["unsaid_words"],
            urge_to_leave=data["urge_to_leave"],
            seconds=form.seconds(opened.now),
        )


@require_safe
@with_journal
def reading(request: HttpRequest, opened: OpenJournal, check_in_id: UUID) -> HttpResponse:
    """What this check-in shows beside what is usual, in words, and the doors from here."""
    journal = opened.journal
    kept = here_or_404(journal.get, CheckIn, check_in_id)
    session = journal.get(Session, kept.session_id)
    therapist = journal.get(Relationship, session.relationship_id)
    line = bond_line(journal, therapist, instruments_of(opened)).until(kept.id)
    context = {
        "open": opened,
        "check_in": kept,
        "session": session,
        "therapist": therapist,
        "reading": line.reading,
        "chart": bond_chart(journal, line, 30),
        "crossed": crossed_line(journal),
        "high_urge": (kept.urge_to_leave or 0) >= HIGH_URGE,
        "ruptures": [each for each in open_ruptures(journal) if each.who.id == therapist.id],
    }
    return render(request, "pages/reading.html", context)
