"""As an app on the phone, hosted: its manifest, its service worker, and the one page there is without a connection.

All three are the same for everybody and name nothing: "Notes", as the tab does.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

# What the offline page and the measures need, and nothing else: these are kept by the service worker.
KEPT = (
    "css/tokens.css",
    "css/layout.css",
    "css/components.css",
    "css/kitchen_measures.css",
    "icon.svg",
    "js/closing.js",
    "js/letter.js",
    "js/note.js",
    "js/outbox.js",
    "js/installed.js",
    "vendor/hpke/hpke.min.js",
    "vendor/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "vendor/fonts/newsreader-latin-wght-normal.woff2",
)
_ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
_MASKABLE = (("icon-maskable-192.png", "192x192", "maskable"), ("icon-maskable-512.png", "512x512", "maskable"))


def _hosted_only() -> None:
    if settings.HOSTING is None:
        raise Http404  # on a person's own machine there is nothing to be offline from


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """What a browser asks before it offers to install the app."""
    _hosted_only()
    icons = [
        {"src": static(f"icons/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in (*_ICONS, *_MASKABLE)
    ]
    said: dict[str, Any] = {
        "id": "/",
        "name": _("Notes"),
        "short_name": _("Notes"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6ef",
        "theme_color": "#faf6ef",
        "icons": icons,
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, with the names of what it keeps. It has a new name for its store whenever one of those changed."""
    _hosted_only()
    addresses = [reverse("offline"), reverse("measures"), *map(static, KEPT)]
    context = {
        "kept": addresses,
        "offline": reverse("offline"),
        "measures": reverse("measures"),
        "version": _version(),
        "outbox": static("js/outbox.js"),
    }
    return render(request, "begin/service_worker.js", context, content_type="text/javascript; charset=utf-8")


@lru_cache
def _version() -> str:
    found = [finders.find(name) for name in KEPT]
    pages = [Path(__file__).with_name(f"{name}.html").read_bytes() for name in ("offline", "quick_exit_page")]
    return hashlib.sha256(b"".join(pages) + b"".join(Path(str(each)).read_bytes() for each in found)).hexdigest()[:16]


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page that is shown without a connection: one field, which seals what is written. Nobody's words are on it."""
    _hosted_only()
    return render(request, "begin/offline.html")
