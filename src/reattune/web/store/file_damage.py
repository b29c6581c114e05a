"""Whether the file with the journals is damaged: then a passphrase that opens nothing may still be right."""

from __future__ import annotations

from django.db import DatabaseError, connection


def file_is_damaged() -> bool:
    """Whether SQLite finds its file damaged, its indexes too. PostgreSQL looks after its own."""
    if connection.vendor != "sqlite":
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(1)")
            return bool(cursor.fetchone()[0] != "ok")
    except DatabaseError:
        return True
