"""The journal's page: everything that is kept, by person, newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.journal.documents import Ending, Relationship, Rupture
from reattune.journal.vocabulary import RelationshipKind
from reattune.reflection.bond_line import bond_line, listed
from reattune.web.pages.manage.sort_diary import waiting
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.access import with_journal
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_journal
def so_far(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Everything that is kept: people, check-ins, moments, what was mended."""
    journal = opened.journal
    people = sorted(journal.all(Relationship), key=lambda person: (person != journal.therapist, person.name))
    instruments = instruments_of(opened)
    therapists = [each for each in people if each.role is RelationshipKind.THERAPIST]
    lists = [(each, listed(journal, each, bond_line(journal, each, instruments))) for each in therapists]
    context = {
        "open": opened,
        "lists": [(each, check_ins) for each, check_ins in lists if check_ins],
        "people": [(person, journal.moments(person)[::-1]) for person in people],
        "endings": journal.all(Ending)[::-1],
        "ruptures": _all_ruptures(opened),
        "to_sort": len(waiting(opened)),
    }
    return render(request, "home/timeline.html", context)


def _all_ruptures(opened: OpenJournal) -> list[tuple[Rupture, Relationship]]:
    journal = opened.journal
    found = [(rupture, journal.get(Relationship, rupture.relationship_id)) for rupture in journal.all(Rupture)]
    return found[::-1]
