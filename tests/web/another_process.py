"""What a test lets another process do to a journal: ``python -m tests.web.another_process ROLE DATA KEYS …``."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from pathlib import Path

FILLING = " x" * 30_000


def _opened(data: Path, keys: Path) -> object:
    from reattune.web.installation.local_server import start_django

    start_django(data, lock=False)
    from reattune.journal.documents import Preferences, Relationship
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import new_journal

    if not keys.exists():
        journal_id, data_key, _code = new_journal("four quiet words here")
        opened = OpenJournal(journal_id, data_key)
        opened.create(Preferences, recovery_checked=True)
        opened.create(Relationship, name="A", role="friend")
        keys.write_bytes(journal_id + data_key)
    held = keys.read_bytes()
    return OpenJournal(held[:16], held[16:])


def write(data: Path, keys: Path, first: str, last: str) -> None:
    """Notes with these numbers, saying each when it is acknowledged."""
    from reattune.journal.documents import Moment, Relationship

    opened = _opened(data, keys)
    friend = opened.journal.all(Relationship)[0]
    for number in range(int(first), int(last)):
        kept = opened.create(Moment, relationship_id=friend.id, at=opened.now, what=_words(number))
        print(kept.id, number, flush=True)


def post(data: Path, keys: Path, first: str, ending: str) -> None:
    """Notes through the pages, until one is not taken.

    ``ending`` is ``room=BYTES``, the largest file there may be; or ``read-only``: the third note meets files that
    cannot be written; or ``none``: it ends by itself.

    Says what was acknowledged, then ``refused``, the status, and whether what was typed stands on the page.
    """
    from reattune.journal.documents import Relationship

    friend = _opened(data, keys).journal.all(Relationship)[0]
    from django.http import HttpResponse
    from django.test import Client, RequestFactory

    from reattune.web.store.unlocking import COOKIE, begin_session

    held, response = keys.read_bytes(), HttpResponse()
    begin_session(response, RequestFactory().get("/"), held[:16], held[16:])
    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    client.cookies[COOKIE] = response.cookies[COOKIE].value
    if ending.startswith("room="):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(ending.removeprefix("room=")), resource.RLIM_INFINITY))
    for number in range(int(first), int(first) + 600):
        if ending == "read-only" and number == int(first) + 2:
            _turn_read_only(data)
        typed = _words(number) + FILLING
        form = {"who": str(friend.id), "day": "2026-01-05", "what": typed, "stop": ""}
        answer = client.post("/note/", form)
        if answer.status_code != 302:
            shown = typed in answer.content.decode() and "Traceback" not in answer.content.decode()
            print("refused", answer.status_code, "shown" if shown else "lost", flush=True)
            return
        print(answer.headers["Location"].strip("/").split("/")[-1], number, flush=True)


def read(data: Path, keys: Path) -> None:
    """Every note that is there. Fails on damage."""
    from reattune.journal.documents import Moment

    opened = _opened(data, keys)
    assert not opened.damages, opened.damages
    for moment in opened.journal.all(Moment):
        number = moment.what.split()[1]
        assert moment.what.removesuffix(FILLING) == _words(int(number))
        print(moment.id, number)


def _turn_read_only(data: Path) -> None:
    """What a disk that was mounted anew after an error does. Permissions do not stop root, who gives that up."""
    from django.db import connection

    if connection.vendor == "postgresql":
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        connection.close()
        return
    connection.close()
    for file in data.iterdir():
        file.chmod(0o444)
    data.chmod(0o555)
    if os.geteuid() == 0:
        _obey_permissions()


def _obey_permissions() -> None:
    """Root gives up writing where it may not; it still reads what it could (Linux, capabilities(7) and capset(2))."""
    libc, version, dac_override = ctypes.CDLL(None, use_errno=True), 0x20080522, 1 << 1
    header, held = (ctypes.c_uint32 * 2)(version, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(header, held) == 0:
        held[0] &= ~dac_override
        if libc.capset(header, held) == 0:
            return
    raise OSError(ctypes.get_errno(), "Root could not give up writing where it may not.")


def _words(number: int) -> str:
    return f"Note {number} in whole"


if __name__ == "__main__":
    {"write": write, "post": post, "read": read}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
