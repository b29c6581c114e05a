"""Hosted: what is large and slow, files that come and answers that go, leaves threads for what is small."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from reattune.web.http.bodies import LARGEST_FORM, brings_files, length_of, page_of
from reattune.web.http.few_of_one_journal import AT_ONCE
from reattune.web.http.taken_once import journal_open
from reattune.web.store.unlocking import OWN

_View = Callable[[HttpRequest], HttpResponse]
# A large answer, in bytes, and how long one waits for those before it, in seconds.
_LARGE, _WAITS = 512 * 1024, 1.0


def few_large_at_once(get_response: _View) -> _View:
    """Files that come and answers that go are large for as long as their other side takes: a quarter of the threads of
    this process at the most are busy with the ones, and as many with the others. What goes where files are brought
    is one that comes, however little it says it is, until it is there: no proxy holds it back. Other forms come from a
    proxy whole and at once; where they do not, half of the threads wait for them, and a quarter for what is answered
    at once.
    """

    threads = settings.HOSTING.threads if settings.HOSTING else 1
    coming, going, forms, closing = (threading.BoundedSemaphore(max(1, threads // part)) for part in (4, 4, 2, 4))

    def turns_to_read(request: HttpRequest) -> threading.BoundedSemaphore | None:
        match = page_of(request)
        # What comes from nobody, or to no page, is not read at all: see `small_and_whole`.
        if match is None:
            return None
        if brings_files(request):
            return coming if journal_open(request, OWN) else None
        return closing if match.url_name in AT_ONCE else forms

    def middleware(request: HttpRequest) -> HttpResponse:
        length = length_of(request)
        if length <= LARGEST_FORM:
            if length and (turns := turns_to_read(request)):
                if not turns.acquire(timeout=_WAITS):
                    return _later() if turns is coming else _soon()
                try:
                    request.body  # noqa: B018  it is read here, and kept
                finally:
                    turns.release()
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
    return _not_now(gettext("A large file is being transferred at the moment. Please try again in a minute."), 60)


def _soon() -> HttpResponse:
    return _not_now(gettext("Please try again in a few seconds"), 10)


def _not_now(words: str, seconds: int) -> HttpResponse:
    answer = HttpResponse(words, status=429, content_type="text/plain; charset=utf-8")
    answer.headers["Retry-After"] = str(seconds)
    return answer
