"""What is held back: the page of it, noting something, and what can become of each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal.documents import Moment, Relationship, Rupture, Unsaid
from reattune.journal.vocabulary import UnsaidStatus
from reattune.reflection.crossed_boundaries import crossed_line, crossing_of
from reattune.reflection.open_ruptures import open_ruptures
from reattune.reflection.unsaid import UnsaidThing, gathering, let_go_things, unsaid_thing, unsaid_things
from reattune.web.pages.mend.new_rupture import first_plan, join, joinable, open_one, short_title
from reattune.web.pages.mend.wording_by_role import not_for_repair
from reattune.web.pages.notice.danger_question import concern_of, concern_with
from reattune.web.pages.notice.forms import UnsaidForm
from reattune.web.pages.shared.access import to_page, with_journal
from reattune.web.pages.shared.drafts import restored
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def unsaid(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Everything held back, with age and weight; what was let go; and room to note more.

    Once the therapy has ended it is there to be read.
    """
    journal = opened.journal
    therapist = journal.latest_therapist
    current = journal.therapist is not None
    if therapist is None or (request.method == "POST" and not current):
        return to_page(request, "therapist")
    draft = restored(request, opened, UnsaidForm)
    form = UnsaidForm(request.POST or None, initial=draft)
    if form.is_valid():
        opened.create(Unsaid, relationship_id=therapist.id, since=opened.now, **form.cleaned_data)
        opened.discard_draft(request.path)
        return to_page(request, "unsaid")
    things = unsaid_things(journal, opened.now, therapist)
    gone = let_go_things(journal, opened.now, therapist)
    crossed = crossing_of(journal, therapist)
    context = {
        "open": opened,
        "therapist": therapist,
        "current": current,
        "held_back": concern_with(opened, therapist.id),
        "unsaid": [(thing, concern_of(opened, thing)) for thing in things],
        "gathering": gathering(things),
        "let_go": [(thing, None) for thing in gone],
        "form": form,
        "restored": bool(draft),
        "crossed": crossed,
        "not_for_repair": not_for_repair(therapist) if crossed else None,
        "joinable": [e for e in open_ruptures(journal) if e.who.id == therapist.id and e.rupture.open],
    }
    return render(request, "notice/unsaid.html", context)


@require_POST
@with_journal
def act(request: HttpRequest, opened: OpenJournal, source_id: UUID, what: str) -> HttpResponse:
    """Make a plan of it, let it belong to a rupture, let it go, or take that back."""
    thing = unsaid_thing(opened.journal, source_id, opened.now)
    therapist = opened.journal.therapist
    if thing is None or therapist is None:
        raise Http404
    if what == "say":
        if crossed_line(opened.journal) or concern_with(opened, therapist.id) or concern_of(opened, thing):
            return to_page(request, "unsaid")
        return _say(request, opened, therapist, thing)
    if what == "join":
        rupture = joinable(opened, request.POST.get("rupture", ""), therapist.id)
        if rupture:
            return to_page(request, "mend", _join(opened, thing, rupture).id)
    elif what in ("let-go", "take-back"):
        let_go(opened, thing.source_id, therapist.id, thing.since, gone=what == "let-go")
    return to_page(request, "unsaid")


def _join(opened: OpenJournal, thing: UnsaidThing, rupture: Rupture) -> Rupture:
    moment = opened.journal.find(Moment, thing.source_id)
    return join(opened, rupture, [moment]) if moment else join(opened, rupture, unsaid=[thing.source_id])


def _say(request: HttpRequest, opened: OpenJournal, therapist: Relationship, thing: UnsaidThing) -> HttpResponse:
    if thing.rupture and thing.rupture.open:
        return to_page(request, "mend", thing.rupture.id)
    field = "what_i_made_of_it" if thing.kind == "belief" else "what_happened"
    moments, other = ([thing.source_id], []) if thing.kind == "moment" else ([], [thing.source_id])
    title = short_title(thing.words) or labels("cause")[thing.cause or "other"]
    with transaction.atomic():
        rupture = open_one(opened, therapist.id, title, thing.since, moments=moments, unsaid=other)
        plan = first_plan(opened, rupture, **{field: thing.words})
    return to_page(request, "say", plan.id, "happened") if plan else to_page(request, "mend", rupture.id)


def let_go(opened: OpenJournal, source_id: UUID, who: UUID, since: datetime, *, gone: bool) -> None:
    """Let something unsaid go, or take it back; one document tells of it."""
    status = UnsaidStatus.LET_GO if gone else UnsaidStatus.HELD
    known = next((u for u in opened.journal.all(Unsaid) if source_id in (u.source_id, u.id)), None)
    if known:
        opened.change(known, status=status, status_since=opened.now)
    elif gone:
        opened.create(Unsaid, relationship_id=who, source_id=source_id, since=since, status=status,
                      status_since=opened.now)  # fmt: skip
