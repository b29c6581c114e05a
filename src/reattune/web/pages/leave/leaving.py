"""Thinking of leaving: never blocked, delayed or shamed; each door opens at once, and the choice is kept."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal.deletion import beside
from reattune.journal.documents import Attempt, Ending, Moment, Relationship, Rupture, TalkPlan
from reattune.journal.vocabulary import EndingKind, LeavingAbout, Outcome
from reattune.reflection.attempts import cannot_take_feedback
from reattune.reflection.chart_data import bond_chart
from reattune.reflection.crossed_boundaries import crossing_of, for_repair, mild_only
from reattune.reflection.leaving_follow_up import begun, running_break, unfinished
from reattune.reflection.open_ruptures import OpenRupture, open_ruptures
from reattune.reflection.unsaid import unsaid_things
from reattune.web.pages.leave.forms import BreakForm, LeaveWellForm, LeavingForm, SafeExitForm, ShortForm, TurnedOutForm
from reattune.web.pages.mend.new_rupture import first_plan, open_one, short_title
from reattune.web.pages.mend.wording_by_role import not_for_repair
from reattune.web.pages.notice.danger_question import concern, concern_of, concern_with
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.shared.access import form_address, here_or_404, pressed_for, to_page, with_journal
from reattune.web.pages.shared.document_urls import to_page_of
from reattune.web.pages.shared.drafts import kept_aside
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.kept_drafts import keep_typed
from reattune.web.pages.shared.person_choice import unnamed_therapist
from reattune.web.pages.shared.wording import care, form_for
from reattune.web.store.open_journal import OpenJournal

_SHOWN = 4


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def leaving(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What it is about, in words and ticks; then the doors; below them what was said, what was not, and the bond."""
    journal = opened.journal
    therapist = journal.latest_therapist
    if aside := kept_aside(request, opened, therapist):
        return aside
    page = FormPage(request, opened, LeavingForm, _latest_words(opened, therapist))
    choice = request.POST.get("choice", "")
    if choice in list(EndingKind) and page.can_be_kept():
        return _chosen(request, opened, therapist, EndingKind(choice), page.form)
    line = line_of(opened)
    theirs = [r for r in journal.all(Rupture) if therapist and r.relationship_id == therapist.id]
    crossed = crossing_of(journal, therapist)
    latest = next(iter(unfinished(journal, therapist)), None) if therapist else None
    held_back = concern_with(opened, therapist.id) if therapist else None
    asked = None if crossed else (concern(opened, latest) if latest else None) or held_back
    context = {
        "titles_only": opened.titles_only,
        "concern": asked,
        "therapist": therapist,
        "current": journal.therapist is not None,
        "held_back": held_back,
        "attempts": [talk for rupture in theirs for talk in journal.attempts(rupture)],
        "unsaid": [
            (thing, concern_of(opened, thing))
            for thing in unsaid_things(journal, opened.now)[:_SHOWN]
            if not (asked and asked["of"] == thing.source_id)
        ],
        "begun": unfinished(journal, therapist),
        "care": care()["leaving"],
        "crossed": crossed,
        "not_for_repair": not_for_repair(therapist) if therapist else None,
        "cannot_take_feedback": any(cannot_take_feedback(journal, rupture) for rupture in theirs),
        "another_way": _unheard(opened),
        "running": running_break(journal),
        "chart": bond_chart(journal, line, 20) if line.points else None,
        "line": line,
        "reading": line.reading,
    }
    return page.show("leave/leaving.html", **context)


def _latest_words(opened: OpenJournal, who: Relationship | None) -> dict[str, Any]:
    """What was written and ticked here before about the same person, so that it need not be written again."""
    latest = next(iter(unfinished(opened.journal, who)), None) if who else None
    if latest is None:
        return {}
    # Who has allowed talks again since is not asked into safety by an old tick.
    allowed = crossing_of(opened.journal, who) is None
    about = [each for each in latest.about if not (allowed and each is LeavingAbout.CROSSED_LINE)]
    return {"about": about, "why": latest.why}


def _unheard(opened: OpenJournal) -> OpenRupture | None:
    """The rupture that was said and not heard, or only partly, and could be said in another way."""
    therapist = opened.journal.therapist
    for each in open_ruptures(opened.journal):
        last = each.last_attempt
        if therapist and each.who.id == therapist.id and last and last.outcome in (Outcome.UNHEARD, Outcome.PARTLY):
            return each if for_repair(opened.journal, each.rupture) else None
    return None


