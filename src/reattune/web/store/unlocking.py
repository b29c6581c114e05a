"""Unlocking a journal with its passphrase, and keeping it open in one browser."""

from __future__ import annotations

import contextlib
import hmac
import os
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from reattune.vault import Keyring, VaultError
from reattune.vault.journal_names import ID_BYTES, ids_named
from reattune.web.store import provisional_journals, taken_forms
from reattune.web.store.browser_sessions import (
    LEFT_COOKIE,
    Cookie,
    came_back,
    count_from_now,
    end_sessions,
    forget_every_share,
    forget_share,
    halves_of,
    idle_since,
    session_of,
    store_session,
)
from reattune.web.store.erasure import erase, wipe
from reattune.web.store.known_browser import remember_browser
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from reattune.web.store.open_journal import OpenJournal, mark_of
from reattune.web.store.unheld import unheld

COOKIE = "reattune_open"
OWN = Cookie(COOKIE, longest=timedelta(days=1))
# What was written before there is a passphrase: a provisional journal that this cookie alone opens.
FIRST = Cookie("reattune_first")
# What was tried out in the example.
EXAMPLE = Cookie("reattune_example", "/example/")
EXAMPLE_OTHER = Cookie("reattune_example_other", "/example/")
# This browser was handed to somebody: until the passphrase is typed, every address leads to it.
HANDED_COOKIE = "reattune_handed"
_NEVER_USED = timedelta(days=2)
_ON_ITS_WAY = timedelta(seconds=60)
_OF_KEPT = ~Q(journal__provisional=True, journal__keyring=b"")


def keyrings(name: str = "") -> list[Keyring]:
    """The readable keyrings to try: all of this machine's, or hosted those of one name. A damaged one shuts no other.

    Hosted there is always one to try, so that neither the answer nor its time tells whether a journal has this name.
    """
    if settings.HOSTING is None:
        return _readable(SealedJournal.kept.all())
    between = ids_named(name) or (bytes(ID_BYTES), bytes(ID_BYTES))
    salt = hmac.digest(settings.SECRET_KEY.encode(), b"salt of nobody " + between[0], "sha256")[:16]
    return _readable(SealedJournal.kept.filter(id__range=between)) or [Keyring.of_nobody(between[0], salt)]


def _readable(journals: QuerySet[SealedJournal]) -> list[Keyring]:
    found = []
    for stored in journals.values_list("keyring", flat=True):
        with contextlib.suppress(VaultError):
            found.append(Keyring.from_bytes(bytes(stored)))
    return found


def damaged_keyrings() -> int:
    """How many keyrings of this machine cannot be read: what they open can only come from a copy."""
    if settings.HOSTING is not None:
        return 0  # for the operator to see, with `reattune doctor`, and for nobody else
    return SealedJournal.kept.count() - len(keyrings())


def new_journal(passphrase: str) -> tuple[bytes, bytes, str]:
    """Make a journal. Returns its id, its data key and its recovery code.

    Raises:
        VaultError: the passphrase is too short.
    """
    journal_id = os.urandom(16)
    keyring, data_key, code = Keyring.create(journal_id, passphrase)
    SealedJournal.objects.create(id=journal_id, keyring=keyring.to_bytes())
    return journal_id, data_key, code


def begin_unlocked() -> tuple[OpenJournal, str]:
    """A provisional journal to write in before there is a passphrase, and what opens it, for the cookie `FIRST`.

    Raises:
        NoRoom: there are too many already.
    """
    begun = provisional_journals.begin([])
    return provisional_journals.ProvisionalJournal(begun.journal_id, begun.data_key), begun.value


def keep_first(request: HttpRequest, passphrase: str) -> tuple[bytes, bytes, str] | None:
    """Keep what this browser wrote before there was a passphrase, as any other journal is kept.

    Its id, its data key and its recovery code; ``None`` if it is gone. The browser has to unlock it anew.

    Raises:
        VaultError: the passphrase is too short.
    """
    keys = open_first(request)
    if keys is None:
        return None
    keyring, code = Keyring.around(*keys, passphrase)
    if not provisional_journals.keep(keys[0], keyring.to_bytes()):
        return None
    end_sessions_of(keys[0])
    return *keys, code


def keyring_of(journal_id: bytes) -> Keyring:
    """The keyring of one journal."""
    return Keyring.from_bytes(bytes(SealedJournal.kept.get(id=journal_id).keyring))


def store_keyring(keyring: Keyring) -> None:
    """Put a rewrapped keyring in the place of the old one, which lies nowhere any more."""
    SealedJournal.kept.filter(id=keyring.journal_id).update(keyring=keyring.to_bytes())
    wipe()


def begin_session(response: HttpResponse, request: HttpRequest, journal_id: bytes, data_key: bytes) -> None:
    """Leave the journal open for this browser. An older session of it ends: the session is rotated."""
    end_session(request)
    OWN.give(response, request, store_session(journal_id, data_key), mark_of(journal_id))
    remember_browser(response, request, journal_id)
    if request.COOKIES.get(HANDED_COOKIE):
        response.delete_cookie(HANDED_COOKIE, samesite="Strict")
    came_back(response, request)


