"""Where a request goes on to, where an address was sent along."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def onward_or(onward: str, other: HttpResponse) -> HttpResponse:
    """To the address that was sent along, if it is one of this installation; else the ``other`` answer."""
    safe = bool(onward) and url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    return HttpResponseRedirect(onward) if safe else other