def _chosen(
    request: HttpRequest, opened: OpenJournal, therapist: Relationship | None, kind: EndingKind, form: LeavingForm
) -> HttpResponse:
    data, asked = form.cleaned_data, kind
    if therapist is None:
        if kind is EndingKind.LOOK and not (data["why"] or data["about"]):
            return to_page(request, "choosing")
        # Nobody need say a name to think of leaving, or to get out of something harmful.
        therapist = opened.create(Relationship, name=unnamed_therapist(), role="therapist")
    if kind is not EndingKind.LOOK and _is_about_safety(opened, therapist, data["about"]):
        kind = EndingKind.SAFE
    known = begun(opened.journal, kind, therapist)
    # What was said of these words when they stood in what was begun before holds here too.
    passed = [said for each in unfinished(opened.journal, therapist) for said in each.not_meant if said in data["why"]]
    fields = {"about": data["about"], "why": data["why"], "not_meant": tuple(dict.fromkeys(passed))}
    # What was chosen this time alone: what stood there before does not come back when safety itself is pressed.
    chosen = asked if asked is not kind else None
    if known:
        # What was shown on the page and came back empty was taken out; of another entry nothing was shown.
        shown = known == next(iter(unfinished(opened.journal, therapist)), None)
        if shown:
            seen = _latest_words(opened, therapist).get("about", ())
            hidden = [each for each in known.about if each not in seen]
            fields["about"] = list(dict.fromkeys([*data["about"], *hidden]))
        ending = opened.amend(known, chosen=chosen, **{name: value for name, value in fields.items() if shown or value})
    else:
        ending = opened.create(Ending, relationship_id=therapist.id, form=kind, at=opened.now, chosen=chosen, **fields)
    opened.discard_draft(form_address(request))
    if kind is EndingKind.LOOK:
        return to_page(request, "choosing")
    if kind is EndingKind.ANOTHER_WAY:
        unheard = _unheard(opened)
        return to_page(request, "mend", unheard.rupture.id) if unheard else to_page(request, "leaving-short", ending.id)
    answer = to_page_of(request, ending)
    if kind is EndingKind.SAFE and asked is not EndingKind.SAFE:
        answer["Location"] += "?first"
    return answer


