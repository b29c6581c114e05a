"""Who may see a page, and whose journal it shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from reattune.journal import JournalError
from reattune.journal.documents import Document, Draft, Relationship, Session
from reattune.journal.errors import NotHere
from reattune.journal.vocabulary import JournalKind
from reattune.web.http.language import speak_as
from reattune.web.pages.begin.forms import PassphraseForm
from reattune.web.pages.shared.edit_conflicts import chosen
from reattune.web.pages.shared.example_access import SPACES, in_example
from reattune.web.pages.shared.kept_drafts import keep_what_led_elsewhere
from reattune.web.pages.shared.locked_submission import elsewhere, hold, of_no_journal, typed_words, words_of
from reattune.web.pages.shared.provisional_access import in_provisional
from reattune.web.store.browser_sessions import LEFT_COOKIE
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.taken_forms import forget_pages
from reattune.web.store.turns import turn_of_browser
from reattune.web.store.unlocking import EXAMPLE, EXAMPLE_OTHER, FIRST, OWN, open_journal

# What a form is about, where its address says so behind the question mark.
_ABOUT = ("session", "of", "note", "observation", "who")
P = ParamSpec("P")
D = TypeVar("D", bound=Document)
JournalView = Callable[Concatenate[HttpRequest, OpenJournal, P], HttpResponse]
# After words of danger were kept: the next page of that journal shows where to turn in full, those after it in one
# line. Whoever opens another journal in this browser within the minute sees nothing of it.
_ONCE_COOKIE, _ONCE_SECONDS = "reattune_once", 60
# For how long the one line of the pages after that is hidden, where somebody hid it; new words bring it back.
_QUIET_COOKIE, _QUIET_SECONDS = "reattune_quiet", 60 * 60


def with_journal(view: JournalView[P]) -> Callable[..., HttpResponse]:
    """A page of the open journal of a person in therapy. In a therapist's journal, it is not there.

    Locked: to the unlock page; under the example's addresses: of the example.
    """
    return _page(view, frozenset({JournalKind.PERSON}))


def with_therapists_journal(view: JournalView[P]) -> Callable[..., HttpResponse]:
    """The same of a therapist's journal. In a person's, it is not there."""
    return _page(view, frozenset({JournalKind.THERAPIST}))


def with_either_journal(view: JournalView[P]) -> Callable[..., HttpResponse]:
    """The same of both kinds: files, passphrase, deleting, and what else is no matter of the chair."""
    return _page(view, frozenset(JournalKind))


def _page(view: JournalView[P], kinds: frozenset[JournalKind]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        shown: list[OpenJournal] = []

        def show(opened: OpenJournal) -> HttpResponse:
            if opened.kind not in kinds:
                raise Http404
            shown.append(opened)
            speak_as(request, opened)
            request.POST = chosen(request.POST)  # type: ignore[assignment]
            opened.typed = tuple(str(value) for name in request.POST for value in request.POST.getlist(name))
            opened.sent = words_of(request) if "draft_of" in request.POST else {}
            opened.at_the_words = request.COOKIES.get(_ONCE_COOKIE) == opened.mark
            with timezone.override(ZoneInfo(opened.zone)):
                try:
                    given = _where_read(request, opened, view(request, opened, *args, **kwargs))
                    keep_what_led_elsewhere(request, opened, given)
                    return _shown_once(request, opened, given)
                except Http404:
                    if not opened.sent:
                        raise
                    context = {"open": opened, "typed": typed_words(request)}
                    return render(request, "shared/not_found.html", context, status=404)
                except NotHere:
                    context = {"open": opened, "typed": typed_words(request), "belongs": True}
                    return render(request, "shared/not_found.html", context, status=404)

        if request.method != "POST":
            return answer(request, show)
        try:
            with turn_of_browser(request, (OWN, FIRST, EXAMPLE, EXAMPLE_OTHER)):
                return answer(request, show)
        except Conflict:
            context = {"open": shown[-1], "again": request.path, "typed": typed_words(request)}
            return render(request, "shared/edit_conflict.html", context, status=409)
        except JournalError as error:
            if not shown:
                raise
            # The page was open while another window changed what it is about: nothing is kept, and no word lost.
            back = to_page(request, "today").headers["Location"]
            context = {"open": shown[-1], "sentence": str(error), "typed": typed_words(request), "back": back}
            return render(request, "shared/refused.html", context, status=409)

    def answer(request: HttpRequest, show: Callable[[OpenJournal], HttpResponse]) -> HttpResponse:
        match = request.resolver_match
        if match and match.namespace in SPACES:
            return in_example(request, show)
        found = open_journal(request)
        if found is None:
            return _to_unlock(request)
        if found.provisional:
            return in_provisional(request, found, show)
        forget_pages(journal_id=found.journal_id, shown_once=True)  # whoever goes on has seen the code
        # Without settings it was never set up, unless they are what is damaged.
        return show(found) if found.journal.preferences or found.damages else redirect("begin-recovery")

    page.journal_kinds = kinds  # type: ignore[attr-defined]
    return page


def _where_read(request: HttpRequest, opened: OpenJournal, answer: HttpResponse) -> HttpResponse:
    """Where something half-written can be read that can't be gone on with, since its page leads elsewhere by now."""
    if request.method == "POST" or not answer.has_header("Location"):
        return answer
    draft = asked_for(request, opened, Draft, "draft")
    return to_page(request, "draft-words", draft.id) if draft else answer


