"""A client's page, and the one page to read before their session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reattune.journal.documents import Attempt, ClientNote, Relationship, Rupture
from reattune.journal.vocabulary import RelationshipStatus
from reattune.reflection.caseload import ClientView, Look, client_view, meets_next
from reattune.reflection.caseload_sentences import how_sure, sentence
from reattune.reflection.two_lines import session_rows, tried, two_lines
from reattune.web.pages.clients.everyone import client_or_404
from reattune.web.pages.clients.two_line_chart import drawings
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.access import with_therapists_journal
from reattune.web.store.open_journal import OpenJournal

SHOWN, BEFORE_SHOWN = 8, 3


@require_safe
@with_therapists_journal
def client(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """Both lines in one chart, what was noticed, what is open, what was tried and what it did."""
    who = client_or_404(opened, client_id)
    context = shown(opened, who)
    rows = context["rows"]
    whole = "all" in request.GET
    context["all_rows"] = rows
    context |= {"rows": rows if whole else rows[:SHOWN], "more": 0 if whole else max(0, len(rows) - SHOWN)}
    context |= {"past": who.status is RelationshipStatus.PAST, "names_before": who.called_before}
    return render(request, "clients/client.html", context)


@require_safe
@with_therapists_journal
def before(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """Before the session: one page, printed on one sheet."""
    who = client_or_404(opened, client_id)
    context = shown(opened, who)
    context["rows"] = context["rows"][:BEFORE_SHOWN]
    talks = [talk for talk in opened.journal.all(Attempt) if talk.agreed.strip()]
    context["still_open"] = [each for each in context["ruptures"] if each.open]
    of = {each.id for each in context["ruptures"]}
    context["agreed"] = max((t for t in talks if t.rupture_id in of), key=lambda talk: talk.at, default=None)
    return render(request, "clients/before_session.html", context)


def shown(opened: OpenJournal, who: Relationship) -> dict[str, Any]:
    """What both pages show of a client."""
    journal = opened.journal
    view = client_view(journal, who, instruments_of(opened))
    ruptures = [each for each in journal.all(Rupture) if each.relationship_id == who.id]
    ruptures.sort(key=lambda each: (not each.open, each.transitions[-1].at))
    chart = two_lines(journal, view)
    sessions = journal.sessions(who)
    last = sessions[-1].local_day(sessions[-1].at) if sessions else None
    return {
        "open": opened,
        "client": who,
        "view": view,
        "looks": reasons(view, opened.titles_only),
        "chart": chart,
        "drawings": drawings(chart),
        "kinds": {mark.kind for mark in chart.marks},
        "rows": session_rows(journal, view),
        "ruptures": ruptures,
        "tried": tried(journal, view),
        "notes": sorted(
            (each for each in journal.all(ClientNote) if each.relationship_id == who.id), key=lambda each: each.at
        ),
        "next": meets_next(who, last, timezone.localdate()),
    }


def reasons(view: ClientView, titles_only: bool) -> list[tuple[Look, str, str]]:
    """Each reason to look with its sentence and how sure it is."""
    looks = [replace(each, title="") if titles_only else each for each in view.looks]
    return [(each, sentence(each, view.client.name), how_sure(each)) for each in looks]