def open_session(request: HttpRequest) -> tuple[bytes, bytes] | None:
    """Journal id and data key of the journal this browser has open, or ``None``."""
    return session_of(request, OWN, _OF_KEPT, idle_since(timezone.now()))


def open_journal(request: HttpRequest) -> OpenJournal | None:
    """The journal this browser has open, or ``None``. For a form, the one whose page it stood on or none: since that
    page was made, somebody may have unlocked another journal in this browser."""
    mark = request.POST.get("journal", "")
    try:
        for keys_here, kind in (open_session, OpenJournal), (open_first, provisional_journals.ProvisionalJournal):
            keys = keys_here(request)
            if keys and mark in ("", mark_of(keys[0])):
                return kind(*keys)
    except SealedJournal.DoesNotExist:
        pass  # erased in another window, or its row was changed outside
    return None


def open_first(request: HttpRequest) -> tuple[bytes, bytes] | None:
    """Journal id and data key of what this browser writes without a passphrase, or ``None``. Not after a quick exit."""
    return None if request.COOKIES.get(LEFT_COOKIE) else provisional_journals.keys_of(request, FIRST)


def end_session(request: HttpRequest) -> None:
    """Lock what this browser has open."""
    halves = halves_of(request, OWN)
    if not halves:
        return
    mine = UnlockedSession.objects.filter(_OF_KEPT, id=halves[0])
    journal_id = mine.values_list("journal_id", flat=True).first()
    if journal_id is not None:
        try:
            mine.delete()
            taken_forms.forget_pages(journal_id=journal_id)
        finally:
            # Also where the database cannot be written; and not where what ended it is taken back as a whole.
            transaction.on_commit(partial(forget_share, halves[0]))


def end_session_soon(request: HttpRequest) -> None:
    """Lock what this browser has open within a minute: what it sent while leaving may still be on its way.

    However often it is asked for within that minute: somebody may have a copy of the cookie.
    """
    halves = halves_of(request, OWN)
    if halves:
        soon = idle_since(timezone.now()) + _ON_ITS_WAY
        mine = UnlockedSession.objects.filter(_OF_KEPT, id=halves[0])
        mine.filter(ending=False).update(ending=True)
        mine.filter(last_seen__gt=soon).update(last_seen=soon)


def still_open(session_id: bytes) -> bool:
    """Whether this session was neither locked nor left, and doesn't lie idle."""
    since = idle_since(timezone.now())
    return UnlockedSession.objects.filter(_OF_KEPT, id=session_id, ending=False, last_seen__gte=since).exists()


def end_sessions_of(journal_id: bytes) -> None:
    """Lock a journal in every browser that has it open."""
    taken_forms.forget_pages(journal_id=journal_id)
    end_sessions(UnlockedSession.objects.filter(journal_id=journal_id))


def browsers_with(journal_id: bytes) -> int:
    """In how many browsers a journal is open; not those that were left, which are locked within the minute."""
    seen_lately = Q(last_seen__gte=idle_since(timezone.now()))
    return UnlockedSession.objects.filter(seen_lately, journal_id=journal_id, ending=False).count()


def end_first(request: HttpRequest, response: HttpResponse) -> None:
    """Erase what this browser wrote before there was a passphrase, if it did."""
    provisional_journals.end(request, FIRST)
    if FIRST.name in request.COOKIES:
        FIRST.take_back(response)


def forget_all_unlocked() -> None:
    """Lock every journal, and erase what nobody could open any more."""
    forget_every_share()
    provisional_journals.forget_all()
    taken_forms.forget_all()
    UnlockedSession.objects.all().delete()


def forget_never_used(now: datetime) -> None:
    """Erase journals for which somebody chose a passphrase, days ago, and nothing else: there is no entry in them.

    Hosted they stay: there a name was given for each, and how many are begun is limited.
    """
    if settings.HOSTING:
        return
    rows = SealedRow.objects.filter(journal=OuterRef("pk"))
    sessions = UnlockedSession.objects.filter(journal=OuterRef("pk"))
    empty = SealedJournal.kept.filter(~Exists(rows), ~Exists(sessions), head_revision=0, head=b"")
    begun_before = empty.filter(created__lt=now.date() - _NEVER_USED)
    if begun_before.exists():
        erase(begun_before)


def forget_idle(now: datetime) -> None:
    """Lock what lay idle, and erase what nobody kept. The clock asks for it; until then that opens nothing."""
    count_from_now(now)
    provisional_journals.forget_idle(now)
    idle = UnlockedSession.objects.filter(_OF_KEPT, last_seen__lt=idle_since(now))
    # Reading first: most requests find nothing to delete and need no write.
    if idle.exists():
        with transaction.atomic():
            end_sessions(unheld(idle))
