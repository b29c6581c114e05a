"""What was written before there is a passphrase: every page of one's own, but for what needs a kept journal."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from reattune.web.pages.shared.example_access import OWN_ALONE
from reattune.web.pages.shared.locked_submission import typed_sentences
from reattune.web.store.journal_size import TooLarge
from reattune.web.store.open_journal import OpenJournal


def in_provisional(
    request: HttpRequest, opened: OpenJournal, show: Callable[[OpenJournal], HttpResponse]
) -> HttpResponse:
    """The page; keys, files and questionnaires come once it is kept. What does not fit is given back."""
    if request.resolver_match and request.resolver_match.url_name in OWN_ALONE:
        return redirect("begin-keep")
    try:
        return show(opened)
    except TooLarge:
        context = {"open": opened, "typed": typed_sentences(request)}
        return render(request, "begin/provisional_full.html", context, status=507)
