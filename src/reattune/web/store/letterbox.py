"""Letters to a journal: where they are sealed to, how they are delivered while it is locked, and what came in.

A locked journal has its address in clear beside its keyring, and a pile of sealed letters. Who has the disk sees how
many wait, of which size in steps, and on which day each arrived; what they say only the journal's private key opens.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Container, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from reattune.journal import JournalError
from reattune.journal.documents import Address, CameIn, Document
from reattune.journal.documents.letters import AnyLetter, believed, letter_from, letter_to
from reattune.journal.documents.unsorted_and_deleted import KEPT_FOR
from reattune.vault.backup_file import AddressCopy, JournalCopy, LetterCopy
from reattune.vault.errors import VaultError
from reattune.vault.letters import (
    ADDRESS_BYTES,
    AddressKey,
    LetterMalformed,
    LetterTooLarge,
    address_of,
    check_letter,
    open_letter,
)
from reattune.web.store.journal_size import is_full
from reattune.web.store.models import JournalAddress, SealedJournal, WaitingLetter
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.turns import hold

# What may wait for one journal, and in the whole installation: letters, and bytes of them.
MOST, MOST_BYTES = 200, 4 * 1024 * 1024
MOST_TOGETHER, MOST_BYTES_TOGETHER = 20_000, 256 * 1024 * 1024
# What has waited for so long makes room, oldest first, where there is none for others: nobody unlocked it meanwhile.
MAKES_ROOM_AFTER = timedelta(days=180)
_AT_A_TIME = 200
# Whoever fills the room for all fills some journals: those with the most make room, their largest letters first, since
# notes are small. What is no more than this stays.
NEVER_UNDER = 200 * 1024
# What was opened and waits for its reader; what is more stays sealed until there is room.
MOST_CAME_IN = 300
# Every page opens all that came in: of letters longer than what people write in a hurry, so many bytes at the most.
MOST_LONG_CAME_IN, _LONG = 512 * 1024, 4 * 1024
# Of so many letters it is remembered that they came in, so that none comes in twice.
_REMEMBERED = 5_000


class Refusal(Enum):
    """Why a letter was not accepted. The words for it are the page's."""

    UNKNOWN = "unknown"  # no journal has this address
    MALFORMED = "malformed"  # these bytes are no letter
    TOO_LARGE = "too_large"  # more than 64 KiB
    FULL = "full"  # as many letters wait for this journal as may
    NO_ROOM = "no_room"  # as many wait in this installation as may
    TOO_MANY = "too_many"  # as many came from this network address as may within an hour


def deliver(address: bytes, letter: bytes, arrived: date | None = None) -> Refusal | None:
    """Put a letter before the door of the journal with this address; ``None`` where it was accepted.

    One that waits there already is accepted once more, and lies there once: who got no answer may send it again.
    """
    try:
        check_letter(letter)
    except LetterTooLarge:
        return Refusal.TOO_LARGE
    except LetterMalformed:
        return Refusal.MALFORMED
    known = JournalAddress.objects.filter(id=address).first() if len(address) == ADDRESS_BYTES else None
    if known is None:
        return Refusal.UNKNOWN
    digest = hashlib.sha256(letter).digest()
    with transaction.atomic():
        # Who delivers to the same journal just now comes one after the other, so that the count is one.
        if not _locked(bytes(known.journal_id)):
            return Refusal.UNKNOWN
        there = WaitingLetter.objects.filter(journal_id=known.journal_id, address_id=address)
        # As much is read and written of one that waits already: the time it takes doesn't tell that it does.
        waits = there.filter(digest=digest).update(size=len(letter))
        full, no_room = _fills(there, len(letter), MOST, MOST_BYTES), _fills_all(len(letter))
        if waits:
            return None
        if full:
            return Refusal.FULL
        if no_room and not (_made_room(len(letter)) and not _fills_all(len(letter))):
            return Refusal.NO_ROOM
        WaitingLetter.objects.create(
            journal_id=known.journal_id,
            digest=digest,
            address_id=address,
            arrived=arrived or timezone.now().date(),
            size=len(letter),
            sealed=letter,
        )
    return None


def _locked(journal_id: bytes) -> bool:
    return hold(SealedJournal.kept, journal_id)


def _fills_all(more: int) -> bool:
    return _fills(WaitingLetter.objects.all(), more, MOST_TOGETHER, MOST_BYTES_TOGETHER)


