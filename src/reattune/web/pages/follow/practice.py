"""Trying it elsewhere: one small thing, when, and how it went."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from reattune.journal import JournalError
from reattune.journal.documents import Belief, Practice, Relationship
from reattune.journal.vocabulary import RelationshipKind, Went
from reattune.reflection.crossed_boundaries import crossing_of, crossings
from reattune.reflection.practice import carried_over
from reattune.reflection.unanswered_danger import unanswered
from reattune.reflection.what_worked import LEAST
from reattune.web.pages.follow.forms import PracticeDoneForm, PracticeForm
from reattune.web.pages.mend.wording_by_role import not_for_repair
from reattune.web.pages.notice.danger_question import concern_with
from reattune.web.pages.shared.access import here_or_404, with_journal
from reattune.web.pages.shared.form_fields import time_and_zone
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.person_choice import person_chosen, whom_to_choose
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_journal
def practise(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What is planned, what was tried, and what carries over."""
    journal = opened.journal
    found = [(each, journal.get(Relationship, each.relationship_id)) for each in journal.whole(Practice)]
    held = _held_back(opened)
    context = {
        "open": opened,
        "planned": [(each, who) for each, who in found if each.done is None and who.id not in held],
        "tried": [(each, who) for each, who in reversed(found) if each.done is not None],
        "carried": carried_over(journal),
        "least": LEAST,
        "others": [p for p in _to_practise_with(opened) if p.role is not RelationshipKind.THERAPIST],
    }
    return render(request, "follow/practices.html", context)


def _to_practise_with(opened: OpenJournal) -> list[Relationship]:
    """Everyone who never crossed a line."""
    held = _held_back(opened)
    return [each for each in whom_to_choose(opened) if each.id not in held]


def _held_back(opened: OpenJournal) -> set[UUID]:
    return {*crossings(opened.journal), *unanswered(opened.journal, opened.now)}


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def new(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Plan one small thing."""
    therapist = opened.journal.therapist
    others_first = sorted(_to_practise_with(opened), key=lambda each: each == therapist)
    page = FormPage(request, opened, PracticeForm, {"who": request.GET.get("who", "")}, people=others_first)
    if page.can_be_kept():
        data = page.form.cleaned_data
        zone = ZoneInfo(opened.zone)
        planned = datetime.combine(data["day"], time(12), zone) if data["day"] else None
        try:
            with transaction.atomic():
                who = person_chosen(opened, data)
                made = opened.create(
                    Practice, relationship_id=who, tried=data["tried"], plan=data["plan"], planned_for=planned
                )
        except JournalError as error:
            page.form.refuse(error)
        else:
            return page.kept("practice", made.id)
    return page.show("follow/practice_new.html")


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def practice(request: HttpRequest, opened: OpenJournal, practice_id: UUID) -> HttpResponse:
    """One thing tried: the plan, and how it went."""
    journal = opened.journal
    known = here_or_404(journal.get, Practice, practice_id)
    who = journal.get(Relationship, known.relationship_id)
    crossed = crossing_of(journal, who)
    shown = {"went": known.went, "how_it_went": known.how_it_went}
    if known.done:
        shown["done"] = known.local_day(known.done)
    page = FormPage(request, opened, PracticeDoneForm, shown, of=known)
    if page.can_be_kept():
        data = page.form.cleaned_data
        done, zone = time_and_zone(data["done"], known, known.done, opened.now, opened.zone)
        opened.amend(known, done=done, zone=zone, went=data["went"] or None, how_it_went=data["how_it_went"])
        return page.kept("practice", known.id)
    return page.show(
        "follow/practice.html",
        practice=known,
        who=who,
        record_of=crossed,
        not_for_repair=not_for_repair(who) if crossed else None,
        concern=None if crossed else concern_with(opened, who.id),
        beliefs=journal.all(Belief) if known.went is Went.WELL and not crossed else [],
    )
