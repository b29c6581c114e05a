"""What works for me, and the guides."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.web.pages.shared.access import with_either_journal
from reattune.web.pages.shared.wording import guides, reference
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_either_journal
def guide_list(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """All guides."""
    return render(
        request, "home/guides.html", {"open": opened, "guides": list(enumerate(guides(opened.kind), start=1))}
    )


@require_safe
@with_either_journal
def guide(request: HttpRequest, opened: OpenJournal, number: int) -> HttpResponse:
    """One guide with its references. The address only counts."""
    known = guides(opened.kind)
    if not 1 <= number <= len(known):
        raise Http404
    one = known[number - 1]
    works_cited = [reference(key) for key in one["references"]]
    following = number + 1 if number < len(known) else None
    context = {"open": opened, "guide": one, "references": works_cited, "following": following}
    context["next_title"] = known[number]["title"] if following else ""
    return render(request, "home/guide.html", context)
