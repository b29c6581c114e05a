"""Calendar files that give nothing away: short private entries whose title the caller keeps neutral."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from icalendar import Alarm, Calendar, Event

_LASTS = timedelta(minutes=15)


def new_calendar(method: str = "") -> Calendar:
    """An empty calendar; ``method`` says what a file does to entries that are there already."""
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    return calendar


def private_entry(uid: str, title: str, start: datetime, now: datetime, **more: Any) -> Event:
    """An entry of a quarter of an hour that leaves the time free. ``more`` are further properties of iCalendar."""
    event = Event()
    fields = {"uid": uid, "summary": title, "dtstamp": now, "dtstart": start, "dtend": start + _LASTS}
    for name, value in {**fields, "class": "PRIVATE", "transp": "TRANSPARENT", **more}.items():
        event.add(name, value)
    return event


def add_alarm(event: Event, title: str) -> None:
    """Let it be shown when it begins."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)


def as_download(content: bytes, name: str) -> HttpResponse:
    """The file, to be opened with a calendar."""
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
