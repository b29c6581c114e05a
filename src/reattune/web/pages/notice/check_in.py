"""The check-in after a session, and its reading in words."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reattune.content.translated_sentences import number
from reattune.journal import JournalError
from reattune.journal.documents import CheckIn, Relationship, Session
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.reflection.bond_line import bond_line
from reattune.reflection.chart_data import bond_chart
from reattune.reflection.crossed_boundaries import crossing_of
from reattune.reflection.leaving_follow_up import rising_urge
from reattune.reflection.open_ruptures import open_ruptures
from reattune.web.pages.notice.check_in_forms import CheckInForm, field_of
from reattune.web.pages.notice.danger_question import concern, concern_with
from reattune.web.pages.notice.instruments import asked_here, instruments_of
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.drafts import kept_aside
from reattune.web.pages.shared.form_fields import as_typed, moment_of, time_and_zone
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.kept_drafts import keep_typed
from reattune.web.store.open_journal import OpenJournal

HIGH_URGE = 7


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def check_in(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Under a minute; every question may be left out."""
    therapist = opened.journal.therapist
    if therapist is None:
        keep_typed(request, opened)  # it ended in another window meanwhile
        return to_page(request, "therapist")
    if aside := kept_aside(request, opened, therapist):
        return aside
    asked = asked_here(request, opened)
    page = FormPage(request, opened, CheckInForm, instrument=asked)
    if page.can_be_kept() and _day_is_free(opened, therapist, page.form):
        try:
            kept = _keep(opened, therapist, asked, page.form)
        except JournalError as error:
            page.form.refuse(error)
        else:
            return page.kept("reading", kept.id)
    return page.show("notice/check_in.html", therapist=therapist)


def _day_is_free(opened: OpenJournal, therapist: Relationship, form: CheckInForm, known: CheckIn | None = None) -> bool:
    """Whether no other check-in is of this day; else the form names the one that is."""
    of_day = {session.local_day(session.at): kept for session, kept in opened.journal.check_ins(therapist)}
    other = of_day.get(form.cleaned_data["day"])
    if other is None or (known and other.id == known.id):
        return True
    form.add_error("day", _("There’s a check-in for this day already. Was it another day?"))
    form.same_day = other.id
    return False


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def change(request: HttpRequest, opened: OpenJournal, check_in_id: UUID) -> HttpResponse:
    """Change what was answered. The older form waits for a while beside what was deleted."""
    journal = opened.journal
    kept = here_or_404(journal.get, CheckIn, check_in_id)
    session = journal.get(Session, kept.session_id)
    therapist = journal.get(Relationship, session.relationship_id)
    asked = instruments_of(opened).get(kept.instrument)
    known = _known(kept, session)
    page = FormPage(request, opened, CheckInForm, known, of=kept, instrument=asked, kept=kept)
    if page.can_be_kept(known) and _day_is_free(opened, therapist, page.form, kept):
        _amend(opened, kept, session, page.form)
        return page.kept("reading", kept.id)
    return page.show("notice/check_in.html", therapist=therapist, check_in=kept)


def _known(kept: CheckIn, session: Session) -> dict[str, object]:
    unsaid = {True: "yes", False: "no"}.get(kept.unsaid) if kept.unsaid is not None else None
    answers = {field_of(key): as_typed(value) for key, value in kept.answers.items()}
    known = {
        "day": session.local_day(session.at),
        "place": session.form,
        "unsaid": unsaid,
        "unsaid_words": kept.unsaid_words,
        "urge_to_leave": kept.urge_to_leave,
    }
    return {**answers, **{name: value for name, value in known.items() if value is not None}}


def _amend(opened: OpenJournal, kept: CheckIn, session: Session, form: CheckInForm) -> None:
    data = form.cleaned_data
    with transaction.atomic():
        if data["day"] != session.local_day(session.at) or data["place"] != session.form:
            at, zone = time_and_zone(data["day"], session, session.at, opened.now, opened.zone)
            opened.amend(session, at=at, zone=zone, form=data["place"] or session.form)
        opened.amend(
            kept,
            answers=form.answers(),
            unsaid={"yes": True, "no": False}.get(data["unsaid"]),
            unsaid_words=data["unsaid_words"],
            urge_to_leave=data["urge_to_leave"],
        )


def _keep(opened: OpenJournal, therapist: Relationship, asked: InstrumentDefinition, form: CheckInForm) -> CheckIn:
    data = form.cleaned_data
    at = moment_of(data["day"], opened.now, opened.zone)
    with transaction.atomic():
        session = opened.create(Session, relationship_id=therapist.id, at=at, form=data["place"] or "in_person")
        return opened.create(
            CheckIn,
            session_id=session.id,
            instrument=asked.name,
            answers=form.answers(),
            unsaid={"yes": True, "no": False}.get(data["unsaid"]),
            unsaid_words=data["unsaid_words"],
            urge_to_leave=data["urge_to_leave"],
        )


def _answered(kept: CheckIn, instruments: Mapping[str, InstrumentDefinition]) -> list[tuple[str, str, str]]:
    """What was asked, what was answered, and the highest answer there is."""
    asked = instruments.get(kept.instrument)
    items = asked.items if asked else ()
    top = str(number(asked.scale_high)) if asked else ""
    return [(item.text, str(number(kept.answers[item.key])), top) for item in items if item.key in kept.answers]


@require_safe
@with_journal
def reading(request: HttpRequest, opened: OpenJournal, check_in_id: UUID) -> HttpResponse:
    """What this check-in shows beside what is usual, in words, and the doors from here."""
    journal = opened.journal
    kept = here_or_404(journal.get, CheckIn, check_in_id)
    session = journal.get(Session, kept.session_id)
    therapist = journal.get(Relationship, session.relationship_id)
    line = bond_line(journal, therapist, instruments_of(opened)).until(kept.id)
    asked = concern(opened, kept) or concern_with(opened, therapist.id)
    crossed = crossing_of(journal, therapist)
    # Also one that leaves too many questions blank for a place on the line.
    latest = any(each.id == kept.id for _session, each in journal.check_ins(therapist)[-1:])
    context = {
        "open": opened,
        "check_in": kept,
        "session": session,
        "therapist": therapist,
        "answers": _answered(kept, instruments_of(opened)),
        "line": line,
        "reading": line.reading,
        "earlier_one": not latest,
        "chart": bond_chart(journal, line, 30),
        "concern": asked,
        "crossed": crossed,
        "sayable": not asked and not crossed and latest and therapist == journal.therapist,
        "high_urge": (kept.urge_to_leave or 0) >= HIGH_URGE,
        "rising_urge": rising_urge(journal, kept),
        "ruptures": [each for each in open_ruptures(journal) if each.who.id == therapist.id and each.rupture.open],
    }
    return render(request, "notice/check_in_reading.html", context)
