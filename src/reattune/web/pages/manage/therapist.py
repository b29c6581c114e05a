"""The current therapist: naming one, ending a therapy, taking it up again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal import JournalError, rupture_states
from reattune.journal.documents import Relationship, Rupture
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus, RuptureState
from reattune.reflection.crossed_boundaries import crossing_of
from reattune.web.pages.manage.forms import TherapistForm, TherapyEndedForm
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.form_fields import moment_of
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def therapist(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Name the current therapist, where there is none. Somebody of the past comes back with all that was."""
    past = [each for each in opened.journal.all(Relationship) if each.role is RelationshipKind.THERAPIST]
    form = TherapistForm(request.POST or None, past=past)
    if form.is_valid():
        try:
            if form.known and form.cleaned_data["same"] == "yes":
                take_up_again(opened, form.known)
            else:
                opened.create(Relationship, name=form.cleaned_data["name"], role="therapist")
        except JournalError as error:
            form.refuse(error)
        else:
            return to_page(request, "today")
    return render(
        request, "manage/therapist.html", {"open": opened, "form": form, "therapist": opened.journal.therapist}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def therapy_ended(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Ask, and say what changes; then the current therapist is one of the past, and can be taken up again."""
    current = opened.journal.therapist
    if current is None:
        return to_page(request, "settings")
    # It may have been opened for somebody who isn't the therapist any more: it is shown again, with the name.
    of_them = request.method == "POST" and request.POST.get("whom", str(current.id)) == str(current.id)
    form = TherapyEndedForm(request.POST if of_them else None, began=_began(opened, current))
    if form.is_valid():
        day = form.cleaned_data["day"]
        end_therapy(opened, moment_of(day, opened.now, opened.zone) if day else opened.now)
        return to_page(request, "person", current.id)
    theirs = [each for each in opened.journal.all(Rupture) if each.relationship_id == current.id and each.open]
    context = {"open": opened, "therapist": current, "still_open": theirs, "form": form}
    context["crossed"] = crossing_of(opened.journal, current)
    return render(request, "manage/therapy_ended.html", context)


def _began(opened: OpenJournal, who: Relationship) -> date | None:
    """The day the therapy began, as far as it is known: as it was said, or the first session."""
    if who.began:
        return who.local_day(who.began)
    return next((session.local_day(session.at) for session in opened.journal.sessions(who)), None)


@require_POST
@with_journal
def therapy_goes_on(request: HttpRequest, opened: OpenJournal, relationship_id: UUID) -> HttpResponse:
    """The therapy has not ended after all: everything is as it was before."""
    who = here_or_404(opened.journal.get, Relationship, relationship_id)
    if who.role is RelationshipKind.THERAPIST and opened.journal.therapist is None:
        take_up_again(opened, who)
    return to_page(request, "person", who.id)


def end_therapy(opened: OpenJournal, ended: datetime | None = None) -> None:
    """The current therapist is one of the past, since ``ended`` or now; what was open with them has ended too.

    Nothing is lost: what ends with the therapy says so, and is taken up again with it.
    """
    journal, current, now = opened.journal, opened.journal.therapist, opened.now
    if current:
        with transaction.atomic():
            opened.change(current, status=RelationshipStatus.PAST, ended=ended or now, zone=opened.zone)
            for rupture in journal.all(Rupture):
                if rupture.relationship_id == current.id and rupture.open:
                    steps = rupture_states.step(rupture.transitions, RuptureState.ENDED, now, because=current.id)
                    opened.change(rupture, transitions=steps)


def take_up_again(opened: OpenJournal, who: Relationship) -> None:
    """Somebody of the past is the current therapist again; what ended with the therapy is where it was.

    Raises:
        JournalError: somebody else is the current therapist.
    """
    journal, now = opened.journal, opened.now
    with transaction.atomic():
        opened.change(who, status=RelationshipStatus.CURRENT, ended=None, current_on=now)
        for rupture in journal.all(Rupture):
            last = rupture.transitions[-1]
            # Before the day could be chosen, the same time told that it ended with the therapy.
            with_it = last.state is RuptureState.ENDED and (last.because == who.id or last.at == who.ended)
            if rupture.relationship_id == who.id and with_it:
                state = rupture_states.state_before_closing(rupture.transitions)
                opened.change(rupture, transitions=rupture_states.step(rupture.transitions, state, now))
