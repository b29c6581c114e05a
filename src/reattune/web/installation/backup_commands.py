"""`reattune backup` and `reattune restore`: every journal of the installation, sealed, in one file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from reattune.terminal import ordinary, out, refuse

_TRIES = 3
_QUESTION = (
    "A journal from this backup is already here. Enter its passphrase of today to merge them (leave empty to skip)"
)
_QUESTION_OF_THE_BACKUP = (
    "This backup was made after the journal got a new key. Enter the passphrase that the backup was made with "
    "(leave empty to skip)"
)

DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Where journals are kept. By default this user's own data folder."),
]


def _start(data: Path | None) -> None:
    from reattune.web.installation.data_folder import data_folder
    from reattune.web.installation.failures import CannotServe
    from reattune.web.installation.local_server import start_django

    try:
        start_django(data_folder(data), lock=False)
    except CannotServe as error:
        raise refuse(str(error)) from error


def backup(file: Annotated[Path, typer.Argument(help="The file to write.")], data: DataFolder = None) -> None:
    """Back up every journal, still encrypted, to one file, and read it back to be sure."""
    from reattune.web.installation.database_settings import VARIABLE

    if data and not data.expanduser().is_dir() and not os.environ.get(VARIABLE):
        raise refuse(f"{data} isn't there, so there is nothing to back up. Name the folder that holds the journals.")
    _start(data)
    from reattune.web.store.backups import BackupFailed, back_up

    try:
        journals, entries = back_up(file.expanduser())
    except BackupFailed as error:
        raise refuse(str(error)) from error
    out.print(
        f"{_many(journals, 'journal')} with {_many(entries, 'entry', 'entries')} backed up to {file} and checked. "
        "The backup opens only with each journal's passphrase or recovery code.",
        markup=False,
    )


def restore(file: Annotated[Path, typer.Argument(help="The backup.")], data: DataFolder = None) -> None:
    """Restore a backup: journals that are gone, or newer entries into journals that are still here."""
    from reattune.vault.backup_file import NotABackup, from_file

    try:
        held = from_file(ordinary(file.expanduser()).read_bytes())
    except NotABackup as error:
        raise refuse(f"{file}: {error}") from error
    except OSError as error:
        raise refuse(f"{file} can't be read: {error.strerror}.") from error
    _start(data)
    from reattune.web.store.backups import restore as put_back

    with _or_said():
        known: list[str] = []
        done = put_back(held, _asked_once(_QUESTION, known), _asked_once(_QUESTION_OF_THE_BACKUP, known))
    out.print(f"Restored: {_many(done.new, 'journal')}. Entries added or updated: {done.merged:,}.", markup=False)
    if done.older:
        words = "older than yours, with different words, now under Recently deleted"
        out.print(f"{_many(done.older, 'entry', 'entries')} {words}.", markup=False)
    if done.locked:
        out.print(f"Left unchanged, because no passphrase opened them: {_many(done.locked, 'journal')}.", markup=False)
    _counted(done.problems)
    if done.problems or done.locked:
        raise typer.Exit(2)


@contextmanager
def _or_said() -> Iterator[None]:
    """Around what writes: of a journal all of it or nothing. What stands in the way is said."""
    from django.db import DatabaseError

    from reattune.web.store.manifest import KeyChanged
    from reattune.web.store.open_journal import Conflict
    from reattune.web.store.waiting import OthersFirst

    try:
        yield
    except (Conflict, KeyChanged, OthersFirst) as error:
        raise refuse(
            "A journal was changed in the app at this moment. Nothing in it was changed here. Try again."
        ) from error
    except DatabaseError as error:
        raise refuse(
            f"The journals can't be written: {str(error).strip()}. The disk may be full. What is in them is unchanged. "
            "Make some room, and try again."
        ) from error


def _asked_once(question: str, known: list[str]) -> Callable[[], Iterator[str]]:
    """Passphrases are asked for when the first journal needs one, and tried on the following ones too."""

    def passphrases() -> Iterator[str]:
        yield from list(known)
        for _try in range(_TRIES):
            words = typer.prompt(question,
                                 default="", hide_input=True, show_default=False)  # fmt: skip
            if not words:
                return
            known.append(words)
            yield words

    return passphrases


def _counted(sentences: list[str]) -> None:
    for sentence, times in Counter(sentences).items():
        out.print(f"{sentence} ({times})", markup=False)


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def seal_anew(
    way: Annotated[str, typer.Argument(metavar="aes|chacha", help="AES-256-GCM, or ChaCha20-Poly1305.")],
    data: DataFolder = None,
) -> None:
    """Encrypt every entry of one journal again, with another cipher. All of them, or none."""
    from reattune.vault.row_encryption import FORMAT_1, FORMAT_2

    ways = {"aes": FORMAT_1, "chacha": FORMAT_2}
    if way not in ways:
        raise refuse(f"{way} isn't a cipher Reattune knows. Choose one of: {', '.join(ways)}.")
    _start(data)
    from reattune.vault import WrongSecret
    from reattune.vault.keyring import first_opened
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.turns import turn_of
    from reattune.web.store.unlocking import keyrings

    words = typer.prompt("The passphrase of the journal", hide_input=True)
    try:
        keyring, data_key = first_opened(keyrings(), words)
    except WrongSecret as error:
        raise refuse("No journal here opens with this passphrase.") from error
    with _or_said(), turn_of([keyring.journal_id]):
        opened = OpenJournal(keyring.journal_id, data_key)
        count = opened.seal_anew(ways[way])
    out.print(f"Encrypted again: {_many(count, 'entry', 'entries')}.", markup=False)
    _counted(opened.damages)
