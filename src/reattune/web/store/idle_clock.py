"""What lay idle is locked, or erased, by the clock: also where nobody asks for a page any more."""

from __future__ import annotations

import contextlib
import threading

from django.db import connection
from django.utils import timezone

from reattune.web.store.erasure import wipe_log, wipe_owed
from reattune.web.store.models import UnlockedSession
from reattune.web.store.rate_limit import forget_old_tries
from reattune.web.store.shared_links import forget_ended
from reattune.web.store.taken_forms import forget_old
from reattune.web.store.unlocking import forget_idle, forget_never_used

EVERY_SECONDS = 20.0


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
    while not stopped.wait(EVERY_SECONDS):
        with contextlib.suppress(Exception):  # a database that does not answer now is asked again soon
            look()
        with contextlib.suppress(Exception):
            connection.close()
