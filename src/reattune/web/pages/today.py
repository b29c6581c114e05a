"""Today, and what there is so far."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.journal.documents import Relationship, Rupture
from reattune.reflection.chart import bond_chart
from reattune.reflection.copies import copy_due
from reattune.reflection.fit import look_back_due
from reattune.reflection.leaving import running_break, to_look_back
from reattune.reflection.noticing import noticing
from reattune.reflection.practice import to_note
from reattune.reflection.today import crossed_line, open_ruptures
from reattune.reflection.unsaid import calm_sign, gathering, unsaid_things
from reattune.web.pages.access import with_journal
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.own.sorting import waiting
from reattune.web.pages.words import care
from reattune.web.store.opening import OpenJournal

SHOWN = 60
UNSAID_SHOWN = 4


@require_safe
@with_journal
def today(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Three doors; what is open; what is unsaid; the bond line."""
    journal = opened.journal
    line = line_of(opened)
    ruptures = open_ruptures(journal)
    unsaid = unsaid_things(journal, opened.now)
    therapist = journal.therapist
    crossed = crossed_line(journal)
    noticed = noticing(journal, line, opened.now)
    asked_about = {moment.id for moment in noticed.moments} if noticed else set()
    unsaid_shown = [thing for thing in unsaid if thing.source_id not in asked_about]
    context = {
        "open": opened,
        "therapist": therapist,
        "line": line,
        "reading": line.reading,
        "chart": bond_chart(journal, line, SHOWN),
        "ruptures": ruptures,
        "unsaid": unsaid_shown[:UNSAID_SHOWN],
        "unsaid_more": max(0, len(unsaid_shown) - UNSAID_SHOWN),
        "gathering": gathering(unsaid),
        "noticed": noticed,
        "running_break": running_break(journal),
        "to_look_back": to_look_back(journal, opened.now),
        "first_sessions": look_back_due(journal),
        "copy_due": copy_due(journal, opened.now) if not opened.example else None,
        "to_note": [(each, journal.get(Relationship, each.relationship_id)) for each in to_note(journal, opened.now)],
        "calm": None if noticed or crossed else calm_sign(journal, unsaid),
        "crossed": crossed,
        "not_for_repair": care()["not_for_repair"],
    }
    return render(request, "pages/today.html", context)


@require_safe
@with_journal
def so_far(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Everything that is kept: people, check-ins, moments, what was mended."""
    journal = opened.journal
    people = sorted(journal.all(Relationship), key=lambda person: (person != journal.therapist, person.name))
    context = {
        "open": opened,
        "line": line_of(opened),
        "people": [(person, journal.moments(person)[::-1]) for person in people],
        "ruptures": _all_ruptures(opened),
        "to_sort": len(waiting(opened)),
    }
    return render(request, "pages/so_far.html", context)


def _all_ruptures(opened: OpenJournal) -> list[tuple[Rupture, Relationship]]:
    journal = opened.journal
    found = [(rupture, journal.get(Relationship, rupture.relationship_id)) for rupture in journal.all(Rupture)]
    return found[::-1]