def _is_about_safety(opened: OpenJournal, therapist: Relationship, about: list[str]) -> bool:
    return LeavingAbout.CROSSED_LINE in about or crossing_of(opened.journal, therapist) is not None


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def short(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Three fields and a card. Where the words sound like a crossed boundary, that is asked first."""
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    who = opened.journal.get(Relationship, ending.relationship_id)
    if crossing_of(opened.journal, who):
        return to_page(request, "leaving")
    made = opened.journal.find(TalkPlan, ending.plan_id)
    if made and request.method == "POST":
        return to_page(request, "card", made.id)
    asked = concern(opened, ending) or concern_with(opened, who.id)
    if asked:
        keep_typed(request, opened)
        context = {"open": opened, "ending": ending, "concern": asked}
        return render(request, "leave/leaving_boundary_question.html", context)
    page = FormPage(request, opened, ShortForm, {"what_happened": ending.why})
    if page.can_be_kept():
        data = page.form.cleaned_data
        with transaction.atomic():
            title = short_title(data["what_happened"] or data["what_i_felt"]) or _("Before I leave therapy")
            rupture = open_one(opened, ending.relationship_id, title, opened.now)
            plan = first_plan(opened, rupture, **data)
            if plan:
                plan = opened.change(plan, finished=opened.now)
            opened.change(ending, put_away=opened.now, plan_id=plan.id if plan else None)
        return page.kept("card", plan.id) if plan else page.kept("mend", rupture.id)
    return page.show("leave/leaving_short_card.html", ending=ending, made=made)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def pause(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """A break with a date; it can be moved, and it ends when the person says so."""
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    if "end" in request.POST:
        opened.change(ending, ended=opened.now)
        return to_page(request, "leaving-break", ending.id)
    until = ending.local_day(ending.until) if ending.until else None
    page = FormPage(request, opened, BreakForm, {"until": until, "tried": ending.tried}, of=ending)
    if page.can_be_kept():
        data = page.form.cleaned_data
        day = datetime.combine(data["until"], time(12), ZoneInfo(ending.zone))
        opened.amend(ending, until=day, tried=data["tried"], ended=None)
        return page.kept("today")
    return page.show("leave/leaving_break.html", ending=ending)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def well(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Words for it by reason, what to ask for, what to keep, a goodbye for oneself."""
    journal = opened.journal
    ending = here_or_404(journal.get, Ending, ending_id)
    who = journal.get(Relationship, ending.relationship_id)
    if crossing_of(journal, who) and not _written(ending):
        return to_page(request, "leaving-safe", ending.id)
    known = {name: getattr(ending, name) for name in LeaveWellForm.base_fields}
    page = FormPage(request, opened, LeaveWellForm, known, of=ending)
    if page.can_be_kept():
        opened.amend(ending, **page.form.cleaned_data)
        return page.kept("leaving-well", ending.id)
    goodbyes = care(form_for(opened, who))["goodbye"]
    context = {
        "ending": ending,
        "who": who,
        "goodbyes": [
            words for about in (*ending.about, *([] if ending.about else ["unsure"])) for words in goodbyes[about]
        ],
        "leave_well": care(form_for(opened, who))["leave_well"],
        "kept": _written(ending),
        "crossed": crossing_of(journal, who),
        "not_for_repair": not_for_repair(who),
        "worked": [talk for talk in journal.all(Attempt) if talk.outcome is Outcome.REPAIRED and talk.agreed],
        "current": journal.therapist is not None and journal.therapist.id == ending.relationship_id,
    }
    return page.show("leave/leaving_well.html", **context)


def _written(ending: Ending) -> bool:
    return bool(ending.how_to_say_it or ending.take_along or ending.goodbye)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def safe(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Out of something harmful: one line to send or none, nothing owed, the record, where to turn."""
    journal = opened.journal
    ending = here_or_404(journal.get, Ending, ending_id)
    who = journal.get(Relationship, ending.relationship_id)
    crossed = crossing_of(journal, who)
    if ending.empty and crossed is None:
        return _asked_whether_safe(request, opened, ending)
    page = FormPage(request, opened, SafeExitForm, {"how_to_say_it": ending.how_to_say_it}, of=ending)
    if page.can_be_kept():
        opened.amend(ending, **page.form.cleaned_data)
        return page.kept("leaving-safe", ending.id)
    record_of = journal.find(Moment, ending.moment_id) or (crossed if isinstance(crossed, Moment) else None)
    context = {
        "ending": ending,
        "who": who,
        "crossed": crossed,
        "record_of": record_of,
        "milder": record_of is not None and mild_only(record_of) and crossed == ending,
        "came_first": "first" in request.GET,
        "not_for_repair": not_for_repair(who),
        "lines": care(form_for(opened, who))["goodbye"][LeavingAbout.CROSSED_LINE],
        "safe": care()["safe"],
        "current": journal.therapist is not None and journal.therapist.id == who.id,
    }
    return page.show("leave/leaving_safe.html", **context)


def _asked_whether_safe(request: HttpRequest, opened: OpenJournal, ending: Ending) -> HttpResponse:
    """Nothing was ticked or written yet: only a yes says that a boundary was crossed, and a look leaves nothing."""
    if "yes" in request.POST:
        opened.amend(ending, about=(LeavingAbout.CROSSED_LINE,))
        return to_page(request, "leaving-safe", ending.id)
    if "looked" in request.POST:
        opened.discard(ending)
        return to_page(request, "leaving")
    return render(request, "leave/leaving_safe_question.html", {"open": opened, "ending": ending})


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def not_crossed(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """No boundary was crossed, and I feel safe: what was chosen is thinking of leaving like any other; or it was one.

    It says first what changes. Where something else says that a boundary was crossed, that is what has to change;
    where nothing was written, nothing is left of it.
    """
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    who = opened.journal.get(Relationship, ending.relationship_id)
    about = tuple(each for each in ending.about if each is not LeavingAbout.CROSSED_LINE)
    if "after-all" in request.POST:
        about = (*about, LeavingAbout.CROSSED_LINE)
        return to_page_of(request, opened.amend(ending, form=EndingKind.SAFE, about=about))
    crossed = crossing_of(opened.journal, who)
    other = crossed if crossed and not isinstance(crossed, Ending) else None
    nothing_left = ending.model_copy(update={"about": about}).empty
    if request.method == "POST" and other is None:
        if nothing_left:
            opened.discard(ending)
            return to_page(request, "leaving")
        if ending.form is EndingKind.SAFE and ending.chosen is None and ending.only_begun:
            # Nothing else was chosen: the words go back to where they were written, and nothing is begun.
            # What it said stays under what was deleted: a draft can be written over.
            opened.keep_draft(reverse("own:leaving"), {"about": list(about), "why": [ending.why]})
            opened.write_and_discard([beside(opened.journal, ending, opened.now, changed=True)], [ending])
            return to_page(request, "leaving")
        # What was pressed before safety came first; a line to send has its place where one ends it well.
        form = ending.chosen or EndingKind.LEAVE if ending.form is EndingKind.SAFE else ending.form
        return to_page_of(request, opened.amend(ending, form=form, about=about, chosen=None))
    milder = opened.journal.find(Moment, ending.moment_id)
    context = {
        "open": opened,
        "ending": ending,
        "who": who,
        "other": other,
        "nothing_left": nothing_left,
        "milder": milder is not None and mild_only(milder),
    }
    return render(request, "leave/not_crossed.html", context)


@require_POST
@with_journal
def put_away(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Off Today, or back on it; it stays in the journal either way."""
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    away = ending.put_away is not None
    if pressed_for(request, away) is not away:
        opened.change(ending, put_away=None if away else opened.now)
    return to_page_of(request, ending)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def turned_out(request: HttpRequest, opened: OpenJournal, ending_id: UUID) -> HttpResponse:
    """Some sessions later: what became of the choice."""
    ending = here_or_404(opened.journal.get, Ending, ending_id)
    page = FormPage(request, opened, TurnedOutForm, {"turned_out": ending.turned_out}, of=ending)
    if page.can_be_kept():
        opened.amend(ending, turned_out=page.form.cleaned_data["turned_out"], looked_back=opened.now)
        return page.kept("today")
    return page.show("leave/leaving_look_back.html", ending=ending)
