"""What went wrong when the database failed: it cannot be written, cannot be reached, or is damaged."""

from __future__ import annotations

from enum import Enum
from traceback import walk_tb

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError

# What is raised where the store fails; where a connection was lost, that is no `DatabaseError`.
STORE_ERRORS = (DatabaseError, InterfaceError)


class Failure(Enum):
    """Three ways, each with its own page."""

    UNWRITABLE = "unwritable"
    UNREACHABLE = "unreachable"
    DAMAGED = "damaged"


# PostgreSQL's classes of errors: connection, resources, intervention by the operator; and that a table or a column is
# not there, or not yet: another version is about to make it.
_NO_CONNECTION = ("08", "57", "53300")
_NOT_THERE = ("42P01", "42703")
# Held by somebody else for too long, or two that waited for each other.
_WAITED = {"55P03", "40001", "40P01"}
_CORRUPTED = ("XX001", "XX002")
# SQLite's, whatever is told along in higher bits: another process holds the file, or another thread a table.
_BUSY, _LOCKED, _PRIMARY = 5, 6, 0xFF


def failure(exception: Exception) -> Failure | None:
    """Which it is; ``None`` where it was not the database."""
    if isinstance(exception, IntegrityError):
        return None
    if isinstance(exception, STORE_ERRORS):
        return _of_server(exception) if _says_a_server(exception) else _of_file(exception)
    return Failure.DAMAGED if _stumbled(exception) else None


def waited_long(exception: Exception) -> bool:
    """Whether the database ended it because somebody else held for so long what it asked for."""
    cause = exception.__cause__
    held = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY in {_BUSY, _LOCKED}
    return held or getattr(cause, "sqlstate", None) in _WAITED


def _says_a_server(exception: Exception) -> bool:
    return type(exception.__cause__).__module__.startswith("psycopg")


def _of_server(exception: Exception) -> Failure:
    state = getattr(exception.__cause__, "sqlstate", None)
    if state is None or state.startswith(_NO_CONNECTION + _NOT_THERE):
        return Failure.UNREACHABLE
    return Failure.DAMAGED if state in _CORRUPTED else Failure.UNWRITABLE


def _of_file(exception: Exception) -> Failure:
    return Failure.UNWRITABLE if isinstance(exception, OperationalError) else Failure.DAMAGED


def _stumbled(exception: Exception) -> bool:
    """Whether Django's database layer itself fell over what it found in a malformed file."""
    if not isinstance(exception, ValueError):
        return False
    places = [str(frame.f_globals.get("__name__", "")) for frame, _line in walk_tb(exception.__traceback__)]
    # While it reads a value it may call what lies outside, such as the reading of dates.
    reading = any(place.startswith("django.db.backends.") for place in places)
    return reading or (bool(places) and places[-1].startswith("django.db."))
