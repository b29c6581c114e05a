"""Headers on every answer, and the answer where nothing could be written."""

from __future__ import annotations

from collections.abc import Callable
from traceback import walk_tb

from django.db import DatabaseError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reattune.web.pages.held import words_of

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


# Never shown again, not even to the person who typed it.
_SECRETS = ("held", "passphrase", "again", "current", "code", "ending")


def private_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A strict Content-Security-Policy, and nothing kept by the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware


class NotWritten:
    """A full disk, a read-only or a damaged file is a clear page; what was typed comes back with the first two."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers where the database could not be written, or is damaged."""
        if not isinstance(exception, OperationalError):
            return render(request, "front/damaged.html", status=503) if is_damage(exception) else None
        typed = [values[-1] for name, values in words_of(request).items() if values and name not in _SECRETS]
        context = {"typed": [words for words in typed if len(words) > 1], "again": request.path}
        return render(request, "front/not_written.html", context, status=507)


def is_damage(exception: Exception) -> bool:
    """Whether the database layer itself stumbled: over a malformed file, or over what it found in one."""
    if isinstance(exception, IntegrityError):
        return False
    if isinstance(exception, DatabaseError):
        return True
    if not isinstance(exception, ValueError):
        return False
    frames = [frame for frame, _line in walk_tb(exception.__traceback__)]
    return bool(frames) and str(frames[-1].f_globals.get("__name__", "")).startswith("django.db.")
