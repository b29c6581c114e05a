"""What I have shared: with whom, what, when and how, what became of it, and what was answered."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from reattune.journal import Journal
from reattune.journal.documents import Answer, Relationship, Rupture, Share
from reattune.journal.vocabulary import JournalKind
from reattune.reflection.crossed_boundaries import crossing_of, for_repair, turned_on_me
from reattune.web.pages.give.page_file import page_file
from reattune.web.pages.manage.downloads import as_file
from reattune.web.pages.shared.access import here_or_404, to_page, with_either_journal, with_journal
from reattune.web.pages.shared.form_fields import PageForm, Several, labelled
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.shared_links import kept_elsewhere, lead_somewhere, note_opened, take_back


class MetForm(PageForm):
    """How what was shared was met, as an answer shows it."""

    met = Several(labelled("met"), label=_("How did they respond?"))


def answers_to(journal: Journal, share: Share) -> list[Answer]:
    """What was answered to something shared, earliest first."""
    return sorted((each for each in journal.all(Answer) if each.share_id == share.id), key=lambda each: each.at)


@require_safe
@with_either_journal
def shared(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Everything that was shared, the latest first."""
    note_opened(opened)
    found = sorted(opened.journal.all(Share), key=lambda each: (each.at, each.id), reverse=True)
    here = lead_somewhere(found)
    rows = [
        {
            "share": each,
            "who": opened.journal.find(Relationship, each.relationship_id),
            "here": here.get(each.id),
            "answers": len(answers_to(opened.journal, each)),
        }
        for each in found
    ]
    return render(request, "give/shared.html", {"open": opened, "rows": rows, "now": opened.now})


@require_safe
@with_either_journal
def one(request: HttpRequest, opened: OpenJournal, share_id: UUID) -> HttpResponse:
    """One thing that was shared, as it was, and what was answered."""
    note_opened(opened)
    journal = opened.journal
    share = here_or_404(journal.get, Share, share_id)
    rupture = journal.find(Rupture, share.rupture_id)
    who = journal.get(Relationship, share.relationship_id)
    context = {
        "open": opened,
        "share": share,
        "who": who,
        "now": opened.now,
        "rupture": rupture,
        "here": lead_somewhere([share]).get(share.id),
        "elsewhere": kept_elsewhere([share], opened.now),
        "may_talk": rupture is not None and rupture.open and for_repair(journal, rupture),
        "answers": [(each, MetForm(initial={"met": each.met})) for each in answers_to(journal, share)],
        "ask_met": opened.kind is JournalKind.PERSON
        and (crossing_of(journal, who) is None or any(map(turned_on_me, answers_to(journal, share)))),
    }
    return render(request, "give/shared_one.html", context)


@require_safe
@with_either_journal
def page(request: HttpRequest, opened: OpenJournal, share_id: UUID) -> HttpResponse:
    """The encrypted page once more, as a file. Its code is not known here."""
    share = here_or_404(opened.journal.get, Share, share_id)
    if not share.page:
        raise Http404
    return as_file(
        page_file(share.page), "text/html; charset=utf-8", f"page-{share.local_day(share.at).isoformat()}.html"
    )


@require_POST
@with_either_journal
def back(request: HttpRequest, opened: OpenJournal, share_id: UUID) -> HttpResponse:
    """Take a web link back: from now on it leads nowhere, and nothing of it is left on the server.

    Where it does not lie here nothing happens, and its page says where it can be taken back.
    """
    share = here_or_404(opened.journal.get, Share, share_id)
    if lead_somewhere([share]):
        note_opened(opened)
        share = opened.journal.get(Share, share_id)
        with transaction.atomic():
            if take_back([share]):
                opened.change(share, taken_back=opened.now)
    return to_page(request, "shared-one", share.id)


@require_POST
@with_journal
def met(request: HttpRequest, opened: OpenJournal, answer_id: UUID) -> HttpResponse:
    """How what was shared was met, in the person's own judgement; or that they do not want to be asked."""
    answer = here_or_404(opened.journal.get, Answer, answer_id)
    form = MetForm(request.POST)
    if form.is_valid():
        opened.amend(answer, met=form.cleaned_data["met"], asked=opened.now)
    return to_page(request, "shared-one", answer.share_id)
