"""What lay idle is locked, or erased, by the clock: also where nobody asks for a page any more."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from reattune.web.store.erasure import wipe_log, wipe_owed
from reattune.web.store.models import UnlockedSession
from reattune.web.store.provisional_journals import clock_set_ahead
from reattune.web.store.rate_limit import forget_old_tries
from reattune.web.store.shared_links import forget_ended
from reattune.web.store.taken_forms import forget_old
from reattune.web.store.unlocking import forget_idle, forget_never_used

EVERY_SECONDS = 20.0
_SET = timedelta(minutes=1)


def start_clock() -> threading.Event:
    """Look every twenty seconds, in a thread that ends with the process, or once the event is set."""
    stopped = threading.Event()
    threading.Thread(target=_look_again_and_again, args=(stopped,), name="idle", daemon=True).start()
    return stopped


def look() -> None:
    """Lock and erase what has lain idle for too long by now, what is over or forgotten, and what could not be wiped."""
    before = UnlockedSession.objects.count()
    forget_idle(timezone.now())
    forget_never_used(timezone.now())
    forget_old()
    forget_old_tries()
    forget_ended()
    if UnlockedSession.objects.count() < before:
        wipe_log()
    wipe_owed()


def _look_again_and_again(stopped: threading.Event) -> None:
    apart = _apart()
    while not stopped.wait(EVERY_SECONDS):
        with contextlib.suppress(Exception):  # a database that does not answer now is asked again soon
            apart = allow_for_clock(apart)
            look()
        with contextlib.suppress(Exception):
            connection.close()


def allow_for_clock(apart: timedelta) -> timedelta:
    """What has no passphrase is erased when it lay idle, and not when a clock that was behind is set right meanwhile.

    ``apart`` is how far the clock on the wall was from the one that nobody sets; returns how far it is now. Hosted,
    where several processes look, clocks are kept right by the machine.
    """
    now = _apart()
    if now - apart > _SET and settings.HOSTING is None:
        clock_set_ahead(now - apart)
    return now


def _apart() -> timedelta:
    return timedelta(seconds=timezone.now().timestamp() - _steady())


def _steady() -> float:
    """Seconds of the clock that nobody sets and that goes on while the machine sleeps."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        if hasattr(time, name):
            return time.clock_gettime(getattr(time, name))
    return time.monotonic()
