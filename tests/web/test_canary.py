"""The canary once more: after a backup, a crash in the middle of writing, a lock, and an erasure."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

from tests.installation_per_worker import store_of
from tests.on_the_disk import on_the_disk
from tests.web.test_store import CANARY, WRITE_EVERYTHING, disguises

GO_ON = """
import sys
from pathlib import Path
from reattune.web.installation.local_server import start_django
start_django(Path(sys.argv[1]), lock=False)
from reattune.journal.documents import Moment
from reattune.web.store.models import SealedJournal
from reattune.web.store.open_journal import OpenJournal
opened = OpenJournal(bytes(SealedJournal.objects.get().id), Path(sys.argv[3]).read_bytes()[:32])
moment = opened.journal.all(Moment)[0]
if sys.argv[4] == "write":
    for number in range(100_000):
        opened.keep_draft("/note/", {"what": [f"{sys.argv[2]} {number}"]})
        moment = opened.change(moment, what=f"{sys.argv[2]} {number}")
        print(number, flush=True)
opened.erase()
"""


def lying_open(folders: list[Path], secrets: list[bytes]) -> list[str]:
    found, read = [], 0
    for path, content in on_the_disk(*folders):
        read += 1
        found += [path.name for secret in secrets for disguise in disguises(secret) if disguise in content]
    assert read
    return found


def test_after_backup_crash_lock_and_erase(tmp_path: Path) -> None:
    data, keys, copy = tmp_path / "data", tmp_path / "keys", tmp_path / "copies" / "copy"
    copy.parent.mkdir()
    environment = {**os.environ, **store_of(tmp_path)}

    def run(*said: str) -> None:
        done = subprocess.run([sys.executable, *said], env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

    run("-c", WRITE_EVERYTHING, str(data), CANARY, str(keys))
    held = keys.read_bytes()
    secrets = [CANARY.encode(), held[:32], held[32:96], base64.b64decode(held[32:96]), held[96:]]
    folders = [data, copy.parent]
    run("-m", "reattune", "backup", str(copy), "--data", str(data))
    assert copy.stat().st_size > 10_000
    assert lying_open(folders, secrets) == []

    said = [sys.executable, "-c", GO_ON, str(data), CANARY, str(keys), "write"]
    writer = subprocess.Popen(said, env=environment, stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    for _ in range(25):
        assert writer.stdout.readline()
    writer.kill()
    writer.wait()
    assert lying_open(folders, secrets) == []

    run("-c", "import sys; from pathlib import Path; from reattune.web.installation.local_server import start_django\n"
              "start_django(Path(sys.argv[1]))", str(data))  # fmt: skip
    assert lying_open(folders, secrets) == []

    run("-c", GO_ON, str(data), CANARY, str(keys), "erase")
    assert lying_open(folders, secrets) == []
