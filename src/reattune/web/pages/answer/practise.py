"""Answering a hurt, to practise alone: somebody made up says it, the answer is one's own, and nobody grades it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from reattune.journal.documents import TriedAnswer
from reattune.journal.therapists_vocabulary import AnswerWay
from reattune.reflection import practised_answers
from reattune.web.pages.answer.forms import LookedForm, TriedForm, WayForm
from reattune.web.pages.shared.access import here_or_404, with_therapists_journal
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.wording import vignettes
from reattune.web.store.open_journal import OpenJournal

_LONGEST = 3600


@dataclass(frozen=True)
class Vignette:
    """One of them, worded: its key, its number in addresses, which a browser's history keeps; what is said, what it is
    about, and how often it was tried."""

    key: str
    number: int
    words: Mapping[str, Any]
    about: Mapping[str, Any]
    times: int = 0

    @property
    def not_the_clients(self) -> bool:
        """Whether it is not the client's to mend."""
        return practised_answers.not_the_clients(self.about)


def vignette(opened: OpenJournal, key: str) -> Vignette | None:
    """The one with that key, if there is one."""
    said, about = vignettes(), practised_answers.vignettes()
    if key not in about:
        return None
    return Vignette(
        key, [*about].index(key) + 1, said[key], about[key], len(practised_answers.tries(opened.journal, key))
    )


@require_safe
@with_therapists_journal
def answering(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The next one, those to come back to, and all of them."""
    journal = opened.journal
    every = [vignette(opened, key) for key in practised_answers.vignettes()]
    context = {
        "open": opened,
        "next": vignette(opened, practised_answers.next_one(journal)),
        "again": [vignette(opened, key) for key in practised_answers.to_come_back_to(journal)],
        "every": every,
        "any": bool(journal.all(TriedAnswer)),
    }
    return render(request, "answer/answering.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def one(request: HttpRequest, opened: OpenJournal, key: str) -> HttpResponse:
    """One of them: first how, then the answer. The clock runs from the moment the second page is shown."""
    shown = vignette(opened, _named(key))
    if shown is None:
        raise Http404
    way_form = WayForm(request.GET if "way" in request.GET else None)
    if not way_form.is_valid():
        context = {"open": opened, "one": shown, "form": way_form}
        return render(request, "answer/answering_how.html", context)
    way, clock = AnswerWay(way_form.cleaned_data["way"]), int(way_form.cleaned_data["clock"])
    page = FormPage(request, opened, TriedForm)
    if page.can_be_kept():
        words = page.form.cleaned_data["words"] if way is AnswerWay.WRITE else ""
        seconds = _seconds(request, opened) if clock else None
        tried = opened.create(TriedAnswer, vignette=shown.key, at=opened.now, way=way, words=words, seconds=seconds)
        return page.kept("answering-beside", tried.id)
    began = int(opened.now.timestamp())
    return page.show("answer/answering_one.html", one=shown, way=way, clock=clock, minutes=clock // 60, began=began)


def _named(said: str) -> str:
    """The key that an address means by its number. A draft of an earlier version has the key itself in its address."""
    keys = dict(enumerate(practised_answers.vignettes(), start=1))
    return keys.get(int(said), "") if said.isascii() and said.isdecimal() and len(said) < 5 else said


def _seconds(request: HttpRequest, opened: OpenJournal) -> int | None:
    """How long the page was open, as the form says when it was shown; nothing where that cannot be."""
    began = request.POST.get("began", "")
    if not (began.isascii() and began.isdecimal() and len(began) < 12):
        return None
    seconds = int(opened.now.timestamp()) - int(began)
    return seconds if 0 <= seconds <= _LONGEST else None


@require_http_methods(["GET", "HEAD", "POST"])
@with_therapists_journal
def beside(request: HttpRequest, opened: OpenJournal, tried_id: UUID) -> HttpResponse:
    """One's own answer beside what tends to help and to hurt, and beside two others. One says oneself what is in it."""
    tried = here_or_404(opened.journal.get, TriedAnswer, tried_id)
    page = FormPage(request, opened, LookedForm, dict(tried), of=tried)
    if page.can_be_kept():
        opened.amend(tried, looked=True, **page.form.cleaned_data)
        return page.kept("answering")
    earlier = [each for each in practised_answers.tries(opened.journal, tried.vignette) if each.at < tried.at]
    shown = vignette(opened, tried.vignette)
    minutes = None if tried.seconds is None else round(tried.seconds / 60) if tried.seconds >= 60 else 0
    return page.show("answer/answering_beside.html", tried=tried, one=shown, earlier=earlier[::-1], minutes=minutes)


@require_safe
@with_therapists_journal
def lately(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What one finds in one's own answers, over time."""
    seen = practised_answers.over_time(opened.journal)
    context = {"open": opened, "seen": seen, "least": practised_answers.LEAST}
    return render(request, "answer/answering_lately.html", context)
