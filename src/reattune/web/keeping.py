"""`reattune backup` and `reattune restore`: every journal of the installation, sealed, in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from reattune.study.commands import out, refuse

_TRIES = 3
_QUESTION = "A journal of this backup is here already. Its passphrase, to merge it (empty to skip)"

DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Where journals are kept. By default this user's own data folder."),
]


def _start(data: Path | None) -> None:
    from reattune.web.data_folder import data_folder
    from reattune.web.serve import CannotServe, start_django

    try:
        start_django(data_folder(data), lock=False)
    except CannotServe as error:
        raise refuse(str(error)) from error


def backup(file: Annotated[Path, typer.Argument(help="Where to write it.")], data: DataFolder = None) -> None:
    """Write every journal, sealed as it lies, to one file, and read it back to be sure."""
    _start(data)
    from reattune.web.store.backups import BackupFailed, back_up

    try:
        journals, entries = back_up(file.expanduser())
    except BackupFailed as error:
        raise refuse(str(error)) from error
    out.print(
        f"{_many(journals, 'journal')} with {_many(entries, 'entry', 'entries')} to {file}. It reads back whole. "
        "It opens only with each journal's passphrase or recovery code.",
        markup=False,
    )


def restore(file: Annotated[Path, typer.Argument(help="The backup.")], data: DataFolder = None) -> None:
    """Bring back what a backup holds: journals that are gone, or newer entries into one that is here."""
    from reattune.vault.backup import NotABackup, from_file

    try:
        held = from_file(file.expanduser().read_bytes())
    except NotABackup as error:
        raise refuse(f"{file}: {error}") from error
    except OSError as error:
        raise refuse(f"{file} cannot be read: {error.strerror}.") from error
    _start(data)
    from reattune.web.store.backups import restore as put_back

    done = put_back(held, _asked_once())
    out.print(f"New here: {_many(done.new, 'journal')}. Added or brought up to date: {done.merged:,}.", markup=False)
    if done.locked:
        out.print(
            f"Left as they are, because no passphrase opened them: {_many(done.locked, 'journal')}.", markup=False
        )
    for sentence in dict.fromkeys(done.problems):
        out.print(f"{sentence} ({done.problems.count(sentence)})", markup=False)
    if done.problems or done.locked:
        raise typer.Exit(2)


def _asked_once() -> Callable[[], Iterator[str]]:
    """Passphrases are asked for when the first journal needs one, and tried on the following ones too."""
    known: list[str] = []

    def passphrases() -> Iterator[str]:
        yield from known
        for _try in range(_TRIES):
            words = typer.prompt(_QUESTION,
                                 default="", hide_input=True, show_default=False)  # fmt: skip
            if not words:
                return
            known.append(words)
            yield words

    return passphrases


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def seal_anew(
    way: Annotated[str, typer.Argument(metavar="aes|chacha", help="AES-256-GCM, or ChaCha20-Poly1305.")],
    data: DataFolder = None,
) -> None:
    """Seal every entry of one journal again with another cipher. All of them, or none."""
    from reattune.vault.seal import FORMAT_1, FORMAT_2

    ways = {"aes": FORMAT_1, "chacha": FORMAT_2}
    if way not in ways:
        raise refuse(f"{way} is not known here. It is one of: {', '.join(ways)}.")
    _start(data)
    from reattune.vault import WrongSecret
    from reattune.vault.keyring import first_opened
    from reattune.web.store.opening import OpenJournal
    from reattune.web.store.unlocking import keyrings

    words = typer.prompt("The passphrase of the journal", hide_input=True)
    try:
        keyring, data_key = first_opened(keyrings(), words)
    except WrongSecret as error:
        raise refuse("This passphrase opens no journal here.") from error
    opened = OpenJournal(keyring.journal_id, data_key)
    out.print(f"Sealed anew: {_many(opened.seal_anew(ways[way]), 'entry', 'entries')}.", markup=False)
    for sentence in dict.fromkeys(opened.damages):
        out.print(f"{sentence} ({opened.damages.count(sentence)})", markup=False)
