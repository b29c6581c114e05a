"""That the list of entries was changed outside Reattune: said on every page until the person has read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from reattune.web.pages.shared.access import to_page, with_either_journal
from reattune.web.store.open_journal import OpenJournal


@require_POST
@with_either_journal
def put_away(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """It is said no more; on to Today."""
    if opened.list_changed_on:
        opened.put_list_change_away()
    return to_page(request, "today")
