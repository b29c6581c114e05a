"""Which journal a locked browser may write a note to: the only one that was ever open in it.

Where it was told the addresses of two, nobody knows whose the hands at the locked page are, and none is offered.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reattune.web.store.letterbox import address_key, address_keys, offer_notes, public_key
from reattune.web.store.models import JournalAddress, SealedJournal
from reattune.web.store.open_journal import OpenJournal, mark_of

COOKIE = "reattune_to"
_BETWEEN, _MOST_TOLD = ".", 8
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

    Where the person wants none of that, it is taken back. Addresses of other journals that were open here stay known.
    """
    pair = address_key(opened)
    preferences = opened.journal.preferences
    wanted = not (preferences and preferences.no_locked_notes)
    offer_notes(opened)
    if not wanted:
        forget_address(response, request, opened)
    elif pair:
        _tell(response, request, [pair.address.hex(), *_of_others(request, opened)])


def forget_address(response: HttpResponse, request: HttpRequest, opened: OpenJournal) -> None:
    """This browser is to know of this journal no more."""
    _tell(response, request, _of_others(request, opened))


def _tell(response: HttpResponse, request: HttpRequest, addresses: list[str]) -> None:
    if not addresses:
        response.delete_cookie(COOKIE, samesite="Strict")
        return
    told, secure = _BETWEEN.join(addresses[:_MOST_TOLD]), request.is_secure()
    response.set_cookie(COOKIE, told, _KEPT_SECONDS, httponly=True, samesite="Strict", secure=secure)


def _told(request: HttpRequest) -> list[str]:
    """What this browser was told, each once, and no more than it ever is: for each, the database is asked."""
    said = request.COOKIES.get(COOKIE, "").split(_BETWEEN)
    return [each for each in dict.fromkeys(said) if each][:_MOST_TOLD]


def _of_others(request: HttpRequest, opened: OpenJournal) -> list[str]:
    mine = {address.hex() for address in address_keys(opened)}
    others = [each for each in _told(request) if each not in mine]
    if settings.HOSTING is None and not SealedJournal.kept.exclude(id=opened.journal_id).exists():
        # This is the only journal here: one that is not here was erased. Else somebody may have changed the files, and
        # what was told stays, so that no note meant for another comes here.
        others = [each for each in others if address_named(each)]
    return others


def several_here(request: HttpRequest) -> bool:
    """Whether more than one journal was open in this browser, so that a note might reach the wrong one."""
    return len(_told(request)) > 1


def address_here(request: HttpRequest) -> KnownAddress | None:
    """Where a note written in this locked browser goes; ``None`` where that is not known.

    It is what this browser was told while the journal was open; none where it was told of several. One that was told
    nothing gets the only address there is, on a person's own machine. Hosted it is told by the cookie alone: an address
    that was looked up by a journal's name would tell whether there is one.
    """
    told = _told(request)
    known = address_named(told[0]) if len(told) == 1 else None
    if not told and settings.HOSTING is None:
        found = list(JournalAddress.objects.values_list("id", "journal_id", "notes"))
        offered = [bytes(address) for address, _journal, notes in found if notes]
        of_one = len(offered) == 1 and len({bytes(journal_id) for _address, journal_id, _notes in found}) == 1
        known = address_named(offered[0].hex()) if of_one else None
    return known if known and takes_notes(known) else None


def address_lost(request: HttpRequest) -> bool:
    """Whether this browser was told an address that is not here: it was moved, or somebody changed the files.

    A note is sealed to no other one then: it could be anybody's.
    """
    return any(address_named(each) is None for each in _told(request))


def address_for(request: HttpRequest, mark: str) -> KnownAddress | None:
    """The address of the journal with this mark: what this browser was told of it, or else its own of today.

    None where this browser may have been told one of it that is not here: it was told one that is lost and none of this
    journal, though its owner wants notes to be written.
    """
    told = _told(request)
    found = [
        (KnownAddress(bytes(address), bytes(public)), notes, current)
        for address, public, journal_id, notes, current in JournalAddress.objects.order_by("id").values_list(
            "id", "public_key", "journal_id", "notes", "current"
        )
        if mark_of(bytes(journal_id)) == mark and public_key(bytes(address))
    ]
    own = [each for each, _notes, _current in found if each.hex in told]
    if not own and address_lost(request) and any(notes for _each, notes, _current in found):
        return None
    of_today = [each for each, _notes, current in found if current]
    return next(iter([*own, *of_today, *(each for each, _notes, _current in found)]), None)


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
