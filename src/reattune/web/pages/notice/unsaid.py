"""What is held back: the page of it, noting something, and what can become of each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal.documents import Attempt, Belief, Moment, Relationship, Rupture, Unsaid
from reattune.journal.vocabulary import UnsaidStatus
from reattune.reflection.crossed_boundaries import crossed_line, crossing_of
from reattune.reflection.open_ruptures import open_ruptures
from reattune.reflection.unsaid import UnsaidThing, gathering, settled_things, unsaid_thing, unsaid_things
from reattune.web.pages.mend.new_rupture import first_plan, join, joinable, open_one, short_title
from reattune.web.pages.mend.wording_by_role import not_for_repair
from reattune.web.pages.notice.danger_question import concern_of, concern_with
from reattune.web.pages.notice.forms import UnsaidForm
from reattune.web.pages.shared.access import to_page, with_journal
from reattune.web.pages.shared.drafts import kept_aside
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.kept_drafts import keep_typed
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal

_SETTLED = {"said": UnsaidStatus.SAID, "let-go": UnsaidStatus.LET_GO, "take-back": UnsaidStatus.HELD}


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
        keep_typed(request, opened)  # it ended in another window meanwhile
        return to_page(request, "therapist")
    if aside := kept_aside(request, opened, therapist):
        return aside
    page = FormPage(request, opened, UnsaidForm)
    if page.can_be_kept():
        opened.create(Unsaid, relationship_id=therapist.id, since=opened.now, **page.form.cleaned_data)
        return page.kept("unsaid")
    things = unsaid_things(journal, opened.now, therapist)
    crossed = crossing_of(journal, therapist)
    context = {
        "therapist": therapist,
        "current": current,
        "held_back": concern_with(opened, therapist.id),
        "unsaid": [(thing, concern_of(opened, thing)) for thing in things],
        "gathering": gathering(things),
        "let_go": [(each, None) for each in settled_things(journal, opened.now, UnsaidStatus.LET_GO, therapist)],
        "said": [(each, None) for each in settled_things(journal, opened.now, UnsaidStatus.SAID, therapist)],
        "crossed": crossed,
        "not_for_repair": not_for_repair(therapist) if crossed else None,
        "joinable": [e for e in open_ruptures(journal) if e.who.id == therapist.id and e.rupture.open],
    }
    return page.show("notice/unsaid.html", **context)


@require_POST
@with_journal
def act(request: HttpRequest, opened: OpenJournal, source_id: UUID, what: str) -> HttpResponse:
    """Make a plan of it, let it belong to a rupture, have said it, let it go, or take that back."""
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
    elif what in _SETTLED:
        settle(opened, thing.source_id, therapist.id, thing.since, _SETTLED[what])
        talk = _talk_named(request, opened)
        if talk:
            return to_page(request, "after", talk.id)
    return to_page(request, "unsaid")


def _talk_named(request: HttpRequest, opened: OpenJournal) -> Attempt | None:
    """The talk from whose page it was said, if it was."""
    try:
        return opened.journal.find(Attempt, UUID(request.POST.get("after", "")))
    except ValueError:
        return None


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
        rupture = open_one(
            opened, therapist.id, title, thing.since, zone=str(thing.since.tzinfo), moments=moments, unsaid=other
        )
        plan = first_plan(opened, rupture, **{field: thing.words})
    return to_page(request, "find-words", plan.id) if plan else to_page(request, "mend", rupture.id)


def settle(opened: OpenJournal, source_id: UUID, who: UUID, since: datetime, status: UnsaidStatus) -> None:
    """Something unsaid was said or let go, or is held back again; one document tells of it.

    A moment or a belief says of itself, too, whether they know.
    """
    journal = opened.journal
    known = next((u for u in journal.all(Unsaid) if source_id in (u.source_id, u.id)), None)
    before = known.status if known else UnsaidStatus.HELD
    of = journal.find(Moment, source_id) or journal.find(Belief, source_id)
    with transaction.atomic():
        if of and UnsaidStatus.SAID in (status, before):
            opened.change(of, said=opened.now if status is UnsaidStatus.SAID else None)
        if known:
            opened.change(known, status=status, status_since=opened.now)
        elif status is not UnsaidStatus.HELD:
            opened.create(Unsaid, relationship_id=who, source_id=source_id, since=since, status=status,
                          status_since=opened.now)  # fmt: skip
