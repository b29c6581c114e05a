"""Slowing down who guesses, by network and hosted by journal too, and who begins or sends without end.

A try is counted before it is made, and given back where it was right: as many as come at the same moment are as many.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from reattune.vault import WrongRecoveryCode, WrongSecret
from reattune.vault.journal_names import ids_named
from reattune.web.store.browser_sessions import ahead_of, halves_of
from reattune.web.store.known_browser import number_here
from reattune.web.store.models import Guesses, UnlockedSession
from reattune.web.store.provisional_journals import NoRoom
from reattune.web.store.unheld import unheld
from reattune.web.store.unlocking import OWN

# Free tries, then a pause that doubles, up to the longest. After a day without a further one they are forgotten; of a
# network one lapses each time that the longest pause is over.
FREE_TRIES, LONGEST_PAUSE = 5, 300
_TIMES_MADE = 5
_FORGOTTEN = timedelta(days=1)
# On a person's own machine: wrong ones of a day, whatever was right between them. One journal's passphrase would else
# be a way to go on guessing at another's.
FREE_TRIES_A_DAY = 30
# Several people may write from one address, such as a clinic's.
LETTERS_AN_HOUR = 120
# What waits shares a room with everybody's: so much of a day from one of them, and a small letter counts as this much.
LETTER_BYTES_A_DAY, _LETTER_COUNTS = 8 * 1024 * 1024, 8 * 1024
# Of the rooms that what has no passphrase shares, each is held for two days at the most.
PROVISIONAL_A_DAY = 20
# Right passphrases cost as much as wrong ones: hosted, so many of both a minute.
A_MINUTE = 30
_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
# One subscriber has at least 2^64 addresses of IPv6, often 2^80. The wider network may do so many times as much.
_NARROW, _WIDE, _WIDER_BY = 64, 48, 8


@dataclass(frozen=True)
class Counter:
    """What is counted together.

    Attributes:
        source: a keyed hash of it.
        free: how many tries take no pause.
        network: whether it is a network address, which others may share.
        seconds: 0 where only wrong tries count, and each further one doubles the pause. Else every try counts, for that
            time, and who tried so often waits so long.
        lasting: whether a right one gives back that try alone, and not those before it.
        weight: as how many tries each counts.
    """

    source: bytes
    free: int
    network: bool = False
    seconds: int = 0
    lasting: bool = False
    weight: int = 1

    def pause(self, over: int, since: timedelta) -> int:
        """How long to wait after so many tries more than are free, the last of them so long ago."""
        if since > _FORGOTTEN:
            return 0
        since = max(since, timedelta())  # the clock was ahead then
        return self.seconds or max(0, int(min(LONGEST_PAUSE, 1 << min(20, over + 1)) - since.total_seconds() + 0.5))


@dataclass
class Attempt:
    """A try that was counted; or none, and how many seconds to wait before the next."""

    wait: int
    _at: datetime
    _before: dict[bytes, datetime] = field(default_factory=dict)
    _counters: tuple[Counter, ...] = ()

    @contextmanager
    def made(self) -> Iterator[None]:
        """Around the try itself. Only a `WrongSecret` stays counted; words that cannot be a code are no guess."""
        try:
            yield
        except WrongRecoveryCode:
            self._give_back(self._counters)
            raise
        except WrongSecret:
            raise
        except BaseException:
            self._give_back(self._counters)
            raise
        # Hosted, one's own journal is no way to go on guessing at another's from the same network.
        shared = [each for each in self._counters if each.lasting or (each.network and settings.HOSTING)]
        self._give_back(shared)
        over = [each.source for each in self._counters if each not in shared and not each.seconds]
        Guesses.objects.filter(source__in=over).delete()

    def _give_back(self, counters: Sequence[Counter]) -> None:
        for each in (each for each in counters if not each.seconds):
            mine = Guesses.objects.filter(source=each.source, failures__gt=0)
            if not mine.filter(last=self._at).update(
                failures=F("failures") - 1, last=self._before.get(each.source, self._at)
            ):
                mine.update(failures=F("failures") - 1)


def at_unlocking(request: HttpRequest, name: str = "") -> list[Counter]:
    """What a passphrase for a locked journal counts as: a guess from there, and hosted at the journal of this name.

    Whether there is such a journal makes no difference. A browser that once opened it is counted by itself.
    """
    between = ids_named(name) if settings.HOSTING else None
    if between is None:
        return [*_here(request), *_a_minute(request)]
    number = number_here(request, name)
    if number is not None:
        browser = _counter(f"browser {number.hex()}")
        return [browser, *_within(_MINUTE, lambda when: [_counter(f"known at {between[0].hex()} {when}", A_MINUTE)])]
    # Emptied by its owner, it would tell whoever guesses that the journal is there, and when it was unlocked.
    at_this_name = replace(_counter(f"at {between[0].hex()}"), lasting=True)
    return [*_networks(request, ""), at_this_name, *_a_minute(request)]


def at_recovery(request: HttpRequest) -> list[Counter]:
    """A recovery code: nobody guesses one, and wrong passphrases keep nobody from using it."""
    return [*_networks(request, "code "), *_a_minute(request, "codes")]


def at_open_journal(request: HttpRequest) -> list[Counter]:
    """The passphrase of a journal that is open here: hosted wrong ones by that session, so that its owner elsewhere is
    free, and all of a minute by the journal, in however many browsers it is open."""
    halves = halves_of(request, OWN) if settings.HOSTING else None
    if halves is None:
        return _here(request)
    session = f"session {halves[0].hex()}"
    journal_id = UnlockedSession.objects.filter(id=halves[0]).values_list("journal_id", flat=True).first()
    open_here = f"open {bytes(journal_id).hex()}" if journal_id is not None else session
    return [_counter(session), *_within(_MINUTE, lambda when: [_counter(f"{open_here} {when}", A_MINUTE)])]


def _here(request: HttpRequest) -> list[Counter]:
    if settings.HOSTING:
        return _networks(request, "")
    day = _hashed(f"on {timezone.localdate().isoformat()}")
    return [*_networks(request, ""), Counter(day, FREE_TRIES_A_DAY, lasting=True)]


def seconds_to_wait(counters: Sequence[Counter]) -> int:
    """How long to wait before the next try; 0 where there is no need."""
    found = Guesses.objects.filter(source__in=[each.source for each in counters])
    return _longest(counters, list(found))


def take(counters: Sequence[Counter]) -> Attempt:
    """Count a try before it is made, unless one has to wait. Who comes at the same moment comes after."""
    now = timezone.now()
    sources = sorted(each.source for each in counters)
    of_networks = {each.source: each.network and not each.seconds for each in counters}
    wait = seconds_to_wait(counters)
    if wait:
        return Attempt(wait, now)  # what is refused leaves nothing, whatever names it goes through
    with transaction.atomic():
        found = _locked(sources, now)
        wait = _longest(counters, found)
        if wait:
            return Attempt(wait, now)
        Guesses.objects.filter(source__in=sources, last__lt=now - _FORGOTTEN).update(failures=0)
        _let_lapse([each for each in found if of_networks[bytes(each.source)]], now)
        for weight in {each.weight for each in counters}:
            alike = [each.source for each in counters if each.weight == weight]
            Guesses.objects.filter(source__in=alike).update(failures=F("failures") + weight, last=now)
    return Attempt(0, now, {bytes(each.source): each.last for each in found}, tuple(counters))


def _let_lapse(found: Sequence[Guesses], now: datetime) -> None:
    """Of a network, which very many may share, one wrong try lapses as often as who goes on guessing may make one."""
    for each in found:
        lapsed = max(0, int((now - each.last).total_seconds()) // LONGEST_PAUSE)
        if lapsed:
            each.failures = max(0, each.failures - lapsed)
            each.last += lapsed * timedelta(seconds=LONGEST_PAUSE)
            Guesses.objects.filter(source=each.source).update(failures=each.failures, last=each.last)


def forget_old_tries() -> None:
    """Those of more than a day ago go, and those that a clock dated ahead count as made now; the clock asks for it."""
    now = timezone.now()
    old, ahead = Guesses.objects.filter(last__lt=now - _FORGOTTEN), Guesses.objects.filter(last__gt=ahead_of(now))
    if old.exists() or ahead.exists():
        with transaction.atomic():
            unheld(old).delete()
            unheld(ahead).update(last=now)


def _locked(sources: Sequence[bytes], now: datetime) -> list[Guesses]:
    """The counters, made where there are none, and locked. A right passphrase may take one away in between."""
    found: list[Guesses] = []
    for _again in range(_TIMES_MADE):
        Guesses.objects.bulk_create([Guesses(source=each, last=now) for each in sources], ignore_conflicts=True)
        found = list(Guesses.objects.select_for_update().filter(source__in=sources).order_by("source"))
        if len(found) == len(set(sources)):
            break
    return found


def _longest(counters: Sequence[Counter], found: list[Guesses]) -> int:
    now, by_source = timezone.now(), {each.source: each for each in counters}
    over = ((by_source[bytes(each.source)], each.failures, now - each.last) for each in found)
    return max((of.pause(tries - of.free, since) for of, tries, since in over if tries >= of.free), default=0)


def forget_tries(request: HttpRequest) -> None:
    """Counting begins anew here: whoever goes on with a journal that was just begun guessed at none."""
    Guesses.objects.filter(source__in=[each.source for each in _networks(request, "")]).delete()


def seconds_to_wait_to_begin(request: HttpRequest) -> int:
    """How long to wait before another journal may be begun from there: many in a row would fill a shared disk.

    On a person's own machine a passphrase for a new journal is a guess at those that are there, and waits as one does.
    """
    return seconds_to_wait(_networks(request, "begun ") if settings.HOSTING else at_unlocking(request))


def note_begun(request: HttpRequest) -> int:
    """One more journal is begun; or how many seconds to wait, where another came first."""
    return take(_networks(request, "begun ")).wait if settings.HOSTING else 0


def note_provisional(request: HttpRequest) -> int:
    """One more journal without a passphrase, written first or tried in the example; or how many seconds to wait.

    Raises:
        NoRoom: from there came as many today as may: they share rooms with everybody's.
    """
    if not settings.HOSTING:
        return 0
    today = _within(_DAY, lambda when: _networks(request, f"provisional {when} ", PROVISIONAL_A_DAY))
    wait = take([*_networks(request, "provisional "), *today]).wait
    if wait > LONGEST_PAUSE:
        raise NoRoom
    return wait


def seconds_to_wait_to_send(request: HttpRequest) -> int:
    """How long to wait before another letter may be sent from there."""
    return seconds_to_wait(_letters(request))


def note_letter(request: HttpRequest, size: int) -> int:
    """One more letter of so many bytes came from there; or how many seconds to wait, where as many came within this
    hour, or as much on this day, as may.

    Hosted only: on a person's own machine nobody else delivers.
    """
    return take(_letters(request, size)).wait if settings.HOSTING else 0


def _letters(request: HttpRequest, size: int = 0) -> list[Counter]:
    free, weight = LETTER_BYTES_A_DAY // _LETTER_COUNTS, max(1, -(-size // _LETTER_COUNTS))
    today = _within(_DAY, lambda when: _networks(request, f"letter bytes {when} ", free))
    hour = _within(_HOUR, lambda when: _networks(request, f"letters {when} ", LETTERS_AN_HOUR))
    return [*hour, *(replace(each, weight=weight) for each in today)]


def _a_minute(request: HttpRequest, what: str = "passphrases") -> list[Counter]:
    return _within(_MINUTE, lambda when: _networks(request, f"{what} {when} ", A_MINUTE))


def _within(seconds: int, counters: Callable[[str], list[Counter]]) -> list[Counter]:
    """What counts every try of this minute, hour or day, hosted; on a person's own machine nobody else is there."""
    if not settings.HOSTING:
        return []
    now = int(timezone.now().timestamp())
    left = seconds - now % seconds
    return [replace(each, seconds=left) for each in counters(f"in {seconds} seconds {now // seconds}")]


def _counter(words: str, free: int = FREE_TRIES) -> Counter:
    return Counter(_hashed(words), free)


def _networks(request: HttpRequest, what: str, free: int | None = None) -> list[Counter]:
    """Where it comes from: an address, and of IPv6 the subscriber's network and a wider one."""
    free = FREE_TRIES if free is None else free
    given = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return [Counter(_hashed(f"{what}from {given}"), free, network=True)]
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if mapped or address.version == 4:
        return [Counter(_hashed(f"{what}from {mapped or address}"), free, network=True)]
    networks = ((_NARROW, free), (_WIDE, _WIDER_BY * free))
    of = [(ipaddress.ip_network((int(address), bits), strict=False), most) for bits, most in networks]
    return [Counter(_hashed(f"{what}from {network}"), most, network=True) for network, most in of]


def _hashed(words: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), words.encode(), "sha256")
