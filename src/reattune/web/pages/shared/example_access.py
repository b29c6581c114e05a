"""The example: in memory for who only looks; once something is tried, a provisional journal of that browser alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from reattune import content
from reattune.journal import Journal
from reattune.journal.example_caseload import example_caseload
from reattune.journal.example_journal import example_journal
from reattune.journal.vocabulary import JournalKind
from reattune.vault import Seal
from reattune.vault.crypto_primitives import key_for
from reattune.web.http.language import spoken_now
from reattune.web.pages.shared.locked_submission import typed_sentences
from reattune.web.store import provisional_journals
from reattune.web.store.browser_sessions import LEFT_COOKIE
from reattune.web.store.journal_size import TooLarge
from reattune.web.store.models import SealedJournal
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.rate_limit import note_provisional
from reattune.web.store.unlocking import EXAMPLE, EXAMPLE_OTHER

PATH = EXAMPLE.path
# The addresses of the two examples, and what tells which browser tried something in which.
SPACES = {"example": JournalKind.PERSON, "example-other": JournalKind.THERAPIST}
COOKIES = {JournalKind.PERSON: EXAMPLE, JournalKind.THERAPIST: EXAMPLE_OTHER}
_SPACE_OF = {kind: space for space, kind in SPACES.items()}
# What has a meaning for a journal of one's own alone: keys, files in and out, questionnaires. Not to be tried.
OWN_ALONE = {
    *("passphrase", "erase", "erase-somebody", "earlier-name", "questionnaires", "questionnaire-use"),
    *("carry", "carry-in", "carry-reminders", "carry-json", "carry-sealed", "carry-fhir", "carry-tables"),
}
# What is sent there changes nothing: only looking, it begins nothing of this browser's own.
ONLY_LOOKS = {"search"}


class ExampleJournal(OpenJournal):
    """The example, in memory. Nothing is ever written to it."""

    example = True
    mark = name = ""

    def __init__(self, journal: Journal, tried: bool = False) -> None:
        self.journal = journal
        self.space = _SPACE_OF[journal.journal_kind]
        self.tried = tried
        self.damages = []
        self.typed = ()
        self._now = timezone.now
        # The story is no secret, but what somebody looks for in it is theirs.
        self._seal = Seal(key_for("example", settings.SECRET_KEY.encode()), bytes(16))


class TriedExample(provisional_journals.ProvisionalJournal):
    """The example, with what this browser tried out in it."""

    example = tried = True
    name = ""

    @property
    def space(self) -> str:  # type: ignore[override]
        """The namespace of its addresses."""
        return _SPACE_OF[self.kind]


def in_example(request: HttpRequest, show: Callable[[OpenJournal], HttpResponse]) -> HttpResponse:
    """A page of the example. The first thing that is sent makes a provisional journal; from then on pages show that."""
    kind = _kind(request)
    tried = _tried(request, kind)
    name = request.resolver_match.url_name if request.resolver_match else None
    own_alone = name in OWN_ALONE
    if own_alone and request.method == "POST":
        return render(request, "shared/not_in_example.html", {"open": tried or _untouched(kind)})
    if request.method != "POST" or name in ONLY_LOOKS:
        response = show(_untouched(kind, tried is not None) if own_alone or tried is None else tried)
        if tried is None and request.COOKIES.get(COOKIES[kind].name):
            COOKIES[kind].take_back(response)
        return response
    if _meant_for_another(request, tried):
        return _gone(request)
    try:
        return _changed(request, show, tried) if tried else _first_change(request, show)
    except SealedJournal.DoesNotExist:
        return _gone(request)  # left in another window while this one was sending


def end_example(request: HttpRequest, response: HttpResponse) -> None:
    """Erase what this browser tried out in the example, if it did."""
    for cookie in COOKIES.values():
        provisional_journals.end(request, cookie)
        if cookie.name in request.COOKIES:
            cookie.take_back(response)


def _kind(request: HttpRequest) -> JournalKind:
    """Whose example an address is of."""
    return SPACES[request.resolver_match.namespace] if request.resolver_match else JournalKind.PERSON


def _tried(request: HttpRequest, kind: JournalKind) -> TriedExample | None:
    if LEFT_COOKIE in request.COOKIES:
        provisional_journals.end(request, COOKIES[kind])  # after a quick exit the way back shows nothing of it
    keys = provisional_journals.keys_of(request, COOKIES[kind])
    try:
        return TriedExample(*keys) if keys else None
    except SealedJournal.DoesNotExist:
        return None


def _first_change(request: HttpRequest, show: Callable[[OpenJournal], HttpResponse]) -> HttpResponse:
    try:
        wait = note_provisional(request)
        if wait:
            return _not_now(request, wait)
        begun = provisional_journals.begin(_seed(request))
    except provisional_journals.NoRoom:
        return _not_now(request)
    tried = TriedExample(begun.journal_id, begun.data_key)
    try:
        response = _changed(request, show, tried)
    except Http404:
        tried.erase()  # sent from a page that shows what is gone: nothing was tried
        raise
    COOKIES[_kind(request)].give(response, request, begun.value, tried.mark)
    return response


def _changed(request: HttpRequest, show: Callable[[OpenJournal], HttpResponse], tried: TriedExample) -> HttpResponse:
    try:
        return show(tried)
    except TooLarge:
        context = {"open": tried, "full": True, "typed": typed_sentences(request)}
        return render(request, "shared/example_full.html", context, status=507)


def _meant_for_another(request: HttpRequest, tried: TriedExample | None) -> bool:
    """Whether this was sent from a page of what was tried before, and is gone."""
    mark = request.POST.get("journal", "")
    if tried is None:
        return bool(mark or request.COOKIES.get(COOKIES[_kind(request)].name))
    return mark not in ("", tried.mark)


def _gone(request: HttpRequest) -> HttpResponse:
    kind = _kind(request)
    context = {"open": _untouched(kind), "typed": typed_sentences(request)}
    response = render(request, "shared/example_gone.html", context, status=410)
    if provisional_journals.keys_of(request, COOKIES[kind]) is None:
        COOKIES[kind].take_back(response)
    return response


def _not_now(request: HttpRequest, wait: int = 0) -> HttpResponse:
    context = {"open": _untouched(_kind(request)), "wait": wait, "typed": typed_sentences(request)}
    response = render(request, "shared/example_full.html", context, status=429)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _untouched(kind: JournalKind, tried: bool = False) -> ExampleJournal:
    return ExampleJournal(_example_of(kind, timezone.now().date(), spoken_now()), tried)


def _seed(request: HttpRequest) -> Journal:
    """The example as the page showed it: after midnight, that may be yesterday's."""
    today = timezone.now().date()
    kind = _kind(request)
    now, before = (_example_of(kind, day, spoken_now()) for day in (today, today - timedelta(days=1)))
    match = request.resolver_match
    said = {str(each) for each in match.kwargs.values()} if match else set()
    said |= {str(value) for name in request.POST for value in request.POST.getlist(name)}
    return before if said & _ids(before) and not said & _ids(now) else now


def _ids(journal: Journal) -> set[str]:
    return {str(each.id) for each in journal}


@lru_cache(maxsize=4 * len(content.LANGUAGES))
def _example_of(kind: JournalKind, day: date, language: str) -> Journal:
    now = datetime.combine(day, time(15), UTC)
    if kind is JournalKind.THERAPIST:
        return example_caseload(content.words("example_caseload", language), now, "Europe/London", language)
    return example_journal(content.words("example", language), now, "Europe/London", language)
