"""Who may see a page, and whose journal it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from reattune import content
from reattune.journal import Journal, JournalError
from reattune.journal.documents import Document, Session
from reattune.journal.example import example_journal
from reattune.web.pages.forms.setup import PassphraseForm
from reattune.web.pages.held import hold, typed_words
from reattune.web.pages.two_windows import chosen
from reattune.web.store.opening import Conflict, OpenJournal
from reattune.web.store.unlocking import open_journal

P = ParamSpec("P")
D = TypeVar("D", bound=Document)
JournalView = Callable[Concatenate[HttpRequest, OpenJournal, P], HttpResponse]
LEFT_COOKIE = "reattune_left"


class ExampleJournal(OpenJournal):
    """The example, in memory. Nothing is ever written: posting to it is answered before a view is reached."""

    example = True
    mark = name = ""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.damages = []
        self.typed = ()
        self._now = timezone.now


@lru_cache(maxsize=2)
def _example_of(day: date) -> Journal:
    now = datetime.combine(day, time(15), UTC)
    return example_journal(content.words("example", "en"), now, "Europe/London")


def with_journal(view: JournalView[P]) -> Callable[..., HttpResponse]:
    """A page of the open journal. Locked: to the unlock page; in the example: read only."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        match = request.resolver_match
        if match and match.namespace == "example":
            if request.method == "POST":
                return render(request, "pages/example_only.html", {"open": _example()})
            opened: OpenJournal = _example()
        else:
            found = open_journal(request)
            if found is None:
                return _to_unlock(request)
            if found.journal.preferences is None:
                return redirect("begin-recovery")
            opened = found
        request.POST = chosen(request.POST)  # type: ignore[assignment]
        opened.typed = tuple(str(value) for name in request.POST for value in request.POST.getlist(name))
        with timezone.override(ZoneInfo(opened.zone)):
            try:
                return view(request, opened, *args, **kwargs)
            except Conflict:
                context = {"open": opened, "again": request.path, "typed": typed_words(request)}
                return render(request, "pages/conflict.html", context, status=409)

    return page


def _example() -> ExampleJournal:
    return ExampleJournal(_example_of(timezone.now().date()))


def _to_unlock(request: HttpRequest) -> HttpResponse:
    # After a quick exit the way back shows nothing of what was here.
    if request.COOKIES.get(LEFT_COOKIE):
        return redirect("measures")
    held = hold(request) if request.method == "POST" else ""
    if held and not request.headers.get("HX-Request"):
        return render(request, "front/unlock.html", {"form": PassphraseForm(), "held": held})
    if request.method == "POST" or request.headers.get("HX-Request"):
        return redirect("unlock")
    return HttpResponseRedirect(f"{reverse('unlock')}?{urlencode({'next': request.get_full_path()})}")


def here_or_404(find: Callable[..., Any], *args: Any) -> Any:
    """What ``find`` finds; "not there" and "not yours" get the same answer."""
    try:
        return find(*args)
    except JournalError as error:
        raise Http404 from error


def asked_for(request: HttpRequest, opened: OpenJournal, kind: type[D], name: str) -> D | None:
    """The document that an address names behind its question mark, if it is one of this journal."""
    try:
        return opened.journal.find(kind, UUID(request.GET.get(name, "")))
    except ValueError:
        return None


def session_asked_for(request: HttpRequest, opened: OpenJournal) -> Session | None:
    """The session that an address names with ``?session=``, if it is one of this journal."""
    return asked_for(request, opened, Session, "session")


def step_after(names: list[str], name: str) -> str | None:
    """The step that follows, or ``None`` after the last one."""
    place = names.index(name) + 1
    return names[place] if place < len(names) else None


def to_page(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    """On to another page of the same journal, own or example."""
    match = request.resolver_match
    return redirect(reverse(f"pages:{name}", args=args, current_app=match.namespace if match else None))
