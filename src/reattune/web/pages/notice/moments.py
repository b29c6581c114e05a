"""Something happened: a moment in four small steps, each kept as it is left."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.documents import Attempt, CheckIn, Moment, Relationship, Rupture, Session, Unsaid
from reattune.journal.vocabulary import Cause, Did, UnsaidStatus
from reattune.reflection.crossed_boundaries import crosses, crossing_of, has_boundary, mild_only
from reattune.reflection.open_ruptures import mended_alike, open_ruptures
from reattune.reflection.reaction_size import is_big_reaction
from reattune.web.pages.follow.follow_back import trail_of
from reattune.web.pages.leave.forms import CrossedForm
from reattune.web.pages.mend.new_rupture import words_for
from reattune.web.pages.mend.wording_by_role import mild_words, not_for_repair
from reattune.web.pages.notice.danger_question import concern, concern_with
from reattune.web.pages.notice.forms import HowBigForm, WhatHappenedForm, WhatIDidForm, WhatItMeantForm
from reattune.web.pages.notice.unsaid import settle
from reattune.web.pages.shared.access import (
    here_or_404,
    pressed_for,
    session_asked_for,
    step_after,
    to_page,
    with_journal,
)
from reattune.web.pages.shared.drafts import draft_of
from reattune.web.pages.shared.form_fields import moment_of
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.person_choice import person_chosen, whom_to_choose
from reattune.web.pages.shared.wording import care, state_words
from reattune.web.store.open_journal import OpenJournal

STEPS: dict[str, type[forms.Form]] = {"size": HowBigForm, "meaning": WhatItMeantForm, "did": WhatIDidForm}
COUNT = len(STEPS)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def new(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What happened, with whom, when, and what was felt: it is kept from here on, and three ways lead on."""
    session = session_asked_for(request, opened) or _session_typed(request, opened)
    known = _of_session(opened, session) if session else {}
    page = FormPage(request, opened, WhatHappenedForm, known, people=whom_to_choose(opened))
    if page.can_be_kept():
        try:
            moment = _keep(opened, page.form, session)
        except JournalError as error:
            page.form.refuse(error)
        else:
            if "stop" in request.POST:
                return page.kept("moment", moment.id)
            if "words" in request.POST:
                plan = words_for(opened, moment)
                return page.kept("find-words", plan.id) if plan else page.kept("moment", moment.id)
            return page.kept("moment-step", moment.id, "size")
    return page.show("notice/moment_new.html", session=session)


def _session_typed(request: HttpRequest, opened: OpenJournal) -> Session | None:
    """The session of what is sent, or of what was half-written here."""
    draft = draft_of(request, opened)
    named = [request.POST.get("session", ""), *(draft.fields.get("session", ()) if draft else ())]
    try:
        return next((found for each in named if each and (found := opened.journal.find(Session, UUID(each)))), None)
    except ValueError:
        return None


def _of_session(opened: OpenJournal, session: Session) -> dict[str, Any]:
    """Its day, with whom it was, and what was left unsaid in its check-in."""
    kept = next((each for each in opened.journal.all(CheckIn) if each.session_id == session.id), None)
    day = session.local_day(session.at)
    return {"day": day, "who": str(session.relationship_id), "what": kept.unsaid_words if kept else ""}


