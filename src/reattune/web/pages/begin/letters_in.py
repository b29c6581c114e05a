"""What arrives for a locked journal: a note written on its locked page, and letters that were sealed elsewhere."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal import JournalError
from reattune.journal.documents.letters import letter_from_plain, letter_to
from reattune.vault.letters import LARGEST, LetterMalformed, LetterTooLarge, check_letter, seal_letter
from reattune.web.pages.begin.forms import PassphraseForm
from reattune.web.pages.shared.time_zone import known_zone
from reattune.web.store.known_address import address_named, takes_notes
from reattune.web.store.letterbox import Refusal, deliver, public_key
from reattune.web.store.rate_limit import note_letter, seconds_to_wait_to_send

_HOUR = 3600
_STATUS = {
    Refusal.UNKNOWN: 404,
    Refusal.MALFORMED: 400,
    Refusal.TOO_LARGE: 413,
    # May be accepted later. Not an error of the server's: those are logged, and anybody could fill the log.
    Refusal.FULL: 429,
    Refusal.NO_ROOM: 429,
    Refusal.TOO_MANY: 429,
}


def sentence(refusal: Refusal) -> str:
    """What somebody is told whose letter was not accepted, and what can be done."""
    return {
        Refusal.UNKNOWN: _("The journal this was meant for isn’t here. It may have been erased, or moved."),
        Refusal.MALFORMED: _("What was sent isn’t an encrypted note or answer. Reload the page, then try again."),
        Refusal.TOO_LARGE: _("This is too long to save in one piece. Please shorten it, or send it in parts."),
        Refusal.FULL: _("There’s no room for more to wait for this journal. Once it’s unlocked there’s room again."),
        Refusal.NO_ROOM: _("There’s no more room here for things that wait. Please try again later."),
        Refusal.TOO_MANY: _("A lot has been sent from your connection. Please try again in 60 minutes."),
    }[refusal]


def accept(request: HttpRequest, address: bytes, letter: bytes) -> Refusal | None:
    """Deliver a letter from this request, unless too many came from its network address; ``None`` if accepted.

    What is none is not counted: it would be a way to spend what others at that address may send.
    """
    if public_key(address) is None:
        return deliver(address, letter)
    wait = seconds_to_wait_to_send(request)
    if not wait and _is_one(letter):
        wait = note_letter(request, len(letter))
    if wait:
        return Refusal.TOO_MANY if wait <= _HOUR else Refusal.NO_ROOM
    return deliver(address, letter)


def _is_one(letter: bytes) -> bool:
    try:
        check_letter(letter)
    except (LetterTooLarge, LetterMalformed):
        return False
    return True


@csrf_exempt  # it reads no cookie and acts for nobody: whoever knows an address may send it a letter
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, address: str) -> HttpResponse:
    """A sealed letter, as the whole body of the request; asked without one, whether notes may still be sent there.

    From our own pages, and from what is no browser: another site's page, open in somebody's network, sends nothing.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        return HttpResponse(status=403)
    if request.method == "GET":
        asked = address_named(address)
        return HttpResponse(status=204 if asked and takes_notes(asked) else 404)
    length = request.META.get("CONTENT_LENGTH") or "0"
    letter = b"" if not length.isdigit() or int(length) > LARGEST else request.read(LARGEST + 1)
    known = address_named(address)
    if length.isdigit() and int(length) > LARGEST:
        refusal: Refusal | None = Refusal.TOO_LARGE
    else:
        refusal = accept(request, known.address if known else b"", letter)
    if refusal is None:
        return JsonResponse({"accepted": True}, status=202)
    return JsonResponse({"refused": refusal.value, "sentence": sentence(refusal)}, status=_STATUS[refusal])


@require_POST
def write_down(request: HttpRequest) -> HttpResponse:
    """A note from the locked page of a browser without JavaScript: sealed here, on arrival."""
    known = address_named(request.POST.get("address", ""))
    words = request.POST.get("words", "")
    if not words.strip():
        return _again(request, words, _("There’s nothing written yet."), 400)
    if known is None:
        return _again(request, words, sentence(Refusal.UNKNOWN), 404)
    given = {"id": str(uuid.uuid4()), "at": timezone.now(), "zone": known_zone(request.POST.get("zone", ""))}
    try:
        note = letter_from_plain({"letter": 1, "kind": "note", "words": words, **given})
        refusal = accept(request, known.address, seal_letter(known.public, letter_to(note)))
    except (LetterTooLarge, JournalError):
        refusal = Refusal.TOO_LARGE
    if refusal:
        return _again(request, words, sentence(refusal), _STATUS[refusal])
    return HttpResponseRedirect(f"{reverse('unlock')}?down")


def _again(request: HttpRequest, words: str, problem: str, status: int) -> HttpResponse:
    context = {"form": PassphraseForm(), "down_words": words, "down_problem": problem}
    return render(request, "begin/unlock.html", context, status=status)
