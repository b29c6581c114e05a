"""Sharing: choose the lines, see exactly what the other will see, and choose the way."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reattune.journal.document_base import LONGEST_WORDS, Document
from reattune.journal.documents import Share
from reattune.journal.documents.sharing import MOST_LINES, SharedLine
from reattune.journal.uuid7 import uuid7
from reattune.journal.vocabulary import SharedKind, ShareWay
from reattune.reflection.sharing.offered import SHAREABLE, may_share, may_share_together
from reattune.vault.page_code import new_code, sealed_with
from reattune.vault.recovery_code import groups
from reattune.web.http.taken_once import done
from reattune.web.pages.give.choosing import KIND_OF, Asked, asked
from reattune.web.pages.give.page_file import as_bytes, content_of, reply_to
from reattune.web.pages.shared.access import to_page, with_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.document_urls import to_page_of
from reattune.web.pages.shared.handed_over import hand_over
from reattune.web.store.letterbox import address_key
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.shared_links import (
    LARGEST,
    LEAST_DAYS,
    MOST,
    MOST_BYTES_OF_ONE,
    MOST_DAYS,
    PURPOSE,
    USUAL_DAYS,
    NoRoomForLinks,
    keep_link,
    links_of,
)

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
    if way is None or (way is not _page_made and not is_kept(opened)) or (way is _linked and not settings.HOSTING):
        raise Http404
    # A device that is handed over locks the journal, and shows one page to whoever holds it: that lasts no longer.
    form = GraveForm(sent, opened=opened)
    if way is not _handed and not confirmed(request, opened, form):
        return _refused(request, opened, found, form, way is _linked)
    return way(request, opened, found)


def _refused(request: HttpRequest, opened: OpenJournal, found: Asked, form: GraveForm, link: bool) -> HttpResponse:
    if not link:
        return _preview(request, opened, found, form=form)
    return JsonResponse({"sentence": " ".join(str(said) for said in form.errors.get("current", []))}, status=400)


def is_kept(opened: OpenJournal) -> bool:
    """Whether a passphrase opens this journal: it brings it back from other hands, and finds what was shared."""
    return not (opened.example or opened.provisional)


def _preview(
    request: HttpRequest,
    opened: OpenJournal,
    found: Asked,
    problem: str = "",
    status: int = 200,
    form: GraveForm | None = None,
) -> HttpResponse:
    too_much = _too_much(found)
    context = {
        "form": form or GraveForm(opened=opened),
        "link_form": GraveForm(opened=opened, auto_id="link_%s"),
        "open": opened,
        "asked": found,
        "reader": found.choice.reader,
        "bond": found.choice.kind is SharedKind.BOND,
        "since": timezone.localtime(found.choice.since) if found.choice.since else None,
        "problem": problem or (_("This is too much for one page. Leave some lines out.") if too_much else ""),
        "may_hand_over": is_kept(opened),
    }
    if settings.HOSTING and is_kept(opened) and found.kept and not too_much:
        share_id = uuid7(opened.now, os.urandom(10))
        context |= {"share_id": share_id, "content": json.dumps(_content(opened, found, share_id)), "purpose": PURPOSE}
        context |= {"least": LEAST_DAYS, "usual": USUAL_DAYS, "most": MOST_DAYS}
    return render(request, "give/share.html", context, status=status)


def _problem(found: Asked, mark: str) -> str:
    """Why this cannot be shared as it was seen; empty where it can."""
    if not found.kept:
        return _("Choose at least one line to share.")
    if _too_much(found):
        return _("This is too much for one page. Leave some lines out.")
    if mark != found.mark:
        return _("Something has changed since you looked. This is what they would see now. Please read it once more.")
    return ""


def _too_much(found: Asked) -> bool:
    """Whether there is more than a page holds, or a line that is longer than one can be with other names in it."""
    sizes = [len(line.words.encode()) for line in found.kept]
    longest = max((len(line.words) for line in found.kept), default=0)
    return found.text.too_long or len(sizes) > MOST_LINES or sum(sizes) > MOST_BYTES or longest > LONGEST_WORDS


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
    return _("A copy made on %(day)s.") % {"day": dated(opened.now)}


def _content(opened: OpenJournal, found: Asked, share_id: UUID) -> dict[str, Any]:
    """What its reader's browser gets, once it has the key."""
    return content_of(found.text.heading, _lines(found), _made(opened), reply_to(share_id, address_key(opened)))


def _page_made(request: HttpRequest, opened: OpenJournal, found: Asked) -> HttpResponse:
    """A page under a new code, which is shown here, and kept nowhere."""
    code, share_id = new_code(), uuid7(opened.now, os.urandom(10))
    sealed = base64.b64encode(sealed_with(code, as_bytes(_content(opened, found, share_id)))).decode()
    made = _record(opened, found, ShareWay.PAGE, id=share_id, page=sealed)
    context = {"open": opened, "share": made, "reader": found.choice.reader, "groups": groups(code)}
    onward = to_page(request, "shared-one", made.id).headers["Location"]
    return done(render(request, "give/page_made.html", context), onward)


def _linked(request: HttpRequest, opened: OpenJournal, found: Asked) -> HttpResponse:
    """A web link to what the person's browser sealed. Its key was never here."""
    try:
        days, share_id = int(request.POST.get("days", "")), UUID(request.POST.get("share", ""))
        sealed = base64.b64decode(request.POST.get("sealed", ""), validate=True)
    except ValueError:
        days, share_id, sealed = 0, UUID(int=0), b""
    problem = _link_problem(opened, days, share_id, sealed)
    if problem:
        return JsonResponse({"sentence": problem}, status=400)
    try:
        with transaction.atomic():
            token, secret, expires = keep_link(opened, sealed, days)
            made = _record(opened, found, ShareWay.LINK, id=share_id, link=token, link_secret=secret, expires=expires)
    except NoRoomForLinks:
        sentence = _(
            "There are too many web links here at the moment. Please share it another way, or try again later."
        )
        return JsonResponse({"sentence": sentence}, status=507)
    record = reverse("own:shared-one", args=(made.id,))
    return done(JsonResponse({"address": reverse("link", args=(token,)), "record": record}), record)


def _link_problem(opened: OpenJournal, days: int, share_id: UUID, sealed: bytes) -> str:
    if not LEAST_DAYS <= days <= MOST_DAYS:
        return _("A web link can last from %(least)d to %(most)d days.") % {"least": LEAST_DAYS, "most": MOST_DAYS}
    if not sealed or opened.journal.holds(share_id) or share_id.int == 0:
        return _("Part of this page got lost. Please load it again.")
    if len(sealed) > LARGEST:
        return _("This is too much for one page. Leave some lines out.")
    count, size = links_of(opened)
    if count >= MOST or (count and size + len(sealed) > MOST_BYTES_OF_ONE):
        return _("You have %(n)d web links already. Take one back first.") % {"n": count}
    return ""


def _handed(request: HttpRequest, opened: OpenJournal, found: Asked) -> HttpResponse:
    """Only this, on this screen, until the passphrase is typed."""
    made = _record(opened, found, ShareWay.HANDED)
    context = {"share": made, "card": found.choice.kind is SharedKind.CARD}
    page = render(request, "give/handed_over.html", context)
    return hand_over(request, page, reverse("own:shared-one", args=(made.id,)))


_WAYS: dict[str, Callable[[HttpRequest, OpenJournal, Asked], HttpResponse]] = {
    "page": _page_made,
    "link": _linked,
    "handed": _handed,
}
