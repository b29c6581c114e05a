"""A calendar file with neutral entries before and after the usual session."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Preferences
from reattune.reflection.before_session import every_weeks, meets_on
from reattune.web.pages.manage.forms import SessionCalendarForm
from reattune.web.pages.shared.access import form_address, to_page, with_journal
from reattune.web.pages.shared.calendar_file import add_alarm, as_download, new_calendar, private_entry
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.store.open_journal import OpenJournal

# Minutes from the beginning of the session to each entry: an hour before it, and ten minutes after its fifty.
_ENTRIES = {"before": -60, "after": 60}
_NAME = "notes.ics"
# A later file has a higher number: minutes, counted so that they fit where a calendar keeps them.
_SEQUENCES_SINCE = 29_000_000
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
        return as_download(calendar_file(opened, preferences, stop=True), _NAME)
    if page.can_be_kept({"weekdays": known["weekdays"], "hour": preferences.session_time, "weeks": known["weeks"]}):
        data = page.form.cleaned_data
        days = tuple(sorted(int(day) for day in data["weekdays"]))
        between = float(data["weeks"]) / (len(days) if data["weeks"] == "1" else 1)
        kept = opened.change(
            preferences, session_weekdays=days, session_time=f"{data['hour']:%H:%M}", weeks_between=between
        )
        opened.discard_draft(form_address(request))
        return as_download(calendar_file(opened, kept), _NAME)
    return page.show("manage/session_calendar.html", given=bool(preferences.session_time))


def calendar_file(opened: OpenJournal, preferences: Preferences, *, stop: bool = False) -> bytes:
    """Two recurring entries called "Notes", in the local time of whoever reads them; or their cancellation.

    Their ids stay the same, so that a further file changes or removes what an earlier one made. They tell of no
    document, and neither title nor text says what they are for.
    """
    title = _("Notes")
    calendar = new_calendar("CANCEL" if stop else "PUBLISH")
    hour = time.fromisoformat(preferences.session_time or "09:00")
    first = _first_day(opened, preferences)
    for name, minutes in _ENTRIES.items():
        start = datetime.combine(first, hour) + timedelta(minutes=minutes)
        event = private_entry(
            hashlib.sha256(f"{opened.mark} {name}".encode()).hexdigest()[:32],
            title,
            start,
            opened.now,
            sequence=int(opened.now.timestamp()) // 60 - _SEQUENCES_SINCE,
            status="CANCELLED" if stop else "CONFIRMED",
        )
        if not stop:
            moved = (start.date() - first).days
            on = [_DAYS[(day + moved) % 7] for day in preferences.session_weekdays]
            # The week begins a day off too where an entry lies on another day than its session.
            weeks = {"interval": every_weeks(preferences), "wkst": _DAYS[moved % 7]}
            event.add("rrule", {"freq": "weekly", **weeks, "byday": on})
            add_alarm(event, title)
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _first_day(opened: OpenJournal, preferences: Preferences) -> date:
    """The first of their days from today on; where they skip weeks, in the rhythm of the last session."""
    today = timezone.localdate()
    therapist = opened.journal.therapist
    sessions = opened.journal.sessions(therapist) if therapist else []
    last = sessions[-1].local_day(sessions[-1].at) if sessions else None
    ahead = (today + timedelta(days=days) for days in range(7 * every_weeks(preferences) + 7))
    return next((day for day in ahead if meets_on(day, preferences, last)), today)
