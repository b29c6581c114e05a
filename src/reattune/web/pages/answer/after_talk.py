"""After the conversation with a client: how it went, what made it work, whether it still holds."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from reattune.journal import JournalError
from reattune.journal.documents import Attempt, Relationship, Rupture
from reattune.reflection.open_ruptures import latest_repair, waiting_talk
from reattune.web.pages.answer.forms import AnotherWayForm, ClientTalkForm
from reattune.web.pages.answer.went_wrong import GUIDE_ON_BOUNDARIES, answered_for
from reattune.web.pages.mend.after_talk import (
    amend_talk,
    held_page,
    is_latest,
    keep_held,
    keep_mended,
    keep_talk,
    known_before,
    known_of,
    mended_page,
)
from reattune.web.pages.shared.access import here_or_404, to_page, with_therapists_journal
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def talk(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """A conversation that took place; or how one turned out, where it was too early to say."""
    journal = opened.journal
    rupture = here_or_404(journal.get, Rupture, rupture_id)
    waiting = waiting_talk(journal, rupture)
    page = FormPage(request, opened, ClientTalkForm, known_before(opened, rupture, waiting), of=waiting or rupture)
    if page.can_be_kept():
        try:
            attempt = keep_talk(opened, rupture, waiting, page.form.cleaned_data)
        except JournalError as error:
            page.form.refuse_day(error)
        else:
            return page.kept("client-outcome", attempt.id)
    client = journal.get(Relationship, rupture.relationship_id)
    return page.show("answer/client_talk.html", rupture=rupture, client=client)


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def change(request: HttpRequest, opened: OpenJournal, attempt_id: UUID) -> HttpResponse:
    """Change what was noted of a conversation, how it turned out too. The older form waits for a while."""
    journal = opened.journal
    attempt = here_or_404(journal.get, Attempt, attempt_id)
    rupture = journal.get(Rupture, attempt.rupture_id)
    known = known_of(attempt)
    page = FormPage(request, opened, ClientTalkForm, known, of=attempt)
    if page.can_be_kept({"day": f"{known['day']:%Y-%m-%d}"}):
        try:
            amend_talk(opened, attempt, page.form.cleaned_data)
        except JournalError as error:
            page.form.refuse_day(error)
        else:
            return page.kept("client-mend", rupture.id)
    client = journal.get(Relationship, rupture.relationship_id)
    context = {"rupture": rupture, "client": client, "attempt": attempt, "latest": is_latest(opened, attempt)}
    return page.show("answer/client_talk.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def after(request: HttpRequest, opened: OpenJournal, attempt_id: UUID) -> HttpResponse:
    """Mended: what made it work. It did not reach them, or partly: another way."""
    journal = opened.journal
    attempt = here_or_404(journal.get, Attempt, attempt_id)
    rupture = journal.get(Rupture, attempt.rupture_id)
    page = mended_page(request, opened, attempt)
    if keep_mended(opened, attempt, page):
        return page.kept("client-mend", rupture.id)
    return page.show(
        "answer/client_after.html",
        attempt=attempt,
        rupture=rupture,
        client=journal.get(Relationship, rupture.relationship_id),
        again=AnotherWayForm(),
        answered_for=answered_for(rupture),
        boundaries=GUIDE_ON_BOUNDARIES,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def held(request: HttpRequest, opened: OpenJournal, attempt_id: UUID) -> HttpResponse:
    """Some sessions after a mending: is it still mended?"""
    journal = opened.journal
    attempt = here_or_404(journal.get, Attempt, attempt_id)
    rupture = journal.get(Rupture, attempt.rupture_id)
    repair = latest_repair(journal, rupture)
    if repair is None or repair.attempt_id != attempt.id:
        return to_page(request, "client-mend", rupture.id)
    page = held_page(request, opened, repair)
    if keep_held(opened, repair, page):
        return page.kept("client-mend", rupture.id)
    return page.show("answer/client_held.html", attempt=attempt, rupture=rupture)
