"""A calendar file with neutral entries before and after the usual session."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from icalendar import Alarm, Calendar, Event

from reattune.journal.documents import Preferences
from reattune.web.pages.manage.forms import SessionCalendarForm
from reattune.web.pages.shared.access import to_page, with_journal
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.store.open_journal import OpenJournal

# Minutes from the beginning of the session to each entry: an hour before it, and ten minutes after its fifty.
_ENTRIES = {"before": -60, "after": 60}
_LASTS = timedelta(minutes=15)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def session_calendar(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """When they usually meet; the file for it, or one that takes the entries away again."""
    preferences = opened.journal.preferences
    if preferences is None:
        return to_page(request, "settings")
    weeks = preferences.weeks_between
    known = {
        "weekdays": [str(day) for day in preferences.session_weekdays],
        "hour": preferences.session_time or None,
        "weeks": f"{weeks:g}" if weeks and weeks >= 1 else "1",
    }
    page = FormPage(request, opened, SessionCalendarForm, known, of=preferences)
    if "stop" in request.POST:
        opened.change(preferences, session_weekdays=(), session_time="")
        return _file(calendar_file(opened, preferences, stop=True))
    if page.can_be_kept({"weekdays": known["weekdays"], "hour": preferences.session_time, "weeks": known["weeks"]}):
        data = page.form.cleaned_data
        days = tuple(sorted(int(day) for day in data["weekdays"]))
        between = float(data["weeks"]) / (len(days) if data["weeks"] == "1" else 1)
        kept = opened.change(
            preferences, session_weekdays=days, session_time=f"{data['hour']:%H:%M}", weeks_between=between
        )
        opened.discard_draft(request.path)
        return _file(calendar_file(opened, kept))
    return page.show("manage/session_calendar.html", given=bool(preferences.session_time))


def _file(content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="notes.ics"'
    return answer


def calendar_file(opened: OpenJournal, preferences: Preferences, *, stop: bool = False) -> bytes:
    """Two recurring entries called "Notes", in the local time of whoever reads them; or their cancellation.

    Their ids stay the same, so that a further file changes or removes what an earlier one made. They tell of no
    document, and neither title nor text says what they are for.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if stop else "PUBLISH")
    days = preferences.session_weekdays or (0,)
    hour = time.fromisoformat(preferences.session_time or "09:00")
    weeks = max(1, round(preferences.weeks_between or 1))
    first = _first_day(opened, days, weeks)
    for name, minutes in _ENTRIES.items():
        start = datetime.combine(first, hour) + timedelta(minutes=minutes)
        event = Event()
        fields: dict[str, Any] = {
            "uid": hashlib.sha256(f"{opened.mark} {name}".encode()).hexdigest()[:32],
            "sequence": int(opened.now.timestamp()) // 60 - 29_000_000,
            "summary": _("Notes"),
            "dtstamp": opened.now,
            "dtstart": start,
            "dtend": start + _LASTS,
            "class": "PRIVATE",
            "transp": "TRANSPARENT",
            "status": "CANCELLED" if stop else "CONFIRMED",
        }
        for field, value in fields.items():
            event.add(field, value)
        if not stop:
            moved = (start.date() - first).days
            on = [_DAYS[(day + moved) % 7] for day in days]
            event.add("rrule", {"freq": "weekly", "interval": weeks, "byday": on})
            event.add_component(_alarm())
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Notes"))
    alarm.add("trigger", timedelta(0))
    return alarm


def _first_day(opened: OpenJournal, days: tuple[int, ...], weeks: int) -> date:
    """The first of their days from today on; where they skip weeks, in the rhythm of the last session."""
    today = timezone.localdate()
    therapist = opened.journal.therapist
    sessions = opened.journal.sessions(therapist) if therapist else []
    last = sessions[-1].local(sessions[-1].at).date() if sessions else None
    for ahead in range(7 * weeks + 7):
        day = today + timedelta(days=ahead)
        since = (day - timedelta(days=day.weekday()) - (last - timedelta(days=last.weekday()))).days // 7 if last else 0
        if day.weekday() in days and (last is None or since % weeks == 0):
            return day
    return today
