"""Web links of a hosted installation: sealed in the sharer's browser, kept until a day, taken back with one touch.

The server has the sealed bytes, the day they end, and the day they were first opened. The key stands behind the ``#``
of the address, which no browser sends. What ended or was taken back leaves no row, so that it cannot be told from what
never was.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.utils import timezone

from reattune.journal.documents import Share
from reattune.web.store.models import SharedLink
from reattune.web.store.open_journal import Conflict, OpenJournal

LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 1, 30, 90
# Sealed bytes of one link; what one journal may have at a time; and all of them together.
LARGEST, MOST, MOST_BYTES_OF_ONE = 768 * 1024, 100, 8 * 1024 * 1024
MOST_TOGETHER, MOST_BYTES_TOGETHER = 20_000, 512 * 1024 * 1024
_TOKEN_BYTES, _SECRET_BYTES = 16, 24
PURPOSE = "link 1"


class NoRoomForLinks(Exception):
    """There are as many links on this installation as there may be."""


def keep_link(sealed: bytes, days: int) -> tuple[str, str, datetime]:
    """Keep what was sealed for so many days: the token of its address, what takes it back, and its last moment.

    Raises:
        NoRoomForLinks: there are too many.
    """
    token, secret = os.urandom(_TOKEN_BYTES), os.urandom(_SECRET_BYTES)
    last = timezone.now().date() + timedelta(days=days)
    forget_ended()
    with transaction.atomic():
        found = SharedLink.objects.aggregate(count=Count("id"), size=Sum(Length("sealed")))
        if found["count"] >= MOST_TOGETHER or (found["size"] or 0) + len(sealed) > MOST_BYTES_TOGETHER:
            raise NoRoomForLinks
        SharedLink.objects.create(id=token, owner=_owner(secret), sealed=sealed, expires=last)
    return _written(token), _written(secret), datetime.combine(last, time.max, timezone.get_default_timezone())


def read_link(token: str) -> bytes | None:
    """What was sealed; ``None`` where it ended, was taken back, or never was. The first time is noted, by its day."""
    forget_ended()
    link_id = _read(token, _TOKEN_BYTES)
    link = SharedLink.objects.filter(id=link_id).first() if link_id else None
    if link is None:
        return None
    SharedLink.objects.filter(id=link_id, opened=None).update(opened=timezone.now().date())
    return bytes(link.sealed)


def bytes_of(shares: Iterable[Share]) -> int:
    """How much the links of these take together, as long as they are."""
    ids = [link_id for each in shares if (link_id := _read(each.link, _TOKEN_BYTES))]
    return int(SharedLink.objects.filter(id__in=ids).aggregate(size=Sum(Length("sealed")))["size"] or 0)


def opened_on(share: Share) -> date | None:
    """The day on which a link that still is was first opened."""
    link_id = _read(share.link, _TOKEN_BYTES)
    return SharedLink.objects.filter(id=link_id).values_list("opened", flat=True).first() if link_id else None


def note_opened(opened: OpenJournal) -> None:
    """The day on which a link was first opened is kept with what was shared, so that it outlasts the link."""
    for share in opened.journal.all(Share):
        day = opened_on(share) if share.link and share.opened is None else None
        if day:
            with contextlib.suppress(Conflict):
                opened.change(share, opened=datetime.combine(day, time(12), timezone.get_default_timezone()))


def take_back(shares: Iterable[Share]) -> None:
    """What these links led to is gone; only who holds their secret can say so."""
    for share in shares:
        link_id, secret = _read(share.link, _TOKEN_BYTES), _read(share.link_secret, _SECRET_BYTES)
        if link_id and secret:
            SharedLink.objects.filter(id=link_id, owner=_owner(secret)).delete()


def runs(share: Share, now: datetime) -> bool:
    """Whether it is a link that still leads somewhere."""
    return bool(share.link) and share.taken_back is None and (share.expires is None or share.expires >= now)


def forget_ended() -> None:
    """What has ended goes."""
    SharedLink.objects.filter(expires__lt=timezone.now().date()).delete()


def _owner(secret: bytes) -> bytes:
    return hashlib.sha256(b"reattune link " + secret).digest()


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(token: str, size: int) -> bytes | None:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if token.isascii() else b""
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == size else None
