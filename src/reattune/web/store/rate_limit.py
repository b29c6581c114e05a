"""Slowing down who guesses: by where the guesses come from and, hosted, by the journal they are made at."""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from reattune.vault.journal_names import ids_named
from reattune.web.store.models import Guesses

# Free tries, then a pause that doubles, up to the longest. After a day without a further one they are forgotten.
FREE_TRIES, LONGEST_PAUSE = 5, 300
_FORGOTTEN = timedelta(days=1)
# Several people may write from one address, such as a clinic's.
LETTERS_AN_HOUR = 120


def seconds_to_wait(request: HttpRequest, name: str = "") -> int:
    """How long to wait before the next guess; 0 where there is no need.

    ``name`` is the journal's where one was typed. Whether there is such a journal makes no difference.
    """
    return _to_wait(_counted(request, name))


def _to_wait(counted: list[bytes]) -> int:
    now = timezone.now()
    longest = 0
    for guesses in Guesses.objects.filter(source__in=counted):
        if guesses.failures < FREE_TRIES or now - guesses.last > _FORGOTTEN:
            continue
        pause = min(LONGEST_PAUSE, 1 << min(20, guesses.failures - FREE_TRIES + 1))
        longest = max(longest, int(pause - (now - guesses.last).total_seconds() + 0.5))
    return longest


def note_failure(request: HttpRequest, name: str = "") -> None:
    """One more wrong guess."""
    _count(_counted(request, name))


def _count(counted: list[bytes]) -> None:
    now = timezone.now()
    Guesses.objects.filter(last__lt=now - _FORGOTTEN).delete()
    for source in counted:
        Guesses.objects.get_or_create(source=source, defaults={"last": now})
        Guesses.objects.filter(source=source).update(failures=F("failures") + 1, last=now)


def note_success(request: HttpRequest, name: str = "") -> None:
    """The right one: counting begins anew. Hosted, one's own journal is no way to go on guessing at another's."""
    counted = _counted(request, name)
    Guesses.objects.filter(source__in=counted[1:] if settings.HOSTING else counted).delete()


def seconds_to_wait_to_begin(request: HttpRequest, what: str = "begun") -> int:
    """How long to wait before another journal may be begun from there: many in a row would fill a shared disk.

    ``what`` is counted by itself: journals that are ``begun``, or only ``tried``. On a person's own machine a
    passphrase for a new journal is a guess at those that are there, and waits as a guess does.
    """
    if settings.HOSTING:
        return _to_wait([_begun(request, what)])
    return seconds_to_wait(request) if what == "begun" else 0


def note_begun(request: HttpRequest, what: str = "begun") -> None:
    """One more journal was begun."""
    if settings.HOSTING:
        _count([_begun(request, what)])


def too_many_letters(request: HttpRequest) -> bool:
    """Whether as many letters came from there within this hour as may. Hosted only: here nobody else delivers."""
    if not settings.HOSTING:
        return False
    return Guesses.objects.filter(source=_letters_from(request), failures__gte=LETTERS_AN_HOUR).exists()


def note_letter(request: HttpRequest) -> None:
    """One more letter came from there."""
    if settings.HOSTING:
        _count([_letters_from(request)])


def _letters_from(request: HttpRequest) -> bytes:
    hour = int(timezone.now().timestamp()) // 3600
    return _hashed(f"letters in hour {hour} from {request.META.get('REMOTE_ADDR', '')}")


def _begun(request: HttpRequest, what: str) -> bytes:
    return _hashed(f"{what} from {request.META.get('REMOTE_ADDR', '')}")


def _counted(request: HttpRequest, name: str) -> list[bytes]:
    """What is counted, as keyed hashes: where it comes from, then the journal it is aimed at."""
    found = [_hashed(f"from {request.META.get('REMOTE_ADDR', '')}")]
    between = ids_named(name) if settings.HOSTING else None
    return [*found, _hashed(f"at {between[0].hex()}")] if between else found


def _hashed(words: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), words.encode(), "sha256")
