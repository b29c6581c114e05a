"""Today, from the therapist's chair: who comes next, and who needs a look."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from reattune.journal import Journal
from reattune.journal.documents import Relationship
from reattune.reflection.backup_reminder import copy_due
from reattune.reflection.caseload import caseload, meets_next
from reattune.web.pages.clients.client import reasons
from reattune.web.pages.home.came_in import what_came_in
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.document_urls import half_written_on_today
from reattune.web.store.letterbox import look_for_letters
from reattune.web.store.open_journal import OpenJournal

CAME_IN_SHOWN = 3
# Whom they meet in the days ahead, and never more than about a screen of anything.
AHEAD, NEXT_SHOWN, LOOKS_SHOWN = timedelta(days=2), 8, 8


def therapists_today(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Who comes next; who needs a look, in order of need; of whom there is too little to say; what came in."""
    look_for_letters(opened)
    journal = opened.journal
    load = caseload(journal, instruments_of(opened))
    whole = "all" in request.GET
    shown = load.need_a_look if whole else load.need_a_look[:LOOKS_SHOWN]
    today = timezone.localdate()
    context = {
        "open": opened,
        "any_client": bool(journal.clients),
        "next": comes_next(journal, today)[:NEXT_SHOWN],
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "looks": [(view, reasons(view, opened.titles_only)) for view in shown],
        "looks_more": len(load.need_a_look) - len(shown),
        "well": sorted((view.client for view in load.well), key=_name),
        "too_little": sorted((view.client for view in load.too_little), key=_name),
        "copy_due": copy_due(journal, opened.now) if not opened.example else None,
        **half_written_on_today(request, opened),
        "titles_only": opened.titles_only,
        **what_came_in(opened, CAME_IN_SHOWN),
    }
    return render(request, "clients/today.html", context)


def _name(client: Relationship) -> str:
    return client.name.casefold()


def comes_next(journal: Journal, today: date) -> list[tuple[date, Relationship]]:
    """Whom they meet today and in the two days after, by day and time."""
    found = []
    for client in journal.clients:
        sessions = journal.sessions(client)
        last = sessions[-1].local_day(sessions[-1].at) if sessions else None
        day = meets_next(client, last, today)
        if day is not None and day <= today + AHEAD:
            found.append((day, client))
    return sorted(found, key=lambda each: (each[0], each[1].meeting.time if each[1].meeting else "", _name(each[1])))