def _made_room(more: int) -> bool:
    """Whether there were letters to journals that nobody has unlocked for very long; the oldest are gone. Where there
    are none, a few of the journal that more wait for than for any other."""
    old = WaitingLetter.objects.filter(arrived__lt=timezone.now().date() - MAKES_ROOM_AFTER).order_by("arrived")
    oldest = list(old.values_list("journal_id", "digest")[:_AT_A_TIME])
    for journal_id, digest in oldest:
        WaitingLetter.objects.filter(journal_id=journal_id, digest=digest).delete()
    return bool(oldest) or _most_made_room(more)


def _most_made_room(more: int) -> bool:
    of_each = WaitingLetter.objects.values("journal_id").annotate(bytes=Sum("size")).order_by("-bytes")
    most = of_each.first()
    if most is None or most["bytes"] <= NEVER_UNDER:
        return False
    mine = WaitingLetter.objects.filter(journal_id=most["journal_id"])
    freed, going = 0, []
    for digest, size in mine.order_by("-size", "-arrived", "digest").values_list("digest", "size")[:_AT_A_TIME]:
        if freed >= more:
            break
        freed += size
        going.append(digest)
    if freed < more or most["bytes"] - freed < NEVER_UNDER:
        return False
    mine.filter(digest__in=going).delete()
    return True


def _fills(letters: QuerySet[WaitingLetter], more: int, most: int, most_bytes: int) -> bool:
    found = letters.aggregate(count=Count("size"), size=Sum("size"))
    return bool(found["count"] >= most or (found["size"] or 0) + more > most_bytes)


def public_key(address: bytes) -> bytes | None:
    """The public key of an address, or ``None`` where there is none here, or another one lies in its place.

    An address is the hash of its key: whoever changes the disk cannot have notes sealed to a key of their own.
    """
    known = JournalAddress.objects.filter(id=address).values_list("public_key", flat=True).first()
    return bytes(known) if known is not None and address_of(bytes(known)) == address else None


def address_key(opened: OpenJournal) -> AddressKey | None:
    """The key pair of an open journal's address; ``None`` before it has one (the example, what is not kept yet)."""
    return next(iter(_pairs(opened).values()), None)


def address_keys(opened: OpenJournal) -> dict[bytes, AddressKey]:
    """Every key pair of an open journal by its address: another copy that was merged may have brought one along."""
    return _pairs(opened)


def open_letterbox(opened: OpenJournal) -> int:
    """On unlocking: give the journal an address if it has none, and bring in what waits, where there is room for it.
    Returns how many came in."""
    if opened.example or opened.provisional:
        return 0
    try:
        with transaction.atomic():
            _registered(opened)
            waits = WaitingLetter.objects.filter(journal_id=opened.journal_id).exists()
            return _brought_in(opened) if waits and not is_full(opened.journal_id) else 0
    except (Conflict, JournalError):
        # Another window is unlocking it at this moment, and brings them in; or they wait for another time: whatever
        # letters say, the journal opens.
        return 0


def renew_address(opened: OpenJournal) -> None:
    """With a new data key: another key pair for what is sealed to the journal from now on.

    The pairs from before open what comes to them still, since pages that were made and other browsers know no other
    one. Whoever has an old copy has those too: so nothing is offered to be sealed to them any more.
    """
    with transaction.atomic():
        _registered(opened)
        _brought_in(opened)
        for each in opened.journal.all(Address):
            if not each.beside:
                opened.change(each, beside=True)
        pair = AddressKey.new()
        opened.create(Address, private=base64.b64encode(pair.private).decode())
        _registered(opened)
        offer_notes(opened)


def offer_notes(opened: OpenJournal) -> None:
    """On the locked page a note is offered to the journal's own address, where its owner wants that; to no other.

    Beside that it is said which one is the own, so that words that meet a locked journal are sealed to it either way.
    """
    pair, preferences = address_key(opened), opened.journal.preferences
    wanted = not (preferences and preferences.no_locked_notes)
    here = JournalAddress.objects.filter(journal_id=opened.journal_id)
    for address, notes, current in here.values_list("id", "notes", "current"):
        own = bool(pair and pair.address == bytes(address))
        if (notes, current) != (own and wanted, own):
            here.filter(id=address).update(notes=own and wanted, current=own)


