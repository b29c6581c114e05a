"""What a request may carry: little, unless it brings a file into an open journal; and all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _

from reattune.web.http.taken_once import journal_open
from reattune.web.store.unlocking import OWN

# The largest form: what was typed, or what a browser sealed for a web link.
LARGEST_FORM = 3 * 1024 * 1024
_BRING_FILES = {"carry-in", "questionnaires"}


def small_and_whole(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Reads a form before anything else does. One that ends too early is none: half of it would be kept as if it were
    all. Nothing is read of what is too large, of what is sent to an address where there is no page, nor, hosted, of
    what comes from nobody where no proxy holds it back.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"  # whatever it says of itself: a page of ours sends nothing else
        length = length_of(request)
        if length and page_of(request) is None:
            return render(request, "shared/not_found.html", status=404)
        if length > LARGEST_FORM:
            return _large(request) or get_response(request)
        if length and settings.HOSTING and brings_files(request) and not journal_open(request, OWN):
            return HttpResponseRedirect(reverse("unlock"))
        if length and len(request.body) < length:
            return HttpResponse(status=408)
        return get_response(request)

    return middleware


def length_of(request: HttpRequest) -> int:
    """How long the body says it is."""
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isdecimal() and given.isascii() else 0


def page_of(request: HttpRequest) -> ResolverMatch | None:
    """The page it is sent to, before anything of it is read; ``None`` where there is none at its address."""
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def brings_files(request: HttpRequest) -> bool:
    """Whether it goes where files are brought into a journal of one's own: a proxy passes that on as it comes."""
    match = page_of(request)
    return match is not None and match.namespace == "own" and match.url_name in _BRING_FILES


def _large(request: HttpRequest) -> HttpResponse | None:
    match = page_of(request)
    if match is None or match.url_name not in _BRING_FILES:
        words = _("This is too long to save in one piece. Please shorten it, or send it in parts.")
        return HttpResponse(words, status=413, content_type="text/plain; charset=utf-8")
    # What was written first, and what is tried out, take no files.
    if match.namespace != "own" or not journal_open(request, OWN):
        return HttpResponseRedirect(reverse("unlock"))
    return None
