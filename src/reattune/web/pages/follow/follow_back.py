"""Follow it: from a big reaction back to when it was felt before. Every step can be left, and is there again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.documents import Belief, Echo, Moment, Relationship
from reattune.reflection.crossed_boundaries import crosses, crossing_of, for_repair
from reattune.reflection.echoes.suggest import kept_apart
from reattune.reflection.people import confirmed, earlier_of
from reattune.reflection.year_from_age import year_at_age
from reattune.web.pages.follow.echo_questions import answer, asked_about, echo_between, reason
from reattune.web.pages.follow.forms import (
    AboutMeForm,
    EarlierForm,
    OtherMomentForm,
    PointForm,
    SentenceForm,
    ThenForm,
    first_of,
    id_of,
)
from reattune.web.pages.shared.access import form_address, here_or_404, step_after, to_page, with_journal
from reattune.web.pages.shared.drafts import restored
from reattune.web.pages.shared.edit_conflicts import changed_meanwhile, seen
from reattune.web.pages.shared.form_fields import PageForm, moment_of
from reattune.web.pages.shared.person_choice import person_chosen, whom_to_choose
from reattune.web.pages.shared.wording import follow as words_of_follow
from reattune.web.pages.shared.wording import form_for
from reattune.web.store.open_journal import OpenJournal

STEPS: dict[str, type[PageForm] | None] = {
    "point": PointForm,
    "me": AboutMeForm,
    "before": None,
    "then": ThenForm,
    "words": SentenceForm,
}


@require_safe
@with_journal
def follow(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """On to the first step that has no answer yet; to the first one where all have."""
    moment = here_or_404(opened.journal.get, Moment, moment_id)
    if not _followable(opened, moment):
        return to_page(request, "moment", moment.id)
    return to_page(request, "follow-step", moment.id, _first_open(opened, moment))


def _followable(opened: OpenJournal, moment: Moment) -> bool:
    """A crossed line is about what was done, and not about older hurts of the one to whom it was done."""
    who = opened.journal.get(Relationship, moment.relationship_id)
    return not crosses(moment) and crossing_of(opened.journal, who) is None


def _first_open(opened: OpenJournal, moment: Moment) -> str:
    earlier = felt_before(opened, moment)
    answered = {
        "point": bool(moment.sharpest),
        "me": bool(moment.meant_about_me or moment.touched),
        "before": earlier is not None,
        "then": earlier is not None and bool(earlier.needed or (earlier.did and earlier.age is not None)),
        "words": bool(moment.sentence),
    }
    if not answered["point"] and not moment.sentence:
        return "point"
    steps = _steps(opened, moment)
    return next((name for name, done in answered.items() if not done and name in steps), "point")


def _steps(opened: OpenJournal, moment: Moment) -> list[str]:
    """The steps of this trail. Where a line was crossed, nothing leads towards saying it."""
    rupture = opened.journal.rupture_of(moment)
    sayable = not crosses(moment) and (rupture is None or for_repair(opened.journal, rupture))
    return [name for name in STEPS if sayable or name != "words"]


def felt_before(opened: OpenJournal, moment: Moment) -> Moment | None:
    """The earlier moment that the latest confirmed echo links this one with."""
    linked = [each for each in _linked(opened, moment) if earlier_of(opened.journal, each[0]).id == each[1].id]
    _echo, other, _who = max(linked, key=lambda each: (each[0].updated, each[0].id), default=(None, None, None))
    return other


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def step(request: HttpRequest, opened: OpenJournal, moment_id: UUID, name: str) -> HttpResponse:
    """One step of the trail."""
    moment = here_or_404(opened.journal.get, Moment, moment_id)
    if name not in STEPS:
        raise Http404
    if name not in _steps(opened, moment) or not _followable(opened, moment):
        return to_page(request, "moment", moment.id)
    if name == "before":
        return _before(request, opened, moment)
    subject = moment
    if name == "then":
        earlier = felt_before(opened, moment)
        if earlier is None:
            return to_page(request, "follow-step", moment.id, "before")
        subject = earlier
    form_class = STEPS[name]
    assert form_class is not None  # noqa: S101  only `before` has none
    return _simple(request, opened, moment, subject, name, form_class)


def _simple(
    request: HttpRequest,
    opened: OpenJournal,
    moment: Moment,
    subject: Moment,
    name: str,
    form_class: type[PageForm],
) -> HttpResponse:
    draft = restored(request, opened, form_class)
    known = {field: value for field, value in dict(subject).items() if value is not None}
    form = form_class(request.POST if request.method == "POST" else None, initial={**known, **draft})
    start = request.POST.get("start", "")
    if name == "words" and start.isdecimal() and int(start) < len(starts := _words(opened, moment)["starts"]):
        # The way without JavaScript: the page comes back with the beginning put before what is written.
        said = request.POST.get("sentence", "").strip()
        form = form_class(initial={"sentence": f"{starts[int(start)]} {said}".strip()})
    elif form.is_valid() and not changed_meanwhile(request, subject, form):
        opened.amend(subject, **_fields(form))
        opened.discard_draft(form_address(request))
        following = step_after(_steps(opened, moment), name)
        if "stop" in request.POST or following is None:
            return to_page(request, "moment", moment.id)
        return to_page(request, "follow-step", moment.id, following)
    context = {"form": form, "subject": subject, "seen": seen(subject), "restored": bool(draft)}
    return _page(request, opened, moment, name, context)


def _words(opened: OpenJournal, moment: Moment, name: str = "words") -> Mapping[str, Any]:
    """The words of a step; what is to be said speaks to the one it was with, and of nothing older than was linked."""
    words = words_of_follow(form_for(opened, opened.journal.get(Relationship, moment.relationship_id)))
    found: Mapping[str, Any] = words[
        "words_of_now" if name == "words" and felt_before(opened, moment) is None else name
    ]
    return found


def _fields(form: forms.Form) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    return {**data, "did": data["did"] or None} if "did" in data else data


def _page(
    request: HttpRequest, opened: OpenJournal, moment: Moment, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    journal = opened.journal
    names = _steps(opened, moment)
    place = names.index(name)
    shared = {
        "open": opened,
        "moment": moment,
        "who": journal.get(Relationship, moment.relationship_id),
        "name": name,
        "words": _words(opened, moment, name),
        "calm": words_of_follow()["ground"],
        "heavy": words_of_follow()["heavy"],
        "both": words_of_follow()["both"] if felt_before(opened, moment) else None,
        "step": place + 1,
        "count": len(names),
        "back": names[place - 1] if place else "",
    }
    subject = context.get("subject")
    if subject is not None and subject.id != moment.id:
        shared["then_with"] = journal.get(Relationship, subject.relationship_id)
    return render(request, "follow/follow_back_step.html", {**shared, **context}, status=status)


# When have I felt just this before?


def _before(request: HttpRequest, opened: OpenJournal, moment: Moment) -> HttpResponse:
    others = _linkable(opened, moment)
    people = [p for p in whom_to_choose(opened) if p.id != moment.relationship_id]
    draft = restored(request, opened, EarlierForm)
    posted = request.POST if request.method == "POST" else None
    earlier = EarlierForm(
        posted if posted is not None and ("earlier" in posted or "stop" in posted) else None,
        people=people,
        initial=draft,
    )
    choose = OtherMomentForm(posted if posted is not None and "choose" in posted else None, moments=others)
    if posted is not None:
        if "nothing" in posted:
            return to_page(request, "follow-step", moment.id, "words")
        if "stop" in posted and not posted.get("what", "").strip():
            opened.discard_draft(form_address(request))
            return to_page(request, "moment", moment.id)
        if "stop" in posted and earlier.is_valid() and _keep_earlier(opened, moment, earlier):
            opened.discard_draft(form_address(request))
            return to_page(request, "moment", moment.id)
        if earlier.is_bound and earlier.is_valid() and _keep_earlier(opened, moment, earlier):
            opened.discard_draft(form_address(request))
            return to_page(request, "follow-step", moment.id, "then")
        if choose.is_bound and choose.is_valid():
            chosen = id_of(choose.cleaned_data["other"])
            if chosen:
                answer(opened, moment, chosen, "yes")
                return to_page(request, "follow-step", moment.id, "then")
            choose.add_error("other", words_of_follow()["before"]["choose_one"])
    suggested, problem = asked_about(opened, moment)
    context = {
        "suggested": [(each, reason(each.match)) for each in suggested],
        "problem": problem,
        "apart": kept_apart(opened.journal, moment),
        "earlier": earlier,
        "form": earlier,
        "choose": choose if others else None,
        "linked": _linked(opened, moment),
        "felt_before": felt_before(opened, moment),
        "follow": {"apart": words_of_follow()["apart"]["body"], "few": _few(moment)},
        "restored": bool(draft),
    }
    return _page(request, opened, moment, "before", context)


def _few(moment: Moment) -> str:
    """Why nothing is asked: there is little to go by, or nothing here is like it."""
    ticked = bool(moment.touched or moment.feelings)
    return str(words_of_follow()["few"]["nothing_like_it" if ticked else "body"])


def _linkable(opened: OpenJournal, moment: Moment) -> list[tuple[Moment, Relationship]]:
    journal = opened.journal
    taken = {each.id for _echo, each, _who in _linked(opened, moment)}
    return [
        (each, journal.get(Relationship, each.relationship_id))
        for each in reversed(journal.moments())
        if each.relationship_id != moment.relationship_id
        and each.id not in taken
        and journal.holds(each.relationship_id)
    ]


def _linked(opened: OpenJournal, moment: Moment) -> list[tuple[Echo, Moment, Relationship]]:
    journal = opened.journal
    found = []
    for echo in confirmed(journal):
        if echo.links(moment.id):
            other = journal.get(Moment, echo.other(moment.id))
            found.append((echo, other, journal.get(Relationship, other.relationship_id)))
    return found


def _keep_earlier(opened: OpenJournal, moment: Moment, form: EarlierForm) -> Moment | None:
    data = form.cleaned_data
    today = timezone.localdate(opened.now)
    try:
        with transaction.atomic():
            who = person_chosen(opened, data)
            age = data["age"]
            year = data["year"] if data["year"] is not None else year_at_age(opened.journal, age, today)
            at = moment_of(first_of(year, today), opened.now, opened.zone)
            known = year is not None or age is not None
            made = opened.create(Moment, relationship_id=who, at=at, what=data["what"], age=age, by_year=known)
            answer(opened, moment, made.id, "yes")
    except JournalError as error:
        form.refuse(error)
        return None
    return made


@require_POST
@with_journal
def answered(request: HttpRequest, opened: OpenJournal, moment_id: UUID, earlier_id: UUID) -> HttpResponse:
    """Yes, no or not now to one question; a confirmed echo can be taken back the same way."""
    journal = opened.journal
    moment = here_or_404(journal.get, Moment, moment_id)
    earlier = here_or_404(journal.get, Moment, earlier_id)
    said = request.POST.get("answer", "")
    if said not in ("yes", "no", "not_now"):
        raise Http404
    why = ""
    if echo_between(opened, moment.id, earlier.id) is None:
        suggested, _problem = asked_about(opened, moment)
        why = next((reason(each.match) for each in suggested if each.moment.id == earlier.id), "")
    try:
        answer(opened, moment, earlier.id, said, why)
    except JournalError as error:
        context = {"open": opened, "sentence": str(error), "moment": moment}
        return render(request, "shared/refused.html", context, status=409)
    return to_page(request, "follow-step", moment.id, "then" if said == "yes" else "before")


@require_POST
@with_journal
def keep_apart(request: HttpRequest, opened: OpenJournal, document_id: UUID) -> HttpResponse:
    """Keep a moment, or everything with a person, apart: nothing is ever suggested from it. Or take that back."""
    journal = opened.journal
    moment = journal.find(Moment, document_id)
    if moment:
        opened.change(moment, keep_apart=not moment.keep_apart)
        return to_page(request, "moment", moment.id)
    who = here_or_404(journal.get, Relationship, document_id)
    opened.change(who, keep_apart=not who.keep_apart)
    return to_page(request, "person", who.id)


def trail_of(opened: OpenJournal, moment: Moment) -> dict[str, Any]:
    """What following this moment has brought so far, for its page."""
    linked = _linked(opened, moment)
    first = {echo.id: earlier_of(opened.journal, echo).id for echo, _other, _who in linked}
    beliefs = [belief for belief in opened.journal.all(Belief) if belief.moment_id == moment.id]
    return {
        "linked": [(other, who, first[echo.id] == other.id) for echo, other, who in linked],
        "only_later": bool(linked) and not any(first[echo.id] == other.id for echo, other, _who in linked),
        "beliefs": beliefs,
        "begun": bool(moment.sharpest or linked or moment.sentence),
    }
