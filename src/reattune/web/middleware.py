"""Headers on every answer, and what an error may say in the log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware


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
