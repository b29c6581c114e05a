"""Which journal a locked browser may write a note to: the one that was last open in it."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reattune.web.store.letterbox import address_key, public_key
from reattune.web.store.models import JournalAddress
from reattune.web.store.open_journal import OpenJournal

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

    On a person's own machine with one journal it is that one's. Hosted it is told by the cookie alone: an address that
    was looked up by a journal's name would tell whether there is one.
    """
    known = address_named(request.COOKIES.get(COOKIE, ""))
    if known is None and settings.HOSTING is None:
        found = JournalAddress.objects.values_list("id", "journal_id")[:3]
        if len({bytes(journal_id) for _id, journal_id in found}) == 1:
            known = address_named(bytes(found[0][0]).hex())
    return known if known and takes_notes(known) else None


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
