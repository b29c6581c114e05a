"""The people of the journal: a list, a map, and a page for each."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.journal.documents import Relationship
from reattune.reflection.people import people, people_map, person
from reattune.web.pages.access import here_or_404, with_journal
from reattune.web.store.opening import OpenJournal


@require_safe
@with_journal
def everyone(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """All relationships, as a map and as a list that says the same."""
    found = people(opened.journal)
    return render(request, "pages/people.html", {"open": opened, "people": found, "map": people_map(found)})


@require_safe
@with_journal
def one(request: HttpRequest, opened: OpenJournal, relationship_id: UUID) -> HttpResponse:
    """One person: moments, echoes, patterns, beliefs, what was tried."""
    who = here_or_404(opened.journal.get, Relationship, relationship_id)
    context = {"open": opened, "person": person(opened.journal, who), "therapist": opened.journal.therapist}
    return render(request, "pages/person.html", context)
