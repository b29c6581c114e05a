"""Whether this installation is well: what is installed, where the data lies, and whether it opens."""

from __future__ import annotations

import os
import platform
import sqlite3
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reattune import __version__
from reattune.vault import Keyring, VaultError
from reattune.web.data_folder import data_folder, prepare
from reattune.web.databases import VARIABLE as DATABASE
from reattune.web.databases import BadAddress, database

_NEEDED = ("cryptography", "django", "numpy", "pydantic", "waitress")
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
    well = all(_version(name) for name in _NEEDED)
    for line, good in _examine_data(data_folder(data)):
        lines.append(line)
        well = well and good
    lines.append("All is well." if well else "Something needs a look; see above.")
    return Report(tuple(lines), well)


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
            keyrings = connection.execute("SELECT keyring FROM store_sealedjournal").fetchall()
            [rows] = connection.execute("SELECT count(*) FROM store_sealedrow").fetchone() or (0,)
    except psycopg.errors.UndefinedTable:
        return [(where, True), ("  No tables yet; the first start makes them.", True)]
    except psycopg.Error as error:
        return [(where, False), (f"  It does not open: {str(error).strip()}", False)]
    damaged = sum(not _reads(bytes(stored)) for (stored,) in keyrings)
    found = [(where, True), (f"  It opens: {len(keyrings)} sealed journals, {rows} sealed entries.", True)]
    if damaged:
        found.append((f"  The keys of {damaged} journals are damaged. Restore them from a copy.", False))
    return found


def _reads(stored: bytes) -> bool:
    try:
        Keyring.from_bytes(stored)
    except VaultError:
        return False
    return True


def _examine_folder(folder: Path) -> list[tuple[str, bool]]:
    if not folder.exists():
        return [(f"Data folder: {folder} (not there yet; the first start makes it)", True)]
    found = [(f"Data folder: {folder}", True)]
    try:
        prepare(folder)
    except OSError as error:
        found.append((f"  It cannot be written to: {error.strerror}. Mend its permissions, or use --data.", False))
    database = folder / "journals.sqlite3"
    if not database.exists():
        return [*found, ("  No journal yet.", True)]
    try:
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
        try:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
            journals = connection.execute("SELECT count(*) FROM store_sealedjournal").fetchone()[0]
            rows = connection.execute("SELECT count(*) FROM store_sealedrow").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        return [*found, (f"  {database.name} does not open: {error}. Restore it from a copy.", False)]
    if verdict != "ok":
        return [*found, (f"  {database.name} is damaged: {verdict}. Restore it from a copy.", False)]
    return [*found, (f"  {database.name} opens: {journals} sealed journals, {rows} sealed entries.", True)]