def letters_of(journal_id: bytes) -> tuple[list[AddressCopy], list[LetterCopy]]:
    """For a backup: the addresses of a journal, and what waits for it, sealed as it lies."""
    addresses = JournalAddress.objects.filter(journal_id=journal_id).order_by("id")
    letters = WaitingLetter.objects.filter(journal_id=journal_id).order_by("digest")
    return (
        [AddressCopy(bytes(each.id), bytes(each.public_key), each.notes) for each in addresses],
        [LetterCopy(bytes(each.address_id), each.arrived, bytes(each.sealed)) for each in letters],
    )


def put_letters_back(copy: JournalCopy) -> None:
    """From a backup, by whoever has the disk: what is not there. A letter that was brought in since is known again when
    it is opened."""
    with transaction.atomic():
        for each in copy.addresses[:MOST]:
            if address_of(each.public) == each.address:
                given = {"journal_id": copy.journal_id, "public_key": each.public, "notes": each.notes}
                JournalAddress.objects.get_or_create(id=each.address, defaults=given)
        for letter in copy.letters[:MOST]:
            with contextlib.suppress(LetterMalformed, LetterTooLarge):
                check_letter(letter.sealed)
                _put_back(copy.journal_id, letter)


def bring_letters(opened: OpenJournal, copy: JournalCopy) -> None:
    """From a backup that is imported into this journal: those for its own addresses come in, like any that are sent. A
    file that somebody made up fills no room that others share."""
    open_letterbox(opened)
    today = timezone.now().date()
    for each in _to(_pairs(opened), copy):
        deliver(each.address, each.sealed, min(each.arrived, today))
    open_letterbox(opened)


def letters_missing(opened: OpenJournal, copy: JournalCopy, documents: Iterable[Document]) -> int:
    """How many letters of a backup do not wait here, for addresses of this journal or of what the backup brings."""
    addresses = [*opened.journal.all(Address), *(each for each in documents if isinstance(each, Address))]
    digests = {hashlib.sha256(each.sealed).digest() for each in _to(_pairs_of(addresses), copy)}
    here = WaitingLetter.objects.filter(journal_id=copy.journal_id).values_list("digest", flat=True)
    return len(digests - {bytes(each) for each in here})


def _to(addresses: Container[bytes], copy: JournalCopy) -> list[LetterCopy]:
    return [each for each in copy.letters if each.address in addresses][:MOST]


def _put_back(journal_id: bytes, letter: LetterCopy) -> None:
    given = {"address_id": letter.address, "arrived": letter.arrived, "sealed": letter.sealed}
    WaitingLetter.objects.get_or_create(
        journal_id=journal_id,
        digest=hashlib.sha256(letter.sealed).digest(),
        defaults={**given, "size": len(letter.sealed)},
    )


def look_for_letters(opened: OpenJournal) -> None:
    """While it is open: bring in what arrived since it was unlocked."""
    own = not (opened.example or opened.provisional)
    if own and WaitingLetter.objects.filter(journal_id=opened.journal_id).exists():
        open_letterbox(opened)


def _pairs(opened: OpenJournal) -> dict[bytes, AddressKey]:
    """The key pairs of a journal by address, its own first: there are two after another copy was merged."""
    return _pairs_of(opened.journal.all(Address))


def _pairs_of(addresses: Iterable[Address]) -> dict[bytes, AddressKey]:
    found: dict[bytes, AddressKey] = {}
    for each in sorted(addresses, key=lambda each: each.beside):
        try:
            pair = AddressKey.from_private(base64.b64decode(each.private, validate=True))
        except (VaultError, ValueError):
            continue
        found[pair.address] = pair
    return found


def _registered(opened: OpenJournal) -> None:
    """Its public half lies beside the keyring, also after it came back from a backup. What nothing opens goes."""
    pairs = _pairs(opened)
    if not pairs:
        pair = AddressKey.new()
        opened.create(Address, private=base64.b64encode(pair.private).decode())
        pairs = {pair.address: pair}
    here = JournalAddress.objects.filter(journal_id=opened.journal_id)
    there = [(bytes(address), bytes(public)) for address, public in here.values_list("id", "public_key")]
    known = {address for address, public in there if address_of(public) == address}
    if len(known) < len(there):
        here.exclude(id__in=list(known)).delete()  # somebody put another key in the place of one
    for address in pairs.keys() - known:
        # Who has the private half has the address, also where a file had put it beside another journal.
        given = {"journal_id": opened.journal_id, "public_key": pairs[address].public}
        JournalAddress.objects.update_or_create(id=address, defaults=given)
        mine = WaitingLetter.objects.filter(address_id=address).exclude(journal_id=opened.journal_id)
        waiting = WaitingLetter.objects.filter(journal_id=opened.journal_id).values_list("digest", flat=True)
        mine.exclude(digest__in=list(waiting)).update(journal_id=opened.journal_id)
    if known - pairs.keys():
        here.exclude(id__in=list(pairs)).delete()


