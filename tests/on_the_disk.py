"""Every file that an installation leaves on the disk, read as somebody who has the disk would read it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tests import installation_per_worker


def on_the_disk(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Each file below these folders with what lies in it, and on PostgreSQL each of its server's.

    What a running server takes away while it is looked through is passed over: PostgreSQL makes and unmakes its
    caches at any time, and SQLite its log.
    """
    where = list(folders)
    if installation_per_worker.STORE == "postgresql":
        installation_per_worker.SERVER.psql("checkpoint")
        where.append(Path(installation_per_worker.SERVER_FOLDER))
    for folder in where:
        for lies_in, _, names in os.walk(folder):  # as pathlib's does not, it passes over folders that went
            for path in (Path(lies_in, name) for name in sorted(names)):
                try:
                    if path.is_file():
                        yield path, path.read_bytes()
                except FileNotFoundError:
                    continue
