"""The people of the journal: a list, a map, and a page for each, also for those of the past."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.documents import Relationship
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus
from reattune.reflection.bond_line import bond_line, listed
from reattune.reflection.chart_data import whole_chart
from reattune.reflection.crossed_boundaries import crosses, crossing_of
from reattune.reflection.leaving_follow_up import kept_endings
from reattune.reflection.people import people, people_map, person
from reattune.reflection.sharing.names_before import names_before
from reattune.reflection.unsaid import unsaid_things
from reattune.web.pages.follow.forms import NameForm
from reattune.web.pages.mend.wording_by_role import not_for_repair
from reattune.web.pages.notice.danger_question import concern_with
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.access import here_or_404, pressed_for, to_page, with_journal
from reattune.web.pages.shared.edit_conflicts import changed_meanwhile, seen
from reattune.web.store.open_journal import OpenJournal


@require_safe
@with_journal
def everyone(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """All relationships, as a map and as a list that says the same."""
    found = people(opened.journal)
    return render(request, "follow/people.html", {"open": opened, "people": found, "map": people_map(found)})


@require_safe
@with_journal
def one(request: HttpRequest, opened: OpenJournal, relationship_id: UUID) -> HttpResponse:
    """One person: moments, echoes, patterns, beliefs, what was tried; of a therapist the bond and the check-ins too."""
    journal = opened.journal
    who = here_or_404(journal.get, Relationship, relationship_id)
    is_therapist = who.role is RelationshipKind.THERAPIST
    line = bond_line(journal, who, instruments_of(opened)) if is_therapist else None
    crossed = crossing_of(journal, who)
    current = journal.therapist
    context = {
        "open": opened,
        "person": person(journal, who),
        "therapist": current,
        "line": line,
        "check_ins": listed(journal, who, line) if line else [],
        "reading": line.reading if line else None,
        "chart": whole_chart(journal, line) if line and line.points else None,
        "crossed": crossed,
        "not_for_repair": not_for_repair(who) if crossed else None,
        "was_crossed": next((each for each in reversed(journal.moments(who)) if crosses(each)), None),
        "concern": None if crossed else concern_with(opened, who.id),
        "past": who.status is RelationshipStatus.PAST,
        "can_go_on": who.past_therapist and current is None,
        "unsaid": unsaid_things(journal, opened.now, who) if is_therapist else [],
        "endings": kept_endings(journal, who),
        "names_before": names_before(journal)[who.id],
    }
    return render(request, "follow/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def rename(request: HttpRequest, opened: OpenJournal, relationship_id: UUID) -> HttpResponse:
    """Another name, or who they are."""
    who = here_or_404(opened.journal.get, Relationship, relationship_id)
    sessions = bool(opened.journal.sessions(who))
    form = NameForm(request.POST if request.method == "POST" else None, who=who, has_sessions=sessions)
    if form.is_valid() and not changed_meanwhile(request, who, form):
        try:
            opened.amend(who, **form.cleaned_data)
        except JournalError as error:
            form.refuse(error)
        else:
            return to_page(request, "person", who.id)
    return render(request, "follow/person_change.html", {"open": opened, "form": form, "who": who, "seen": seen(who)})


@require_POST
@with_journal
def mend_again(request: HttpRequest, opened: OpenJournal, relationship_id: UUID) -> HttpResponse:
    """The person wants to be able to mend things with somebody who crossed a line; or takes that back."""
    who = here_or_404(opened.journal.get, Relationship, relationship_id)
    allowed = who.mend_again is not None and crossing_of(opened.journal, who) is None
    if pressed_for(request, allowed) is not allowed:
        opened.change(who, mend_again=None if allowed else opened.now)
    return to_page(request, "person", who.id)
