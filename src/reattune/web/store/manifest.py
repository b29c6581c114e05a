"""The head of a journal: a sealed list of every row and its newest revision.

Each row is authentic by itself; the head is what shows that one was put back to an older state, or taken away. Where
the head itself was changed, writing goes on with a list of the rows that are there. The new head then says on which day
that was, so that it stays named until the person has put it away: what is missing since, nothing else would tell.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from reattune.content.translated_sentences import say, to_say
from reattune.vault import Seal, SealBroken
from reattune.web.store.models import SealedJournal, SealedRow

_ROW_ID = bytes(16)  # no document's row has this name
_ID_BYTES, _REVISION_BYTES = 16, 8
# In the place of a row's name; its number is a day.
_CHANGED_ON = b"list was changed"
_PUT_BACK = to_say("An entry was put back to an older state, or added, outside Reattune, and can’t be trusted.")
_MALFORMED = to_say("An entry was changed outside Reattune into something that isn’t an entry.")
_TAKEN_AWAY = to_say("An entry was taken away outside Reattune.")
_HEAD_DAMAGED = to_say(
    "The list of entries was changed outside Reattune; there’s no way to tell whether one is missing."
)
_WAS_DAMAGED = to_say(
    "On {day} it turned out that the list of entries had been changed outside Reattune. There’s no way to tell whether "
    "one was missing by then, or was put back to an older state."
)


class KeyChanged(Exception):
    """The journal was sealed under another key since this one was taken out: see `reattune.web.store.new_key`."""


class Head:
    """Row name to newest revision, as the journal last wrote them.

    ``changed_on`` is the day on which an earlier head was found to be changed outside, until that is put away.
    """

    def __init__(self, revisions: dict[bytes, int], revision: int, changed_on: date | None = None) -> None:
        self.revisions = revisions
        self.revision = revision
        self.changed_on = changed_on

    @classmethod
    def read(cls, journal_id: bytes, seal: Seal) -> Head:
        """The head of a journal; an empty one where nothing was written yet.

        Raises:
            SealBroken: it was changed, or taken from another journal.
        """
        return cls._opened(seal, *_stored(SealedJournal.objects.all(), journal_id))

    @classmethod
    def for_update(cls, journal_id: bytes, seal: Seal) -> Head:
        """The head, locked until the end of the transaction, so that two writers follow one another.

        Raises:
            KeyChanged: neither the head nor any row is sealed with this key.
        """
        revision = 0
        try:
            sealed, revision = _stored(SealedJournal.objects.select_for_update(), journal_id)
            return cls._opened(seal, sealed, revision)
        except SealBroken:
            rows = SealedRow.objects.filter(journal_id=journal_id).values_list("row_id", "revision", "sealed")
            sound = [row for row in rows if is_blob(row[0]) and is_revision(row[1]) and is_blob(row[2])]
            if sound and not any(_opens(seal, bytes(name), number, bytes(lies)) for name, number, lies in sound):
                raise KeyChanged from None
            there = {bytes(row_id): number for row_id, number, _sealed in sound}
            return cls(there, revision, timezone.now().date())

    @classmethod
    def _opened(cls, seal: Seal, sealed: bytes, revision: int) -> Head:
        if revision == 0:
            return cls({}, 0)
        plain = seal.open(_ROW_ID, revision, sealed)
        size = _ID_BYTES + _REVISION_BYTES
        entries = (plain[start : start + size] for start in range(0, len(plain), size))
        found = {entry[:_ID_BYTES]: int.from_bytes(entry[_ID_BYTES:], "big") for entry in entries}
        day = found.pop(_CHANGED_ON, None)
        return cls(found, revision, date.fromordinal(day) if day else None)

    def room_for(self, journal_id: bytes, row_id: bytes, not_so: Container[bytes]) -> int | None:
        """Make room for a row of which none was read. The newest revision of it that anything tells of, 0 for a new
        one; ``None`` where it lies there as it should: another window wrote it meanwhile.

        What was taken away or put back from outside (``not_so``) makes room, so that a backup can bring it back.
        """
        listed = self.revisions.get(row_id, 0)
        if not listed and row_id not in not_so:
            return 0
        there = SealedRow.objects.filter(journal_id=journal_id, row_id=row_id)
        lies = there.values_list("revision", flat=True).first()
        if listed and lies == listed:
            return None
        there.delete()
        return max(listed, lies if lies is not None and is_revision(lies) else 0)

    def write(self, journal_id: bytes, seal: Seal) -> None:
        """Seal and store it. Call inside the transaction that writes the rows."""
        marked = {_CHANGED_ON: self.changed_on.toordinal()} if self.changed_on else {}
        listed = {**self.revisions, **marked}
        plain = b"".join(row_id + n.to_bytes(_REVISION_BYTES, "big") for row_id, n in listed.items())
        self.revision += 1
        sealed = seal.seal(_ROW_ID, self.revision, plain)
        SealedJournal.objects.filter(id=journal_id).update(head=sealed, head_revision=self.revision)


@dataclass
class Listed:
    """The rows that are what the head says: name, revision, sealed bytes.

    Attributes:
        amiss: a sentence for each that is not.
        known: what was found before and is not put away yet, with its day in ``changed_on``.
        not_so: the names of rows that lie there in another form than the head says.
    """

    rows: list[tuple[bytes, int, bytes]] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    changed_on: date | None = None
    not_so: frozenset[bytes] = frozenset()


def listed_rows(journal_id: bytes, seal: Seal) -> Listed:
    """What lies there of a journal, held against its head."""
    found = Listed()
    newest = None
    try:
        head = Head.read(journal_id, seal)
        newest, found.changed_on = head.revisions, head.changed_on
    except SealBroken:
        found.amiss.append(say(_HEAD_DAMAGED))
    if found.changed_on:
        found.known.append(say(_WAS_DAMAGED, day=found.changed_on))
    stored = SealedRow.objects.filter(journal_id=journal_id).values_list("row_id", "revision", "sealed")
    for row_id, revision, sealed in stored:
        if is_blob(row_id) and is_blob(sealed) and is_revision(revision):
            found.rows.append((bytes(row_id), revision, bytes(sealed)))
        else:
            found.amiss.append(say(_MALFORMED))
    if newest is not None:
        found.amiss += [say(_PUT_BACK) for row_id, revision, _ in found.rows if newest.get(row_id) != revision]
        found.amiss += [say(_TAKEN_AWAY)] * len(newest.keys() - {row_id for row_id, _, _ in found.rows})
        found.not_so = frozenset(name for name, revision, _ in found.rows if newest.get(name) != revision)
        found.rows = [row for row in found.rows if row[0] not in found.not_so]
    return found


def _stored(journals: QuerySet[SealedJournal], journal_id: bytes) -> tuple[bytes, int]:
    sealed, revision = journals.values_list("head", "head_revision").get(id=journal_id)
    if not is_blob(sealed) or not is_revision(revision):
        raise SealBroken("The list of entries was changed outside Reattune.")
    return bytes(sealed), revision


def _opens(seal: Seal, row_id: bytes, revision: int, sealed: bytes) -> bool:
    try:
        seal.open(row_id, revision, sealed)
    except SealBroken:
        return False
    return True


def is_blob(value: object) -> bool:
    """Whether a stored value is still bytes. SQLite keeps anything in any column, so a changed file may hold others."""
    return isinstance(value, (bytes, memoryview))


def is_revision(value: object) -> bool:
    """Whether a stored value is still a revision."""
    return type(value) is int and 0 <= value < 2**63
