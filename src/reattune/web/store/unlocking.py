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
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from reattune.vault import Keyring, VaultError, WrongSecret, browser_secret, unwrap_for_browser, wrap_for_browser
from reattune.web.store.models import Guesses, SealedJournal, UnlockedSession
from reattune.web.store.opening import OpenJournal

COOKIE = "reattune_open"
_ID_BYTES = 32
# Free tries, then a pause that doubles, up to the longest.
FREE_TRIES, LONGEST_PAUSE = 5, 300


def keyrings() -> list[Keyring]:
    """Every readable keyring of this installation. A damaged one does not keep the others shut."""
    found = []
    for stored in SealedJournal.objects.values_list("keyring", flat=True):
        with contextlib.suppress(VaultError):
            found.append(Keyring.from_bytes(bytes(stored)))
    return found


def damaged_keyrings() -> int:
    """How many keyrings cannot be read: what they open can only come from a copy."""
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


# Guessing


def _source(request: HttpRequest) -> bytes:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return hmac.digest(settings.SECRET_KEY.encode(), address.encode(), "sha256")


def seconds_to_wait(request: HttpRequest) -> int:
    """How long this source must wait before the next guess; 0 where it need not."""
    guesses = Guesses.objects.filter(source=_source(request)).first()
    if guesses is None or guesses.failures < FREE_TRIES:
        return 0
    pause = min(LONGEST_PAUSE, 1 << min(20, guesses.failures - FREE_TRIES + 1))
    waited = (timezone.now() - guesses.last).total_seconds()
    return max(0, int(pause - waited + 0.5))


def note_failure(request: HttpRequest) -> None:
    """One more wrong guess."""
    source, now = _source(request), timezone.now()
    guesses, _ = Guesses.objects.get_or_create(source=source, defaults={"last": now})
    Guesses.objects.filter(source=source).update(failures=guesses.failures + 1, last=now)


def note_success(request: HttpRequest) -> None:
    """The right one: counting begins anew."""
    Guesses.objects.filter(source=_source(request)).delete()
