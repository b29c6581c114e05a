"""What works for me, and the guides."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.reflection.works import LEAST, what_works
from reattune.web.pages.access import with_journal
from reattune.web.pages.words import guides, reference
from reattune.web.store.opening import OpenJournal


@require_safe
@with_journal
def works(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Which ways of saying it were heard, over all talks; of those that were tried often enough to say anything."""
    said = [way for way in what_works(opened.journal) if way.low is not None]
    groups = [(group, list(ways)) for group, ways in groupby(said, key=lambda way: way.group)]
    return render(request, "pages/works.html", {"open": opened, "groups": groups, "least": LEAST})


@require_safe
@with_journal
def guide_list(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """All guides."""
    return render(request, "pages/guides.html", {"open": opened, "guides": list(enumerate(guides(), start=1))})


@require_safe
@with_journal
def guide(request: HttpRequest, opened: OpenJournal, number: int) -> HttpResponse:
    """One guide with its references. The address only counts."""
    known = guides()
    if not 1 <= number <= len(known):
        raise Http404
    one = known[number - 1]
    works_cited = [reference(key) for key in one["references"]]
    following = number + 1 if number < len(known) else None
    context = {"open": opened, "guide": one, "references": works_cited, "following": following}
    context["next_title"] = known[number]["title"] if following else ""
    return render(request, "pages/guide.html", context)
