"""The card: large on the phone, one printed page, a text to copy, a reminder that gives nothing away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reattune.journal.documents import Relationship, Rupture, TalkPlan
from reattune.journal.vocabulary import RuptureState
from reattune.reflection.card_text import on_card
from reattune.reflection.crossed_boundaries import for_repair
from reattune.reflection.open_ruptures import next_session_day
from reattune.web.pages.mend.forms import ReminderForm
from reattune.web.pages.mend.wording_by_role import frame
from reattune.web.pages.notice.danger_question import concern_with
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.calendar_file import add_alarm, as_download, new_calendar, private_entry
from reattune.web.pages.shared.wording import prompts
from reattune.web.store.open_journal import OpenJournal


def card_parts(plan: TalkPlan) -> list[str]:
    """The paragraphs that stand on the card, in the language of the request."""
    return on_card(plan, prompts()["misread"]["sentence"])


@require_safe
@with_journal
def large(request: HttpRequest, opened: OpenJournal, plan_id: UUID) -> HttpResponse:
    """The words alone, without menus: to read from, or to show."""
    return _page(request, opened, plan_id, "mend/card_large.html")


@require_safe
@with_journal
def card(request: HttpRequest, opened: OpenJournal, plan_id: UUID) -> HttpResponse:
    """The words in large type, to be read from the phone or printed, and what can be done with them."""
    return _page(request, opened, plan_id, "mend/card.html")


def _page(request: HttpRequest, opened: OpenJournal, plan_id: UUID, template: str) -> HttpResponse:
    journal = opened.journal
    plan = here_or_404(journal.get, TalkPlan, plan_id)
    rupture = journal.get(Rupture, plan.rupture_id)
    if not for_repair(journal, rupture) or concern_with(opened, rupture.relationship_id):
        return to_page(request, "mend", rupture.id)
    who = journal.get(Relationship, rupture.relationship_id)
    parts = card_parts(plan)
    before = frame(opened, who, plan.delivery or "")
    context = {
        "open": opened,
        "plan": plan,
        "rupture": rupture,
        "who": who,
        "parts": parts,
        "before": before,
        "as_text": "\n\n".join([before, *parts] if before and parts else parts),
        # It was said, or there is nobody to say it to.
        "over": rupture.state is RuptureState.ENDED
        or any(attempt.number == plan.attempt for attempt in journal.attempts(rupture)),
        "reminder": ReminderForm(initial={"day": next_session_day(journal, opened.now), "hour": "09:00"}),
    }
    return render(request, template, context)


@require_safe
@with_journal
def reminder(request: HttpRequest, opened: OpenJournal, plan_id: UUID) -> HttpResponse:
    """A calendar file that says when, and not what."""
    plan = here_or_404(opened.journal.get, TalkPlan, plan_id)
    form = ReminderForm(request.GET)
    if not form.is_valid():
        context = {"open": opened, "plan": plan, "reminder": form}
        return render(request, "mend/reminder.html", context, status=400)
    at = datetime.combine(form.cleaned_data["day"], form.cleaned_data["hour"], ZoneInfo(opened.zone))
    return as_download(reminder_file(at, opened.now), "reminder.ics")


def reminder_file(at: datetime, now: datetime) -> bytes:
    """An entry of a quarter of an hour with an alarm. Its id is that of no document, its title says nothing."""
    title = _("Reminder")
    calendar = new_calendar()
    event = private_entry(f"{at:%Y%m%d%H%M}-{now:%Y%m%d%H%M%S}", title, at, now)
    add_alarm(event, title)
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file
