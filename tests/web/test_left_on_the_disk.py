"""What a copied disk and a copied browser profile open together, and what the clock and the end of the app leave."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from reattune.vault import WrongSecret, unwrap_for_browser
from reattune.web.store import browser_sessions, idle_clock
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from reattune.web.store.unlocking import COOKIE, FIRST
from tests.browser.conftest import free_port
from tests.installation_per_worker import STORE, store_of
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened

Own = Callable[..., Client]


def from_files_alone(client: Client, cookie: str = COOKIE) -> bytes:
    """The data key, from the row of the session and the cookie."""
    raw = base64.urlsafe_b64decode(client.cookies[cookie].value)
    session_id = hashlib.sha256(b"reattune session" + raw[:32]).digest()
    stored = UnlockedSession.objects.get(id=session_id)
    return unwrap_for_browser(bytes(stored.wrapped_key), raw[32:], session_id)


@pytest.mark.django_db
def test_disk_and_cookie_together_open_nothing(own: Own) -> None:
    with pytest.raises(WrongSecret):
        from_files_alone(own())
    first = Client()
    first.post("/begin/write/")
    with pytest.raises(WrongSecret):
        from_files_alone(first, FIRST.name)


@pytest.mark.django_db
def test_another_process_opens_nothing_and_unlocking_goes_on(own: Own) -> None:
    client = own()
    with mock.patch.dict(browser_sessions._in_memory, clear=True):
        assert client.get("/today/").headers["Location"].startswith("/unlock/")
        assert client.post("/unlock/", {"passphrase": PASSPHRASE}).headers["Location"] == "/today/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/lock/", "/leave/"])
def test_what_was_locked_stays_locked_where_its_row_is_put_back(own: Own, address: str) -> None:
    client = own()
    cookie, row = client.cookies[COOKIE].value, UnlockedSession.objects.get()
    client.post(address)
    row.save(force_insert=True)
    thief = Client()
    thief.cookies[COOKIE] = cookie
    assert thief.get("/today/").status_code == 302


@pytest.mark.django_db
def test_the_clock_locks_and_erases_where_nobody_asks_for_a_page(own: Own) -> None:
    own()
    Client().post("/begin/write/")
    assert SealedJournal.objects.count() == 2
    idle_clock.look()
    assert UnlockedSession.objects.count() == 2
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=61))
    idle_clock.look()
    assert not UnlockedSession.objects.exists()
    assert SealedJournal.objects.count() == 1


@pytest.mark.django_db
def test_an_idle_one_opens_nothing_where_it_is_there_still(own: Own) -> None:
    client = own()
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=16))
    assert client.get("/today/").headers["Location"].startswith("/unlock/")
    assert client.post("/note/", {"what": "Words."}).headers["Location"].startswith("/unlock/")
    assert UnlockedSession.objects.get().last_seen < timezone.now() - timedelta(minutes=15)


NEW = "another quiet sentence"


def change(client: Client, **more: str) -> None:
    given = {"current": PASSPHRASE, "passphrase": NEW, "again": NEW, **more}
    assert "action=" in client.post("/settings/passphrase/", given).content.decode()


def change_with_the_code(client: Client) -> None:
    change(client, code=client.recovery_code)  # type: ignore[attr-defined]


def recover(client: Client) -> None:
    given = {"code": client.recovery_code, "passphrase": NEW, "again": NEW}  # type: ignore[attr-defined]
    Client().post("/unlock/recovery/", given)


def pieces_of(keyring: bytes) -> set[bytes]:
    return {keyring[start : start + 24] for start in range(0, len(keyring) - 24, 4)}


def lie_in_the_files(pieces: set[bytes]) -> bool:
    database = Path(connection.settings_dict["NAME"])
    files = [path.read_bytes() for path in database.parent.glob(f"{database.name}*")]
    assert files
    return any(each in lies for each in pieces for lies in files)


@pytest.mark.skipif(STORE != "sqlite", reason="PostgreSQL has a log of its own: docs/threat-model.md")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [change, change_with_the_code, recover])
def test_what_an_old_passphrase_opens_lies_nowhere_while_the_app_runs_on(own: Own, way: Callable[..., None]) -> None:
    client = own()
    before = pieces_of(bytes(SealedJournal.objects.get().keyring))
    rows = {bytes(each)[40:72] for each in SealedRow.objects.values_list("sealed", flat=True)}
    assert rows
    assert lie_in_the_files(before)
    way(client)
    now = bytes(SealedJournal.objects.get().keyring)
    assert pieces_of(now) - before
    assert not lie_in_the_files(before - pieces_of(now))
    if way is not change:
        assert not lie_in_the_files(rows)


@pytest.mark.skipif(STORE != "sqlite", reason="PostgreSQL has a log of its own: docs/threat-model.md")
@pytest.mark.django_db(transaction=True)
def test_where_somebody_reads_at_that_moment_the_clock_takes_it_away(own: Own) -> None:
    client = own()
    before = pieces_of(bytes(SealedJournal.objects.get().keyring))
    reader = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=100")
    try:
        reader.execute("begin")
        reader.execute("select count(*) from store_sealedjournal").fetchone()
        change(client)
        gone = before - pieces_of(bytes(SealedJournal.objects.get().keyring))
        assert lie_in_the_files(gone)
        opened(client)  # it is changed all the same
    finally:
        reader.close()
    idle_clock.look()
    assert not lie_in_the_files(gone)


SERVE = """
import sys
from pathlib import Path
from reattune.web.installation.local_server import serve_here
def say(words):
    if "is running" in words:
        from django.http import HttpResponse
        from django.test import RequestFactory
        from reattune.web.store.models import UnlockedSession
        from reattune.web.store.unlocking import begin_session, begin_unlocked, new_journal
        begin_session(HttpResponse(), RequestFactory().get("/"), *new_journal("four quiet words here")[:2])
        begin_unlocked()
        for each in UnlockedSession.objects.all():
            print(bytes(each.wrapped_key).hex(), flush=True)
    print(words, flush=True)