def _shown_once(request: HttpRequest, opened: OpenJournal, answer: HttpResponse) -> HttpResponse:
    if request.method == "POST" and answer.has_header("Location") and opened.near_typed:
        secure = request.is_secure()
        answer.set_cookie(_ONCE_COOKIE, opened.mark, _ONCE_SECONDS, httponly=True, samesite="Strict", secure=secure)
        if _QUIET_COOKIE in request.COOKIES:
            answer.delete_cookie(_QUIET_COOKIE, samesite="Strict")
    elif opened.at_the_words and request.method == "GET" and answer.status_code == 200:
        answer.delete_cookie(_ONCE_COOKIE, samesite="Strict")
    return answer


def hide_quiet_line(request: HttpRequest, answer: HttpResponse, opened: OpenJournal) -> None:
    """Pages of this journal show the line to help no more in this browser, for as long as it would be there."""
    secure = request.is_secure()
    answer.set_cookie(_QUIET_COOKIE, opened.mark, _QUIET_SECONDS, httponly=True, samesite="Strict", secure=secure)


def _to_unlock(request: HttpRequest) -> HttpResponse:
    # After a quick exit the way back shows nothing of what was here.
    if request.COOKIES.get(LEFT_COOKIE):
        return redirect("measures")
    held = hold(request) if request.method == "POST" else ""
    if held and not request.headers.get("HX-Request") and of_no_journal(held):
        # No passphrase opens it: whoever wrote these words gets them back.
        return render(request, "shared/journal_gone.html", {"typed": typed_words(request)})
    if held and not request.headers.get("HX-Request"):
        context = {"form": PassphraseForm(), "held": held, "elsewhere": elsewhere(request, held)}
        return render(request, "begin/unlock.html", context)
    if request.method == "POST" or request.headers.get("HX-Request"):
        return redirect("unlock")
    return HttpResponseRedirect(f"{reverse('unlock')}?{urlencode({'next': request.get_full_path()})}")


def pressed_for(request: HttpRequest, now: bool) -> bool:
    """What a button that turns something on or off is to make of it, by what stood on it; else other than ``now``.

    In a second window it may stand there long after it was pressed in the first.
    """
    return {"yes": True, "no": False}.get(request.POST.get("to", ""), not now)


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


def form_address(request: HttpRequest) -> str:
    """The address of the form on this page, with what it is about where that stands behind its question mark: what is
    typed about one session is no draft about another."""
    about = [(name, value) for name in _ABOUT if (value := request.GET.get(name, "")) and _is_id(value)]
    return f"{request.path}?{urlencode(about)}" if about else request.path


def about_whom(request: HttpRequest, who: Relationship | None) -> None:
    """From here on the form of this page is about somebody, although its address names nobody: what was typed about one
    therapist is no draft about the next."""
    said = request.GET.copy()
    if who:
        said["who"] = str(who.id)
    else:
        said.pop("who", None)
    request.GET = said  # type: ignore[assignment]


def of_another(request: HttpRequest, who: Relationship) -> bool:
    """Whether a form was sent that was about somebody else when it was opened."""
    named = request.POST.get("draft_of", "").partition("?who=")[2]
    return _is_id(named) and named != str(who.id)


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


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
