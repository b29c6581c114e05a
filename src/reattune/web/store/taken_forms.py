"""Forms that were sent: each is taken once. Sent again, it gets the same page, or leads where the first one led.

What is kept of one is a keyed hash of what was sent, and where it led, for an hour; for some seconds the page too, for
a double tap, and for minutes where it shows a recovery code, for a line that broke. Both are sealed with a key that is
made of what was sent: only whoever sends the very same form, with the same random token of its page, opens them.
Nothing is kept of a form that led nowhere: it is simply answered again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone

from reattune.vault import WrongSecret
from reattune.vault.crypto_primitives import decrypt, encrypt, key_for
from reattune.web.store.browser_sessions import ahead_of
from reattune.web.store.models import SealedJournal, TakenForm, UnlockedSession
from reattune.web.store.unheld import unheld
from reattune.web.store.waiting import in_line

KEPT_FOR = timedelta(hours=1)
# Whoever has not answered after so long has been ended; then the form is taken anew.
_PATIENCE = timedelta(seconds=60)
_PAUSE = 0.03
# What a form brought was written, and where it led is not yet known: that comes within moments, if it comes. Whoever
# waited so long for it is led to the first page. The clock doesn't say: a machine may have slept in between.
_WRITTEN, _AT_ONCE, _SOMEWHERE = b"", 10.0, "/"
_SOON = timedelta(seconds=10)
# A phone gives a dead line up after a minute or two. Whoever was shown the code goes on with it, and then it goes.
_ONCE = timedelta(minutes=10)
# A larger page is not kept, and no more of them at a time: of one journal, and of all. Those with a code are few.
_LARGEST_PAGE, _MOST_PAGES_OF_ONE, _MOST_PAGES = 256 * 1024, 20, 200
# Where it leads, and its cookies.
_LARGEST_ANSWER = 4 * 1024
# Forms kept at a time: of one journal, and of all that belong to none. The oldest make room.
MOST_OF_ONE, MOST_OF_NOBODY = 300, 2_000
_HEADERS = ("Content-Type", "Location", "Content-Disposition", "Content-Language", "Retry-After")
_BOUND = b"reattune taken form"
# On a person's own machine, where one process serves, nothing on the disk is enough to try what was sent.
_in_memory = os.urandom(32)


@dataclass(frozen=True)
class Answer:
    """What the first one was answered.

    Attributes:
        waited: whether this one was sent while the first was being answered; it gets the same page.
        response: the page, within seconds; ``None`` where it is not kept, or not any more.
        onward: where one that comes later goes.
        journal_id: which journal has to be open for that.
    """

    response: HttpResponse | None
    waited: bool
    onward: str
    journal_id: bytes | None


class TakenMeanwhile(Exception):
    """A form that waited so long for its turn that the same one, sent again, was taken in its place."""


@dataclass
class Claim:
    """A form that is this request's to answer, since ``begun``."""

    form_id: bytes
    key: bytes
    begun: datetime

    def go_on(self) -> None:
        """Inside the journal's turn, before anything is written: from here on nobody takes it over, but where all that
        is written with this is undone. Once that is written, nobody does, however long the answer takes.

        Raises:
            TakenMeanwhile: somebody has.
        """
        now, here = timezone.now(), TakenForm.objects.filter(id=self.form_id)
        unanswered = Q(answer=None) | Q(answer=_WRITTEN)
        if here.filter(unanswered, begun=self.begun).update(begun=now, answer=_WRITTEN):
            self.begun = now
        elif here.exists():  # one that made room meanwhile is this request's still
            raise TakenMeanwhile

    def let_be(self) -> None:
        """It is not answered here: the next one is the first."""
        TakenForm.objects.filter(id=self.form_id, begun=self.begun, answer=None).delete()

    def keep(
        self,
        response: HttpResponse,
        onward: str,
        session_id: bytes | None,
        handed_from: bytes | None = None,
        *,
        shown_once: bool = False,
    ) -> None:
        """Where it led, for whoever sends it again; for a double tap the page too, where a journal is open, or was
        until this page was handed over. One that is shown once is kept for longer, until its reader goes on.
        """
        mine = TakenForm.objects.filter(id=self.form_id)
        answer = encrypt(self.key, json.dumps(onward).encode(), _BOUND)
        if not onward or response.status_code >= 500 or len(answer) > _LARGEST_ANSWER:
            mine.delete()
            return
        journal_id = handed_from or _journal_of(session_id)
        page = self._page(response, journal_id, shown_once)
        kept = {
            "begun": timezone.now(),
            "answer": answer,
            "page": page,
            "shown_once": shown_once and page is not None,
            "journal_id": journal_id,
        }
        try:
            with transaction.atomic():
                mine.update(**kept)
        except IntegrityError:  # it was erased at this moment
            mine.update(**{**kept, "page": None, "journal_id": None})
        _make_room(journal_id)

    def _page(self, response: HttpResponse, journal_id: bytes | None, shown_once: bool) -> bytes | None:
        """Sealed; ``None`` for a file, which is made again, for what only leads on, and where it would be too much."""
        if response.streaming or "attachment" in response.headers.get("Content-Disposition", ""):
            return None
        if response.has_header("Location") and not response.cookies:
            return None
        largest = _LARGEST_ANSWER if journal_id is None else _LARGEST_PAGE
        pages = TakenForm.objects.filter(page__isnull=False, journal__isnull=False)
        many = pages.filter(journal_id=journal_id).count() >= _MOST_PAGES_OF_ONE or pages.count() >= _MOST_PAGES
        if len(response.content) > largest or (many and not shown_once):
            return None
        sealed = encrypt(self.key, json.dumps(_plain(response)).encode(), _BOUND)
        return sealed if len(sealed) <= 2 * largest else None


