"""Two windows of one journal take turns: what is sent is answered one after the other, each from what the last left.

So nothing is decided on what another window is changing at that moment, and what one request writes is written together
or not at all. Other journals do not wait, but on SQLite, where one writer at a time is all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import HttpRequest

from reattune.web.store.browser_sessions import Cookie, halves_of
from reattune.web.store.models import SealedJournal, UnlockedSession
from reattune.web.store.taken_forms import Claim


@contextmanager
def turn_of(journal_ids: Iterable[bytes]) -> Iterator[None]:
    """Wait until nobody else writes to these journals; everything inside is written together, or nothing of it."""
    with transaction.atomic():
        found = SealedJournal.objects.select_for_update().filter(id__in=list(journal_ids)).order_by("id")
        list(found.values_list("id", flat=True))
        yield


@contextmanager
def turn_of_browser(request: HttpRequest, cookies: Iterable[Cookie]) -> Iterator[None]:
    """The same for what this browser has open under these cookies, if it has.

    Raises:
        TakenMeanwhile: it waited so long that the same form, sent again, was taken in its place.
    """
    sessions = [halves[0] for each in cookies if (halves := halves_of(request, each))]
    journals = UnlockedSession.objects.filter(id__in=sessions).values_list("journal_id", flat=True) if sessions else []
    claim: Claim | None = getattr(request, "claim", None)
    with turn_of([bytes(each) for each in journals]):
        if claim:
            claim.go_on()
        yield
