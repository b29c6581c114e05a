"""A rupture: opening it, its page, and the states a person chooses."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError, rupture_states
from reattune.journal.documents import Attempt, Moment, Relationship, Removed, Rupture, Session, TalkPlan
from reattune.journal.vocabulary import Approach, CrossedLine, NoticedBy, Outcome, RelationshipKind, RuptureState
from reattune.reflection.attempts import cannot_take_feedback
from reattune.reflection.beliefs import touched_by
from reattune.reflection.chart_data import rupture_chart
from reattune.reflection.crossed_boundaries import crosses, crossing_of, for_repair, has_boundary, mild_only
from reattune.reflection.open_ruptures import current_plan, latest_repair, mended_alike, next_step
from reattune.reflection.possible_ruptures import Noticed, latest_session
from reattune.reflection.repair_outcome import repair_shown
from reattune.reflection.rupture_timeline import thread
from reattune.reflection.unsaid import held_words
from reattune.web.pages.leave.forms import CrossedForm
from reattune.web.pages.mend.forms import AgainForm, RuptureForm
from reattune.web.pages.mend.new_rupture import join, joinable, open_of_moment, open_one, words_for, words_of_moment
from reattune.web.pages.mend.wording_by_role import mild_words, not_for_repair
from reattune.web.pages.notice.danger_question import concern, concern_with
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.notice.suggestion_answer import noticed_now
from reattune.web.pages.shared.access import asked_for, here_or_404, session_asked_for, to_page, with_journal
from reattune.web.pages.shared.drafts import kept_aside
from reattune.web.pages.shared.form_fields import moment_of
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal

_CHOSEN = {
    "let-go": RuptureState.LET_GO,
    "reopen": RuptureState.NOTICED,
    "end": RuptureState.ENDED,
    "still-mended": RuptureState.REPAIRED,
}
_MOST_OFFERED = 20
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
    """Open a rupture, with the current therapist or with someone else (``?who=``).

    With the therapist it comes from moments or from something the journal asked about.
    """
    journal = opened.journal
    who = asked_for(request, opened, Relationship, "who") or journal.therapist
    if who is None:
        return to_page(request, "therapist")
    mine = who == journal.therapist
    aside = kept_aside(request, opened, who)
    if aside:
        return aside
    if crossing_of(journal, who) or concern_with(opened, who.id):
        return to_page(request, "person", who.id)
    noticed = noticed_now(opened, request.GET.get("noticed", "")) if mine else None
    session = session_asked_for(request, opened) if mine else None
    session = session or (latest_session(journal, noticed) if noticed else None)
    known = {moment_id for rupture in journal.all(Rupture) for moment_id in rupture.moment_ids}
    free = [moment for moment in journal.moments(who)[::-1] if moment.id not in known][:_MOST_OFFERED]
    free = [moment for moment in free if not concern(opened, moment)]
    page = FormPage(request, opened, RuptureForm, _initial(opened, session, noticed), moments=free)
    if page.can_be_kept():
        data = page.form.cleaned_data
        pattern = line_of(opened).reading.pattern if session else None
        began = moment_of(data["day"], opened.now, opened.zone)
        moments = page.form.moment_ids()
        try:
            rupture = open_one(opened, who.id, data["title"], began, moments=moments, pattern=pattern, noticed=noticed)
        except JournalError as error:
            page.form.refuse(error)
        else:
            return page.kept("mend", rupture.id)
    return page.show("mend/rupture_new.html", who=who, moments=free, noticed=noticed)


def _initial(opened: OpenJournal, session: Session | None, noticed: Noticed | None) -> dict[str, object]:
    moments = list(noticed.moments) if noticed else []
    if session:
        moments += [m for m in opened.journal.moments() if m.session_id == session.id and m not in moments]
    days = [moment.local_day(moment.at) for moment in moments]
    if session:
        days.append(session.local_day(session.at))
    return {"day": min(days, default=opened.now), "moments": [str(moment.id) for moment in moments]}


@require_POST
@with_journal
def from_moment(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """From one moment straight to the first words, or into a rupture that is open."""
    journal = opened.journal
    moment = here_or_404(journal.get, Moment, moment_id)
    known = journal.rupture_of(moment)
    if known:
        return to_page(request, "mend", known.id)
    who = journal.get(Relationship, moment.relationship_id)
    if crosses(moment) or crossing_of(journal, who) or concern(opened, moment) or concern_with(opened, who.id):
        return to_page(request, "moment", moment.id)
    named = request.POST.get("join", "")
    back = next((each for each in mended_alike(journal, moment) if str(each.id) == named), None)
    if back:
        with transaction.atomic():
            steps = rupture_states.step(back.transitions, RuptureState.NOTICED, opened.now)
            back = join(opened, opened.change(back, transitions=steps), [moment])
        return to_page(request, "mend", back.id)
    other = joinable(opened, named, moment.relationship_id)
    if other:
        return to_page(request, "mend", join(opened, other, [moment]).id)
    noticed = noticed_now(opened, NoticedBy.MOMENT)
    asked = noticed if noticed and noticed.source_ids == (moment.id,) else None
    if "talked" in request.POST:
        rupture = open_of_moment(opened, moment, asked)
        return to_page(request, "talk", rupture.id)
    plan = words_for(opened, moment, asked)
    return to_page(request, "find-words", plan.id) if plan else to_page(request, "moment", moment.id)


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
    plan = current_plan(journal, rupture)
    context = {
        "open": opened,
        "rupture": rupture,
        "who": who,
        "thread": thread(journal, rupture),
        "step": next_step(journal, rupture),
        "plan": plan,
        "last_attempt": next(iter(reversed(journal.attempts(rupture))), None),
        "chart": rupture_chart(journal, line, rupture) if therapist and who.id == therapist.id else None,
        "not_for_repair": None if repairable else not_for_repair(who),
        "cannot_take_feedback": cannot_take_feedback(journal, rupture),
        "again": AgainForm(initial={"approach": plan.approach} if plan and plan.approach else None),
        "reopened": rupture_states.reopened_just_now(rupture.transitions),
        "beliefs": touched_by(journal, rupture) if rupture.state is RuptureState.REPAIRED else [],
        "others_hold": _may_look_back(opened, rupture, who),
        "repair": repair_shown(journal, line, rupture) if therapist and who.id == therapist.id else None,
        "crossed_form": CrossedForm(who=who, known=rupture.crossed or _lines_of_moments(opened, rupture)),
        "boundary": has_boundary(journal, rupture),
        "mild": mild_words(who) if repairable and mild_only(rupture) else None,
        "concern": (concern(opened, rupture) or concern_with(opened, who.id)) if repairable else None,
        "because": crossing_of(journal, who) if not repairable else None,
        "may_reopen": who.role is not RelationshipKind.THERAPIST or (therapist is not None and therapist.id == who.id),
        "set_aside": not opened.example and _words_set_aside(opened, rupture),
        "may_end": rupture.open and not (therapist and who.id == therapist.id),
    }
    return render(request, "mend/rupture.html", context)


def _lines_of_moments(opened: OpenJournal, rupture: Rupture) -> tuple[CrossedLine, ...]:
    """What was ticked at its moments: asked once is enough."""
    moments = (opened.journal.find(Moment, moment_id) for moment_id in rupture.moment_ids)
    return tuple(dict.fromkeys(line for moment in moments if moment for line in moment.crossed))


def _words_set_aside(opened: OpenJournal, rupture: Rupture) -> bool:
    """Whether words prepared for it wait beside what was deleted, and can come back."""
    of_it = f'"{rupture.id}"'
    return any(
        each.kind_of == "talk_plan" and not each.replaced and of_it in "".join(each.documents)
        for each in opened.journal.all(Removed)
    )


def _may_look_back(opened: OpenJournal, rupture: Rupture, who: Relationship) -> Attempt | None:
    """With someone there are no sessions with, the person looks back when they like: the talk that mended it."""
    repair = latest_repair(opened.journal, rupture)
    if who.role is RelationshipKind.THERAPIST or repair is None or repair.held is not None:
        return None
    return opened.journal.attempts(rupture)[-1] if rupture.state is RuptureState.REPAIRED else None


@require_POST
@with_journal
def move(request: HttpRequest, opened: OpenJournal, rupture_id: UUID, choice: str) -> HttpResponse:
    """Let it go, take that back, open it again, or end it."""
    return moved(request, opened, rupture_id, choice, "mend")


def moved(request: HttpRequest, opened: OpenJournal, rupture_id: UUID, choice: str, story: str) -> HttpResponse:
    """Do what was chosen, and go to its page, which has the name ``story``."""
    rupture = here_or_404(opened.journal.get, Rupture, rupture_id)
    taken_back = choice == "take-back" and rupture.state in rupture_states.CLOSED
    state = rupture_states.state_before_closing(rupture.transitions) if taken_back else _CHOSEN.get(choice)
    if state is not None:
        try:
            opened.change(rupture, transitions=rupture_states.step(rupture.transitions, state, opened.now))
        except JournalError as error:
            return refused(request, opened, rupture, error)
    return to_page(request, story, rupture.id)


def refused(request: HttpRequest, opened: OpenJournal, rupture: Rupture, error: JournalError) -> HttpResponse:
    """What the journal said, and the way back."""
    context = {"open": opened, "sentence": str(error), "rupture": rupture}
    return render(request, "shared/refused.html", context, status=409)


@require_POST
@with_journal
def plan(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """Begin the plan for the next talk; a further one starts from the words of the last."""
    journal = opened.journal
    rupture = here_or_404(journal.get, Rupture, rupture_id)
    begun = current_plan(journal, rupture)
    if not for_repair(journal, rupture) or concern_with(opened, rupture.relationship_id):
        return to_page(request, "mend", rupture.id)
    if begun:
        form = AgainForm(request.POST)
        if begun.attempt > 1 and form.is_valid() and form.cleaned_data["approach"] != begun.approach:
            begun = _another_approach(opened, begun, form.cleaned_data["approach"])
        return to_page(request, "find-words", begun.id)
    attempts, plans = journal.attempts(rupture), journal.plans(rupture)
    form = AgainForm(request.POST)
    # Nothing was chosen: the first way is what stands on the page as chosen.
    first = Approach.OTHER_WORDS if rupture.state in (RuptureState.PARTLY, RuptureState.UNHEARD) else None
    approach = form.cleaned_data["approach"] if form.is_valid() else first
    # What was mended is not said again as if it had not been heard: a new beginning has new words.
    again = bool(plans) and not (attempts and attempts[-1].outcome is Outcome.REPAIRED)
    fields: dict[str, object] = dict(_from_moments(opened, rupture))
    if again:
        fields = {name: getattr(plans[-1], name) for name in _CARRIED_OVER}
    before = labels("opening")["name_not_heard"]
    if "what_happened" in fields:
        fields["what_happened"] = str(fields["what_happened"]).removeprefix(before).strip()
    if again:
        fields["not_meant"] = plans[-1].not_meant
    if approach == Approach.NAME_NOT_HEARD:
        fields["what_happened"] = f"{before} {fields.get('what_happened', '')}".strip()
    try:
        made = opened.create(
            TalkPlan, rupture_id=rupture.id, attempt=len(attempts) + 1, approach=approach or None, **fields
        )
    except JournalError as error:
        return refused(request, opened, rupture, error)
    return to_page(request, "find-words", made.id)


def _another_approach(opened: OpenJournal, plan: TalkPlan, approach: str) -> TalkPlan:
    """The same words with another way chosen; only the opening that a way brings comes or goes with it."""
    before = labels("opening")["name_not_heard"]
    words = plan.what_happened.removeprefix(before).strip()
    if approach == Approach.NAME_NOT_HEARD:
        words = f"{before} {words}".strip()
    return opened.amend(plan, approach=approach, what_happened=words)


def _from_moments(opened: OpenJournal, rupture: Rupture) -> dict[str, str]:
    found = (opened.journal.find(Moment, moment_id) for moment_id in rupture.moment_ids)
    moments = [moment for moment in found if moment]
    if not moments:
        held = [held_words(opened.journal, source_id) for source_id in rupture.unsaid_ids]
        return {"what_happened": "\n".join(words for _since, words in filter(None, held))}
    latest = max(moments, key=lambda moment: moment.at)
    return words_of_moment(latest)
