"""Handing the device to somebody: one page stays on the screen, and everything else asks for the passphrase.

The journal is locked before the page is shown, so that nothing on this device can open it: the page is all that is
left of it. A cookie tells this browser that it is in other hands, so that the addresses that are open to anyone (the
first page, the example, beginning a journal) lead to the passphrase as well; whoever takes the cookie away finds a
locked journal. Whoever wants to let something be written in that state seals it to the journal's address, which needs
no key that opens anything.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from reattune.web.http.taken_once import done
from reattune.web.store.browser_sessions import LEFT_COOKIE
from reattune.web.store.unlocking import HANDED_COOKIE, OWN, end_session, open_session

# What stays open: the passphrase itself and what stands on its page, the quick exit and where it leads, help, and what
# the browser asks for by itself.
STAYS = {
    *("unlock", "unlock-recovery", "write-down", "letter", "leave", "measures", "help"),
    *("manifest", "service-worker", "offline"),
    "filled",  # the check-in of a client, who holds the device
    "lock",  # another tab that was open: its words are held, sealed, until the passphrase is typed there
}


def hand_over(request: HttpRequest, page: HttpResponse, onward: str) -> HttpResponse:
    """``page`` as the last thing this browser shows of the journal until the passphrase is typed.

    It must need nothing more from the server than static files; and it holds no journal (no ``open`` in its context).
    A double tap gets the same page; later its form leads to ``onward``, once it is unlocked.
    """
    session = open_session(request)
    end_session(request)
    OWN.take_back(page)
    page.set_cookie(HANDED_COOKIE, "1", httponly=True, samesite="Strict", secure=request.is_secure())
    return done(page, onward, handed_from=session[0] if session else None)


def only_what_was_handed(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """While the device is in other hands, every address leads to the passphrase."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.COOKIES.get(HANDED_COOKIE) or _stays(request.path_info, LEFT_COOKIE in request.COOKIES):
            return get_response(request)
        onward = {"next": request.get_full_path()} if request.method in ("GET", "HEAD") else {}
        query = f"?{urlencode(onward)}" if onward and request.path != "/" else ""
        return HttpResponseRedirect(f"{reverse('unlock')}{query}")

    return middleware


def _stays(path: str, left: bool) -> bool:
    """Whether it is answered as ever. After the quick exit the journal's own pages are, too: with something neutral."""
    try:
        found = resolve(path)
    except Resolver404:
        return False
    return found.url_name in STAYS or (left and found.namespace == "own")
