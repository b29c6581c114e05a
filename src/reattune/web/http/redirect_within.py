"""A redirect to an address that a request sent along, only within this installation."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

# What a browser keeps as soon as it is asked for.
_FILES = {"carry-sealed", "reminder", "structure", "shared-page"}


def redirect_within(address: str, otherwise: HttpResponse) -> HttpResponse:
    """To ``address`` if it is one of this installation; where it is empty or leads outside, ``otherwise``."""
    safe = bool(address) and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return HttpResponseRedirect(address) if safe else otherwise


def redirect_to_page(address: str, otherwise: HttpResponse) -> HttpResponse:
    """To ``address`` if it is a page of the journal itself, and no file of it; else ``otherwise``.

    Whoever had the locked page in hand may have chosen where unlocking leads: to a file in the folder of downloads, or
    to a page that looks as if it was locked.
    """
    try:
        found = resolve(address.partition("?")[0])
    except Resolver404:
        return otherwise
    page = found.namespace == "own" and found.url_name not in _FILES
    return redirect_within(address, otherwise) if page else otherwise
