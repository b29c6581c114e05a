"""What I have shared: with whom, what, when and how, and what became of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.journal.documents import Relationship, Rupture, Share
from reattune.reflection.crossed_boundaries import for_repair
from reattune.web.pages.give.page_file import page_file
from reattune.web.pages.manage.downloads import as_file
from reattune.web.pages.shared.access import here_or_404, with_journal
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_journal
def shared(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Everything that was shared, the latest first."""
    found = sorted(opened.journal.all(Share), key=lambda each: (each.at, each.id), reverse=True)
    rows = [(each, opened.journal.get(Relationship, each.relationship_id)) for each in found]
    return render(request, "give/shared.html", {"open": opened, "rows": rows, "now": opened.now})


@require_safe
@with_journal
def one(request: HttpRequest, opened: OpenJournal, share_id: UUID) -> HttpResponse:
    """One thing that was shared, as it was."""
    journal = opened.journal
    share = here_or_404(journal.get, Share, share_id)
    rupture = journal.find(Rupture, share.rupture_id)
    context = {
        "open": opened,
        "share": share,
        "who": journal.get(Relationship, share.relationship_id),
        "now": opened.now,
        "rupture": rupture,
        "may_talk": rupture is not None and rupture.open and for_repair(journal, rupture),
    }
    return render(request, "give/shared_one.html", context)


@require_safe
@with_journal
def page(request: HttpRequest, opened: OpenJournal, share_id: UUID) -> HttpResponse:
    """The encrypted page once more, as a file. Its code is not known here."""
    share = here_or_404(opened.journal.get, Share, share_id)
    if not share.page:
        raise Http404
    return as_file(page_file(share.page), "text/html; charset=utf-8", f"page-{share.at.date().isoformat()}.html")
