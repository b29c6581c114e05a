"""A redirect to an address that a request sent along, only within this installation."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def redirect_within(address: str, otherwise: HttpResponse) -> HttpResponse:
    """To ``address`` if it is one of this installation; where it is empty or leads outside, ``otherwise``."""
    safe = bool(address) and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return HttpResponseRedirect(address) if safe else otherwise
