"""After the talk: how it was met, and what comes next."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from reattune.journal import JournalError
from reattune.journal.codec import encode
from reattune.journal.deletion import removal, title_of
from reattune.journal.documents import Attempt, Relationship, Removed, Repair, Rupture
from reattune.journal.vocabulary import Met, Outcome, RuptureState
from reattune.reflection.attempts import cannot_take_feedback
from reattune.reflection.crossed_boundaries import for_repair, has_boundary
from reattune.reflection.open_ruptures import current_plan, latest_repair, waiting_talk
from reattune.reflection.unsaid import left_before
from reattune.reflection.what_worked import what_works
from reattune.web.pages.mend.forms import AgainForm, AgreedForm, HeldForm, MendedForm, TalkForm
from reattune.web.pages.mend.wording_by_role import not_for_repair
from reattune.web.pages.notice.danger_question import concern_of, concern_with
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.form_fields import moment_of, time_and_zone
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.wording import care
from reattune.web.store.open_journal import OpenJournal

_LEFT_SHOWN = 3


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def talk(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """A talk that took place; or how one turned out, where it was too early to say."""
    journal = opened.journal
    rupture = here_or_404(journal.get, Rupture, rupture_id)
    waiting = waiting_talk(journal, rupture)
    over = rupture.state is RuptureState.ENDED and not waiting and request.method != "POST"
    if over or not for_repair(journal, rupture):
        return to_page(request, "mend", rupture.id)
    page = FormPage(request, opened, TalkForm, known_before(opened, rupture, waiting), of=waiting or rupture)
    if page.can_be_kept():
        try:
            attempt = keep_talk(opened, rupture, waiting, page.form.cleaned_data)
        except JournalError as error:
            page.form.refuse_day(error)
        else:
            return page.kept("after", attempt.id)
    return page.show(
        "mend/talk.html",
        rupture=rupture,
        who=journal.get(Relationship, rupture.relationship_id),
        number=waiting.number if waiting else len(journal.attempts(rupture)) + 1,
    )


def known_of(attempt: Attempt) -> dict[str, Any]:
    """What is noted of a talk, as its form shows it."""
    known = {name: value for name, value in dict(attempt).items() if value is not None}
    return {**known, "day": attempt.local_day(attempt.at)}


def known_before(opened: OpenJournal, rupture: Rupture, waiting: Attempt | None) -> dict[str, Any]:
    """What the form of a talk shows at first: the one that was ``waiting``, or how it was to be brought."""
    if waiting:
        return known_of(waiting)
    plan = current_plan(opened.journal, rupture)
    return {"delivery": plan.delivery} if plan and plan.delivery else {}


def keep_talk(opened: OpenJournal, rupture: Rupture, waiting: Attempt | None, data: dict[str, Any]) -> Attempt:
    """A talk with what a form says of it, or the one that was ``waiting`` for its outcome.

    Raises:
        JournalError: it cannot have been then.
    """
    at, zone = _time_of(opened, waiting, data.pop("day"))
    fields = {**data, "delivery": data["delivery"] or None, "outcome": data["outcome"] or None, "at": at, "zone": zone}
    if waiting:
        return opened.amend(waiting, **fields)
    plan = current_plan(opened.journal, rupture)
    number = len(opened.journal.attempts(rupture)) + 1
    with transaction.atomic():
        if at < rupture.began and not rupture.moment_ids:
            # Words for leaving that became a card have no day of their own: it happened before it was talked about.
            opened.change(rupture, began=at, zone=zone)
        return opened.create(Attempt, rupture_id=rupture.id, plan_id=plan.id if plan else None, number=number, **fields)


def _time_of(opened: OpenJournal, known: Attempt | None, day: date) -> tuple[datetime, str]:
    """When a talk was, and where: as it is known where the day is the same."""
    if known:
        return time_and_zone(day, known, known.at, opened.now, opened.zone)
    return moment_of(day, opened.now, opened.zone), opened.zone


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def change(request: HttpRequest, opened: OpenJournal, attempt_id: UUID) -> HttpResponse:
    """Change what was noted of a conversation, how it turned out too. The older form waits for a while."""
    journal = opened.journal
    attempt = here_or_404(journal.get, Attempt, attempt_id)
    rupture = journal.get(Rupture, attempt.rupture_id)
    known = known_of(attempt)
    page = FormPage(request, opened, TalkForm, known, of=attempt)
    if page.can_be_kept({"day": f"{known['day']:%Y-%m-%d}"}):
        try:
            amend_talk(opened, attempt, page.form.cleaned_data)
        except JournalError as error:
            page.form.refuse_day(error)
        else:
            return page.kept("mend", rupture.id)
    return page.show(
        "mend/talk.html",
        rupture=rupture,
        who=journal.get(Relationship, rupture.relationship_id),
        number=attempt.number,
        attempt=attempt,
        latest=is_latest(opened, attempt),
    )


def is_latest(opened: OpenJournal, attempt: Attempt) -> bool:
    """Whether nothing came after this talk."""
    rupture = opened.journal.get(Rupture, attempt.rupture_id)
    return opened.journal.attempts(rupture)[-1].id == attempt.id and rupture.transitions[-1].because == attempt.id


def amend_talk(opened: OpenJournal, attempt: Attempt, data: dict[str, Any]) -> None:
    """Another form of what was noted of a talk; what does not fit its outcome any more is set aside.

    Raises:
        JournalError: something came after it that would not fit.
    """
    journal = opened.journal
    at, zone = _time_of(opened, attempt, data["day"])
    data = {name: value for name, value in data.items() if name != "day"}
    outcome = data["outcome"] or None
    with transaction.atomic():
        _set_unspoken_words_aside(opened, attempt, outcome)
        fields = {**data, "delivery": data["delivery"] or None, "outcome": outcome, "at": at, "zone": zone}
        opened.amend(attempt, **fields)
        if outcome == Outcome.REPAIRED:
            return
        # What was said of a mending that was none waits beside what was deleted.
        of_it = (repair for repair in journal.all(Repair) if repair.attempt_id == attempt.id)
        for repair in of_it:
            kept = {"documents": (encode(repair).decode(),), "kind_of": repair.kind, "at": opened.now}
            opened.create(Removed, title=title_of(journal, repair), **kept)
            opened.discard(repair)


def _set_unspoken_words_aside(opened: OpenJournal, attempt: Attempt, outcome: str | None) -> None:
    """Words for a next talk that this one did not need after all wait beside what was deleted."""
    journal = opened.journal
    rupture = journal.get(Rupture, attempt.rupture_id)
    plan = current_plan(journal, rupture)
    if plan is None or outcome == attempt.outcome or plan.attempt != attempt.number + 1:
        return
    if rupture.transitions[-1].because != plan.id or outcome in (Outcome.PARTLY, Outcome.UNHEARD):
        return
    going = removal(journal, plan)
    kept = {"at": opened.now, "title": title_of(journal, plan), "kind_of": plan.kind, **going.kept_as()}
    opened.create(Removed, **kept)
    opened.write_and_discard(going.left, going.gone)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def agreed(request: HttpRequest, opened: OpenJournal, attempt_id: UUID) -> HttpResponse:
    """Whether what was agreed on did happen."""
    attempt = here_or_404(opened.journal.get, Attempt, attempt_id)
    rupture = opened.journal.get(Rupture, attempt.rupture_id)
    if not attempt.agreed or not for_repair(opened.journal, rupture):
        return to_page(request, "mend", rupture.id)
    if "later" in request.POST:
        opened.change(attempt, agreed_asked=opened.now)
        return to_page(request, "today")
    known = {"agreed_happened": attempt.agreed_happened, "agreed_words": attempt.agreed_words}
    page = FormPage(request, opened, AgreedForm, known, of=attempt)
    if page.can_be_kept():
        opened.amend(attempt, **page.form.cleaned_data)
        return page.kept("mend", rupture.id)
    who = opened.journal.get(Relationship, rupture.relationship_id)
    return page.show("mend/agreed.html", attempt=attempt, rupture=rupture, who=who)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def after(request: HttpRequest, opened: OpenJournal, attempt_id: UUID) -> HttpResponse:
    """Mended: what made it work. Not heard, or partly: that this happens, and another way."""
    journal = opened.journal
    attempt = here_or_404(journal.get, Attempt, attempt_id)
    rupture = journal.get(Rupture, attempt.rupture_id)
    who = journal.get(Relationship, rupture.relationship_id)
    page = mended_page(request, opened, attempt)
    if keep_mended(opened, attempt, page):
        return page.kept("mend", rupture.id)
    repairable = for_repair(journal, rupture)
    left = left_before(journal, attempt, opened.now) if repairable else []
    context = {
        "attempt": attempt,
        "rupture": rupture,
        "who": who,
        "left_unsaid": [thing for thing in left if not concern_of(opened, thing)][:_LEFT_SHOWN],
        "again": AgainForm(),
        "boundary": has_boundary(journal, rupture),
        "works": what_works(journal),
        "not_for_repair": None if repairable else not_for_repair(who),
        "concern": concern_with(opened, who.id) if repairable else None,
        "cannot_take_feedback": cannot_take_feedback(journal, rupture),
        "cried": care()["cried"]["body"] if Met.CRIED in attempt.met else "",
    }
    return page.show("mend/after_talk.html", **context)


def mended_page(request: HttpRequest, opened: OpenJournal, attempt: Attempt) -> FormPage[MendedForm]:
    """The page that asks what made a talk work."""
    known = _repair_of(opened, attempt)
    return FormPage(request, opened, MendedForm, dict(known) if known else {}, of=known)


def keep_mended(opened: OpenJournal, attempt: Attempt, page: FormPage[MendedForm]) -> bool:
    """Keep what is said of a mending, if the talk was one and something can be kept; returns whether it was."""
    if attempt.outcome is not Outcome.REPAIRED or not page.can_be_kept():
        return False
    fields = {**page.form.cleaned_data, "word": page.form.cleaned_data["word"] or None}
    known = _repair_of(opened, attempt)
    if known:
        opened.amend(known, **fields)
    else:
        opened.create(Repair, rupture_id=attempt.rupture_id, attempt_id=attempt.id, at=opened.now, **fields)
    return True


def _repair_of(opened: OpenJournal, attempt: Attempt) -> Repair | None:
    repairs = opened.journal.repairs(opened.journal.get(Rupture, attempt.rupture_id))
    return next((repair for repair in repairs if repair.attempt_id == attempt.id), None)


def held_page(request: HttpRequest, opened: OpenJournal, repair: Repair) -> FormPage[HeldForm]:
    """The page that asks whether it is still mended."""
    held = None if repair.held is None else "yes" if repair.held else "no"
    return FormPage(request, opened, HeldForm, {"held": held, "held_words": repair.held_words}, of=repair)


def keep_held(opened: OpenJournal, repair: Repair, page: FormPage[HeldForm]) -> bool:
    """Keep the answer, if there is one that can be kept; returns whether it was."""
    if not page.can_be_kept():
        return False
    data = page.form.cleaned_data
    answer = {"yes": True, "no": False}.get(data["held"])
    opened.amend(repair, held=answer, held_words=data["held_words"], looked_back=opened.now)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def later(request: HttpRequest, opened: OpenJournal, attempt_id: UUID) -> HttpResponse:
    """Some sessions after a mending: does it hold? If it does not, it can be opened again with its whole thread."""
    journal = opened.journal
    attempt = here_or_404(journal.get, Attempt, attempt_id)
    rupture = journal.get(Rupture, attempt.rupture_id)
    repair = latest_repair(journal, rupture)
    if repair is None or repair.attempt_id != attempt.id or not for_repair(journal, rupture):
        return to_page(request, "mend", rupture.id)
    page = held_page(request, opened, repair)
    if keep_held(opened, repair, page):
        return page.kept("mend", rupture.id)
    who = journal.get(Relationship, rupture.relationship_id)
    return page.show("mend/did_it_hold.html", attempt=attempt, rupture=rupture, who=who)
