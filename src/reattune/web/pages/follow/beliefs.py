"""What I took it to mean about me: since when, from whom, how true it feels, and what speaks against it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal.document_base import Document
from reattune.journal.documents import Belief, Moment, Practice, Relationship, Rupture
from reattune.reflection.beliefs import against, change, truth_chart
from reattune.web.pages.follow.follow_back import felt_before
from reattune.web.pages.follow.forms import AgainstForm, BeliefForm, TruthForm, id_of
from reattune.web.pages.shared.access import asked_for, form_address, here_or_404, to_page, with_journal
from reattune.web.pages.shared.drafts import restored
from reattune.web.pages.shared.edit_conflicts import changed_meanwhile, seen
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.kept_drafts import keep_typed
from reattune.web.pages.shared.person_choice import whom_to_choose
from reattune.web.store.open_journal import OpenJournal

_OFFERED = 3
_FROM_MOMENTS = 6


@require_safe
@with_journal
def beliefs(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """All of them, with how true each feels now."""
    journal = opened.journal
    found = [(belief, change(belief), _person(opened, belief.from_relationship_id)) for belief in journal.all(Belief)]
    saved = {belief.moment_id for belief in journal.all(Belief)}
    said = [moment for moment in journal.moments()[::-1] if moment.meant_about_me and moment.id not in saved]
    context = {"open": opened, "beliefs": found[::-1], "from_moments": said[:_FROM_MOMENTS]}
    return render(request, "follow/beliefs.html", context)


def _person(opened: OpenJournal, person_id: UUID | None) -> Relationship | None:
    return opened.journal.find(Relationship, person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def new(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Keep one; from a moment (``?of=``) with its words and people filled in."""
    moment = asked_for(request, opened, Moment, "of")
    page = FormPage(request, opened, BeliefForm, _initial(opened, moment), people=whom_to_choose(opened))
    if page.can_be_kept():
        data = page.form.cleaned_data
        truth = data["truth"]
        made = opened.create(
            Belief,
            words=data["words"],
            about_relationship_id=id_of(data["about"]),
            from_relationship_id=id_of(data["source"]),
            since=_since(opened, moment, id_of(data["source"])),
            moment_id=moment.id if moment else None,
            ratings=[{"at": opened.now, "truth": truth}] if truth is not None else (),
        )
        return page.kept("belief", made.id)
    return page.show("follow/belief_new.html", moment=moment)


def _initial(opened: OpenJournal, moment: Moment | None) -> dict[str, Any]:
    if moment is None:
        return {}
    earlier = felt_before(opened, moment)
    return {
        "words": moment.meant_about_me,
        "about": str(moment.relationship_id),
        "source": str(earlier.relationship_id) if earlier else "",
    }


def _since(opened: OpenJournal, moment: Moment | None, source: UUID | None) -> Any:
    """Since the earlier moment, where the belief is said to come from that person; else nothing is claimed."""
    earlier = felt_before(opened, moment) if moment else None
    return earlier.at if earlier and earlier.relationship_id == source and not earlier.only_age else None


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def belief(request: HttpRequest, opened: OpenJournal, belief_id: UUID) -> HttpResponse:
    """One belief: rate it again, see the line, and what speaks against it."""
    journal = opened.journal
    known = here_or_404(journal.get, Belief, belief_id)
    posted = request.POST if request.method == "POST" else None
    truth = TruthForm(posted if posted is not None and "rate" in posted else None)
    typed = restored(request, opened, AgainstForm)
    words = AgainstForm(posted if posted is not None and "against" in posted else None, initial=typed)
    if truth.is_bound and truth.is_valid() and not changed_meanwhile(request, known, truth):
        rating = {"at": opened.now, "truth": truth.cleaned_data["truth"]}
        opened.change(known, ratings=[*known.ratings, rating])
        return to_page(request, "belief", known.id)
    if words.is_bound and words.is_valid() and not changed_meanwhile(request, known, words):
        _add(opened, known, words.cleaned_data["words"], None)
        opened.discard_draft(form_address(request))
        return to_page(request, "belief", known.id)
    if words.errors:
        keep_typed(request, opened)
    context = {
        "open": opened,
        "restored": bool(typed) and not words.is_bound,
        "belief": known,
        "about": _person(opened, known.about_relationship_id),
        "source": _person(opened, known.from_relationship_id),
        "met_in": journal.find(Moment, known.moment_id),
        "change": change(known),
        "chart": truth_chart(known),
        "truth": truth,
        "form": words,
        "seen": seen(known),
        "offered": against(journal, known)[:_OFFERED],
    }
    return render(request, "follow/belief.html", context)


def _add(opened: OpenJournal, known: Belief, words: str, source: Document | None) -> None:
    entry = {"at": opened.now, "words": words, "source_id": source.id if source else None}
    opened.change(known, against=[*known.against, entry])


@require_POST
@with_journal
def take_against(request: HttpRequest, opened: OpenJournal, belief_id: UUID, source_id: UUID) -> HttpResponse:
    """Yes: this repair, or this thing that went well, speaks against it."""
    journal = opened.journal
    known = here_or_404(journal.get, Belief, belief_id)
    offered = next((each for each in against(journal, known) if each.source_id == source_id), None)
    source = journal.find(Rupture, source_id) or journal.find(Practice, source_id)
    if offered and source:
        _add(opened, known, " · ".join(each for each in (offered.title, offered.words) if each), source)
    return to_page(request, "belief", known.id)
