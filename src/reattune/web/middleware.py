"""Headers on every answer, and what an error may say in the log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
_NOT_WORDS = (
    "csrfmiddlewaretoken",
    "draft_of",
    "seen",
    "journal",
    "held",
    "next",
    "passphrase",
    "again",
    "current",
    "code",
    "ending",
)


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
    """A full disk or a read-only file is a clear page, and what was typed comes back with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers where the database could not be written."""
        if not isinstance(exception, OperationalError):
            return None
        typed = [words for name, words in request.POST.items() if isinstance(words, str) and name not in _NOT_WORDS]
        context = {"typed": [words for words in typed if len(words) > 1], "again": request.path}
        return render(request, "front/not_written.html", context, status=507)


class WithoutDetails(logging.Filter):
    """Keeps an error's place in the code and drops its values: they may be somebody's words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass, rewritten."""
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            places = " < ".join(f"{frame.name} {frame.filename}:{frame.lineno}" for frame in reversed(frames[-6:]))
            record.msg, record.args = f"{record.exc_info[0].__name__} in {places}", ()
            record.exc_info = record.exc_text = None
        else:
            record.msg, record.args = "A request could not be answered.", ()
        return True
