"""Unlocking, and staying unlocked: half a key in the database, half in the browser's cookie."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from reattune.vault import Keyring, VaultError, WrongSecret, browser_secret, unwrap_for_browser, wrap_for_browser
from reattune.vault.names import ID_BYTES, ids_named
from reattune.web.store.models import SealedJournal, UnlockedSession
from reattune.web.store.opening import OpenJournal

COOKIE = "reattune_open"
_ID_BYTES = 32


def keyrings(name: str = "") -> list[Keyring]:
    """The readable keyrings to try: all of this machine's, or hosted those of one name. A damaged one shuts no other.

    Hosted there is always one to try, so that neither the answer nor its time tells whether a journal has this name.
    """
    if settings.HOSTING is None:
        return _readable(SealedJournal.objects.all())
    between = ids_named(name) or (bytes(ID_BYTES), bytes(ID_BYTES))
    salt = hmac.digest(settings.SECRET_KEY.encode(), b"salt of nobody " + between[0], "sha256")[:16]
    return _readable(SealedJournal.objects.filter(id__range=between)) or [Keyring.of_nobody(between[0], salt)]


def _readable(journals: QuerySet[SealedJournal]) -> list[Keyring]:
    found = []
    for stored in journals.values_list("keyring", flat=True):
        with contextlib.suppress(VaultError):
            found.append(Keyring.from_bytes(bytes(stored)))
    return found


def damaged_keyrings() -> int:
    """How many keyrings of this machine cannot be read: what they open can only come from a copy."""
    if settings.HOSTING is not None:
        return 0  # for the operator to see, with `reattune doctor`, and for nobody else
    return SealedJournal.objects.count() - len(keyrings())


def new_journal(passphrase: str) -> tuple[bytes, bytes, str]:
    """Make a journal. Returns its id, its data key and its recovery code.

    Raises:
        VaultError: the passphrase is too short.
    """
    journal_id = os.urandom(16)
    keyring, data_key, code = Keyring.create(journal_id, passphrase)
    SealedJournal.objects.create(id=journal_id, keyring=keyring.to_bytes())
    return journal_id, data_key, code


def keyring_of(journal_id: bytes) -> Keyring:
    """The keyring of one journal."""
    return Keyring.from_bytes(bytes(SealedJournal.objects.get(id=journal_id).keyring))


def store_keyring(keyring: Keyring) -> None:
    """Put a rewrapped keyring in the place of the old one."""
    SealedJournal.objects.filter(id=keyring.journal_id).update(keyring=keyring.to_bytes())


def begin_session(response: HttpResponse, request: HttpRequest, journal_id: bytes, data_key: bytes) -> None:
    """Leave the journal open for this browser. An older session of it ends: the session is rotated."""
    end_session(request)
    token, secret = os.urandom(_ID_BYTES), browser_secret()
    session_id = _stored_id(token)
    UnlockedSession.objects.create(
        id=session_id,
        journal_id=journal_id,
        wrapped_key=wrap_for_browser(data_key, secret, session_id),
        last_seen=timezone.now(),
    )
    value = base64.urlsafe_b64encode(token + secret).decode()
    response.set_cookie(COOKIE, value, httponly=True, samesite="Strict", secure=request.is_secure())


def open_session(request: HttpRequest) -> tuple[bytes, bytes] | None:
    """Journal id and data key of the journal this browser has open, or ``None``."""
    halves = _halves(request)
    if halves is None:
        return None
    session_id, secret = halves
    now = timezone.now()
    _forget_idle(now)
    session = UnlockedSession.objects.filter(id=session_id).first()
    if session is None or not isinstance(session.last_seen, datetime):
        return None  # nobody, or a row that was changed outside
    try:
        data_key = unwrap_for_browser(bytes(session.wrapped_key), secret, session_id)
    except WrongSecret:
        return None
    if now - session.last_seen > timedelta(seconds=30):
        UnlockedSession.objects.filter(id=session_id).update(last_seen=now)
    return bytes(session.journal_id), data_key


def open_journal(request: HttpRequest) -> OpenJournal | None:
    """The journal this browser has open, or ``None``."""
    session = open_session(request)
    try:
        return OpenJournal(*session) if session else None
    except SealedJournal.DoesNotExist:
        return None  # erased in another window, or its row was changed outside


def end_session(request: HttpRequest) -> None:
    """Lock what this browser has open."""
    halves = _halves(request)
    if halves:
        UnlockedSession.objects.filter(id=halves[0]).delete()


def forget_all_unlocked() -> None:
    """Lock every journal."""
    UnlockedSession.objects.all().delete()


def _forget_idle(now: datetime) -> None:
    idle = UnlockedSession.objects.filter(last_seen__lt=now - timedelta(seconds=settings.IDLE_SECONDS))
    # Reading first: most requests find nothing to delete and need no write.
    if idle.exists():
        idle.delete()


def _halves(request: HttpRequest) -> tuple[bytes, bytes] | None:
    try:
        raw = base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, ""))
    except (binascii.Error, ValueError):
        return None
    return (_stored_id(raw[:_ID_BYTES]), raw[_ID_BYTES:]) if len(raw) == 2 * _ID_BYTES else None


def _stored_id(token: bytes) -> bytes:
    # A copy of the session store must not be a way to make a cookie.
    return hashlib.sha256(b"reattune session" + token).digest()
