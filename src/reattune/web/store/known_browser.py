"""Hosted: a browser in which a journal was once opened is known again, and its guesses are counted by themselves.

So who knows a journal's name can slow down strange browsers, and not its owner's. What such a browser has is a random
number with this installation's mark for that journal under the passphrase of today. It opens nothing, and nobody else
can make one. After a new passphrase every browser is strange but the one that it was chosen in: whoever knew the one
before may have unlocked it in as many as they liked, and would have free guesses in each.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reattune.vault import Keyring, VaultError
from reattune.vault.journal_names import ids_named, name_of
from reattune.web.store.models import SealedJournal

COOKIE = "reattune_known"
_NUMBER_BYTES, _MARK_BYTES = 16, 32
# Of so many journals one browser is known; of more, of the latest.
_MOST = 5
_KEPT_SECONDS = 400 * 24 * 3600


def number_here(request: HttpRequest, name: str) -> bytes | None:
    """The number of this browser, if a journal with this name was opened in it; else ``None``."""
    told = _those_of(request)
    journals = _passphrases_of(name) if told else []
    found = (_read(each, journal) for each in told for journal in journals)
    return next((number for number in found if number is not None), None)


def remember_browser(response: HttpResponse, request: HttpRequest, journal_id: bytes) -> None:
    """This browser has the journal open: from now on it is known. On a person's own machine there is no need."""
    name = name_of(journal_id)
    if settings.HOSTING is None or number_here(request, name) is not None:
        return
    number = os.urandom(_NUMBER_BYTES)
    mark = next((_mark(number, each) for each in _passphrases_of(name) if each.startswith(journal_id)), None)
    if mark is None:
        return
    mine = base64.urlsafe_b64encode(number + mark).decode().rstrip("=")
    told = ".".join([mine, *_those_of(request)][:_MOST])
    response.set_cookie(
        COOKIE, told, _KEPT_SECONDS, httponly=True, samesite="Strict", secure=request.is_secure(), path="/"
    )


def forget_browser(response: HttpResponse, request: HttpRequest) -> None:
    """It is to be known no more."""
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, samesite="Strict")


def _those_of(request: HttpRequest) -> list[str]:
    return request.COOKIES.get(COOKIE, "").split(".")[:_MOST] if COOKIE in request.COOKIES else []


def _passphrases_of(name: str) -> list[bytes]:
    """What stands for the passphrase of today of each journal with this name: its id, and the salt that every new one
    changes."""
    between = ids_named(name)
    found: list[bytes] = []
    for stored in SealedJournal.kept.filter(id__range=between).values_list("keyring", flat=True) if between else []:
        with contextlib.suppress(VaultError):
            keyring = Keyring.from_bytes(bytes(stored))
            found.append(keyring.journal_id + keyring.salt)
    return found


def _read(told: str, passphrase: bytes) -> bytes | None:
    try:
        raw = base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
    except (binascii.Error, ValueError):
        return None
    number, mark = raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]
    return number if len(mark) == _MARK_BYTES and hmac.compare_digest(mark, _mark(number, passphrase)) else None


def _mark(number: bytes, passphrase: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"known browser " + number + passphrase, "sha256")
