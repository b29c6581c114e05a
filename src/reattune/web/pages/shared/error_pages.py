"""What is answered where a page is not there, failed, or was sent from a stale form."""

from __future__ import annotations

import contextlib

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reattune.web.pages.begin.forms import PassphraseForm
from reattune.web.pages.shared.locked_submission import hold
from reattune.web.store.unlocking import OWN, end_session


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there, or not yours: the same answer."""
    return render(request, "shared/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Something went wrong on our side."""
    return render(request, "shared/server_error.html", status=500)


def forgery_suspected(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that this browser did not get from here, or whose cookies went meanwhile.

    Of what a page of ours sent nothing is changed either, but its words are held until their journal is unlocked.
    """
    held = hold(request) if request.headers.get("Sec-Fetch-Site") == "same-origin" else ""
    if not held or request.headers.get("HX-Request"):
        return render(request, "shared/stale_form.html", status=403)
    response = render(request, "begin/unlock.html", {"form": PassphraseForm(), "held": held}, status=403)
    with contextlib.suppress(DatabaseError):
        end_session(request)  # the page says that it is locked
    OWN.take_back(response)
    return response
