"""Backups of the store: made in one reading, checked on writing, restored beside what is there or into it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.db import IntegrityError, transaction

from reattune.journal import JournalError
from reattune.journal.codec import decode
from reattune.journal.documents import Document
from reattune.journal.forgetting import over_and_seen
from reattune.journal.merge import merge_file
from reattune.vault import Seal, SealBroken
from reattune.vault.backup_file import MAGIC, Backup, JournalCopy, RowCopy, from_file, to_file
from reattune.vault.errors import VaultError
from reattune.vault.keyring import Keyring
from reattune.web.store.letterbox import letters_of, put_letters_back
from reattune.web.store.models import PROVISIONAL, SealedJournal, SealedRow
from reattune.web.store.open_journal import Conflict, OpenJournal
from reattune.web.store.shared_links import take_in
from reattune.web.store.turns import one_reading, turn_of

_NEWER_KEY = (
    "None of the entries of a journal opened: the backup may have been made after the journal got a new key. "
    "Restore it again, and enter the passphrase that it had then."
)

# A backup that was ended so many seconds ago isn't being written any more.
_UNFINISHED = 3600


class BackupFailed(Exception):
    """The backup could not be made; the sentence says why. Nothing was left behind."""


@dataclass
class Restored:
    """What restoring did, and a sentence for each thing that could not be restored.

    Attributes:
        new: journals that were not here and are now.
        merged: entries added to, or brought up to date in, journals that were here.
        older: entries whose form here is newer and says something else: theirs went beside what was deleted.
        locked: journals that are here and were not opened, so nothing was added to them.
    """

    new: int = 0
    merged: int = 0
    older: int = 0
    locked: int = 0
    problems: list[str] = field(default_factory=list)


def copies(journal_id: bytes | None = None) -> list[JournalCopy]:
    """Every journal of the installation, or one, as it lies now."""
    with one_reading():
        found = SealedJournal.kept.order_by("id")
        return [_copy(each) for each in (found if journal_id is None else found.filter(id=journal_id))]


def _copy(journal: SealedJournal) -> JournalCopy:
    rows = SealedRow.objects.filter(journal_id=journal.id).order_by("row_id")
    return JournalCopy(
        bytes(journal.id),
        bytes(journal.keyring),
        bytes(journal.head),
        journal.head_revision,
        [RowCopy(bytes(r.row_id), r.revision, r.created, r.updated, bytes(r.sealed)) for r in rows],
        *letters_of(bytes(journal.id)),
    )


def back_up(file: Path) -> tuple[int, int]:
    """Write every journal to ``file``, for this user alone, and read it back; returns journals and entries.

    The file takes its name only once all of it lies on the disk and reads back as what was written.

    Raises:
        BackupFailed: it cannot be written, is there already, or does not read back.
    """
    if file.exists():
        raise BackupFailed(f"{file} is there already. Name another file, or take that one away first.")
    journals = copies()
    part = file.with_name(f".{file.name}.part")
    _take_away_unfinished(file.parent)
    try:
        with _private(part) as out:
            for piece in to_file(journals):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if from_file(part.read_bytes()) != Backup(tuple(journals), ()):
            raise BackupFailed(f"{file} does not read back as what was written. Is the disk sound?")
        part.replace(file)
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return len(journals), sum(len(each.rows) for each in journals)


def _take_away_unfinished(folder: Path) -> None:
    """What a backup left there that was ended while it wrote: a whole copy, under a name that nobody sees."""
    for part in folder.glob(".*.part"):
        with contextlib.suppress(OSError), part.open("rb") as read:
            if time.time() - part.stat().st_mtime > _UNFINISHED and read.read(len(MAGIC)) == MAGIC:
                part.unlink()


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def documents_in(copy: JournalCopy, *data_keys: bytes) -> tuple[list[Document], list[str]]:
    """What the rows of a copy say, and a sentence for each that none of the keys opens."""
    seals = [Seal(each, copy.journal_id) for each in data_keys]
    # Of a copy, all rows are sealed with one key: the first that opens any.
    seals = [each for each in seals if any(_opens(each, row) for row in copy.rows)][:1] or seals[:1]
    found, problems = [], []
    for row in copy.rows:
        try:
            found.append(decode(seals[0].open(row.row_id, row.revision, row.sealed)))
        except (SealBroken, JournalError) as error:
            problems.append(str(error))
    return found, problems


def opens_any(copy: JournalCopy, *data_keys: bytes) -> bool:
    """Whether one of the keys opens anything of a copy; one in which there is nothing, any key opens."""
    return not copy.rows or any(_opens(Seal(each, copy.journal_id), row) for each in data_keys for row in copy.rows)


def _opens(seal: Seal, row: RowCopy) -> bool:
    try:
        seal.open(row.row_id, row.revision, row.sealed)
    except SealBroken:
        return False
    return True


def restore(
    backup: Backup, passphrases: Callable[[], Iterator[str]], of_the_backup: Callable[[], Iterator[str]] | None = None
) -> Restored:
    """Put back what a backup holds.

    A journal that is not here comes back row by row as it was. One that is here is merged, the newest form of each
    entry winning, once one of ``passphrases`` opens it as it is here: one that opens the backup alone may be somebody's
    who knew it once. They are only asked for then. Where the backup has a newer key, ``of_the_backup`` are tried on it.
    """
    done = Restored(problems=list(backup.damages))
    for copy in backup.journals:
        if SealedJournal.objects.filter(PROVISIONAL, id=copy.journal_id).exists():
            done.locked += 1
            continue
        if not SealedJournal.objects.filter(id=copy.journal_id).exists():
            try:
                _check_keys(copy)
            except VaultError as error:
                done.problems.append(f"A journal in this file was left out. {error}")
                continue
            try:
                with transaction.atomic():
                    _put_back(copy)
                    put_letters_back(copy)
            except IntegrityError as error:
                raise Conflict from error  # it came here at this moment: another restore of the same file
            done.new += 1
            continue
        data_keys = _opened_with(copy, passphrases, of_the_backup)
        if not opens_any(copy, *data_keys):
            done.problems += [_NEWER_KEY] if data_keys else []
        if not data_keys or not opens_any(copy, *data_keys):
            done.locked += 1
            continue
        documents, problems = documents_in(copy, *data_keys)
        with turn_of([copy.journal_id]):  # whoever writes in the app meanwhile comes before or after
            put_letters_back(copy)
            opened = OpenJournal(copy.journal_id, data_keys[0])
            _over, seen = over_and_seen(opened.journal, opened.now)
            opened.write_and_discard(seen, [])  # as at each unlocking, at which it goes
            weighed = merge_file(opened.journal, documents, read_on=None)
            take_in(opened, weighed.changes, weighed.older, weighed.gone)
        done.merged += len(weighed.changes)
        done.older += len(weighed.older)
        done.problems += [*problems, *(sentence for _document, sentence in weighed.refused)]
    return done


def _check_keys(copy: JournalCopy) -> None:
    """Whether a journal's keyring can be tried with every other at each unlocking.

    Raises:
        VaultError: it cannot be read, or is the one of another journal.
    """
    if Keyring.from_bytes(copy.keyring).journal_id != copy.journal_id:
        raise VaultError("It has the keys of another journal.")


def _put_back(copy: JournalCopy) -> None:
    with transaction.atomic():
        SealedJournal.objects.create(
            id=copy.journal_id, keyring=copy.keyring, head=copy.head, head_revision=copy.head_revision
        )
        SealedRow.objects.bulk_create(
            [
                SealedRow(
                    journal_id=copy.journal_id,
                    row_id=row.row_id,
                    revision=row.revision,
                    created=row.created,
                    updated=row.updated,
                    sealed=row.sealed,
                )
                for row in {row.row_id: row for row in sorted(copy.rows, key=lambda row: row.revision)}.values()
            ],
            batch_size=500,
        )


def _opened_with(
    copy: JournalCopy, passphrases: Callable[[], Iterator[str]], of_the_backup: Callable[[], Iterator[str]] | None
) -> list[bytes]:
    """The data key of the journal that is here, then others that may open the copy; none where it stays shut."""
    stored = bytes(SealedJournal.objects.get(id=copy.journal_id).keyring)
    here: list[bytes] = []
    there: list[bytes] = []
    for passphrase in passphrases():
        here = here or _keys_of(stored, passphrase)
        there = there or _keys_of(copy.keyring, passphrase)
        if here and (of_the_backup or opens_any(copy, *here, *there)):
            break
    if here and of_the_backup and not opens_any(copy, *here, *there):
        there = next((keys for each in of_the_backup() if (keys := _keys_of(copy.keyring, each))), [])
    return [*here, *there] if here else []


def _keys_of(keyring: bytes, passphrase: str) -> list[bytes]:
    try:
        ring = Keyring.from_bytes(keyring)
        data_key = ring.open_with_passphrase(passphrase)
    except VaultError:
        return []
    return [data_key, *ring.older_keys(data_key)]
