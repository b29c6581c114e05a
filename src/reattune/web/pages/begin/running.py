"""On a person's own machine: the answer by which a second start knows that this is the Reattune it looks for.

And the word by which the desktop stops it.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from reattune.content.translated_sentences import to_say
from reattune.web.installation.running import proof

QUIT = to_say("Quit")


@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """What was asked, signed with the installation's key. It says nothing of any journal."""
    answer = None if settings.HOSTING else proof(request.GET.get("asked", ""), settings.SECRET_KEY)
    if answer is None:
        raise Http404
    return HttpResponse(answer, content_type="text/plain; charset=ascii")
