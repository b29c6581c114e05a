"""A journal and a backup as one commit writes them, kept for good: `python -m scripts.write_version_fixture COMMIT`.

There are no tags yet; a commit that changed what is stored stands for a version. Runs that commit's own code, taken out
of git into a folder of its own, and writes tests/versions/<day>-<commit>/: the tables as SQL, the backup, every
document as that version said it, and what opens the journal. It is all made up.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests" / "versions"

# Runs within the old version. Its names changed since: each is looked for where it has been.
WRITER = """
import importlib, json, sqlite3, sys
from pathlib import Path

data, out = Path(sys.argv[1]), Path(sys.argv[2])


def first(*names):
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in name:
                raise
    return None


first("reattune.web.installation.local_server", "reattune.web.serve").start_django(data)
from reattune.journal.codec import encode
from reattune.web.store.unlocking import new_journal
from tests.journal.every_kind import every_kind

OpenJournal = first("reattune.web.store.open_journal", "reattune.web.store.opening").OpenJournal
passphrase = "four quiet words here"
journal_id, data_key, code = new_journal(passphrase)
opened = OpenJournal(journal_id, data_key)
for document in every_kind("golden words"):
    opened.record(document)
opened = OpenJournal(journal_id, data_key)
documents = list(opened.journal)
opened.keep_draft("note", {"what": ["half a sentence"]})
(out / "documents.jsonl").write_bytes(b"".join(encode(each) + b"\\n" for each in documents))
(out / "opens.json").write_text(json.dumps({"passphrase": passphrase, "recovery_code": code}, indent=1) + "\\n")
backups = first("reattune.web.store.backups")
if backups:
    backups.back_up(out / "journals.copy")
with sqlite3.connect(data / "journals.sqlite3") as tables:
    tables.execute("DELETE FROM store_unlockedsession")
    (out / "journals.sql").write_text("\\n".join(tables.iterdump()) + "\\n", "utf-8")
"""


def main(commit: str) -> None:
    """Write the fixture of one commit.

    Raises:
        SystemExit: it is there already; a version says once and for all what it wrote.
    """
    git = shutil.which("git") or "git"

    def asked(*words: str) -> bytes:
        return subprocess.run([git, "-C", str(ROOT), *words], check=True, capture_output=True).stdout  # noqa: S603

    named = asked("log", "-1", "--format=%cs-%h", "--abbrev=7", commit).decode().strip()
    folder = KEPT / named
    if folder.exists():
        raise SystemExit(f"{folder.relative_to(ROOT)} is there already.")
    with tempfile.TemporaryDirectory() as aside:
        old, out = Path(aside, "old"), Path(aside, "out")
        out.mkdir()
        with tarfile.open(fileobj=io.BytesIO(asked("archive", commit))) as tree:
            tree.extractall(old, filter="data")
        environment = {**os.environ, "PYTHONPATH": f"{old / 'src'}{os.pathsep}{old}", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-W", "ignore", "-c", WRITER, str(Path(aside, "data")), str(out)]
        subprocess.run(command, check=True, cwd=old, env=environment)  # noqa: S603
        shutil.copytree(out, folder)
    print(folder.relative_to(ROOT), sum(path.stat().st_size for path in folder.iterdir()))


if __name__ == "__main__":
    for each in sys.argv[1:]:
        main(each)
