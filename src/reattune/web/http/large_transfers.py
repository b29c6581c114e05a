"""Hosted: what is large and slow, files that come and answers that go, leaves threads for what is small."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from reattune.web.http.bodies import LARGEST_FORM, brings_files, length_of
from reattune.web.http.taken_once import journal_open
from reattune.web.store.unlocking import OWN

_View = Callable[[HttpRequest], HttpResponse]
# A large answer, in bytes, and how long one waits for those before it, in seconds.
_LARGE, _WAITS = 512 * 1024, 1.0


def few_large_at_once(get_response: _View) -> _View:
    """Files that come and answers that go are large for as long as their other side takes: a quarter of the threads of
    this process at the most are busy with the ones, and as many with the others. What goes where files are brought
    is one that comes, however little it says it is, until it is there: no proxy holds it back.
    """

    at_once = max(1, settings.HOSTING.threads // 4) if settings.HOSTING else 1
    coming, going = threading.BoundedSemaphore(at_once), threading.BoundedSemaphore(at_once)

    def middleware(request: HttpRequest) -> HttpResponse:
        length = length_of(request)
        if length <= LARGEST_FORM:
            # What comes from nobody is not read at all: see `small_and_whole`.
            if length and brings_files(request) and journal_open(request, OWN):
                if not coming.acquire(timeout=_WAITS):
                    return _later()
                try:
                    request.body  # noqa: B018  it is read here, and kept
                finally:
                    coming.release()
            return _in_its_turn(get_response(request), going)
        if not coming.acquire(timeout=_WAITS):
            return _later()
        try:
            response = get_response(request)
        finally:
            coming.release()
        return _in_its_turn(response, going)

    return middleware


def _in_its_turn(response: HttpResponse, turns: threading.BoundedSemaphore) -> HttpResponse:
    if not response.streaming and len(response.content) <= _LARGE:
        return response
    if not turns.acquire(timeout=_WAITS):
        return _later()
    close, once = response.close, iter([turns.release])

    def closed() -> None:
        next(once, lambda: None)()
        close()

    response.close = closed  # type: ignore[method-assign]
    return response


def _later() -> HttpResponse:
    words = gettext("A large file is being transferred at the moment. Please try again in a minute.")
    answer = HttpResponse(words, status=429, content_type="text/plain; charset=utf-8")
    answer.headers["Retry-After"] = "60"
    return answer
