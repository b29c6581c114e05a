"""The choice of a language on the pages outside a journal. The address stays as it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from reattune.web.http.language import known_language, remember
from reattune.web.http.redirect_within import redirect_within


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Back to the page it was chosen on, in that language; an unknown one is English."""
    response = redirect_within(request.POST.get("next", ""), redirect("front"))
    remember(request, response, known_language(request.POST.get("language", "")), long=True)
    return response
