"""Web links of a hosted installation: sealed in the sharer's browser, kept until a day, taken back with one touch.

The server has the sealed bytes, the day they end, and the day they were first opened. The key stands behind the ``#``
of the address, which no browser sends. What ended or was taken back leaves no row, so that it cannot be told from what
never was. A row has a mark that only the key of the journal that made it can make: so a journal, while it is open,
counts its own links as they lie here, whatever it says of them, and nobody else can tell whose they are.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length
from django.utils import timezone

from reattune.journal.deletion import beside
from reattune.journal.documents import Document, Share
from reattune.web.store.models import SharedLink
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.unheld import unheld

LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 1, 30, 90
# Sealed bytes of one link; what one journal may have at a time; and all of them together.
LARGEST, MOST, MOST_BYTES_OF_ONE = 768 * 1024, 100, 8 * 1024 * 1024
MOST_TOGETHER, MOST_BYTES_TOGETHER = 20_000, 512 * 1024 * 1024
_TOKEN_BYTES, _SECRET_BYTES = 16, 24
PURPOSE = "link 1"


class NoRoomForLinks(Exception):
    """There are as many links on this installation as there may be."""


def keep_link(opened: OpenJournal, sealed: bytes, days: int) -> tuple[str, str, datetime]:
    """Keep what was sealed for so many days: the token of its address, what takes it back, and its last moment.

    Raises:
        NoRoomForLinks: there are too many.
    """
    token, secret = os.urandom(_TOKEN_BYTES), os.urandom(_SECRET_BYTES)
    last = timezone.now().date() + timedelta(days=days)
    with transaction.atomic():
        found = _running().aggregate(count=Count("id"), size=Sum(Length("sealed")))
        if found["count"] >= MOST_TOGETHER or (found["size"] or 0) + len(sealed) > MOST_BYTES_TOGETHER:
            raise NoRoomForLinks
        whose = opened.own_mark(token)
        SharedLink.objects.create(id=token, owner=_owner(secret), whose=whose, sealed=sealed, expires=last)
    return _written(token), _written(secret), datetime.combine(last, time.max, timezone.get_default_timezone())


def read_link(token: str) -> bytes | None:
    """What was sealed; ``None`` where it ended, was taken back, or never was. The first time is noted, by its day."""
    link_id = _read(token, _TOKEN_BYTES)
    link = _running().filter(id=link_id).first() if link_id else None
    if link is None:
        return None
    SharedLink.objects.filter(id=link_id, opened=None).update(opened=timezone.now().date())
    return bytes(link.sealed)


def links_of(opened: OpenJournal) -> tuple[int, int]:
    """How many links of this journal there are, and how much they take: as they lie here, whatever it says of them."""
    # What was kept before there were marks is known by what the journal has of it.
    said = {link_id for each in opened.journal.all(Share) if (link_id := _read(each.link, _TOKEN_BYTES))}
    before = SharedLink.objects.filter(id__in=said, whose=None).values_list("id", flat=True)
    mine = _running().filter(id__in=[*_marked(opened.own_mark), *map(bytes, before)])
    found = mine.aggregate(count=Count("id"), size=Sum(Length("sealed")))
    return found["count"], found["size"] or 0


def mark_anew(before: Callable[[bytes], bytes], after: Callable[[bytes], bytes]) -> None:
    """A journal's links get the marks of its new key; the one from before knows none of them any more."""
    for link_id in _marked(before):
        SharedLink.objects.filter(id=link_id).update(whose=after(link_id))


def _marked(own_mark: Callable[[bytes], bytes]) -> list[bytes]:
    # Each mark has to be made and compared: that there is nothing to look up is what keeps journals and links apart.
    found = SharedLink.objects.exclude(whose=None).values_list("id", "whose")
    each_with_mark = ((bytes(link_id), bytes(whose or b"")) for link_id, whose in found)
    return [link_id for link_id, whose in each_with_mark if hmac.compare_digest(own_mark(link_id), whose)]


