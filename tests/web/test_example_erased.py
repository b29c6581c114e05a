"""What is tried in the example lies nowhere in clear, and after each of its three ends nowhere at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation_per_worker import STORE, store_of
from tests.on_the_disk import on_the_disk
from tests.web.test_canary import lying_open
from tests.web.test_store import CANARY

TRY = """
import re, sys
from datetime import date, timedelta
from pathlib import Path
from unittest import mock
from reattune.web.installation.local_server import start_django
start_django(Path(sys.argv[1]), lock=False)
from django.db import connection
from django.test import Client
from django.utils import timezone
from reattune.web.store.idle_clock import look
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from reattune.web.store.unlocking import new_journal
canary = sys.argv[2]
new_journal("four quiet words here")
client = Client(HTTP_HOST="localhost")
who = re.search(r'value="([0-9a-f-]{36})"', client.get("/example/note/").content.decode())[1]
client.post("/example/typing/", {"draft_of": "/example/note/", "what": canary})
for number in range(20):
    fields = {"who": who, "day": date.today().isoformat(), "what": f"{canary} {number}", "stop": ""}
    note = client.post("/example/note/", fields)
assert note.status_code == 302, note.status_code
said = client.post(note.headers["Location"] + "say/").headers["Location"]
client.post(said, {"words": canary, "stop": ""})
client.post("/example/typing/", {"draft_of": "/example/check/", "unsaid_words": canary})
assert canary in client.get(note.headers["Location"]).content.decode()
journal = SealedJournal.objects.get(provisional=True)
rows = [bytes(each) for each in SealedRow.objects.filter(journal_id=journal.id).values_list("sealed", flat=True)]
session = bytes(UnlockedSession.objects.get().wrapped_key)
marks = [each[8:40] for each in [*rows, session]]
if connection.vendor == "sqlite":
    marks += [bytes(journal.head)[8:40]]
Path(sys.argv[3]).write_bytes(b"".join(marks))
print(len(rows), flush=True)
sys.stdin.readline()
if sys.argv[4] == "left":
    client.post("/example/done/")
elif sys.argv[4] == "idle":
    later = timezone.now() + timedelta(minutes=61)
    with mock.patch("django.utils.timezone.now", return_value=later):
        look()  # as the clock does
        client.get("/example/today/")
if sys.argv[4] != "restart":
    assert SealedJournal.objects.count() == 1 and not SealedRow.objects.exists()
connection.close()
"""
START = """
import sys
from pathlib import Path
from reattune.web.installation.local_server import start_django
start_django(Path(sys.argv[1]))
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
assert SealedJournal.objects.count() == 1 and not SealedRow.objects.exists() and not UnlockedSession.objects.exists()
"""


@pytest.mark.parametrize("end", ["left", "idle", "restart"])
def test_in_clear_nowhere_and_afterwards_not_at_all(tmp_path: Path, end: str) -> None:
    data, marks = tmp_path / "data", tmp_path / "marks"
    environment = {**os.environ, **store_of(tmp_path)}
    said = [sys.executable, "-c", TRY, str(data), CANARY, str(marks), end]
    trying = subprocess.Popen(
        said, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert trying.stdout
    count = trying.stdout.readline()
    if not count:
        raise AssertionError(trying.communicate()[1].decode())
    pieces = marks.read_bytes()
    assert len(pieces) > 100 * 32
    assert lying_open([data], [CANARY.encode()]) == []
    assert STORE != "sqlite" or remaining(data, pieces)  # the marks are looked for in the right place
    _out, problems = trying.communicate(b"go on\n")
    assert trying.returncode == 0, problems.decode()
    if end == "restart":
        done = subprocess.run(
            [sys.executable, "-c", START, str(data)], env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
    assert lying_open([data], [CANARY.encode()]) == []
    # PostgreSQL's own log of writes keeps older pages for a while; the key they were sealed with is gone.
    assert STORE != "sqlite" or remaining(data, pieces) == []


def remaining(data: Path, pieces: bytes) -> list[str]:
    return [
        path.name
        for path, lies in on_the_disk(data)
        if any(pieces[at : at + 32] in lies for at in range(0, len(pieces), 32))
    ]


UPGRADE = """
import sys
from pathlib import Path
from reattune.web.installation import local_server
from reattune.web.installation.data_folder import VARIABLE, prepare
import os
folder = Path(sys.argv[1])
prepare(folder)
os.environ[VARIABLE], os.environ["DJANGO_SETTINGS_MODULE"] = str(folder), "reattune.web.settings"
import django
from django.core.management import call_command
from django.db import connection
django.setup()
call_command("migrate", "store", "0001", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO store_sealedjournal (id, keyring, head, head_revision, created) "
                   "VALUES (%s, %s, %s, 0, '2026-01-05')", [b"j" * 16, b"a keyring", b""])
    cursor.execute("INSERT INTO store_sealedrow (journal_id, row_id, revision, created, updated, sealed) "
                   "VALUES (%s, %s, 1, '2026-01-05', '2026-01-05', %s)", [b"j" * 16, b"r" * 16, b"sealed"])
connection.close()
from reattune.web.installation.doctor import examine
before = [line for line in examine(folder).lines if "opens: " in line]
local_server.start_django(folder)
from reattune.web.store.models import SealedJournal, SealedRow
from datetime import date
from reattune.journal.vocabulary import JournalKind
from reattune.web.pages.shared.example_access import _example_of
from reattune.web.store.provisional_journals import begin
begin(_example_of(JournalKind.PERSON, date(2026, 1, 5), "en"))
with connection.cursor() as cursor:  # an older process, which knows nothing of the new column
    cursor.execute("INSERT INTO store_sealedjournal (id, keyring, head, head_revision, created) "
                   "VALUES (%s, %s, %s, 0, '2026-01-05')", [b"k" * 16, b"another", b""])
connection.close()
after = [line for line in examine(folder).lines if "opens: " in line]
local_server.start_django(folder)
assert SealedJournal.objects.count() == SealedJournal.kept.count() == 2
assert bytes(SealedRow.objects.get().sealed) == b"sealed"
assert SealedJournal.objects.filter(provisional=False).count() == 2
print(before, after)
"""


def test_an_older_store_is_brought_up_to_date_and_the_doctor_counts_what_is_kept(tmp_path: Path) -> None:
    environment = {**os.environ, **store_of(tmp_path)}
    said = [sys.executable, "-c", UPGRADE, str(tmp_path / "data")]
    done = subprocess.run(said, env=environment, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert "opens: 1 sealed journals, 1 sealed entries" in done.stdout
    assert "opens: 2 sealed journals, 1 sealed entries" in done.stdout
