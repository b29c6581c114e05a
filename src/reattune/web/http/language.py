"""Which language a page is in: that of the journal that is open, else what was chosen here, else the browser's wish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from reattune import content
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import open_journal

_YEAR = 365 * 24 * 3600


def offered() -> list[tuple[str, str]]:
    """Code and own name of each language that a person can choose."""
    return [(code, content.manner(code)["name"]) for code, _name in settings.LANGUAGES]


def known_language(code: str) -> str:
    """``code`` if it is a language that is offered, else English."""
    return code if any(code == each for each, _name in settings.LANGUAGES) else "en"


def spoken_now() -> str:
    """The language of this request."""
    return known_language(translation.get_language() or "en")


def language_of(opened: OpenJournal) -> str:
    """The language that a journal is kept in."""
    preferences = opened.journal.preferences
    return known_language(preferences.language) if preferences else spoken_now()


def speak_as(request: HttpRequest, opened: OpenJournal | None) -> None:
    """From here on this request is answered in the language of a journal; without one, as it was."""
    if opened is None:
        return
    translation.activate(language_of(opened))
    if not opened.example:
        request.language_of_journal = translation.get_language()  # type: ignore[attr-defined]


def open_and_speak(request: HttpRequest) -> OpenJournal | None:
    """The journal this browser has open, or ``None``; from here on the request is answered in its language."""
    opened = open_journal(request)
    speak_as(request, opened)
    return opened


def spoken_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the language that this browser chose or wishes. What a journal speaks is remembered for when it is
    locked, so that a page is never in another language than the one before it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        wished = translation.get_language_from_request(request)
        with translation.override(wished):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        of_journal = getattr(request, "language_of_journal", wished)
        if of_journal != wished and settings.LANGUAGE_COOKIE_NAME not in response.cookies:
            remember(request, response, of_journal)
        return response

    return middleware


def remember(request: HttpRequest, response: HttpResponse, language: str, *, long: bool = False) -> None:
    """Let this browser be answered in a language: until it is closed, or for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_YEAR if long else None,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
    )


def language(request: HttpRequest) -> Mapping[str, Any]:
    """What every template knows: the language it is in, its direction, and those that can be chosen."""
    return {
        "LANGUAGE_CODE": translation.get_language() or "en",
        "LANGUAGE_DIR": "rtl" if translation.get_language_bidi() else "ltr",
        "languages": offered(),
    }
