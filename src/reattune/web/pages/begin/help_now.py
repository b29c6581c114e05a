"""Open to anyone, locked or not: lines for a crisis, and the kitchen measures that the quick exit shows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.web.http.language import open_and_speak
from reattune.web.pages.shared.wording import crisis_lines
from reattune.web.store.database_failures import failure
from reattune.web.store.open_journal import OpenJournal


@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """A page that says nothing: kitchen measures."""
    return render(request, "begin/quick_exit_page.html")


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Lines for a crisis, open to anyone, locked or not, and whatever became of the store."""
    opened = _opened(request)
    preferences = opened.journal.preferences if opened else None
    region = request.GET.get("region", preferences.region if preferences else "")
    return render(request, "begin/help_now.html", {"open": opened, "lines": crisis_lines(region), "region": region})


def _opened(request: HttpRequest) -> OpenJournal | None:
    """Nothing of it is needed but whose lines come first."""
    try:
        return open_and_speak(request)
    except Exception as error:
        if failure(error) is None:
            raise
        return None
