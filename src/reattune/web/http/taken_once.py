"""Each form is taken once: a double tap, and a retry on a bad line, get the page that the first one got."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db import DatabaseError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from reattune.web.store.browser_sessions import LEFT_COOKIE, Cookie, halves_of, idle_since, session_of
from reattune.web.store.database_failures import STORE_ERRORS
from reattune.web.store.provisional_journals import IDLE
from reattune.web.store.taken_forms import Answer, Claim, TakenMeanwhile, claim
from reattune.web.store.unlocking import EXAMPLE, EXAMPLE_OTHER, FIRST, HANDED_COOKIE, OWN, still_open
from reattune.web.store.waiting import OthersFirst

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  the name of a field: a random one for each page that was made
# Keeping what is being typed, looking, locking and erasing at once: the same again is meant again, and does no harm.
# What a client answers is one letter however often it is sent, and another after a correction: `clients.hand`.
AGAIN = {"draft", "search", "lock", "leave", "example-away", "example-done", "begin-drop", "language", "filled"}
# A retry on a bad line gets the recovery code too, for some minutes: its journal is there, and would not be begun a
# second time. Later it is told so, and what the journal is called.
SHOWN_ONCE = {"begin", "begin-keep"}
COOKIES = (OWN, FIRST, EXAMPLE, EXAMPLE_OTHER)
# How the page for unlocking is told what the journal is called that was kept by a form sent again: signed, so that no
# link of somebody else makes anybody write down another name.
NAMED = "named"
# Fields of forms that nobody is to find by trying, as they could what a form was sent with; and that no draft keeps.
SECRETS = {"passphrase", "again", "current", "code", "ending", "proof"}


def done(response: HttpResponse, onward: str, handed_from: bytes | None = None) -> HttpResponse:
    """A page that follows at once on what was kept, where others are sent on. Later its form leads to ``onward``.

    ``handed_from`` is the journal that was locked before this page is shown to somebody else: a double tap gets it too.
    """
    response.onward = onward  # type: ignore[attr-defined]
    response.handed_from = handed_from  # type: ignore[attr-defined]
    return response


class TakenOnce:
    """Between the check against forgery and the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keeps what a form that was taken here is answered."""
        response = self.get_response(request)
        mine: Claim | None = getattr(request, "claim", None)
        if mine is not None:
            onward = getattr(response, "onward", "") or response.headers.get("Location", "")
            with contextlib.suppress(DatabaseError):
                session_id, handed_from = _session_after(request, response), getattr(response, "handed_from", None)
                match = request.resolver_match
                once = match is not None and match.url_name in SHOWN_ONCE
                mine.keep(response, onward, session_id, handed_from, shown_once=once)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """The answer that the first one got; ``None`` where this is the first one."""
        match = request.resolver_match
        if request.method != "POST" or getattr(view, "csrf_exempt", False) or match is None or match.url_name in AGAIN:
            return None
        if not request.POST.get(TOKEN):
            return None
        try:
            found = _claimed(request)
        except STORE_ERRORS:
            return None  # the view meets it too, and says what is wrong
        except OthersFirst:
            request.others_first = True  # type: ignore[attr-defined]
            return None  # it does not come to the view: see `StoreFails`
        if isinstance(found, Claim):
            request.claim = found  # type: ignore[attr-defined]
            return None
        return _given(request, found)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What the one was answered that was taken in this one's place; its page, where that led nowhere."""
        if not isinstance(exception, TakenMeanwhile):
            return None
        request.claim = None  # type: ignore[attr-defined]
        try:
            found = _claimed(request)
        except OthersFirst:
            return HttpResponseRedirect(request.get_full_path())
        if isinstance(found, Claim):
            found.let_be()
        answer = _given(request, found) if isinstance(found, Answer) else None
        return answer or HttpResponseRedirect(request.get_full_path())


def _claimed(request: HttpRequest) -> Claim | Answer:
    return claim(request.get_full_path(), _fields(request), _secrets(request))


def _given(request: HttpRequest, found: Answer) -> HttpResponse | None:
    if found.waited:
        return found.response or HttpResponseRedirect(found.onward)
    return _afterwards(request, found)


def _secrets(request: HttpRequest) -> Iterator[tuple[str, list[str]]]:
    for name, values in request.POST.lists():
        if name in SECRETS:
            yield name, [str(each) for each in values]


def _fields(request: HttpRequest) -> Iterator[tuple[str, list[str]]]:
    for name, values in request.POST.lists():
        if name not in SECRETS:
            yield name, [str(each) for each in values]
    for name, files in request.FILES.lists():
        for each in files:
            yield f"file {name}", [str(each.name), hashlib.file_digest(each, "sha256").hexdigest()]
            each.seek(0)


def _afterwards(request: HttpRequest, found: Answer) -> HttpResponse | None:
    """One that comes after the first was answered: the same page for a moment, then where that led, if the journal that
    it was kept in is open here."""
    match = request.resolver_match
    if found.journal_id is None or found.journal_id in (journal_open(request, each) for each in COOKIES):
        return found.response or HttpResponseRedirect(found.onward)
    if found.response is not None and HANDED_COOKIE in found.response.cookies:
        return found.response
    if match is None:
        return None
    if LEFT_COOKIE in request.COOKIES:
        return HttpResponseRedirect(reverse("measures")) if match.url_name in SHOWN_ONCE else None
    if match.namespace != "own":
        return _shown_once(found) if match.url_name in SHOWN_ONCE else None
    # It is kept, and its journal locked: after unlocking it is seen there, and not typed once more.
    return HttpResponseRedirect(f"{reverse('unlock')}?{urlencode({'next': found.onward})}")


def _shown_once(found: Answer) -> HttpResponse:
    """The page that never arrived, while nobody locked what it opens; else what the journal is called."""
    session_id = _session_given(found.response, OWN) if found.response else None
    if found.response and session_id and still_open(session_id):
        return found.response
    return HttpResponseRedirect(f"{reverse('unlock')}?{urlsplit(found.onward).query}")


def _session_given(response: HttpResponse, cookie: Cookie) -> bytes | None:
    """The session that an answer begins under ``cookie``, if it does."""
    given = response.cookies.get(cookie.name)
    halves = cookie.halves(given.value) if given and given.value else None
    return halves[0] if halves else None


def journal_open(request: HttpRequest, cookie: Cookie) -> bytes | None:
    """The id of the journal that this browser has open under this cookie."""
    now = timezone.now()
    found = session_of(request, cookie, Q(), idle_since(now) if cookie is OWN else now - IDLE)
    return found[0] if found else None


def _session_after(request: HttpRequest, response: HttpResponse) -> bytes | None:
    """The session that this browser has from now on, or had until now."""
    for each in COOKIES:
        if session_id := _session_given(response, each):
            return session_id
    return next((halves[0] for each in COOKIES if (halves := halves_of(request, each))), None)
