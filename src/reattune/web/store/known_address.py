"""Which journal a locked browser may write a note to: the one that was last open in it."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reattune.web.store.letterbox import address_key, public_key
from reattune.web.store.models import JournalAddress
from reattune.web.store.open_journal import OpenJournal, mark_of

COOKIE = "reattune_to"
_KEPT_SECONDS = 400 * 24 * 3600  # as long as browsers keep one


@dataclass(frozen=True)
class KnownAddress:
    """An address that letters can be sealed to, and its public key. Neither opens anything."""

    address: bytes
    public: bytes

    @property
    def hex(self) -> str:
        """The address as it stands in a form and in the address of the page that receives."""
        return self.address.hex()

    @property
    def key(self) -> str:
        """The public key in base64."""
        return base64.b64encode(self.public).decode()


def remember_address(response: HttpResponse, request: HttpRequest, opened: OpenJournal) -> None:
    """Leave the address of an open journal with this browser, so that a note can be written while it is locked.

    Where the person wants none of that, it is taken back.
    """
    pair = address_key(opened)
    preferences = opened.journal.preferences
    wanted = not (preferences and preferences.no_locked_notes)
    JournalAddress.objects.filter(journal_id=opened.journal_id).exclude(notes=wanted).update(notes=wanted)
    if not wanted:
        forget_address(response)
    elif pair:
        response.set_cookie(
            COOKIE,
            pair.address.hex(),
            _KEPT_SECONDS,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure(),
        )


def forget_address(response: HttpResponse) -> None:
    """This browser is to know of no journal any more."""
    response.delete_cookie(COOKIE, samesite="Strict")


def address_here(request: HttpRequest) -> KnownAddress | None:
    """Where a note written in this locked browser goes; ``None`` where that is not known.

    It is what this browser was told while the journal was open. One that was told nothing gets the only address there
    is, on a person's own machine. Hosted it is told by the cookie alone: an address that was looked up by a journal's
    name would tell whether there is one.
    """
    told = request.COOKIES.get(COOKIE, "")
    known = address_named(told)
    if not told and settings.HOSTING is None:
        found = JournalAddress.objects.values_list("id", flat=True)[:2]
        known = address_named(bytes(found[0]).hex()) if len(found) == 1 else None
    return known if known and takes_notes(known) else None


def address_lost(request: HttpRequest) -> bool:
    """Whether this browser was told an address that is not here: it was moved, or somebody changed the files.

    A note is sealed to no other one then: it could be anybody's.
    """
    told = request.COOKIES.get(COOKIE, "")
    return bool(told) and address_named(told) is None


def address_for(request: HttpRequest, mark: str) -> KnownAddress | None:
    """The address of the journal with this mark: what this browser was told of it, or else the only one it has."""
    if address_lost(request):
        return None
    told = request.COOKIES.get(COOKIE, "")
    found = [
        KnownAddress(bytes(address), bytes(public))
        for address, public, journal_id in JournalAddress.objects.values_list("id", "public_key", "journal_id")
        if mark_of(bytes(journal_id)) == mark and public_key(bytes(address))
    ]
    own = [each for each in found if each.hex == told] or found
    return own[0] if len(own) == 1 else None


def takes_notes(known: KnownAddress) -> bool:
    """Whether its owner wants notes to be written there while it is locked."""
    return JournalAddress.objects.filter(id=known.address, notes=True).exists()


def address_named(words: str) -> KnownAddress | None:
    """The address that is written so, if it is one of this installation."""
    try:
        address = bytes.fromhex(words)
    except ValueError:
        return None
    public = public_key(address)
    return KnownAddress(address, public) if public else None
