"""That the list of entries was changed outside Reattune: said on every page until the person has read it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from reattune.web.pages.shared.access import to_page, with_either_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def put_away(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """It is said on every page no more, but in Settings for good: nobody else is to hide what they took away."""
    day = opened.list_changed_on
    if day is None:
        return to_page(request, "today")
    form = GraveForm(request.POST if request.method == "POST" else None, opened=opened)
    if not confirmed(request, opened, form):
        return render(request, "manage/list_change_read.html", {"open": opened, "form": form})
    with transaction.atomic():
        opened.put_list_change_away()
        if preferences := opened.journal.preferences:
            days = dict.fromkeys([*preferences.list_changes_read, day])
            opened.change(preferences, list_changes_read=tuple(days))
    return to_page(request, "today")
