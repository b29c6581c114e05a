"""Before the session: one page for the waiting room, large, and printed on one sheet."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from reattune.reflection.before_session import agreed_last_time, bring_kept, to_bring
from reattune.reflection.crossed_boundaries import crossed_line
from reattune.web.pages.mend.card import card_parts
from reattune.web.pages.notice.danger_question import concern_of, concern_with
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.shared.access import to_page, with_journal
from reattune.web.pages.shared.wording import care
from reattune.web.store.open_journal import OpenJournal

MOST_BROUGHT, MOST_OFFERED = 3, 12


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def before_session(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """At most three things to bring, what was agreed, one sentence of reading.

    Which three may be chosen; it is kept until the session that they are for.
    """
    journal = opened.journal
    therapist = journal.therapist
    if therapist is None:
        return to_page(request, "therapist")
    held = concern_with(opened, therapist.id)
    offered = [] if held else to_bring(journal, opened.now)
    # Beside words that sound like danger nothing asks for a talk.
    offered = [each for each in offered if each.thing is None or not concern_of(opened, each.thing)][:MOST_OFFERED]
    if request.method == "POST":
        return _chosen(request, opened, [each.id for each in offered])
    kept = bring_kept(journal)
    brought = offered if kept is None else [each for each in offered if each.id in kept]
    brought = brought[:MOST_BROUGHT]
    line = line_of(opened)
    crossed = crossed_line(journal)
    context = {
        "open": opened,
        "therapist": therapist,
        "brought": [(each, card_parts(each.plan) if each.plan else []) for each in brought],
        "offered": [(each, each in brought) for each in offered],
        "too_many": "many" in request.GET,
        "most": MOST_BROUGHT,
        "agreed": agreed_last_time(journal),
        "line": line,
        "reading": line.reading,
        "crossed": crossed,
        "not_for_repair": care()["not_for_repair"] if crossed else None,
        "concern": held if held and not crossed else None,
    }
    return render(request, "home/before_session.html", context)


def _chosen(request: HttpRequest, opened: OpenJournal, offered: list[UUID]) -> HttpResponse:
    """What is brought is kept until the session it is for: whoever chose at home finds it in the waiting room."""
    wanted = request.POST.getlist("bring")
    bring = [each for each in offered if str(each) in wanted]
    preferences = opened.journal.preferences
    if preferences:
        opened.change(preferences, bring=tuple(bring[:MOST_BROUGHT]), bring_chosen=opened.now)
    answer = to_page(request, "before-session")
    if len(bring) > MOST_BROUGHT:
        answer["Location"] += "?many"
    return answer
