"""Sharing: choose the lines, see exactly what the other will see, and choose the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reattune.journal.document_base import Document
from reattune.journal.documents import Share
from reattune.journal.documents.sharing import MOST_LINES, SharedLine
from reattune.journal.vocabulary import SharedKind, ShareWay
from reattune.reflection.sharing.offered import SHAREABLE, may_share, may_share_together
from reattune.vault.page_code import new_code
from reattune.vault.recovery_code import groups
from reattune.web.pages.give.choosing import KIND_OF, Asked, asked
from reattune.web.pages.give.page_file import sealed_content
from reattune.web.pages.shared.access import to_page, with_journal
from reattune.web.pages.shared.document_urls import to_page_of
from reattune.web.pages.shared.handed_over import hand_over
from reattune.web.store.open_journal import OpenJournal

# What is put together of several things, by how its address calls it.
_TOGETHER = {"line": SharedKind.BOND, "held": SharedKind.UNSAID, "soon": SharedKind.BEFORE_SESSION}
_BACK_TO = {"line": "people", "held": "unsaid", "soon": "before-session"}
# So much of somebody's words in one page; more is a whole journal, which has a way of its own.
MOST_BYTES = 500_000


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def share(request: HttpRequest, opened: OpenJournal, document_id: UUID) -> HttpResponse:
    """Share a card, a moment, a story, a belief or what keeps coming back."""
    document = next((each for kind in SHAREABLE if (each := opened.journal.find(kind, document_id))), None)
    if document is None:
        raise Http404
    if not may_share(opened.journal, document, opened.now):
        return to_page_of(request, document)
    return _page(request, opened, KIND_OF[type(document)], document)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def share_of(request: HttpRequest, opened: OpenJournal, what: str) -> HttpResponse:
    """Share the bond since a day, chosen things left unsaid, or what is brought to the session."""
    if what not in _TOGETHER:
        raise Http404
    if not may_share_together(opened.journal, opened.now):
        return to_page(request, _BACK_TO[what])
    return _page(request, opened, _TOGETHER[what], None)


def _page(request: HttpRequest, opened: OpenJournal, kind: SharedKind, of: Document | None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    found = asked(opened, sent, kind, of)
    if found is None:
        return render(request, "give/nobody.html", {"open": opened})
    if request.method != "POST":
        return _preview(request, opened, found)
    problem = _problem(found, sent.get("mark", ""))
    if problem:
        return _preview(request, opened, found, problem, status=409)
    way = _WAYS.get(sent.get("way", ""))
    if way is None or (way is _handed and not may_hand_over(opened)):
        raise Http404
    return way(request, opened, found)


def may_hand_over(opened: OpenJournal) -> bool:
    """Whether a passphrase can bring the journal back once the device was handed over."""
    return not (opened.example or opened.provisional)


def _preview(
    request: HttpRequest, opened: OpenJournal, found: Asked, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "open": opened,
        "asked": found,
        "reader": found.choice.reader,
        "bond": found.choice.kind is SharedKind.BOND,
        "since": timezone.localtime(found.choice.since) if found.choice.since else None,
        "problem": problem,
        "may_hand_over": may_hand_over(opened),
    }
    return render(request, "give/share.html", context, status=status)


def _problem(found: Asked, mark: str) -> str:
    """Why this cannot be shared as it was seen; empty where it can."""
    if not found.kept:
        return _("Choose at least one line to share.")
    if len(found.kept) > MOST_LINES or sum(len(line.words.encode()) for line in found.kept) > MOST_BYTES:
        return _("This is too much for one page. Leave some lines out.")
    if mark != found.mark:
        return _("Something has changed since you looked. This is what they would see now. Please read it once more.")
    return ""


def _record(opened: OpenJournal, found: Asked, way: ShareWay, **more: Any) -> Share:
    return opened.create(
        Share,
        relationship_id=found.choice.reader.id,
        at=opened.now,
        what=found.choice.kind,
        way=way,
        title=found.text.heading,
        lines=_lines(found),
        source_ids=found.sources,
        rupture_id=found.text.rupture_id,
        **more,
    )


def _lines(found: Asked) -> tuple[SharedLine, ...]:
    return tuple(SharedLine(label=line.label[:200], words=line.words) for line in found.kept)


def _made(opened: OpenJournal) -> str:
    return _("A copy of %(day)s.") % {"day": date_format(timezone.localtime(opened.now), "j F Y")}


def _page_made(request: HttpRequest, opened: OpenJournal, found: Asked) -> HttpResponse:
    """A page under a new code, which is shown here, and kept nowhere."""
    code = new_code()
    made = _record(
        opened, found, ShareWay.PAGE, page=sealed_content(code, found.text.heading, _lines(found), _made(opened))
    )
    context = {"open": opened, "share": made, "reader": found.choice.reader, "groups": groups(code)}
    return render(request, "give/page_made.html", context)


def _handed(request: HttpRequest, opened: OpenJournal, found: Asked) -> HttpResponse:
    """Only this, on this screen, until the passphrase is typed."""
    made = _record(opened, found, ShareWay.HANDED)
    context = {"share": made, "card": found.choice.kind is SharedKind.CARD}
    return hand_over(request, render(request, "give/handed_over.html", context))


_WAYS: dict[str, Callable[[HttpRequest, OpenJournal, Asked], HttpResponse]] = {
    "page": _page_made,
    "handed": _handed,
}