def lead_somewhere(shares: Iterable[Share]) -> dict[UUID, date]:
    """Which of these are links that lead somewhere from here, and until when: as they lie here, whatever they say."""
    known = {each.id: keys for each in shares if (keys := _keys(each))}
    rows = _running().filter(id__in={link_id for link_id, _of in known.values()})
    found = {(bytes(i), bytes(owner)): expires for i, owner, expires in rows.values_list("id", "owner", "expires")}
    return {share_id: found[keys] for share_id, keys in known.items() if keys in found}


def kept_elsewhere(shares: Iterable[Share], now: datetime) -> list[Share]:
    """Links that have not ended as far as these know, and are not here: their journal was taken along from another
    installation, and only that one can take them back."""
    running = [each for each in shares if runs(each, now)]
    here = lead_somewhere(running)
    return [each for each in running if each.id not in here]


def opened_on(share: Share) -> date | None:
    """The day on which a link that still is was first opened."""
    return _rows(share).values_list("opened", flat=True).first()


def note_opened(opened: OpenJournal) -> None:
    """The day on which a link was first opened is kept with what was shared, so that it outlasts the link."""
    for share in opened.journal.all(Share):
        day = opened_on(share) if share.link and share.opened is None else None
        if day:
            with contextlib.suppress(Conflict):
                opened.change(share, opened=datetime.combine(day, time(12), timezone.get_default_timezone()))


def take_back(shares: Iterable[Share]) -> list[Share]:
    """What these links led to is gone; only who holds their secret can say so. Those of which something was here."""
    return [each for each in shares if _rows(each).delete()[0]]


def take_back_every(opened: OpenJournal) -> None:
    """No link of this journal leads anywhere, also where nothing in it names that link any more."""
    take_back(opened.journal.all(Share))
    SharedLink.objects.filter(id__in=_marked(opened.own_mark)).delete()


def take_in(
    opened: OpenJournal, documents: Sequence[Document], older: Sequence[Document] = (), gone: Sequence[Document] = ()
) -> None:
    """Keep documents of another copy, as `OpenJournal.take_in` does. What they say was taken back leads nowhere here,
    and whoever is ``gone`` for them waits among what was deleted.

    Raises:
        Conflict: another window changed one of them meanwhile.
    """
    with transaction.atomic():
        opened.take_in(documents, older)
        if gone:
            away = [beside(opened.journal, each, opened.now).model_copy(update={"replaced": False}) for each in gone]
            opened.write_and_discard(away, gone)
        back = [opened.journal.get(Share, each.id) for each in documents if isinstance(each, Share) and each.taken_back]
        if lead_somewhere(back):
            note_opened(opened)
            take_back(back)


def runs(share: Share, now: datetime) -> bool:
    """Whether it is a link that still leads somewhere, as far as it knows itself."""
    return bool(share.link) and share.taken_back is None and (share.expires is None or share.expires >= now)


def forget_ended() -> None:
    """What has ended goes; the clock asks for it. Until then it leads nowhere."""
    ended = SharedLink.objects.filter(expires__lt=_today())
    if ended.exists():
        with transaction.atomic():
            unheld(ended).delete()


def _running() -> QuerySet[SharedLink]:
    return SharedLink.objects.filter(expires__gte=_today())


def _today() -> date:
    return timezone.now().date()


def _rows(share: Share) -> QuerySet[SharedLink]:
    link_id, owner = _keys(share) or (b"", b"")
    return SharedLink.objects.filter(id=link_id, owner=owner)


def _keys(share: Share) -> tuple[bytes, bytes] | None:
    """Which row it is, and the hash of what takes it back."""
    link_id, secret = _read(share.link, _TOKEN_BYTES), _read(share.link_secret, _SECRET_BYTES)
    return (link_id, _owner(secret)) if link_id and secret else None


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
