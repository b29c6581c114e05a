"""The choice of a language on the pages outside a journal. The address stays as it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from reattune.web.http.language import known_language, remember


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Back to the page it was chosen on, in that language; an unknown one is English."""
    onward = request.POST.get("next", "")
    safe = bool(onward) and url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    response: HttpResponse = HttpResponseRedirect(onward) if safe else redirect("front")
    remember(request, response, known_language(request.POST.get("language", "")), long=True)
    return response
