"""My work in numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.study.own_work import LEAST, LEAST_RATINGS, own_work
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.access import with_therapists_journal
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_therapists_journal
def my_work(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What was seen, brought up and mended, over all clients with enough ratings, with how sure that is."""
    found = own_work(opened.journal, instruments_of(opened))
    context = {"open": opened, "work": found, "least": LEAST, "least_ratings": LEAST_RATINGS}
    return render(request, "clients/my_work.html", context)
