"""Forms that were sent: each is taken once. Sent again, it gets the page that the first one got.

What is kept of one is a keyed hash of all that was sent, and the answer, sealed with a key that is made of what was
sent: only whoever sends the very same form, with the same random token of its page, can open it. It goes after an hour.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone

from reattune.vault import WrongSecret
from reattune.vault.crypto_primitives import decrypt, encrypt, key_for
from reattune.web.store.models import SealedJournal, TakenForm, UnlockedSession

KEPT_FOR = timedelta(hours=1)
# Whoever has not answered after so long has been ended; then the form is taken anew.
_PATIENCE = timedelta(seconds=60)
_PAUSE = 0.03
_SOON = timedelta(seconds=10)
# A larger answer is a file, which changes nothing: it is made again.
_LARGEST = 2_000_000
_HEADERS = ("Content-Type", "Location", "Content-Disposition", "Content-Language", "Retry-After")
_BOUND = b"reattune taken form"


@dataclass(frozen=True)
class Answer:
    """What the first one was answered.

    Attributes:
        waited: whether this one was sent while the first was being answered; it gets the same page.
        soon: whether it came within seconds of the answer, as a double tap does.
        onward: where one that comes later goes; empty where nothing was kept, so that it is simply taken again.
        journal_id: which journal has to be open for that.
    """

    response: HttpResponse
    waited: bool
    soon: bool
    onward: str
    journal_id: bytes | None


@dataclass(frozen=True)
class Claim:
    """A form that is this request's to answer."""

    form_id: bytes
    key: bytes

    def keep(self, response: HttpResponse, onward: str, session_id: bytes | None) -> None:
        """What it was answered, for whoever sends it again."""
        if response.status_code >= 500 or response.streaming or len(response.content) > _LARGEST:
            TakenForm.objects.filter(id=self.form_id).delete()
            return
        plain = json.dumps([onward, *_plain(response)]).encode()
        sealed = encrypt(self.key, plain, _BOUND)
        kept = {"begun": timezone.now(), "answer": sealed, "journal_id": _journal_of(session_id)}
        try:
            with transaction.atomic():
                TakenForm.objects.filter(id=self.form_id).update(**kept)
        except IntegrityError:  # it was erased at this moment
            TakenForm.objects.filter(id=self.form_id).update(**{**kept, "journal_id": None})


def claim(address: str, fields: Iterable[tuple[str, list[str]]]) -> Claim | Answer:
    """Take a form for the first time, or wait for what the first one is answered. Inside no transaction."""
    sent = json.dumps([address, sorted(fields)]).encode()
    form_id = hmac.digest(settings.SECRET_KEY.encode(), b"taken form " + hashlib.sha256(sent).digest(), "sha256")
    mine = Claim(form_id, key_for("taken form", sent))
    waited = False
    old = TakenForm.objects.filter(begun__lt=timezone.now() - KEPT_FOR)
    if old.exists():
        old.delete()
    while True:
        there = TakenForm.objects.filter(id=form_id).first()
        if there is None:
            if _first(form_id):
                return mine
        elif there.answer is None:
            if timezone.now() - there.begun > _PATIENCE and _taken_over(there):
                return mine
            waited = True
            time.sleep(_PAUSE)
        else:
            found = _read(mine, there, waited)
            if found is not None and (waited or found.soon or found.onward):
                return found
            if _taken_over(there):
                return mine


def _first(form_id: bytes) -> bool:
    try:
        with transaction.atomic():
            TakenForm.objects.create(id=form_id, begun=timezone.now())
    except IntegrityError:
        return False
    return True


def _taken_over(there: TakenForm) -> bool:
    """Answer it once more, unless somebody else begins to at this moment."""
    anew = {"begun": timezone.now(), "answer": None, "journal_id": None}
    return bool(TakenForm.objects.filter(id=there.id, begun=there.begun).update(**anew))


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
    try:
        plain = json.loads(decrypt(mine.key, bytes(there.answer or b""), _BOUND))
        onward, status, headers, cookies, content = plain
        response = HttpResponse(base64.b64decode(content), status=status, headers=headers)
        for each in cookies:
            response.cookies[each["key"]] = each["value"]
            for part, said in each["more"].items():
                response.cookies[each["key"]][part] = said
    except (WrongSecret, ValueError, TypeError, KeyError):
        return None  # changed outside
    journal_id = bytes(there.journal_id) if there.journal_id is not None else None
    return Answer(response, waited, timezone.now() - there.begun < _SOON, onward, journal_id)
