"""What is answered where a page is not there, failed, or was sent from a stale form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there, or not yours: the same answer."""
    return render(request, "shared/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Something went wrong on our side."""
    return render(request, "shared/server_error.html", status=500)


def forgery_suspected(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that this browser did not get from here, or whose page was open for too long."""
    return render(request, "shared/stale_form.html", status=403)
