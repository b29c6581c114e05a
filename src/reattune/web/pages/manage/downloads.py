"""Answers that a browser keeps as a file."""

from __future__ import annotations

from django.http import HttpResponse


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """``content`` as an attachment called ``name``."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