def claim(
    address: str, fields: Iterable[tuple[str, list[str]]], secrets: Iterable[tuple[str, list[str]]]
) -> Claim | Answer:
    """Take a form for the first time, or wait for what the first one is answered. Inside no transaction.

    ``secrets`` are fields whose words must not be found by trying, with the disk and the rest of the form at hand.

    Raises:
        OthersFirst: it would have to wait, and as many do already as may.
    """
    unknown = settings.SECRET_KEY.encode() if settings.HOSTING else _in_memory
    hidden = hmac.digest(unknown, b"secret fields " + json.dumps(sorted(secrets)).encode(), "sha256").hex()
    sent = json.dumps([address, sorted(fields), hidden]).encode()
    form_id = hmac.digest(unknown, b"taken form " + hashlib.sha256(sent).digest(), "sha256")
    mine = Claim(form_id, key_for("taken form", unknown + sent), timezone.now())
    forget_old()
    return _taken_or_answered(mine) or _in_its_turn(mine)


def _in_its_turn(mine: Claim) -> Claim | Answer:
    began = time.monotonic()
    with in_line():
        while True:
            time.sleep(_PAUSE)
            found = _taken_or_answered(mine, time.monotonic() - began)
            if found is not None:
                return found


def _taken_or_answered(mine: Claim, waited: float = 0) -> Claim | Answer | None:
    """``None`` while the first one is being answered. This one has ``waited`` for so many seconds."""
    there = TakenForm.objects.filter(id=mine.form_id).first()
    if there is None:
        return mine if _first(mine) else None
    if there.answer == _WRITTEN:
        return Answer(None, True, _SOMEWHERE, None) if waited > _AT_ONCE else None
    if there.answer is None:
        now = timezone.now()
        waits = now - _PATIENCE <= there.begun <= ahead_of(now)
        return mine if not waits and _taken_over(mine, there) else None
    found = _read(mine, there, bool(waited))
    if found is not None:
        return found
    return mine if _taken_over(mine, there) else None