def _brought_in(opened: OpenJournal) -> int:
    """Open what waits: each becomes an entry that waits under *Came in*. All of it in one transaction.

    What cannot be read, and what came in before, is taken away and counted. What is for a key that is damaged waits for
    a month: the key may come back from a backup.
    """
    _locked(opened.journal_id)
    pairs, keeper = _pairs(opened), opened.journal.all(Address)[0]
    known = Q(address_id__in=list(pairs)) | Q(arrived__lt=opened.now.date() - KEPT_FOR)
    there = WaitingLetter.objects.filter(known, journal_id=opened.journal_id).order_by("arrived", "digest")
    wanted = _for_which_there_is_room(opened, there.values_list("digest", "size"))
    waiting = list(there.filter(digest__in=wanted).values_list("digest", "arrived", "sealed", "address_id"))
    if not waiting:
        return 0
    seen = dict.fromkeys(mark for each in opened.journal.all(Address) for mark in each.seen)
    brought: list[CameIn] = []
    unreadable = repeated = 0
    read = [(day, _opened(pairs, address, sealed)) for _digest, day, sealed, address in waiting]
    # Of one that came twice, the later: who corrects, and then corrects back, may have seen no thanks in between.
    latest = {each.mark: each for each in sorted((each for _, each in read if each), key=lambda each: each.at)}
    for day, content in read:
        mark = content.mark if content else ""
        if content is None:
            unreadable += 1
        elif mark in seen or latest[mark] is not content:
            repeated += 1
        else:
            seen[mark] = None
            arrived = opened.now if day >= opened.now.date() else datetime.combine(day, time.max, UTC)
            at = believed(content.at, arrived)
            brought.append(opened.make(CameIn, at=at, arrived=arrived, content=content.model_dump()))
    kept = opened.changed(
        keeper,
        seen=tuple(seen)[-_REMEMBERED:],
        unreadable=keeper.unreadable + unreadable,
        repeated=keeper.repeated + repeated,
    )
    opened.write_and_discard([*brought, kept], [])
    gone = [digest for digest, *_ in waiting]
    WaitingLetter.objects.filter(journal_id=opened.journal_id, digest__in=gone).delete()
    return len(brought)


def _for_which_there_is_room(opened: OpenJournal, letters: Iterable[tuple[bytes | memoryview, int]]) -> list[bytes]:
    """Of letters in their order, each with its bytes: those that may come in beside what came in already."""
    came_in = opened.journal.all(CameIn)
    left = MOST_LONG_CAME_IN - sum(each for each in map(_bytes_of, came_in) if each > _LONG)
    wanted: list[bytes] = []
    for digest, size in letters:
        if len(came_in) + len(wanted) >= MOST_CAME_IN:
            break
        if size > _LONG:
            if size > left:
                continue
            left -= size
        wanted.append(bytes(digest))
    return wanted


def _bytes_of(letter: CameIn) -> int:
    return len(letter_to(letter.content))


def still_waiting(opened: OpenJournal) -> int:
    """How many letters wait sealed, although the journal is open, until there is room for them."""
    if opened.example or opened.provisional:
        return 0
    return WaitingLetter.objects.filter(journal_id=opened.journal_id, address_id__in=list(_pairs(opened))).count()


def _opened(pairs: dict[bytes, AddressKey], address: object, sealed: object) -> AnyLetter | None:
    if not (isinstance(address, (bytes, memoryview)) and isinstance(sealed, (bytes, memoryview))):
        return None  # the file was changed outside
    pair = pairs.get(bytes(address))
    try:
        return letter_from(open_letter(pair.private, bytes(sealed))) if pair else None
    except (VaultError, JournalError):
        return None
