"""What this version reads of a folder of journals: ``python -m tests.versions.read_anew DATA SECRET``.

Starts it as a person's own (tables are brought up to date), opens the journal with a passphrase or a recovery code,
adds an entry, opens it again and prints it as JSON.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path


def main(data: Path, secret: str) -> None:
    from reattune.web.installation.local_server import start_django

    start_django(data)
    from reattune.journal.codec import encode
    from reattune.journal.documents import Moment, Relationship
    from reattune.vault import WrongSecret
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import keyrings

    (ring,) = keyrings()
    try:
        data_key = ring.open_with_passphrase(secret)
    except WrongSecret:
        data_key = ring.open_with_recovery(secret)
    before = OpenJournal(ring.journal_id, data_key)
    documents = [encode(each).decode() for each in before.journal]
    friend = before.journal.all(Relationship)[0]
    added = before.create(Moment, relationship_id=friend.id, at=before.now, what="written by this version")
    after = OpenJournal(ring.journal_id, data_key)
    drafts = after.drafts("note")
    said = {
        "documents": documents,
        "draft": drafts[0].fields if drafts else None,
        "damages": [*before.damages, *after.damages],
        "added": str(added.id) in {str(each.id) for each in after.journal},
    }
    print(json.dumps(said, default=list))


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(Path(sys.argv[1]), sys.argv[2])
