"""Where each thing of a journal is found: the page of a document, and the name of a form that was left half-written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Answer,
    Attempt,
    Belief,
    CameIn,
    Candidate,
    CheckIn,
    Draft,
    Ending,
    LooseNote,
    Moment,
    Pattern,
    Practice,
    Relationship,
    Repair,
    Rupture,
    Session,
    Share,
    TalkPlan,
    TriedAnswer,
    Unsaid,
)
from reattune.journal.draft_conflicts import OF_THE_THERAPIST
from reattune.journal.journal import Journal
from reattune.journal.vocabulary import EndingKind, JournalKind, LeavingAbout, RelationshipKind
from reattune.web.pages.shared.access import to_page
from reattune.web.store.open_journal import OpenJournal

_PAGES: dict[type[Document], str] = {
    Moment: "moment",
    Rupture: "mend",
    CheckIn: "reading",
    Relationship: "person",
    TalkPlan: "card",
    Belief: "belief",
    Pattern: "pattern",
    Practice: "practice",
    Candidate: "candidate",
    Share: "shared-one",
}
# In a therapist's journal these have pages of their own; all else is on the page of its client.
_OF_THERAPIST: dict[type[Document], str] = {
    Rupture: "client-mend",
    TalkPlan: "client-card",
    TriedAnswer: "answering-beside",
}
_OF_ENDING = {
    EndingKind.TALK: "leaving-short",
    EndingKind.PAUSE: "leaving-break",
    EndingKind.LEAVE: "leaving-well",
    EndingKind.SAFE: "leaving-safe",
}


def page_of(document: Document) -> tuple[str, tuple[Any, ...]]:
    """The name and arguments of the page on which a document is read, in the journal of a person."""
    if isinstance(document, (Attempt, Repair)):
        return "mend", (document.rupture_id,)
    if isinstance(document, Answer):
        return "shared-one", (document.share_id,)
    if isinstance(document, Unsaid):
        return "unsaid", ()
    if isinstance(document, CameIn):
        return "came-in", ()
    if isinstance(document, LooseNote):
        return "sort", ()
    if isinstance(document, Ending):
        name = _OF_ENDING.get(document.form)
        if name is None and LeavingAbout.CROSSED_LINE in document.about:
            name = "leaving-safe"
        # The others have no page of their own: their words are on the page of the person.
        return (name, (document.id,)) if name else ("person", (document.relationship_id,))
    name = _PAGES.get(type(document))
    return (name, (document.id,)) if name else ("so-far", ())


def client_behind(journal: Journal, document: Document) -> Relationship | None:
    """The client that something in a therapist's journal belongs to, if it belongs to one."""
    of: Document | None = document
    for name, kind in (("rupture_id", Rupture), ("session_id", Session)):
        if not isinstance(of, (Relationship, type(None))) and not hasattr(of, "relationship_id") and hasattr(of, name):
            of = journal.find(kind, getattr(of, name))
    found = of if isinstance(of, Relationship) else journal.find(Relationship, getattr(of, "relationship_id", None))
    return found if found and found.role is RelationshipKind.CLIENT else None


def address_in(opened: OpenJournal, document: Document) -> str:
    """The address of the page on which a document of a journal is read: in a therapist's, its own or its client's."""
    if opened.kind is JournalKind.PERSON:
        return address_of(document, opened.space)
    if isinstance(document, (Attempt, Repair)):
        return reverse("pages:client-mend", args=(document.rupture_id,), current_app=opened.space)
    if name := _OF_THERAPIST.get(type(document)):
        return reverse(f"pages:{name}", args=(document.id,), current_app=opened.space)
    client = client_behind(opened.journal, document)
    if isinstance(document, (Share, Answer, CameIn)):
        return address_of(document, opened.space)
    if client is None:
        return reverse("pages:clients", current_app=opened.space)
    return reverse("pages:client", args=(client.id,), current_app=opened.space)


def address_of(document: Document, space: str = "own") -> str:
    """The address of that page, in the person's own journal or in the example."""
    name, args = page_of(document)
    return reverse(f"pages:{name}", args=args, current_app=space)


