"""Acknowledged means on disk: a process that is killed takes nothing with it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

WRITER = """
import sys
from pathlib import Path
from reattune.web.serve import start_django
start_django(Path(sys.argv[1]))
from reattune.journal.documents import Moment, Relationship
from reattune.web.store.opening import OpenJournal
from reattune.web.store.unlocking import new_journal
journal_id, data_key, _code = new_journal("four quiet words here")
Path(sys.argv[2]).write_bytes(journal_id + data_key)
opened = OpenJournal(journal_id, data_key)
friend = opened.create(Relationship, name="A", role="friend")
for number in range(100_000):
    kept = opened.create(Moment, relationship_id=friend.id, at=opened.now, what=str(number))
    print(kept.id, number, flush=True)
"""
READER = """
import sys
from pathlib import Path
from reattune.web.serve import start_django
start_django(Path(sys.argv[1]))
from reattune.journal.documents import Moment
from reattune.web.store.opening import OpenJournal
keys = Path(sys.argv[2]).read_bytes()
opened = OpenJournal(keys[:16], keys[16:])
assert not opened.damages, opened.damages
for moment in opened.journal.all(Moment):
    print(moment.id, moment.what)
"""


@pytest.mark.parametrize("seed", range(3))
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int) -> None:
    data, keys = str(tmp_path / "data"), str(tmp_path / "keys")
    writer = subprocess.Popen([sys.executable, "-c", WRITER, data, keys], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    first = writer.stdout.readline()
    time.sleep((0.05, 0.23, 0.6)[seed])
    writer.kill()
    acknowledged = {first.strip(), *(line.strip() for line in writer.stdout if line.endswith("\n"))}
    writer.wait()
    done = subprocess.run([sys.executable, "-c", READER, data, keys], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = set(done.stdout.splitlines())
    assert len(acknowledged) > 3
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= 1
