"""Today, from the therapist's chair."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reattune.web.pages.home.came_in import what_came_in
from reattune.web.store.letterbox import look_for_letters
from reattune.web.store.open_journal import OpenJournal

CAME_IN_SHOWN = 2


def therapists_today(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Clients, and what came in."""
    look_for_letters(opened)
    context = {"open": opened, "clients": opened.journal.clients, **what_came_in(opened, CAME_IN_SHOWN)}
    return render(request, "clients/today.html", context)
