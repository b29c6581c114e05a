"""What every page knows about where it is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from reattune.web.hosted.environment import Hosting


def hosting(_request: HttpRequest) -> dict[str, Hosting | None]:
    """``hosting`` in every template: how this installation is hosted, or ``None`` on a person's own machine."""
    return {"hosting": settings.HOSTING}
