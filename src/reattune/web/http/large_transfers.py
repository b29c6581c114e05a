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
# A large answer, in bytes, and how long one waits for those before it, in seconds; and until files can be weighed.
_LARGE, _WAITS, _WAITS_TO_WEIGH = 512 * 1024, 1.0, 5.0


class _Places:
    """Places for so many at once. Half as many may wait for one, each in a thread that answers nobody meanwhile; who
    comes after those is told at once to come again."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)
        self._line = threading.BoundedSemaphore(max(1, count // 2))

    def take(self, seconds: float) -> bool:
        """Whether there is a place, within so many seconds."""
        if self._free.acquire(blocking=False):
            return True
        if not self._line.acquire(blocking=False):
            return False
        try:
            return self._free.acquire(timeout=seconds)
        finally:
            self._line.release()

    def give(self) -> None:
        """Somebody else may have it."""
        self._free.release()


def few_large_at_once(get_response: _View) -> _View:
    """Files that come and answers that go are large for as long as their other side takes: a quarter of the threads of
    this process at the most are busy with the ones, and as many with the others. What goes where files are brought
    is one that comes, however little it says it is, until it is there: no proxy holds it back. Other forms come from a
    proxy whole and at once; where they do not, half of the threads wait for them, and a quarter for what is answered
    at once. And as few weigh at a time what files hold, however small they came: what is packed becomes large here.
    """

    threads = settings.HOSTING.threads if settings.HOSTING else 1
    coming, going, weighing, forms, closing = (_Places(max(1, threads // part)) for part in (4, 4, 4, 2, 4))

    def places_to_read(request: HttpRequest) -> _Places | None:
        match = page_of(request)
        # What comes from nobody, or to no page, is not read at all: see `small_and_whole`.
        if match is None:
            return None
        if brings_files(request):
            return coming if journal_open(request, OWN) else None
        return closing if match.url_name in AT_ONCE else forms

    def answered(request: HttpRequest) -> HttpResponse:
        if not (request.method == "POST" and brings_files(request) and journal_open(request, OWN)):
            return get_response(request)
        if not weighing.take(_WAITS_TO_WEIGH):
            return _later()
        try:
            return get_response(request)
        finally:
            weighing.give()

    def middleware(request: HttpRequest) -> HttpResponse:
        length = length_of(request)
        if length <= LARGEST_FORM:
            if length and (places := places_to_read(request)):
                if not places.take(_WAITS):
                    return _later() if places is coming else _soon()
                try:
                    request.body  # noqa: B018  it is read here, and kept
                finally:
                    places.give()
            return _in_its_turn(answered(request), going)
        if not coming.take(_WAITS):
            return _later()
        try:
            response = answered(request)
        finally:
            coming.give()
        return _in_its_turn(response, going)

    return middleware


def _in_its_turn(response: HttpResponse, places: _Places) -> HttpResponse:
    if not response.streaming and len(response.content) <= _LARGE:
        return response
    if not places.take(_WAITS):
        return _later()
    close, once = response.close, iter([places.give])

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
