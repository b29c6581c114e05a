"""Where rows lie: SQLite beside the data, or PostgreSQL where ``DATABASE_URL`` names one."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

VARIABLE = "DATABASE_URL"
_SCHEMES = ("postgresql", "postgres")
# What an address may add behind the question mark; anything else is a slip of the pen.
_OPTIONS = {
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "connect_timeout",
    "application_name",
    "target_session_attrs",
}


class BadAddress(ValueError):
    """``DATABASE_URL`` cannot be used; the sentence says why, without what it contains."""


def database(folder: Path, address: str) -> dict[str, Any]:
    """Django's settings of the one database: SQLite in ``folder`` unless ``address`` names PostgreSQL.

    ``address`` reads ``postgresql://user:password@host:port/name``; ``?host=/a/folder`` names a local socket.

    Raises:
        BadAddress: it is something else.
    """
    return _postgresql(address) if address else _sqlite(folder)


def _sqlite(folder: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "journals.sqlite3",
        "OPTIONS": {
            # Acknowledged means on disk; deleted means overwritten.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
        },
        "TEST": {"NAME": folder / "test-journals.sqlite3"},
    }


def _postgresql(address: str) -> dict[str, Any]:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BadAddress(f"{VARIABLE} is not an address: {_FORM}") from error
    if parts.scheme not in _SCHEMES:
        raise BadAddress(f"{VARIABLE} names something other than PostgreSQL. {_FORM}")
    name = unquote(parts.path.lstrip("/"))
    if not name or "/" in name:
        raise BadAddress(f"{VARIABLE} names no database. {_FORM}")
    given = dict(parse_qsl(parts.query))
    host = given.pop("host", "") or parts.hostname or ""
    unknown = sorted(set(given) - _OPTIONS)
    if unknown:
        raise BadAddress(f"{VARIABLE} has options that are not known here: {', '.join(unknown)}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        # Acknowledged means on disk, whatever the server's own setting is.
        "OPTIONS": {
            **given,
            # And nobody keeps a thread waiting for somebody else without end: what waits on purpose says how long.
            # Rows are locked where that matters: a server that is stricter by default would refuse every second form.
            "options": "-c synchronous_commit=on -c lock_timeout=10s -c default_transaction_isolation=read\\ committed",
            "connect_timeout": given.get("connect_timeout", 10),
        },
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


_FORM = "Write it like postgresql://user:password@host:5432/name."
