"""Today, and what there is so far."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reattune.journal.documents import Relationship
from reattune.journal.vocabulary import EndingKind, JournalKind
from reattune.reflection.agreements import open_agreements
from reattune.reflection.backup_reminder import copy_due
from reattune.reflection.before_session import session_today
from reattune.reflection.boundary_taken_back import boundary_notices
from reattune.reflection.chart_data import bond_chart
from reattune.reflection.crossed_boundaries import crossed_line
from reattune.reflection.leaving_follow_up import running_break, to_look_back, unfinished
from reattune.reflection.open_ruptures import open_ruptures
from reattune.reflection.possible_ruptures import noticing
from reattune.reflection.practice import to_note
from reattune.reflection.therapist_fit import look_back_due
from reattune.reflection.unanswered_danger import LATELY, unanswered
from reattune.reflection.unsaid import calm_sign, gathering, unsaid_things
from reattune.web.pages.clients.today import therapists_today
from reattune.web.pages.home.came_in import what_came_in
from reattune.web.pages.notice.danger_question import concern, concern_of
from reattune.web.pages.notice.instruments import instruments_of, line_of
from reattune.web.pages.shared.access import with_either_journal
from reattune.web.pages.shared.document_urls import half_written_on_today
from reattune.web.pages.shared.wording import care
from reattune.web.store.letterbox import look_for_letters
from reattune.web.store.open_journal import OpenJournal

# Of the bond line the last half year, and so much of it where there was a break; all of it is with the therapist.
SINCE, FEWEST = timedelta(days=183), 12
# However long somebody writes, what is open is never more than about a screen.
OPEN_SHOWN, MENDED_SHOWN, UNSAID_SHOWN = 4, 2, 4
AGREED_SHOWN, PRACTICE_SHOWN, CAME_IN_SHOWN = 2, 2, 2


@require_safe
@with_either_journal
def today(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Three doors; what is open; what is unsaid; the bond line. For a therapist: who needs a look."""
    if opened.kind is JournalKind.THERAPIST:
        return therapists_today(request, opened)
    look_for_letters(opened)
    journal = opened.journal
    line = line_of(opened)
    ruptures = open_ruptures(journal)
    still_open = [each for each in ruptures if each.rupture.open]
    mended = [each for each in ruptures if not each.rupture.open]
    unsaid = unsaid_things(journal, opened.now)
    therapist = journal.latest_therapist
    shown = max(FEWEST, sum(point.at >= opened.now - SINCE for point in line.points))
    crossed = crossed_line(journal)
    noticed = noticing(journal, line, opened.now)
    held = unanswered(journal, opened.now)
    if noticed and (noticed.who in held or any(concern(opened, moment) for moment in noticed.moments)):
        noticed = None  # beside words that sound like danger nothing asks for a talk
    asked_about = {moment.id for moment in noticed.moments} if noticed else set()
    on_top = concern(opened, next(iter(held.values()))) if held and not crossed else None
    asked_about |= {on_top["of"]} if on_top else set()
    # What is part of something that is open is found there; where a boundary was crossed, nothing waits to be said.
    unsaid = [] if crossed else unsaid
    unsaid_shown = [t for t in unsaid if t.source_id not in asked_about and not (t.rupture and t.rupture.open)]
    # What sounds like danger and was written lately is never behind the others, and nothing beside it says where to
    # start. Of what is older only what is shown is read.
    lately = [t for t in unsaid_shown if t.days <= LATELY.days]
    read = dict.fromkeys([*lately, *unsaid_shown[:UNSAID_SHOWN]])
    worrying = {t.source_id: asked for t in read if (asked := concern_of(opened, t))}
    unsaid_shown.sort(key=lambda t: t.source_id not in worrying)
    context = {
        "open": opened,
        "therapist": therapist,
        "line": line,
        "reading": line.reading,
        "chart": bond_chart(journal, line, shown),
        "chart_more": len(line.points) > shown,
        "ruptures": still_open[:OPEN_SHOWN],
        "open_more": max(0, len(still_open) - OPEN_SHOWN),
        "mended_lately": mended[:MENDED_SHOWN],
        "mended_more": max(0, len(mended) - MENDED_SHOWN),
        "unsaid": [(thing, worrying.get(thing.source_id)) for thing in unsaid_shown[:UNSAID_SHOWN]],
        "unsaid_more": max(0, len(unsaid_shown) - UNSAID_SHOWN),
        "gathering": None if worrying else gathering(unsaid),
        "noticed": noticed,
        "running_break": running_break(journal),
        "to_look_back": to_look_back(journal, opened.now),
        "first_sessions": look_back_due(journal),
        "copy_due": copy_due(journal, opened.now) if not opened.example else None,
        "to_note": [
            (each, journal.get(Relationship, each.relationship_id))
            for each in to_note(journal, opened.now, held)[:PRACTICE_SHOWN]
        ],
        "calm": None if noticed or crossed else calm_sign(journal, unsaid, instruments_of(opened)),
        "crossed": crossed,
        **boundary_notices(journal, opened.now)._asdict(),
        "not_for_repair": care()["not_for_repair"],
        "current": journal.therapist is not None,
        "session_today": session_today(journal, opened.now),
        "checked_in": len(journal.check_ins(therapist)) if therapist else 0,
        "agreements": open_agreements(journal, opened.now)[:AGREED_SHOWN],
        "begun": [
            (each, journal.find(Relationship, each.relationship_id))
            for each in unfinished(journal)
            if each.form is not EndingKind.PAUSE and not (each.form is EndingKind.TALK and each.relationship_id in held)
        ][:1],
        **half_written_on_today(request, opened),
        "held": set(held),
        "concern_on_top": on_top,
        **what_came_in(opened, CAME_IN_SHOWN),
        "titles_only": opened.titles_only,
    }
    return render(request, "home/today.html", context)
