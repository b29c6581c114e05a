"""Finding the right one: what I need, candidates beside each other, a look back at the first sessions."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reattune.content import FORMAL
from reattune.journal.documents import Candidate, Fit, Relationship
from reattune.journal.documents.practice_and_ending import Need
from reattune.reflection.therapist_fit import FIRST_SESSIONS, compared, look_back_due, suggested_needs, wishes
from reattune.web.pages.leave.forms import CandidateForm, LookBackForm, NeedForm
from reattune.web.pages.manage.therapist import end_therapy
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.drafts import restored
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.wording import care, labels
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def choosing(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The list of needs, what the journal suggests for it, questions for a first call, and the candidates."""
    journal = opened.journal
    fit = wishes(journal)
    draft = restored(request, opened, NeedForm)
    form = NeedForm(request.POST if "words" in request.POST else None, initial=draft)
    if form.is_valid():
        data = form.cleaned_data
        _with_needs(opened, Need(words=data["words"], wanted=data["wanted"] == "yes", weight=int(data["weight"])))
        opened.discard_draft(request.path)
        return to_page(request, "choosing")
    needs = fit.needs if fit else ()
    candidates = [each for each in journal.all(Candidate) if each.relationship_id is None]
    context = {
        "open": opened,
        "form": form,
        "restored": bool(draft),
        "needs": list(enumerate(needs)),
        "suggested": suggested_needs(journal),
        "compared": compared(candidates, needs),
        "first_call": care(FORMAL)["first_call"],
        "therapist": journal.therapist,
    }
    return render(request, "leave/next_therapist.html", context)


def _with_needs(opened: OpenJournal, *added: Need) -> None:
    fit = wishes(opened.journal)
    if fit is None:
        opened.create(Fit, needs=tuple(need.model_dump() for need in added))
        return
    known = {need.words for need in fit.needs}
    new = [need for need in added if need.words not in known]
    opened.change(fit, needs=tuple(need.model_dump() for need in (*fit.needs, *new)))


@require_POST
@with_journal
def take(request: HttpRequest, opened: OpenJournal, source_id: UUID) -> HttpResponse:
    """Take a suggestion of the journal onto the list."""
    one = next((each for each in suggested_needs(opened.journal) if each.source_id == source_id), None)
    if one:
        words = one.words or labels("cause")[one.cause or "other"]
        wanted = one.kind != "hurt"
        _with_needs(opened, Need(words=words[:200], wanted=wanted, source_id=source_id))
    return to_page(request, "choosing")


@require_POST
@with_journal
def drop(request: HttpRequest, opened: OpenJournal, place: int) -> HttpResponse:
    """Take a need off the list: the one that stood in this place on the page, and no other that moved there since."""
    fit = wishes(opened.journal)
    if fit and place < len(fit.needs) and fit.needs[place].words == request.POST.get("words"):
        rest = [need.model_dump() for at, need in enumerate(fit.needs) if at != place]
        opened.amend(fit, needs=tuple(rest))
    return to_page(request, "choosing")


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def candidate_new(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Someone to think about."""
    fit = wishes(opened.journal)
    page = FormPage(request, opened, CandidateForm, needs=fit.needs if fit else ())
    if page.can_be_kept():
        data = page.form.cleaned_data
        fields = {"name": data["name"], "contact": data["contact"], "note": data["note"], "meets": page.form.meets()}
        opened.create(Candidate, **fields)
        return page.kept("choosing")
    return page.show("leave/candidate.html")


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def candidate(request: HttpRequest, opened: OpenJournal, candidate_id: UUID) -> HttpResponse:
    """One candidate: what was noticed, what they seem to meet; and choosing them."""
    journal = opened.journal
    one = here_or_404(journal.get, Candidate, candidate_id)
    fit = wishes(journal)
    needs = fit.needs if fit else ()
    known = {f"need_{place}": str(one.meets[need.words]) for place, need in enumerate(needs) if need.words in one.meets}
    shown = {"name": one.name, "contact": one.contact, "note": one.note, **known}
    page = FormPage(request, opened, CandidateForm, shown, of=one, needs=needs)
    if page.can_be_kept():
        data = page.form.cleaned_data
        meets = page.form.meets()
        one = opened.amend(one, name=data["name"], contact=data["contact"], note=data["note"], meets=meets)
        if "choose" not in request.POST:
            return page.kept("choosing")
        _choose(opened, one)
        return page.kept("today")
    return page.show("leave/candidate.html", candidate=one, therapist=journal.therapist)


def _choose(opened: OpenJournal, one: Candidate) -> None:
    """The next therapist. The relationship with the one before, and all of it, stays."""
    with transaction.atomic():
        known = _already(opened, one)
        if known is None:
            end_therapy(opened)
            known = opened.create(Relationship, name=one.name, role="therapist", began=opened.now)
        opened.change(one, relationship_id=known.id)


def _already(opened: OpenJournal, one: Candidate) -> Relationship | None:
    """The therapist that a candidate has become, or who was named on Today meanwhile: nobody is there twice."""
    chosen = opened.journal.find(Relationship, one.relationship_id)
    current = opened.journal.therapist
    same = current is not None and current.name.casefold().strip() == one.name.casefold().strip()
    return chosen or (current if same else None)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def look_back(request: HttpRequest, opened: OpenJournal, candidate_id: UUID) -> HttpResponse:
    """After session 1, 2 or 3: what is met, how it was, and that three sessions are little."""
    journal = opened.journal
    one = here_or_404(journal.get, Candidate, candidate_id)
    due = look_back_due(journal)
    fit = wishes(journal)
    needs = fit.needs if fit else ()
    number = due.number if due and due.candidate.id == one.id else len(one.look_backs)
    page = FormPage(request, opened, LookBackForm, of=one, needs=needs)
    if due and due.candidate.id == one.id and page.can_be_kept():
        said = {"meets": page.form.meets(), "words": page.form.cleaned_data["words"]}
        back = {"at": opened.now, "session": due.number, **said}
        opened.change(one, look_backs=(*(each.model_dump() for each in one.look_backs), back))
        return page.kept("look-back", one.id)
    context = {
        "candidate": one,
        "due": due,
        "number": number,
        "of": FIRST_SESSIONS,
        "needs": needs,
        "line": line_of(opened),
    }
    return page.show("leave/first_sessions.html", **context)
