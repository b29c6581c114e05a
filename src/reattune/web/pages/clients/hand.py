"""Handing the device to a client: their check-in alone, in their language, everything else behind the passphrase.

The journal is locked before the page is shown. What the client answers is sealed to the journal's address, which needs
no key that opens anything, and waits under *Came in* until the therapist unlocks. What the page carries along, which
client and which questions, is signed, so that nothing else can be sent in its place. However long the device lay
about, what was written is not thrown away: the therapist sees its day and when it was saved, and decides.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import date
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reattune.journal import JournalError
from reattune.journal.documents.letters import letter_from_plain, letter_to
from reattune.journal.documents.relationship import InstrumentDefinition, Relationship
from reattune.reflection.danger_recogniser import dangers
from reattune.vault.letters import LetterTooLarge, seal_letter
from reattune.web.http.language import known_language, language_of
from reattune.web.pages.begin.letters_in import accept, sentence
from reattune.web.pages.clients.everyone import client_or_404
from reattune.web.pages.give.share import is_kept
from reattune.web.pages.notice.check_in_forms import field_of, rating_field
from reattune.web.pages.notice.instruments import in_use
from reattune.web.pages.shared.access import with_therapists_journal
from reattune.web.pages.shared.form_fields import DayField, PageForm, WordsField
from reattune.web.pages.shared.handed_over import hand_over
from reattune.web.pages.shared.wording import crisis_lines, lines_near
from reattune.web.store.database_failures import STORE_ERRORS
from reattune.web.store.known_address import address_named
from reattune.web.store.letterbox import Refusal, address_key
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import HANDED_COOKIE
from reattune.web.store.waiting import OthersFirst

_SALT = "a check-in that was handed over"
_MOST_WORDS = 5000
# That what was handed over last was filled in and is saved: after which letter, and as which.
_FILLED_COOKIE = "reattune_filled"
_FILLED = re.compile(r"([0-9a-f-]{36})?\.[0-9a-f-]{36}")


class HandForm(PageForm):
    """Which session the client is to rate."""

    day = DayField(label=_("Which session is it about?"))


class HandedForm(PageForm):
    """The client's check-in, and nothing besides. Every question may be left out."""

    words = WordsField(label=_("Anything you’d like to add?"), rows=3)

    def __init__(self, *args: Any, instrument: InstrumentDefinition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._items = instrument.items
        self.fields["words"].max_length = _MOST_WORDS  # type: ignore[attr-defined]
        self.fields = {field_of(item.key): rating_field(instrument, item) for item in self._items} | self.fields

    def scales(self) -> list[Any]:
        """The questions, bound."""
        return [self[field_of(item.key)] for item in self._items]

    def answers(self) -> dict[str, float]:
        """Item key to answer, without those left out."""
        given = {item.key: self.cleaned_data.get(field_of(item.key)) for item in self._items}
        return {key: value for key, value in given.items() if value is not None}

    def clean(self) -> dict[str, Any]:
        """Something must be answered."""
        data = super().clean() or {}
        if not self.errors and not self.answers():
            words = str(data.get("words", "")).strip()
            alone = _("Words alone can’t be saved here. One answer to a question above is enough.")
            self.add_error(None, alone if words else _("Nothing is filled in yet. One answer is enough."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def hand(request: HttpRequest, opened: OpenJournal, client_id: UUID) -> HttpResponse:
    """Say what happens; then lock, and show the check-in alone."""
    client = client_or_404(opened, client_id)
    pair = address_key(opened)
    possible = is_kept(opened) and pair is not None
    form = HandForm(request.POST if request.method == "POST" else None, initial={"day": timezone.localdate()})
    if request.method == "POST" and not possible:
        raise Http404
    if pair is None or not form.is_valid():
        context = {"open": opened, "client": client, "form": form, "possible": possible}
        return render(request, "clients/hand.html", context)
    return _handed(request, opened, client, form.cleaned_data["day"], pair.address.hex())


def _handed(request: HttpRequest, opened: OpenJournal, client: Relationship, day: date, address: str) -> HttpResponse:
    language = known_language(client.language or language_of(opened))
    region = opened.journal.preferences.region if opened.journal.preferences else ""
    with translation.override(language):
        instrument = in_use(opened)
        carried = {
            "id": str(uuid.uuid4()),
            "to": address,
            "client": str(client.id),
            "day": day.isoformat(),
            "zone": opened.zone,
            "language": language,
            "region": region,
            "instrument": instrument.model_dump(mode="json"),
        }
        token = signing.dumps(carried, salt=_SALT, compress=True)
        context = {"form": HandedForm(instrument=instrument), "token": token, "day": day, "region": region}
        page = render(request, "clients/handed_check_in.html", context)
        page.delete_cookie(_FILLED_COOKIE, samesite="Strict")
        return hand_over(request, page, reverse("own:client", args=(client.id,)))


@require_http_methods(["GET", "HEAD", "POST"])
def filled(request: HttpRequest) -> HttpResponse:
    """What a client answered, sealed to the therapist's journal; then a thank-you, and nothing of what was before.

    A browser that shows that page anew asks for it without the answers: it gets the same thanks, and where help is; or
    that nothing was saved, where nothing was.
    """
    if request.method != "POST":
        if not request.COOKIES.get(HANDED_COOKIE):
            return HttpResponseRedirect(reverse("unlock"))
        return render(request, "clients/handed_thanks.html", {"saved": bool(request.COOKIES.get(_FILLED_COOKIE))})
    token = request.POST.get("token", "")
    try:
        carried = signing.loads(token, salt=_SALT)
        instrument = InstrumentDefinition.model_validate(carried["instrument"])
    except (signing.BadSignature, KeyError, ValueError):
        return HttpResponseRedirect(reverse("unlock"))
    with translation.override(known_language(carried["language"])):
        form = HandedForm(request.POST, instrument=instrument)
        near = dangers(request.POST.get("words", "")[:_MOST_WORDS])
        lines = crisis_lines(carried["region"]) if near else None
        help_is = {"lines": {**lines, "near": lines_near(lines, near)} if lines else None, "near": near}
        help_is["region"] = carried["region"]
        context = {"form": form, "token": token, "day": date.fromisoformat(carried["day"]), **help_is}
        if not form.is_valid():
            return render(request, "clients/handed_check_in.html", context)
        after, letter_id = _letter_after(request.COOKIES.get(_FILLED_COOKIE, ""), carried["id"], form)
        try:
            refusal = _deliver(request, carried | {"id": letter_id}, instrument, form)
        except (*STORE_ERRORS, OthersFirst):
            form.add_error(
                None, _("This can’t be saved just now. Everything you filled in is still here: try again soon.")
            )
            return render(request, "clients/handed_check_in.html", context, status=503)
        if refusal is not None:
            form.add_error(None, sentence(refusal))
            return render(request, "clients/handed_check_in.html", context, status=400)
        thanks = render(request, "clients/handed_thanks.html", {"saved": True, **help_is})
        secure = request.is_secure()
        thanks.set_cookie(_FILLED_COOKIE, f"{after}.{letter_id}", httponly=True, samesite="Strict", secure=secure)
        return thanks


def _letter_after(filled: str, handed: str, form: HandedForm) -> tuple[str, uuid.UUID]:
    """After which letter of this page this one comes, and its id, from what the browser was given with the last thanks.

    The very same answers, sent twice in a row, are one letter, also where the first thanks never arrived. What was
    corrected is another; so is what was then corrected back.
    """
    said = json.dumps([sorted(form.answers().items()), form.cleaned_data["words"]])
    before, _dot, last = filled.partition(".") if _FILLED.fullmatch(filled) else ("", "", "")
    again = uuid.uuid5(uuid.UUID(handed), before + said)
    return (before, again) if last in ("", str(again)) else (last, uuid.uuid5(uuid.UUID(handed), last + said))


def _deliver(
    request: HttpRequest, carried: dict[str, Any], instrument: InstrumentDefinition, form: HandedForm
) -> Refusal | None:
    known = address_named(carried["to"])
    if known is None:
        return Refusal.UNKNOWN
    try:
        letter = letter_from_plain(
            {
                "letter": 1,
                "kind": "rating",
                "id": carried["id"],
                "at": timezone.now(),
                "zone": carried["zone"],
                "client_id": carried["client"],
                "day": carried["day"],
                "instrument": instrument.name,
                "answers": form.answers(),
                "words": form.cleaned_data["words"],
            }
        )
        return accept(request, known.address, seal_letter(known.public, letter_to(letter)))
    except (LetterTooLarge, JournalError):
        return Refusal.TOO_LARGE
