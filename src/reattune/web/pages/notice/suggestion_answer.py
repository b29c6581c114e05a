"""The person's answer to a suggestion."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from reattune.journal.documents import Suggestion
from reattune.journal.vocabulary import Answered, NoticedBy
from reattune.reflection.possible_ruptures import Noticed, noticing
from reattune.reflection.unsaid import calm_sign, unsaid_things
from reattune.web.pages.mend.new_rupture import answer, join, joinable
from reattune.web.pages.notice.instruments import instruments_of, line_of
from reattune.web.pages.shared.access import to_page, with_journal
from reattune.web.store.open_journal import OpenJournal


def noticed_now(opened: OpenJournal, source: str) -> Noticed | None:
    """What is asked about now, if it is what the address or the form names."""
    if source not in list(NoticedBy):
        return None
    found = noticing(opened.journal, line_of(opened), opened.now)
    return found if found and found.source == source else None


@require_POST
@with_journal
def answered(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """It belongs to something that is open, or it is nothing of the kind. A no is remembered."""
    source = request.POST.get("source", "")
    therapist = opened.journal.therapist
    if therapist is None:
        return to_page(request, "today")
    if source == NoticedBy.CALM:
        sign = calm_sign(opened.journal, unsaid_things(opened.journal, opened.now), instruments_of(opened))
        if sign:
            fields = {"source": source, "source_ids": (sign.session_id,), "answer": Answered.NO}
            opened.create(Suggestion, relationship_id=therapist.id, **fields)
        return to_page(request, "today")
    noticed = noticed_now(opened, source)
    if noticed is None:
        return to_page(request, "today")
    rupture = joinable(opened, request.POST.get("rupture", ""), therapist.id)
    if rupture:
        with transaction.atomic():
            answer(opened, noticed, Answered.JOINED, join(opened, rupture, noticed.moments))
        return to_page(request, "mend", rupture.id)
    answer(opened, noticed, Answered.NO)
    return to_page(request, "today")