def to_page_of(request: HttpRequest, document: Document) -> HttpResponse:
    """On to the page of a document."""
    name, args = page_of(document)
    return to_page(request, name, *args)


@dataclass(frozen=True)
class HalfWritten:
    """A form that was left before it was kept: where it is, what it is called, how it begins."""

    draft: Draft
    address: str
    name: str
    words: str


def half_written(opened: OpenJournal) -> list[HalfWritten]:
    """What was typed and not kept, the latest first."""
    found = []
    for draft in sorted(opened.journal.all(Draft), key=lambda each: each.updated, reverse=True):
        try:
            name = resolve(draft.form.partition("?")[0]).url_name or ""
        except Resolver404:
            name = ""
        words = next((v for values in draft.fields.values() for v in values if " " in v), "")
        label = _form_names().get(name, _("something you were writing"))
        found.append(HalfWritten(draft, address_of_draft(opened, draft), label, words))
    return found


# Of what is half-written Today shows so much; the rest where it is asked for.
_ON_TODAY = 3


def half_written_on_today(request: HttpRequest, opened: OpenJournal) -> dict[str, object]:
    """What Today shows of it, and how many more there are: no other page leads to them."""
    found = [] if opened.example else half_written(opened)
    shown = found if "all" in request.GET else found[:_ON_TODAY]
    return {"half_written": shown, "half_written_more": len(found) - len(shown)}


def address_of_draft(opened: OpenJournal, draft: Draft) -> str:
    """Where it can be gone on with; where that is there no more, where it can be read."""
    space = "example" if opened.example else "own"
    if not leads_somewhere(opened, draft.form):
        return reverse("pages:draft-words", args=[draft.id], current_app=space)
    return f"{draft.form}{'&' if '?' in draft.form else '?'}draft={draft.id}"


def leads_somewhere(opened: OpenJournal, form: str) -> bool:
    """Whether there is a form at this address, and what it is about is here."""
    path, _mark, about = form.partition("?")
    try:
        page, about_what = resolve(path), {name: UUID(value) for name, value in parse_qsl(about)}
    except (Resolver404, ValueError):
        return False
    named = [*page.kwargs.values(), *about_what.values()]
    if path.endswith(OF_THE_THERAPIST) and "who" in about_what:
        journal = opened.journal
        therapist = journal.latest_therapist if page.url_name == "leaving" else journal.therapist
        return therapist is not None and about_what["who"] == therapist.id
    return all(opened.journal.holds(each) for each in named if isinstance(each, UUID))


def _form_names() -> dict[str, str]:
    return {
        "moment-new": _("something that happened"),
        "moment-step": _("something that happened"),
        "moment-change": _("changing a moment"),
        "check-in": _("a check-in"),
        "check-in-change": _("changing a check-in"),
        "unsaid": _("something left unsaid"),
        "find-words": _("words for the card"),
        "say": _("words for the card"),
        "talk": _("how a conversation went"),
        "talk-change": _("changing a conversation"),
        "after": _("what made it work"),
        "leaving": _("thinking of leaving therapy"),
        "leaving-short": _("the short card"),
        "leaving-break": _("a break"),
        "leaving-well": _("ending therapy well"),
        "leaving-safe": _("getting out safely"),
        "follow-step": _("exploring where something comes from"),
        "belief-new": _("a belief"),
        "belief": _("a belief"),
        "practice-new": _("something to try"),
        "practice": _("how something went"),
        "record": _("something for the record"),
        "client-new": _("a new client"),
        "client-change": _("changing a client"),
        "client-after": _("what you noted of a session"),
        "client-after-change": _("what you noted of a session"),
        "client-typed": _("a client’s rating"),
        "client-bring": _("a page for supervision"),
        "client-mend-new": _("something that went wrong"),
        "client-words": _("words for a client"),
        "client-talk": _("how a conversation went"),
        "client-talk-change": _("changing a conversation"),
        "client-outcome": _("what made it work"),
        "client-held": _("whether it’s still mended"),
        "answering-one": _("an answer you’re practising"),
        "answering-beside": _("a look at your answer"),
    }
