"""A backup: rows as they lie, sealed, in one file that shows where it is damaged. Knows bytes, not meanings.

The file is a row of frames: a marker, one letter for what follows, a length, the bytes, and the first half of their
SHA-256. The last frame counts the others. A damaged frame is left out and named; reading goes on at the next marker.
What everything else of a journal hangs on, its keyring and its head, stands there twice: before its rows and after.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from reattune.content.translated_sentences import say
from reattune.vault.errors import VaultError

# The last byte is the version: 2 has addresses and waiting letters too. Both are read.
MAGIC = b"reattune backup\x02"
_READ = (b"reattune backup\x01", MAGIC)
_MARKER = b"\x00\xffRTN\xff\x00"
_JOURNAL, _ROW, _ADDRESS, _LETTER, _END = b"J", b"R", b"A", b"L", b"E"
_ID, _NUMBER, _LENGTH, _CHECK = 16, 8, 4, 16
_ADDRESS_ID = 10
_HEADER = len(_MARKER) + 1 + _LENGTH
# A frame in which another marker stands is nearly always one whose length is damaged. Of such bytes so many are looked
# at as the file has, times this; then they count as damaged unseen. So a file takes no longer than its length allows.
_OVERLAPPING = 4
# Damages that are named one by one.
_NAMED = 200


class NotABackup(VaultError):
    """The file is no backup, or one of a newer Reattune."""


@dataclass(frozen=True)
class RowCopy:
    """One sealed row with its name, its revision and its two days."""

    row_id: bytes
    revision: int
    created: date
    updated: date
    sealed: bytes


@dataclass(frozen=True)
class AddressCopy:
    """Where letters to a journal are sealed to: public, all of it."""

    address: bytes
    public: bytes
    notes: bool


@dataclass(frozen=True)
class LetterCopy:
    """A sealed letter that waited, to which address, and the day it arrived."""

    address: bytes
    arrived: date
    sealed: bytes


@dataclass
class JournalCopy:
    """One journal as it lay: keyring, head with its revision, rows; its addresses, and the letters that waited.

    Keyring and head are empty where both copies of them in a file are damaged.
    """

    journal_id: bytes
    keyring: bytes
    head: bytes
    head_revision: int
    rows: list[RowCopy] = field(default_factory=list)
    addresses: list[AddressCopy] = field(default_factory=list)
    letters: list[LetterCopy] = field(default_factory=list)


@dataclass(frozen=True)
class Backup:
    """What a file holds, and a sentence for each thing that could not be read."""

    journals: tuple[JournalCopy, ...]
    damages: tuple[str, ...]


def to_file(journals: Iterable[JournalCopy]) -> Iterator[bytes]:
    """The pieces of a backup file, in order."""
    yield MAGIC
    count = 0
    for journal in journals:
        head = _sized(journal.keyring) + _sized(journal.head)
        keys = _frame(_JOURNAL, journal.journal_id + journal.head_revision.to_bytes(_NUMBER, "big") + head)
        yield keys
        count += 1
        for row in journal.rows:
            days = b"".join(day.toordinal().to_bytes(_LENGTH, "big") for day in (row.created, row.updated))
            named = journal.journal_id + row.row_id + row.revision.to_bytes(_NUMBER, "big")
            yield _frame(_ROW, named + days + row.sealed)
            count += 1
        for each in journal.addresses:
            yield _frame(_ADDRESS, journal.journal_id + each.address + bytes([each.notes]) + each.public)
            count += 1
        for letter in journal.letters:
            day = letter.arrived.toordinal().to_bytes(_LENGTH, "big")
            yield _frame(_LETTER, journal.journal_id + letter.address + day + letter.sealed)
            count += 1
        yield keys
        count += 1
    yield _frame(_END, count.to_bytes(_NUMBER, "big"))


def from_file(content: bytes) -> Backup:
    """What can be read of a backup file.

    Raises:
        NotABackup: it does not begin like one.
    """
    if not content.startswith(_READ):
        if content.startswith(MAGIC[:-1]):
            raise NotABackup(say("This backup was made by a newer Reattune. Update Reattune to restore it."))
        raise NotABackup(say("This file isn’t a backup made by Reattune."))
    journals: dict[bytes, JournalCopy] = {}
    damages: list[str] = []
    damaged = array("Q")
    read = 0
    expected: int | None = None
    for place, kind, payload in _frames(content):
        if payload is None:
            damaged.append(place)
            continue
        try:
            if kind == _END:
                expected = int.from_bytes(payload, "big")
                continue
            read += 1
            _take(journals, kind, payload)
        except (ValueError, OverflowError):
            damaged.append(place)
    for place in damaged[:_NAMED]:
        damages.append(say("At byte {place} something is damaged and was left out.", place=str(place)))
    if len(damaged) > _NAMED:
        damages.append(say("At {n} more places something is damaged and was left out.", n=len(damaged) - _NAMED))
    if orphans := sum(map(_many, (each for each in journals.values() if not each.keyring))):
        damages.append(say("{n} entries belong to a journal whose key is damaged in this file.", n=orphans))
    if expected is None:
        damages.append(say("The end of the file is missing."))
    elif read < expected and not damages:
        damages.append(say("{n} entries are missing.", n=expected - read))
    return Backup(tuple(journals.values()), tuple(damages))


def _take(journals: dict[bytes, JournalCopy], kind: bytes, payload: bytes) -> None:
    """Put what a whole frame holds to its journal, whose keys may come later.

    Raises:
        ValueError, OverflowError: it is nothing that belongs there.
    """
    if kind == _JOURNAL:
        found = _journal(payload)
        journal = journals.setdefault(found.journal_id, found)
        if not journal.keyring:
            journal.keyring, journal.head, journal.head_revision = found.keyring, found.head, found.head_revision
        return
    journal_id, rest = payload[:_ID], payload[_ID:]
    read = _PARTS.get(kind, _row)(rest)
    journal = journals.setdefault(journal_id, JournalCopy(journal_id, b"", b"", 0))
    if isinstance(read, AddressCopy):
        journal.addresses.append(read)
    elif isinstance(read, LetterCopy):
        journal.letters.append(read)
    else:
        journal.rows.append(read)


def _many(journal: JournalCopy) -> int:
    return len(journal.rows) + len(journal.addresses) + len(journal.letters)


def _frames(content: bytes) -> Iterator[tuple[int, bytes, bytes | None]]:
    place, overlapping = len(MAGIC), _OVERLAPPING * len(content)
    seen = memoryview(content)
    begin = content.find(_MARKER, place)
    if begin != place < len(content):
        yield place, b"", None
    while begin >= 0:
        following = content.find(_MARKER, begin + 1)
        kind, body = begin + len(_MARKER), begin + _HEADER
        check = body + int.from_bytes(content[body - _LENGTH : body], "big")
        end = check + _CHECK
        fits, overlaps = end <= len(content), 0 <= following < end
        # Frames in which no marker stands lie beside one another: all of them together are looked at once.
        if fits and (overlapping > 0 or not overlaps):
            if content[check:end] == _check(seen[begin:check]):
                yield begin, content[kind : kind + 1], content[body:check]
                begin = content.find(_MARKER, end) if overlaps else following
                if begin != end < len(content):
                    yield end, b"", None
                continue
            if overlaps:
                overlapping -= end - begin
        yield begin, b"", None
        begin = following


def _frame(kind: bytes, payload: bytes) -> bytes:
    framed = _MARKER + kind + len(payload).to_bytes(_LENGTH, "big") + payload
    return framed + _check(framed)


def _check(framed: bytes | memoryview) -> bytes:
    return hashlib.sha256(framed).digest()[:_CHECK]


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH, "big") + content


def _journal(payload: bytes) -> JournalCopy:
    journal_id, revision = payload[:_ID], _revision(payload[_ID:])
    rest = payload[_ID + _NUMBER :]
    size = int.from_bytes(rest[:_LENGTH], "big")
    keyring, rest = rest[_LENGTH : _LENGTH + size], rest[_LENGTH + size :]
    head = rest[_LENGTH : _LENGTH + int.from_bytes(rest[:_LENGTH], "big")]
    if len(journal_id) != _ID:
        raise ValueError("too short")
    return JournalCopy(journal_id, keyring, head, revision)


def _revision(content: bytes) -> int:
    revision = int.from_bytes(content[:_NUMBER], "big")
    if revision >= 2**63:
        raise ValueError("no database counts so far")
    return revision


def _row(payload: bytes) -> RowCopy:
    row_id, rest = payload[:_ID], payload[_ID:]
    revision, rest = _revision(rest), rest[_NUMBER:]
    created, updated = (date.fromordinal(int.from_bytes(rest[i : i + _LENGTH], "big")) for i in (0, _LENGTH))
    return RowCopy(row_id, revision, created, updated, rest[2 * _LENGTH :])


def _address(payload: bytes) -> AddressCopy:
    if len(payload) <= _ADDRESS_ID + 1:
        raise ValueError("too short")
    return AddressCopy(payload[:_ADDRESS_ID], payload[_ADDRESS_ID + 1 :], bool(payload[_ADDRESS_ID]))


def _letter(payload: bytes) -> LetterCopy:
    rest = payload[_ADDRESS_ID:]
    arrived = date.fromordinal(int.from_bytes(rest[:_LENGTH], "big"))
    return LetterCopy(payload[:_ADDRESS_ID], arrived, rest[_LENGTH:])


_PARTS: dict[bytes, Callable[[bytes], RowCopy | AddressCopy | LetterCopy]] = {_ADDRESS: _address, _LETTER: _letter}
