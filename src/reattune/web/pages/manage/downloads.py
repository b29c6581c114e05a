"""Answers that a browser keeps as a file."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.store.open_journal import OpenJournal


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """``content`` as an attachment called ``name``."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def not_sealed(
    request: HttpRequest, opened: OpenJournal, title: str, made: Callable[[], HttpResponse], back: str = ""
) -> HttpResponse:
    """A file that anyone can read who has it: asked first, and then given. ``back`` is the page it is asked from."""
    form = GraveForm(request.POST if request.method == "POST" else None, opened=opened)
    if confirmed(request, opened, form):
        return made()
    context = {"open": opened, "form": form, "title": title, "back": back}
    return render(request, "manage/export_one.html", context)
