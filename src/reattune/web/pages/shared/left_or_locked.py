"""What a browser says was left or locked is closed, whether or not it could say so when it happened.

A script sets a cookie before it asks the server for anything: without a connection, or with a server that does not
answer, that is all there is of a quick exit until the next request.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from reattune.web.store.browser_sessions import LEFT_COOKIE
from reattune.web.store.unlocking import FIRST, OWN, end_first, end_session_soon

LOCKED_COOKIE = "reattune_locked"
# What ends it by itself and keeps first what is being typed; and what shows nothing.
_END_IT = {"leave", "example-away", "lock", "measures"}


def closed_where_left(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Every other address finds nothing open, and the browser's halves of keys are taken back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        left, locked = (bool(request.COOKIES.get(each)) for each in (LEFT_COOKIE, LOCKED_COOKIE))
        if not (left or locked) or _ends_it(request.path_info):
            return get_response(request)
        shut = [cookie for cookie in (OWN, FIRST) if request.COOKIES.get(cookie.name) and (left or cookie is OWN)]
        erased = HttpResponse()
        with contextlib.suppress(DatabaseError):
            end_session_soon(request)
            if left:
                end_first(request, erased)
        for cookie in shut:
            del request.COOKIES[cookie.name]
        response = get_response(request)
        for cookie in shut:
            if cookie.name not in response.cookies:
                cookie.take_back(response)
        if locked:
            response.delete_cookie(LOCKED_COOKIE, samesite="Strict")
        return response

    return middleware


def _ends_it(path: str) -> bool:
    try:
        return resolve(path).url_name in _END_IT
    except Resolver404:
        return False
