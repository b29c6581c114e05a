"""A database that was meddled with, byte by byte: never a wrong word, never a crash, and the damage is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import installation_per_worker

MEDDLE = r"""
import json, random, sys
from pathlib import Path
folder = Path(sys.argv[1])
from reattune.web.installation.local_server import start_django
start_django(folder)
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from reattune.journal.documents import Moment, Preferences, Relationship
from reattune.web.store.database_failures import failure
from reattune.web.store.models import SealedJournal
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import COOKIE, begin_session, new_journal
journal_id, data_key, _code = new_journal("four quiet words here")
opened = OpenJournal(journal_id, data_key)
opened.create(Preferences, recovery_checked=True)
friend = opened.create(Relationship, name="A", role="friend")
for number in range(6):
    opened.create(Moment, relationship_id=friend.id, at=opened.now, what=f"true words {number}")
truth = {each.id: each for each in opened.journal}
answer = HttpResponse()
begin_session(answer, RequestFactory().get("/"), journal_id, data_key)
with connection.cursor() as cursor:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cursor.execute("PRAGMA journal_mode=DELETE")
    cursor.execute("PRAGMA page_size=512")  # a small file has few bytes that mean nothing
    cursor.execute("VACUUM")
connection.close()
file = folder / "journals.sqlite3"
whole = file.read_bytes()
rng = random.Random(7)
count = int(sys.argv[2])
places = sorted(rng.sample(range(len(whole)), count)) if count else list(range(len(whole)))
seen = {"same": 0, "named": 0, "closed": 0}
client = Client(HTTP_HOST="localhost", raise_request_exception=False)
for place in places:
    connection.close()
    for other in folder.glob("journals.sqlite3-*"):
        other.unlink()
    file.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << rng.randrange(8))]) + whole[place + 1:])
    client.cookies[COOKIE] = answer.cookies[COOKIE].value
    page = client.get("/so-far/")
    assert page.status_code in (200, 302, 503, 507), (place, page.status_code)
    try:
        found = OpenJournal(journal_id, data_key)
    except Exception as error:
        gone = isinstance(error, SealedJournal.DoesNotExist) or failure(error) is not None
        assert gone, (place, repr(error))
        seen["closed"] += 1
        continue
    for each in found.journal:
        assert truth[each.id] == each, place
    if len(found.journal) < len(truth):
        assert found.damages, place
        seen["named"] += 1
    else:
        seen["same"] += 1
print(json.dumps(seen))
"""


@pytest.mark.skipif(
    installation_per_worker.STORE != "sqlite", reason="it flips bytes of SQLite's file; PostgreSQL has its own"
)
def test_flipped_bytes_never_make_wrong_words(tmp_path: Path) -> None:
    count = os.environ.get("REATTUNE_FLIPPED", "1000")  # 0: every byte, which takes minutes
    command = [sys.executable, "-c", MEDDLE, str(tmp_path), count]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    print(seen)
    assert sum(seen.values()) >= int(count)
    assert seen["named"] > 20
