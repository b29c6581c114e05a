"""Finding the right one: what I need, candidates beside each other, a look back at the first sessions."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from reattune.content import FORMAL
from reattune.journal.documents import Candidate, Fit, Relationship
from reattune.journal.documents.practice_and_ending import LookBack, Need
from reattune.journal.vocabulary import RelationshipKind
from reattune.reflection.therapist_fit import (
    FIRST_SESSIONS,
    compared,
    first_sessions_with,
    look_back_due,
    needs_of,
    suggested_needs,
    wishes,
)
from reattune.web.pages.leave.forms import CandidateForm, LookBackForm, NeedForm, as_judged
from reattune.web.pages.manage.therapist import end_therapy, take_up_again
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.shared.access import form_address, here_or_404, session_asked_for, to_page, with_journal
from reattune.web.pages.shared.drafts import restored
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.wording import care, labels
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def choosing(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The list of needs, what the journal suggests for it, questions for a first call, and the candidates."""
    journal = opened.journal
    draft = restored(request, opened, NeedForm)
    form = NeedForm(request.POST if "words" in request.POST else None, initial=draft)
    if form.is_valid():
        data = form.cleaned_data
        _said(opened, Need(words=data["words"], wanted=data["wanted"] == "yes", weight=int(data["weight"])))
        opened.discard_draft(form_address(request))
        return to_page(request, "choosing")
    needs = needs_of(journal)
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
    fit = next(iter(wishes(opened.journal)), None)
    if fit is None:
        opened.create(Fit, needs=tuple(need.model_dump() for need in added))
        return
    known = {need.words for need in needs_of(opened.journal)}
    new = [need for need in added if need.words not in known]
    opened.change(fit, needs=tuple(need.model_dump() for need in (*fit.needs, *new)))


def _said(opened: OpenJournal, said: Need) -> None:
    """Put something on the list; what stands there in the same words is as it was said last."""
    held = [fit for fit in wishes(opened.journal) if any(need.words == said.words for need in fit.needs)]
    if not held:
        _with_needs(opened, said)
    with transaction.atomic():
        for fit in held:
            needs = [
                need.model_copy(update={"wanted": said.wanted, "weight": said.weight})
                if need.words == said.words
                else need
                for need in fit.needs
            ]
            opened.amend(fit, needs=tuple(need.model_dump() for need in needs))


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
    needs, words = needs_of(opened.journal), request.POST.get("words")
    if place < len(needs) and needs[place].words == words:
        with transaction.atomic():
            for fit in wishes(opened.journal):
                rest = [need.model_dump() for need in fit.needs if need.words != words]
                if len(rest) < len(fit.needs):
                    opened.amend(fit, needs=tuple(rest))
    return to_page(request, "choosing")


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def candidate_new(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Someone to think about."""
    page = FormPage(request, opened, CandidateForm, needs=needs_of(opened.journal))
    if page.can_be_kept():
        data = page.form.cleaned_data
        fields = {"name": data["name"], "contact": data["contact"], "note": data["note"], "meets": page.form.meets({})}
        opened.create(Candidate, **fields)
        return page.kept("choosing")
    return page.show("leave/candidate.html")


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def candidate(request: HttpRequest, opened: OpenJournal, candidate_id: UUID) -> HttpResponse:
    """One candidate: what was noticed, what they seem to meet; and choosing them."""
    journal = opened.journal
    one = here_or_404(journal.get, Candidate, candidate_id)
    needs = needs_of(journal)
    shown = {"name": one.name, "contact": one.contact, "note": one.note, **as_judged(one.meets)}
    starting = "choose" in request.POST and one.relationship_id is None
    known_so = [each for each in journal.all(Relationship) if each.role is RelationshipKind.THERAPIST]
    therapists = known_so if starting else []
    page = FormPage(request, opened, CandidateForm, shown, of=one, needs=needs, therapists=therapists)
    if page.can_be_kept(shown):
        data = page.form.cleaned_data
        meets = page.form.meets(one.meets)
        one = opened.amend(one, name=data["name"], contact=data["contact"], note=data["note"], meets=meets)
        if "choose" not in request.POST:
            return page.kept("choosing")
        _choose(opened, one, page.form.known if page.form.cleaned_data["same"] == "yes" else None)
        return page.kept("today")
    # Of who became a therapist they are on the page of that person.
    before = () if one.relationship_id else one.called_before
    return page.show("leave/candidate.html", candidate=one, therapist=journal.therapist, names_before=before)


def _choose(opened: OpenJournal, one: Candidate, same: Relationship | None) -> None:
    """The next therapist, who may be the ``same`` as somebody who is or was one. The relationship with the one before,
    and all of it, stays."""
    if one.relationship_id:
        return  # pressed twice
    with transaction.atomic():
        if same is None or not same.current_therapist:
            end_therapy(opened)
        if same is None:
            same = opened.create(Relationship, name=one.name, role="therapist", began=opened.now)
        elif not same.current_therapist:
            take_up_again(opened, same)
        opened.change(one, relationship_id=same.id)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def look_back(request: HttpRequest, opened: OpenJournal, candidate_id: UUID) -> HttpResponse:
    """After session 1, 2 or 3: what is met, how it was, and that three sessions are little.

    What is sent is of the session that the page was about, whatever was noted in another window since.
    """
    journal = opened.journal
    one = here_or_404(journal.get, Candidate, candidate_id)
    due = look_back_due(journal)
    if due and due.candidate.id != one.id:
        due = None
    asked = session_asked_for(request, opened)
    if "session" not in request.GET and due:
        if request.method != "POST" and not opened.drafts(form_address(request)):
            return redirect(f"{request.path}?session={due.session.id}")
        asked = due.session
    sessions, needs = first_sessions_with(journal, one), needs_of(journal)
    number = sessions.index(asked) + 1 if asked in sessions else None
    before = next((each for each in one.look_backs if each.session == number), None)
    known = {"words": before.words, **as_judged(before.meets)} if before else {}
    page = FormPage(request, opened, LookBackForm, known, of=one, needs=needs)
    if number is None and page.form.is_bound:
        return page.aside()
    if number is None and "session" in request.GET:
        return to_page(request, "look-back", one.id)
    if number and page.can_be_kept(known):
        meets, words = page.form.meets(before.meets if before else {}), page.form.cleaned_data["words"]
        back = LookBack(at=opened.now, session=number, meets=meets, words=words)
        backs = sorted([*(each for each in one.look_backs if each != before), back], key=lambda each: each.session)
        opened.amend(one, look_backs=tuple(each.model_dump() for each in backs))
        return page.kept("look-back", one.id)
    context = {
        "candidate": one,
        "number": number,
        "asked": number and (before is None or page.restored or page.form.is_bound),
        "of": FIRST_SESSIONS,
        "line": line_of(opened),
    }
    return page.show("leave/first_sessions.html", **context)
