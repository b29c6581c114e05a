"""What works for me: which ways of saying it were heard."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.reflection.what_worked import LEAST, what_works
from reattune.web.pages.shared.access import with_journal
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_journal
def works(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Which ways of saying it were heard, over all talks; of those that were tried often enough to say anything."""
    said = [way for way in what_works(opened.journal) if way.low is not None]
    groups = [(group, list(ways)) for group, ways in groupby(said, key=lambda way: way.group)]
    return render(request, "mend/what_worked.html", {"open": opened, "groups": groups, "least": LEAST})
