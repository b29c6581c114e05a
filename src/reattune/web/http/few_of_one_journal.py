"""Hosted: of one journal only some requests are answered at once, however many are sent and however long each takes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reattune.web.http.middleware import try_again
from reattune.web.http.taken_once import COOKIES
from reattune.web.pages.shared.example_access import SPACES
from reattune.web.store.database_failures import STORE_ERRORS
from reattune.web.store.turns import journals_open
from reattune.web.store.waiting import OthersFirst, in_line

# How long one waits for those before it, in seconds.
_WAITS = 5.0
_UNTOUCHED = b"the example"
# What never waits: where help is, and what closes the journal.
AT_ONCE = {"help", "measures", "leave", "lock", "example-away", "language"}


class FewOfOneJournal:
    """Half the threads of a process at the most are busy with one journal. One more may wait; who comes after is told
    to try again, and a page does so by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.most = max(1, settings.HOSTING.threads // 2) if settings.HOSTING else 1_000
        self._busy: Counter[bytes] = Counter()
        self._changed = threading.Condition()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Gives its place to the next when it is answered."""
        try:
            return self.get_response(request)
        finally:
            taken: list[bytes] = getattr(request, "places", [])
            if taken:
                with self._changed:
                    self._busy.subtract(taken)
                    self._busy = +self._busy
                    self._changed.notify_all()

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """``None`` once there is a place."""
        match = request.resolver_match
        if match is None or match.url_name in AT_ONCE:
            return None
        try:
            journals = journals_open(request, COOKIES) or self._of_nobody(request, match.namespace)
            placed = self._placed(request, journals)
            if not placed:
                with in_line(), self._changed:
                    placed = self._changed.wait_for(lambda: self._placed(request, journals), _WAITS)
        except STORE_ERRORS:
            return None  # the view meets it too, and says what is wrong
        except OthersFirst:
            placed = False
        return None if placed else try_again(request)

    @staticmethod
    def _of_nobody(request: HttpRequest, space: str) -> list[bytes]:
        """What is sent to the example before anything of it is one's own counts as one journal, whoever sends it."""
        return [_UNTOUCHED] if request.method == "POST" and space in SPACES else []

    def _placed(self, request: HttpRequest, journals: list[bytes]) -> bool:
        with self._changed:  # whoever has it may ask for it once more
            if any(self._busy[each] >= self.most for each in journals):
                return False
            self._busy.update(journals)
            request.places = journals  # type: ignore[attr-defined]
            return True
