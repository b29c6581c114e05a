"""A journal that is open in one browser: half a key in the database, half in a cookie.

On a person's own machine, where one process serves, a third share of each key is in that process's memory alone: the
disk and the browser's profile together open nothing once it has stopped, and what was locked stays locked even where
the row of its session is put back. Hosted, several processes serve, and there are the two halves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from reattune.vault import WrongSecret, browser_secret, unwrap_for_browser, wrap_for_browser
from reattune.web.store.models import UnlockedSession
from reattune.web.store.unheld import unheld

LEFT_COOKIE = "reattune_left"
_ID_BYTES = 32
# The first bytes of what an id is made from: when, in seconds.
_TIME_BYTES = 5
_PROLONGED_AFTER = timedelta(seconds=30)
# What is dated further ahead than machines differ was dated by a clock that was set right since.
_AHEAD = timedelta(minutes=1)
# By the session's id. Gone with the process.
_in_memory: dict[bytes, bytes] = {}


@dataclass(frozen=True)
class Cookie:
    """Where a browser keeps its half: under which name, and for which addresses.

    Attributes:
        longest: how long after it was given it opens something, however busily it is used: a copy of it may be.
    """

    name: str
    path: str = "/"
    longest: timedelta | None = None

    @property
    def says_open(self) -> str:
        """The name of a second cookie, with the journal's mark. Scripts read that one: by it a page in another tab
        tells whether the journal it shows is still open here."""
        return f"{self.name}_of"

    def give(self, response: HttpResponse, request: HttpRequest, value: str, mark: str = "") -> None:
        """Hand the half to the browser: no script reads it, no other site sends it. Beside it the journal's ``mark``,
        where pages of it are to look whether it is still open."""
        secure = request.is_secure()
        response.set_cookie(self.name, value, path=self.path, httponly=True, samesite="Strict", secure=secure)
        if mark:
            response.set_cookie(self.says_open, mark, path=self.path, samesite="Strict", secure=secure)

    @staticmethod
    def halves(value: str) -> tuple[bytes, bytes] | None:
        """The id of a session and the browser's secret, if ``value`` has the form of a cookie."""
        try:
            raw = base64.urlsafe_b64decode(value)
        except (binascii.Error, ValueError):
            return None
        return (_stored_id(raw[:_ID_BYTES]), raw[_ID_BYTES:]) if len(raw) == 2 * _ID_BYTES else None

    def over(self, value: str, now: datetime) -> bool:
        """Whether it was given too long ago, or by a clock that was ahead: how long ago that was, nobody knows. The
        time is part of what the id is a hash of: nobody else can say it."""
        if self.longest is None:
            return False
        given = int.from_bytes(base64.urlsafe_b64decode(value)[:_TIME_BYTES], "big")
        return not now.timestamp() - self.longest.total_seconds() <= given <= ahead_of(now).timestamp()

    def take_back(self, response: HttpResponse) -> None:
        """The browser is to forget it."""
        for name in (self.name, self.says_open):
            response.delete_cookie(name, path=self.path, samesite="Strict")


def store_session(journal_id: bytes, data_key: bytes) -> str:
    """Keep one half of a key; the other is returned, for the cookie."""
    given = int(timezone.now().timestamp()).to_bytes(_TIME_BYTES, "big")
    token, secret = given + os.urandom(_ID_BYTES - _TIME_BYTES), browser_secret()
    session_id = _stored_id(token)
    if settings.HOSTING is None:
        _in_memory[session_id] = os.urandom(_ID_BYTES)
    UnlockedSession.objects.create(
        id=session_id,
        journal_id=journal_id,
        wrapped_key=wrap_for_browser(data_key, _with_memory(session_id, secret), session_id),
        last_seen=timezone.now(),
    )
    return base64.urlsafe_b64encode(token + secret).decode()


def session_of(request: HttpRequest, cookie: Cookie, which: Q, since: datetime) -> tuple[bytes, bytes] | None:
    """Journal id and data key of what this browser has open under ``cookie``, if it is one of ``which``.

    One that was last seen before ``since`` lay idle, and opens nothing, also where it could not be taken away.
    """
    halves = halves_of(request, cookie)
    if halves is None:
        return None
    session_id, secret = halves
    now = timezone.now()
    if cookie.over(request.COOKIES[cookie.name], now):
        return None
    session = UnlockedSession.objects.filter(which, id=session_id).first()
    if session is None or not isinstance(session.last_seen, datetime) or session.last_seen < since:
        return None  # nobody, idle, or a row that was changed outside
    try:
        data_key = unwrap_for_browser(bytes(session.wrapped_key), _with_memory(session_id, secret), session_id)
    except WrongSecret:
        return None
    if now - session.last_seen > _PROLONGED_AFTER or session.last_seen > ahead_of(now):
        # Not before what this request writes is written: another request of the same browser would wait for it.
        transaction.on_commit(partial(prolong, [session_id], since))
    return bytes(session.journal_id), data_key


def prolong(sessions: list[bytes], since: datetime) -> None:
    """They were asked for just now; what lay idle before ``since`` stays idle. Waits for nobody who ends them."""
    now = timezone.now()
    of_these = UnlockedSession.objects.filter(id__in=sessions, ending=False)
    before = Q(last_seen__gte=since, last_seen__lt=now - _PROLONGED_AFTER)
    _seen_now(of_these.filter(before | Q(last_seen__gt=ahead_of(now))), now)


def count_from_now(now: datetime) -> None:
    """Those that a clock saw last which was ahead are idle from now on, and not only once that time comes."""
    _seen_now(UnlockedSession.objects.filter(last_seen__gt=ahead_of(now)), now)


def _seen_now(sessions: QuerySet[UnlockedSession], now: datetime) -> None:
    if sessions.exists():
        with transaction.atomic():
            unheld(sessions).update(last_seen=now)


def end_sessions(sessions: QuerySet[UnlockedSession]) -> None:
    """Lock what these have open. What is in memory goes with the rows, once they are gone for good."""
    ids = [bytes(each) for each in sessions.values_list("id", flat=True)]
    sessions.delete()
    for each in ids:
        transaction.on_commit(partial(forget_share, each))


def forget_share(session_id: bytes) -> None:
    """What this process remembers of a session; without it the session opens nothing."""
    _in_memory.pop(session_id, None)


def forget_every_share() -> None:
    """What this process remembers of all sessions."""
    _in_memory.clear()


def _with_memory(session_id: bytes, secret: bytes) -> bytes:
    return secret + _in_memory.get(session_id, b"")


def came_back(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """What the answer to a request says of a quick exit: it is over, if it was before the request. One that was sent
    before the exit, and is answered after it, takes nothing back."""
    if LEFT_COOKIE in request.COOKIES:
        response.delete_cookie(LEFT_COOKIE, samesite="Strict")
    return response


def halves_of(request: HttpRequest, cookie: Cookie) -> tuple[bytes, bytes] | None:
    """The id of a session and the browser's secret, if the cookie has the form of one."""
    return cookie.halves(request.COOKIES.get(cookie.name, ""))


def idle_since(now: datetime) -> datetime:
    """What was last seen before this has been idle for too long."""
    return now - timedelta(seconds=settings.IDLE_SECONDS)


def ahead_of(now: datetime) -> datetime:
    """What is dated after this was dated by a clock that was ahead."""
    return now + _AHEAD


def _stored_id(token: bytes) -> bytes:
    # A copy of the session store must not be a way to make a cookie.
    return hashlib.sha256(b"reattune session" + token).digest()
