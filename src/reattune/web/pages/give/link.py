"""The page of a web link: open to whoever has its whole address. No journal is open here."""

from __future__ import annotations

import base64

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from reattune.web.store.shared_links import PURPOSE, read_link


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The same page whatever the address says: what is there, the reader's browser asks for."""
    if not settings.HOSTING:
        raise Http404
    return render(request, "give/link.html", {"token": token, "purpose": PURPOSE})


@csrf_exempt
@require_POST
def sealed(request: HttpRequest, token: str) -> HttpResponse:
    """What was sealed. Unknown, ended and taken back get the same answer."""
    found = read_link(token) if settings.HOSTING else None
    if found is None:
        return JsonResponse({"gone": True}, status=404)
    return JsonResponse({"sealed": base64.b64encode(found).decode()})