serve_here(int(sys.argv[2]), Path(sys.argv[1]), False, say)
"""


@contextmanager
def served(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The app on this machine, with a journal and a provisional one open. It says both wrapped keys first."""
    said = [sys.executable, "-c", SERVE, str(folder / "data"), str(free_port())]
    environment = {**os.environ, **store_of(folder)}
    # Whoever runs the tests may ignore the hanging up of a terminal; what they start does not.
    hangs_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    running = subprocess.Popen(said, env=environment, stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGHUP, hangs_up)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def told_to_end(running: subprocess.Popen[str], how: signal.Signals) -> str:
    """What it says after it was told to end; told again where it was too busy to hear, as a system does."""
    for _time in range(3):
        running.send_signal(how)
        try:
            return running.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            continue
    running.kill()
    return running.communicate()[0]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_end_of_the_app_leaves_no_key_and_no_file_for_others(tmp_path: Path, how: signal.Signals) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    (data / "journals.sqlite3").touch(mode=0o644)
    with served(tmp_path) as running:
        assert running.stdout
        wrapped = [bytes.fromhex(running.stdout.readline().strip()) for _ in range(2)]
        assert len(set(wrapped)) == 2
        time.sleep(1)
        said = told_to_end(running, how)
        assert "Every journal is locked" in said
        assert running.wait(20) == 0
    if STORE == "sqlite":
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir() if path.is_file()} == {0o600}
        files = [path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()]
        assert files
        assert not [each for each in wrapped for lies in files if each in lies]


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="looks where Linux tells of a process")
def test_a_crash_writes_no_memory_to_the_disk(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        assert running.stdout
        running.stdout.readline()
        limits = Path(f"/proc/{running.pid}/limits").read_text()
        assert re.search(r"Max core file size\s+0\s+0\s", limits)
