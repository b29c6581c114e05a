"""Headers on every answer, and the answer where nothing could be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reattune.reflection.reading_allowance import for_one_request
from reattune.reflection.remembered import for_nobody_else
from reattune.vault.errors import TooManyAtOnce
from reattune.web.pages.begin.forms import PassphraseForm
from reattune.web.pages.shared.locked_submission import sent_again, typed_words
from reattune.web.store.database_failures import Failure, failure, waited_long
from reattune.web.store.journal_size import TooLarge
from reattune.web.store.unlocking import OWN
from reattune.web.store.waiting import OthersFirst

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def private_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A strict Content-Security-Policy, and nothing kept by the browser."""

    # Hosted, the app can be put on a phone: its manifest comes from this host too, and from no other.
    policy = f"{_POLICY}; manifest-src 'self'" if settings.HOSTING else _POLICY

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware


def own_pages_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What answers goes to our own pages alone: not under another name, and not to another site or a neighbour of ours.

    What asks tells which site it is on (``Sec-Fetch-Site``); whoever types an address is on none. From elsewhere a page
    can be led to, in a tab where it is seen, and nothing else: a picture or a script of a neighbour would bring the
    cookies along, lock the journal or keep it from locking itself, and see by the time it takes that one is open.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.get_host()  # an unknown name ends here, also for a file
        elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
        if elsewhere and (request.path_info.startswith(settings.STATIC_URL) or not _seen_in_a_tab(request)):
            return HttpResponse(status=403)
        return get_response(request)

    return middleware


def _seen_in_a_tab(request: HttpRequest) -> bool:
    beside = request.headers.get("Sec-Fetch-Mode", "navigate"), request.headers.get("Sec-Fetch-Dest", "document")
    return beside == ("navigate", "document") and "prefetch" not in request.headers.get("Sec-Purpose", "")


def little_is_read(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Each request has only so much of what it brings or shows read for danger; the next one goes on there. What was
    read is remembered for one journal alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with for_one_request(), for_nobody_else():
            return get_response(request)

    return middleware


def _not_saved(request: HttpRequest) -> dict[str, Any]:
    """What was typed, on a page that locks itself like those of the journal it was typed in, and takes it along."""
    mark = request.COOKIES.get(OWN.says_open, "")
    # What was locked shows no words, whatever became of it.
    typed = [] if _asks_for(request, "lock") else typed_words(request)
    fields = sent_again(request) if mark and typed else []
    return {"typed": typed, "again": request.path, "of_open": mark if typed else "", "not_saved": fields}


def _asks_for(request: HttpRequest, name: str) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name == name


def _holds(request: HttpRequest) -> bool:
    return bool(request.POST.get("held")) and _asks_for(request, "unlock")


def _still_held(request: HttpRequest, kind: Failure | None = None) -> HttpResponse:
    """What is held, sealed, stands on the page for unlocking alone: it stays there until that can be done."""
    away = kind.value if kind else "busy"
    context = {"form": PassphraseForm(), "held": request.POST["held"], "no_notes": True, "away": away}
    return render(request, "begin/unlock.html", context, status=503 if kind else 429)


def try_again(request: HttpRequest, passphrases: bool = False) -> HttpResponse:
    """Nothing failed: it would take more memory at once than there is meant to be, or threads that others need."""
    if _holds(request):
        return _still_held(request)
    context = {**_not_saved(request), "passphrases": passphrases}
    answer = render(request, "shared/too_many.html", context, status=429)
    answer.headers["Retry-After"] = "10"
    if request.method == "GET" and not passphrases:
        answer.headers["Refresh"] = "3"  # a page comes by itself
    return answer


class StoreFails:
    """A full disk, a read-only or damaged file, a database that does not answer: a clear page with what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Answers where a form could not even wait."""
        return try_again(request) if getattr(request, "others_first", False) else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers where the database failed."""
        if isinstance(exception, TooManyAtOnce):
            return try_again(request, passphrases=True)
        if isinstance(exception, OthersFirst) or waited_long(exception):
            return try_again(request)
        if isinstance(exception, TooLarge):
            return render(request, "shared/journal_full.html", _not_saved(request), status=507)
        kind = failure(exception)
        if kind is None:
            return None
        if _holds(request):
            return _still_held(request, kind)
        context = _not_saved(request)
        if kind is Failure.DAMAGED:
            return render(request, "shared/database_damaged.html", context, status=503)
        if kind is Failure.UNWRITABLE:
            return render(request, "shared/save_failed.html", context, status=507)
        answer = render(request, "shared/database_not_reached.html", context, status=503)
        answer.headers["Retry-After"] = "10"
        return answer