def forget_old() -> None:
    """Pages go after seconds, those with a code after minutes, and what is left of a form after an hour. The clock asks
    for it too. What was answered by a clock that was ahead counts as answered now."""
    now = timezone.now()
    ahead = TakenForm.objects.filter(begun__gt=ahead_of(now), answer__isnull=False)
    if ahead.exists():
        with transaction.atomic():
            unheld(ahead).update(begun=now, page=None)
    old = TakenForm.objects.filter(begun__lt=now - KEPT_FOR)
    over = Q(begun__lt=now - _SOON, shown_once=False) | Q(begun__lt=now - _ONCE)
    pages = TakenForm.objects.filter(over, page__isnull=False)
    if old.exists() or pages.exists():
        with transaction.atomic():
            unheld(old).delete()
            unheld(pages).update(page=None)


def forget_pages(**which: Any) -> None:
    """Forms stay taken; what could be seen of their answers goes."""
    pages = TakenForm.objects.filter(page__isnull=False, **which)
    if pages.exists():
        pages.update(page=None)


def forget_all() -> None:
    """At the start and the end: what was taken before is not asked for again."""
    TakenForm.objects.all().delete()


def _make_room(journal_id: bytes | None) -> None:
    """Of those that were answered: one that is being answered belongs to nobody until then, and who answers it holds it
    for as long as that takes."""
    most = MOST_OF_NOBODY if journal_id is None else MOST_OF_ONE
    answered = TakenForm.objects.filter(answer__isnull=False).exclude(answer=_WRITTEN)
    alike = answered.filter(Q(journal_id=journal_id) if journal_id else Q(journal=None))
    oldest = alike.order_by("-begun").values_list("begun", flat=True)[most : most + 1].first()
    if oldest is not None:
        with transaction.atomic():
            unheld(alike.filter(begun__lte=oldest)).delete()


def _first(mine: Claim) -> bool:
    mine.begun = timezone.now()
    form = TakenForm(id=mine.form_id, begun=mine.begun)
    # Django knows no insert that says whether it did; one that fails would leave the hash in the database's log.
    fields = [each for each in TakenForm._meta.concrete_fields if each.name in {"id", "begun"}]
    values = [field.get_db_prep_save(field.value_from_object(form), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO store_takenform (id, begun) VALUES (%s, %s) ON CONFLICT DO NOTHING", values)
        return bool(cursor.rowcount)


def _taken_over(mine: Claim, there: TakenForm) -> bool:
    """Answer it once more, unless somebody else begins to at this moment."""
    mine.begun = timezone.now()
    anew = {"begun": mine.begun, "answer": None, "page": None, "shown_once": False, "journal_id": None}
    try:
        return bool(TakenForm.objects.filter(id=there.id, begun=there.begun).update(**anew))
    except OperationalError:
        return False  # a file that is being written for so long: perhaps by who answers it


def _journal_of(session_id: bytes | None) -> bytes | None:
    found = UnlockedSession.objects.filter(id=session_id).values_list("journal_id", flat=True).first()
    there = found is not None and SealedJournal.objects.filter(id=found).exists()
    return bytes(found) if found is not None and there else None


def _plain(response: HttpResponse) -> tuple[int, dict[str, str], list[dict[str, Any]], str]:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    cookies = [
        {"key": name, "value": each.value, "more": {part: said for part, said in each.items() if said}}
        for name, each in response.cookies.items()
    ]
    return response.status_code, headers, cookies, base64.b64encode(response.content).decode()


def _read(mine: Claim, there: TakenForm, waited: bool) -> Answer | None:
    soon = timezone.now() - there.begun < (_ONCE if there.shown_once else _SOON)
    try:
        onward = str(json.loads(decrypt(mine.key, bytes(there.answer or b""), _BOUND)))
        kept = decrypt(mine.key, bytes(there.page), _BOUND) if there.page is not None and (waited or soon) else b""
        response = _response(kept) if kept else None
    except (WrongSecret, ValueError, TypeError, KeyError):
        return None  # changed outside
    journal_id = bytes(there.journal_id) if there.journal_id is not None else None
    return Answer(response, waited, onward, journal_id)


def _response(plain: bytes) -> HttpResponse:
    status, headers, cookies, content = json.loads(plain)
    response = HttpResponse(base64.b64decode(content), status=status, headers=headers)
    for each in cookies:
        response.cookies[each["key"]] = each["value"]
        for part, said in each["more"].items():
            response.cookies[each["key"]][part] = said
    return response
