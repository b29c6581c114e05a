"""The least that Django can do, through the same server: what a page of ours is compared with."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bare", USE_TZ=True)  # noqa: S106


def bare(request: HttpRequest) -> HttpResponse:
    """One line."""
    return HttpResponse("bare")


urlpatterns = [path("", bare)]
application = get_wsgi_application()
