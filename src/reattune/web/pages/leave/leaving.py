"""Thinking of leaving: never blocked, delayed or shamed; each door opens at once, and the choice is kept."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Attempt, Ending, Relationship, Rupture
from reattune.journal.words import EndingKind, Outcome
from reattune.reflection.attempts import cannot_take_feedback
from reattune.reflection.chart import bond_chart
from reattune.reflection.leaving import running_break
from reattune.reflection.today import OpenRupture, crossed_line, open_ruptures
from reattune.reflection.unsaid import unsaid_things
from reattune.web.pages.access import here_or_404, to_page, with_journal
from reattune.web.pages.drafts import restored
from reattune.web.pages.forms.care import BreakForm, LeaveWellForm, LeavingForm, ShortForm, TurnedOutForm
from reattune.web.pages.mending.opening_one import first_plan, open_one, short_title
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.two_windows import changed_meanwhile, seen
from reattune.web.pages.words import care
from reattune.web.store.opening import OpenJournal

_SHOWN = 4
_PAGE_OF = {EndingKind.TALK: "short", EndingKind.PAUSE: "break", EndingKind.LEAVE: "well"}


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def leaving(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What it is about, what was said and how it was met, what was not, the bond line; then the doors."""
    journal = opened.journal
    therapist = journal.therapist
    form = LeavingForm(request.POST or None, initial=restored(request, opened, LeavingForm))
    choice = request.POST.get("choice", "")
    if choice in list(EndingKind) and form.is_valid():
        return _chosen(request, opened, therapist, EndingKind(choice), form)
    line = line_of(opened)
    theirs = [r for r in journal.all(Rupture) if therapist and r.relationship_id == therapist.id]
    context = {
        "open": opened,
        "therapist": therapist,
        "form": form,
        "attempts": [talk for rupture in theirs for talk in journal.attempts(rupture)],
        "unsaid": unsaid_things(journal, opened.now)[:_SHOWN],
        "care": care()["leaving"],
        "crossed": crossed_line(journal),
        "not_for_repair": care()["not_for_repair"],
        "cannot_take_feedback": any(cannot_take_feedback(journal, rupture) for rupture in theirs),
        "another_way": _unheard(opened),
        "running": running_break(journal),
        "chart": bond_chart(journal, line, 20) if line.points else None,
        "reading": line.reading,
        "doors": [kind for kind in EndingKind if kind is not EndingKind.ANOTHER_WAY],
    }
    return render(request, "pages/leaving.html", context)


def _unheard(opened: OpenJournal) -> OpenRupture | None:
    """The rupture that was said and not heard, or only partly, and could be said in another way."""
    therapist = opened.journal.therapist
    for each in open_ruptures(opened.journal):
        last = each.last_attempt
        if therapist and each.who.id == therapist.id and last and last.outcome in (Outcome.UNHEARD, Outcome.PARTLY):
            return each
    return None


def _chosen(
    request: HttpRequest, opened: OpenJournal, therapist: Relationship | None, kind: EndingKind, form: LeavingForm
) -> HttpResponse:
    opened.discard_draft(request.path)
    if therapist is None:
        return to_page(request, "choosing")
    data = form.cleaned_data
    ending = opened.create(
        Ending, relationship_id=therapist.id, form=kind, about=data["about"], why=data["why"], at=opened.now
    )
    if kind is EndingKind.LOOK:
        return to_page(request, "choosing")
    unheard = _unheard(opened) if kind is EndingKind.ANOTHER_WAY else None
    if unheard:
        return to_page(request, "mend", unheard.rupture.id)
    return to_page(request, f"leaving-{_PAGE_OF.get(kind, 'short')}", ending.id)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def short(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Three fields and a card."""
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    if crossed_line(opened.journal):
        return to_page(request, "leaving")
    draft = restored(request, opened, ShortForm)
    form = ShortForm(request.POST or None, initial=draft or {"what_happened": ending.why})
    if form.is_valid():
        data = form.cleaned_data
        with transaction.atomic():
            title = short_title(data["what_happened"] or data["what_i_felt"]) or _("Before I leave")
            rupture = open_one(opened, ending.relationship_id, title, opened.now)
            plan = first_plan(opened, rupture, **data)
            if plan:
                plan = opened.change(plan, finished=opened.now)
        opened.discard_draft(request.path)
        return to_page(request, "card", plan.id) if plan else to_page(request, "mend", rupture.id)
    context = {"open": opened, "form": form, "ending": ending, "restored": bool(draft)}
    return render(request, "pages/leaving_short.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def pause(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """A break with a date; it can be moved, and it ends when the person says so."""
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    if "end" in request.POST:
        opened.change(ending, ended=opened.now)
        return to_page(request, "today")
    draft = restored(request, opened, BreakForm)
    until = timezone.localtime(ending.until).date() if ending.until else None
    form = BreakForm(request.POST or None, initial={"until": until, "tried": ending.tried, **draft})
    if form.is_valid() and not changed_meanwhile(request, ending, form):
        day = datetime.combine(form.cleaned_data["until"], time(12), ZoneInfo(opened.zone))
        opened.change(ending, until=day, tried=form.cleaned_data["tried"])
        opened.discard_draft(request.path)
        return to_page(request, "today")
    context = {"open": opened, "form": form, "ending": ending, "seen": seen(ending), "restored": bool(draft)}
    return render(request, "pages/leaving_break.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def well(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Words for it by reason, what to ask for, what to take along, a goodbye for oneself."""
    journal = opened.journal
    ending = here_or_404(journal.get, Ending, ending_id)
    draft = restored(request, opened, LeaveWellForm)
    known = {name: getattr(ending, name) for name in LeaveWellForm.base_fields}
    form = LeaveWellForm(request.POST or None, initial={**known, **draft})
    if form.is_valid() and not changed_meanwhile(request, ending, form):
        opened.change(ending, **form.cleaned_data)
        opened.discard_draft(request.path)
        return to_page(request, "leaving-well", ending.id)
    goodbyes = care()["goodbye"]
    context = {
        "open": opened,
        "form": form,
        "ending": ending,
        "who": journal.get(Relationship, ending.relationship_id),
        "seen": seen(ending),
        "restored": bool(draft),
        "goodbyes": [
            words for about in (*ending.about, *([] if ending.about else ["unsure"])) for words in goodbyes[about]
        ],
        "leave_well": care()["leave_well"],
        "kept": bool(ending.how_to_say_it or ending.take_along or ending.goodbye),
        "worked": [talk for talk in journal.all(Attempt) if talk.outcome is Outcome.REPAIRED and talk.agreed],
        "current": journal.therapist is not None and journal.therapist.id == ending.relationship_id,
    }
    return render(request, "pages/leaving_well.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def turned_out(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Some sessions later: what became of the choice."""
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    draft = restored(request, opened, TurnedOutForm)
    posted = request.POST if request.method == "POST" else None
    form = TurnedOutForm(posted, initial={"turned_out": ending.turned_out, **draft})
    if form.is_valid() and not changed_meanwhile(request, ending, form):
        opened.change(ending, turned_out=form.cleaned_data["turned_out"], looked_back=opened.now)
        opened.discard_draft(request.path)
        return to_page(request, "today")
    context = {"open": opened, "form": form, "ending": ending, "seen": seen(ending), "restored": bool(draft)}
    return render(request, "pages/leaving_later.html", context)