def _keep(opened: OpenJournal, form: WhatHappenedForm, session: Session | None) -> Moment:
    data = form.cleaned_data
    with transaction.atomic():
        who = person_chosen(opened, data)
        same = session if session and session.relationship_id == who else None
        at = moment_of(data["day"], opened.now, opened.zone)
        return opened.create(
            Moment,
            relationship_id=who,
            session_id=same.id if same else None,
            at=at,
            what=data["what"],
            cause=data["cause"] or Cause.OTHER,
            feelings=data["feelings"],
            feelings_words=data["feelings_words"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def change(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """Change what was written: the words, what comes closest, with whom, the day. The older form waits for a while."""
    moment = here_or_404(opened.journal.get, Moment, moment_id)
    known = {
        "what": moment.what,
        "cause": moment.cause,
        "who": str(moment.relationship_id),
        "day": moment.local_day(moment.at) if moment.has_day else None,
        "feelings": list(moment.feelings),
        "feelings_words": moment.feelings_words,
    }
    page = FormPage(request, opened, WhatHappenedForm, known, of=moment, people=whom_to_choose(opened))
    if not moment.has_day:
        page.form.fields["day"].required = False
        page.form.fields["day"].help_text = _("You gave a rough date. To keep it rough, leave this blank.")
    if page.can_be_kept(known):
        try:
            _amend(opened, moment, page.form.cleaned_data)
        except JournalError as error:
            page.form.refuse(error)
        else:
            return page.kept("moment", moment.id)
    return page.show("notice/moment_change.html", moment=moment)


def _amend(opened: OpenJournal, moment: Moment, data: dict[str, Any]) -> None:
    with transaction.atomic():
        who = person_chosen(opened, data)
        same_day = data["day"] == (moment.local_day(moment.at) if moment.has_day else None)
        as_it_was = (moment.at, moment.zone)
        at, zone = as_it_was if same_day else (moment_of(data["day"], opened.now, opened.zone), opened.zone)
        rupture = opened.journal.rupture_of(moment)
        alone = rupture is not None and _is_all_of(opened, moment, rupture)
        if rupture and who != moment.relationship_id:
            # Its story goes with it to the other person; where the story is more than this, it leaves it.
            rest = tuple(each for each in rupture.moment_ids if each != moment.id)
            to = {"relationship_id": who} if alone else {}
            rupture = opened.change(rupture, moment_ids=rest, **to)
        opened.amend(
            moment,
            relationship_id=who,
            session_id=_session_of(opened, moment, who, None if same_day else at.astimezone(ZoneInfo(zone)).date()),
            at=at,
            zone=zone,
            by_year=moment.by_year and same_day,
            no_day=moment.no_day and same_day,
            what=data["what"],
            cause=data["cause"] or Cause.OTHER,
            feelings=data["feelings"],
            feelings_words=data["feelings_words"],
        )
        if rupture and who != moment.relationship_id:
            if alone:
                opened.change(rupture, moment_ids=(moment.id,), began=at, zone=zone)
            return
        if rupture and (rupture.began == moment.at or at < rupture.began):
            of_it = (each for each in opened.journal.moments() if each.id in rupture.moment_ids)
            began, zone = min((each.at, each.zone) for each in of_it)
            opened.change(rupture, began=began, zone=zone)


def _is_all_of(opened: OpenJournal, moment: Moment, rupture: Rupture, *, talked: bool = False) -> bool:
    """Whether a story has nothing but this moment, and was not talked about yet (or was, if ``talked``)."""
    alone = rupture.moment_ids == (moment.id,) and not rupture.unsaid_ids
    return alone and (talked or not opened.journal.attempts(rupture))


def _talks_about(opened: OpenJournal, moment: Moment, rupture: Rupture) -> list[Attempt]:
    """The talks that may have been about it: none from before its day."""
    talks = opened.journal.attempts(rupture)
    if not moment.has_day:
        return talks
    day = moment.local_day(moment.at)
    return [talk for talk in talks if talk.local_day(talk.at) >= day]


def _session_of(opened: OpenJournal, moment: Moment, who: UUID, moved: date | None) -> UUID | None:
    """The session it belongs to: the one it has, or the one with that person on the day it was ``moved`` to, if any."""
    sessions = opened.journal.sessions(opened.journal.get(Relationship, who))
    if moved is None and any(each.id == moment.session_id for each in sessions):
        return moment.session_id
    day = moved or moment.local_day(moment.at)
    return next((each.id for each in sessions if each.local_day(each.at) == day), None)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def step(request: HttpRequest, opened: OpenJournal, moment_id: UUID, name: str) -> HttpResponse:
    """One further step."""
    moment = here_or_404(opened.journal.get, Moment, moment_id)
    if name not in STEPS:
        raise Http404
    page = FormPage(request, opened, STEPS[name], _initial(moment), of=moment)
    if isinstance(page.form, HowBigForm) and crosses(moment):
        page.form.ask_only_inside()
    if page.can_be_kept():
        opened.amend(moment, **_fields(moment, name, page.form.cleaned_data))
        following = step_after(list(STEPS), name)
        if "stop" in request.POST or following is None:
            return page.kept("moment", moment.id)
        return page.kept("moment-step", moment.id, following)
    number = list(STEPS).index(name) + 1
    back = list(STEPS)[number - 2] if number > 1 else ""
    context = {"moment": moment, "name": name, "step": number, "count": COUNT, "back": back}
    return page.show("notice/moment_step.html", **context, mendable=not crosses(moment))


def _initial(moment: Moment) -> dict[str, Any]:
    known = {name: value for name, value in dict(moment).items() if value is not None}
    return {**known, "said": "yes" if moment.said else None}


def _fields(moment: Moment, name: str, data: dict[str, Any]) -> dict[str, Any]:
    if name != "did":
        return data
    did = data["did"] or None
    told = data["said"] == "yes" or (did == Did.SAID_IT and data["said"] != "no")
    said = (moment.said or moment.at) if told else None
    return {"did": did, "did_words": data["did_words"], "said": said}


@require_safe
@with_journal
def show(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """One moment, and what can be done with it."""
    journal = opened.journal
    moment = here_or_404(journal.get, Moment, moment_id)
    who = journal.get(Relationship, moment.relationship_id)
    rupture = journal.rupture_of(moment)
    crossed = crosses(moment)
    crossed_form = CrossedForm(who=who, known=moment.crossed)
    # Until it is said which line it was, that is asked first.
    ask_which = care()["ask_which"] if crossed and not moment.crossed else None
    if ask_which:
        crossed_form.ask_smaller_first()
    context = {
        "open": opened,
        "moment": moment,
        "who": who,
        "rupture": rupture,
        "state": state_words(rupture) if rupture else "",
        "talks": _talks_about(opened, moment, rupture) if rupture else [],
        "may_take_out": rupture is not None and not _is_all_of(opened, moment, rupture, talked=True),
        "boundary": has_boundary(journal, moment),
        "joinable": [] if rupture else [e for e in open_ruptures(journal) if e.who.id == who.id and e.rupture.open],
        "come_back": [] if rupture else mended_alike(journal, moment),
        "big": is_big_reaction(moment, journal),
        "trail": trail_of(opened, moment),
        "followable": not crossed and crossing_of(journal, who) is None,
        "let_go": any(u.source_id == moment.id and u.status == "let_go" for u in journal.all(Unsaid)),
        "crossed": crossed,
        "past": who.past_therapist,
        "long_ago": not (moment.has_day or moment.said or rupture or mild_only(moment)),
        "because": crossing_of(journal, who),
        "not_for_repair": not_for_repair(who) if crossing_of(journal, who) or crossed else None,
        "mild": mild_words(who) if mild_only(moment) else None,
        "crossed_form": crossed_form,
        "ask_which": ask_which,
        "concern": None if crossed else concern(opened, moment) or concern_with(opened, who.id),
    }
    return render(request, "notice/moment.html", context)


@require_POST
@with_journal
def take_out(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """Out of the story it was added to; where it is all of the story, it stays."""
    moment = here_or_404(opened.journal.get, Moment, moment_id)
    rupture = opened.journal.rupture_of(moment)
    if rupture and not _is_all_of(opened, moment, rupture, talked=True):
        rest = tuple(each for each in rupture.moment_ids if each != moment.id)
        days = [(each.at, each.zone) for each in (opened.journal.get(Moment, one) for one in rest)]
        talks = [(each.at, each.zone) for each in opened.journal.attempts(rupture)]
        as_it_was = (rupture.began, rupture.zone)
        began, zone = min([*days, *talks]) if days and rupture.began == moment.at else as_it_was
        opened.change(rupture, moment_ids=rest, began=began, zone=zone)
    return to_page(request, "moment", moment_id)


@require_POST
@with_journal
def let_go(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """Let something unsaid go by choice, or take that back."""
    moment = here_or_404(opened.journal.get, Moment, moment_id)
    gone = any(each.source_id == moment.id and each.status == "let_go" for each in opened.journal.all(Unsaid))
    status = UnsaidStatus.LET_GO if pressed_for(request, gone) else UnsaidStatus.HELD
    settle(opened, moment.id, moment.relationship_id, moment.at, status)
    return to_page(request, "moment", moment.id)
