"""Around every request of a hosted installation: health, where it came from, and one line of log."""

from __future__ import annotations

import json
import logging
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.cookies import SimpleCookie

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, parse_cookie

_View = Callable[[HttpRequest], HttpResponse]
_log = logging.getLogger("reattune.requests")
_SECOND = 1.0
_OWN = "__Host-"
_OWN_COOKIE = re.compile(r"__Host-[A-Za-z0-9_]+")
_TOKEN = re.compile(r"[A-Za-z0-9-]{8,64}")


def health(get_response: _View) -> _View:
    """``/health/live``: this process answers. ``/health/ready``: so does the database, with today's tables.

    They stand before the check of the host's name, since a probe asks by the machine's address, and tell nothing else.
    """

    readiness = _Readiness()

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == "/health/live":
            return _said("alive", 200)
        if request.path == "/health/ready":
            return _said("ready", 200) if readiness.now() else _said("not ready", 503)
        return get_response(request)

    return middleware


def _said(words: str, status: int) -> HttpResponse:
    kind, headers = "text/plain; charset=utf-8", {"Cache-Control": "no-store"}
    return HttpResponse(f"{words}\n", status=status, content_type=kind, headers=headers)


class _Readiness:
    """Asked of the database at most once a second, however often a probe or somebody else asks."""

    def __init__(self) -> None:
        self._lock, self._asked, self._found = threading.Lock(), -_SECOND, False

    def now(self) -> bool:
        with self._lock:
            if time.monotonic() - self._asked >= _SECOND:
                self._found = _ready()
                self._asked = time.monotonic()
            return self._found


def _ready() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def behind_proxies(get_response: _View) -> _View:
    """Puts the browser's address in ``REMOTE_ADDR``: the one that the outermost of our own proxies saw.

    What stands further left in ``X-Forwarded-For`` anyone may have made up, and is not believed.
    """

    proxies = settings.HOSTING.proxies if settings.HOSTING else 0

    def middleware(request: HttpRequest) -> HttpResponse:
        passed = [each.strip() for each in request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",") if each.strip()]
        if 0 < proxies <= len(passed):
            request.META["REMOTE_ADDR"] = passed[-proxies]
        return get_response(request)

    return middleware


def own_cookies(get_response: _View) -> _View:
    """Every cookie is called ``__Host-…`` in the browser: that name no neighbour under the same domain can give one.

    Whatever else comes is left aside, so that nobody puts another journal under somebody's hands, or ends theirs. What
    is left is the header itself: names as the browser sent them, before anything takes spaces off.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["HTTP_COOKIE"] = _own_only(request.META.get("HTTP_COOKIE", ""))
        given = parse_cookie(request.META["HTTP_COOKIE"])
        request.COOKIES = {name.removeprefix(_OWN): value for name, value in given.items()}
        response = get_response(request)
        cookies: SimpleCookie = SimpleCookie()
        for name, each in response.cookies.items():
            each.set(f"{_OWN}{name}", each.value, each.coded_value)
            # Browsers believe the name only with these.
            each["secure"], each["path"], each["domain"] = True, "/", ""
            cookies[f"{_OWN}{name}"] = each
        response.cookies = cookies
        return response

    return middleware


def _own_only(header: str) -> str:
    """Of a ``Cookie`` header what is ours: names of plain letters, byte for byte. One that comes twice is left out.

    Python takes many characters for a space that no browser does: one of those before a name would make it ours.
    """
    named = [(name.strip(" \t"), value) for name, is_, value in (x.partition("=") for x in header.split(";")) if is_]
    times = Counter(name for name, _ in named)
    return "; ".join(f"{name}={value}" for name, value in named if _OWN_COOKIE.fullmatch(name) and times[name] == 1)


def log_lines(get_response: _View) -> _View:
    """One line for each request: how it ended, and how long it took. Nothing of a person, not even which page.

    With the proxy's own log beside it, the name of a page would tell what somebody was busy with.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        number = given if _TOKEN.fullmatch(given) else secrets.token_hex(8)
        response = get_response(request)
        match = request.resolver_match
        _log.info(
            "request",
            extra={
                "told": {
                    "request": number,
                    "method": request.method if request.method in {"GET", "HEAD", "POST"} else "other",
                    "area": (match.namespace or "front") if match else "none",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - begun) * 1000, 1),
                }
            },
        )
        response.headers["X-Request-ID"] = number
        return response

    return middleware


class JsonLines(logging.Formatter):
    """A record as one line of JSON: when, how grave, what, and what was told along."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line = {
            "time": when,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "process": record.process,
        }
        return json.dumps({**line, **getattr(record, "told", {})})
