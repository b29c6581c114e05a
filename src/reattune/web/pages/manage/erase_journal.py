"""Erasing the whole journal, for good."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reattune.journal.documents import Share
from reattune.web.pages.shared.access import with_either_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.store.known_address import forget_address
from reattune.web.store.known_browser import forget_browser
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.shared_links import kept_elsewhere, take_back_every
from reattune.web.store.unlocking import OWN, end_session


class EraseForm(GraveForm):
    """Sure, and allowed."""

    sure = forms.BooleanField(
        label=gettext_lazy("Erase everything in this journal, for good"),
        error_messages={"required": gettext_lazy("Tick this if you mean it.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def erase(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Erase the whole journal, after a last chance to take it along."""
    form = EraseForm(request.POST if request.method == "POST" else None, opened=opened)
    if confirmed(request, opened, form):
        end_session(request)
        take_back_every(opened)
        opened.erase()
        answer = redirect("front")
        OWN.take_back(answer)
        forget_address(answer, request, opened)
        forget_browser(answer, request)
        return answer
    elsewhere = kept_elsewhere(opened.journal.all(Share), opened.now)
    return render(request, "manage/erase_journal.html", {"open": opened, "form": form, "elsewhere": elsewhere})
