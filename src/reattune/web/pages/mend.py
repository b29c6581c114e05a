"""A rupture: opening it, its page, and the states a person chooses."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError, life
from reattune.journal.documents import Moment, Relationship, Rupture, Session, TalkPlan
from reattune.journal.words import Approach, RuptureState
from reattune.reflection.attempts import cannot_take_feedback
from reattune.reflection.chart import rupture_chart
from reattune.reflection.thread import thread
from reattune.reflection.today import current_plan, for_repair, next_step
from reattune.web.pages.access import here_or_404, session_asked_for, to_page, with_journal
from reattune.web.pages.forms.fields import moment_of
from reattune.web.pages.forms.journal import AgainForm, RuptureForm
from reattune.web.pages.instruments import line_of
from reattune.web.pages.words import care, labels
from reattune.web.store.opening import OpenJournal

_CHOSEN = {
    "let-go": RuptureState.LET_GO,
    "reopen": RuptureState.NOTICED,
    "end": RuptureState.ENDED,
}
_CARRIED_OVER = (
    "what_happened",
    "what_i_felt",
    "what_i_made_of_it",
    "what_i_need",
    "what_i_fear",
    "may_have_misread",
)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def new(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Open a rupture with the current therapist, from moments or from a session that stood out."""
    journal = opened.journal
    therapist = journal.therapist
    if therapist is None:
        return to_page(request, "therapist")
    free = [moment for moment in journal.moments(therapist)[::-1] if journal.rupture_of(moment) is None]
    session = session_asked_for(request, opened)
    form = RuptureForm(request.POST or None, moments=free[:20], initial=_initial(opened, session))
    if form.is_valid():
        line = line_of(opened)
        try:
            rupture = opened.create(
                Rupture,
                relationship_id=therapist.id,
                title=form.cleaned_data["title"],
                began=moment_of(form.cleaned_data["day"], opened.now, opened.zone),
                moment_ids=form.moment_ids(),
                pattern=line.reading.pattern if session else None,
                suggested=session is not None,
                transitions=life.begin(opened.now),
            )
        except JournalError as error:
            form.refuse(error)
        else:
            return to_page(request, "mend", rupture.id)
    context = {"open": opened, "form": form, "therapist": therapist, "session": session, "moments": free}
    return render(request, "pages/mend_new.html", context)


def _initial(opened: OpenJournal, session: Session | None) -> dict[str, object]:
    day = session.local(session.at).date() if session else opened.now
    of_session = [str(m.id) for m in opened.journal.moments() if session and m.session_id == session.id]
    return {"day": day, "moments": of_session}


@require_POST
@with_journal
def from_moment(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """From one moment straight to the first words, or into a rupture that is open."""
    journal = opened.journal
    moment = here_or_404(journal.get, Moment, moment_id)
    known = journal.rupture_of(moment)
    if known:
        return to_page(request, "mend", known.id)
    joined = _joined(request, opened, moment)
    if joined:
        return to_page(request, "mend", joined.id)
    with transaction.atomic():
        rupture = opened.create(
            Rupture,
            relationship_id=moment.relationship_id,
            title=labels("cause")[moment.cause],
            began=moment.at,
            moment_ids=(moment.id,),
            transitions=life.begin(opened.now),
        )
        if not for_repair(journal, rupture):
            return to_page(request, "mend", rupture.id)
        made = moment.meant_about_me
        plan = opened.create(TalkPlan, rupture_id=rupture.id, what_happened=moment.what, what_i_made_of_it=made)
    return to_page(request, "say", plan.id, "happened")


def _joined(request: HttpRequest, opened: OpenJournal, moment: Moment) -> Rupture | None:
    try:
        rupture = opened.journal.find(Rupture, UUID(request.POST.get("join", "")))
    except ValueError:
        return None
    if rupture is None:
        return None
    began = min(rupture.began, moment.at)
    return opened.change(rupture, moment_ids=(*rupture.moment_ids, moment.id), began=began)


@require_safe
@with_journal
def show(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """The thread, the state, the one next step, and the bond before and since."""
    journal = opened.journal
    rupture = here_or_404(journal.get, Rupture, rupture_id)
    who = journal.get(Relationship, rupture.relationship_id)
    line = line_of(opened)
    therapist = journal.therapist
    repairable = for_repair(journal, rupture)
    context = {
        "open": opened,
        "rupture": rupture,
        "who": who,
        "thread": thread(journal, rupture),
        "step": next_step(journal, rupture),
        "plan": current_plan(journal, rupture),
        "last_attempt": next(iter(reversed(journal.attempts(rupture))), None),
        "chart": rupture_chart(journal, line, rupture) if therapist and who.id == therapist.id else None,
        "not_for_repair": None if repairable else care()["not_for_repair"],
        "cannot_take_feedback": cannot_take_feedback(journal, rupture),
        "again": AgainForm(),
    }
    return render(request, "pages/mend.html", context)


@require_POST
@with_journal
def move(request: HttpRequest, opened: OpenJournal, rupture_id: UUID, choice: str) -> HttpResponse:
    """Let it go, take that back, open it again, or end it."""
    rupture = here_or_404(opened.journal.get, Rupture, rupture_id)
    taken_back = choice == "take-back" and rupture.state is RuptureState.LET_GO
    state = life.state_before_letting_go(rupture.transitions) if taken_back else _CHOSEN.get(choice)
    if state is None:
        return to_page(request, "mend", rupture.id)
    try:
        opened.change(rupture, transitions=life.step(rupture.transitions, state, opened.now))
    except JournalError as error:
        return _refused(request, opened, rupture, error)
    return to_page(request, "mend", rupture.id)


def _refused(request: HttpRequest, opened: OpenJournal, rupture: Rupture, error: JournalError) -> HttpResponse:
    context = {"open": opened, "sentence": str(error), "rupture": rupture}
    return render(request, "pages/cannot.html", context, status=409)


@require_POST
@with_journal
def plan(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """Begin the plan for the next talk; a further one starts from the words of the last."""
    journal = opened.journal
    rupture = here_or_404(journal.get, Rupture, rupture_id)
    begun = current_plan(journal, rupture)
    if not for_repair(journal, rupture):
        return to_page(request, "mend", rupture.id)
    if begun:
        return to_page(request, "say", begun.id, "happened")
    attempts, plans = journal.attempts(rupture), journal.plans(rupture)
    form = AgainForm(request.POST)
    approach = form.cleaned_data["approach"] if form.is_valid() else None
    fields = {name: getattr(plans[-1], name) for name in _CARRIED_OVER} if plans else _from_moments(opened, rupture)
    if approach == Approach.NAME_NOT_HEARD:
        fields["what_happened"] = f"{labels('opening')['name_not_heard']} {fields.get('what_happened', '')}".strip()
    try:
        made = opened.create(
            TalkPlan, rupture_id=rupture.id, attempt=len(attempts) + 1, approach=approach or None, **fields
        )
    except JournalError as error:
        return _refused(request, opened, rupture, error)
    return to_page(request, "say", made.id, "happened")


def _from_moments(opened: OpenJournal, rupture: Rupture) -> dict[str, str]:
    moments = [opened.journal.get(Moment, moment_id) for moment_id in rupture.moment_ids]
    if not moments:
        return {}
    latest = max(moments, key=lambda moment: moment.at)
    return {"what_happened": latest.what, "what_i_made_of_it": latest.meant_about_me}
