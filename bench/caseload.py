"""A therapist's Today with 200 clients of 60 sessions, beside a person's Today with a year's journal."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.journal import fill, signed_in
from bench.timing import in_turn

CLIENTS, SESSIONS = 200, 60
# A caseload as one therapist really has it.
USUAL_CLIENTS = 30
KEYS = ("cared_for", "understood", "safe", "goals", "way", "whole")


def run() -> Iterator[str]:
    """The lines to print."""
    from django.db import transaction

    from reattune.web.installation.data_folder import data_folder
    from reattune.web.installation.local_server import start_django

    start_django(Path(data_folder()))
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import new_journal

    def made(words: str, fill_in: Any) -> Any:
        journal_id, data_key, _code = new_journal(words)
        opened = OpenJournal(journal_id, data_key)
        with transaction.atomic():
            fill_in(opened)
        return signed_in(journal_id, data_key), len(opened.journal)

    person, entries = made("words of a person", lambda opened: fill(opened, 150, 52))
    for clients in (USUAL_CLIENTS, CLIENTS):
        therapist, documents = made(f"words of one with {clients}", lambda opened, n=clients: caseload(opened, n))
        begun = time.process_time()
        assert b"Who needs a look" in therapist.get("/today/").content
        first = time.process_time() - begun
        ours, peer, ratio = in_turn(partial(therapist.get, "/today/"), partial(person.get, "/today/"), 7)
        yield (
            f"Today of a therapist with {clients} clients of {SESSIONS} sessions, both rating ({documents:,} "
            f"documents), {ours * 1000:.0f} ms; of a person with a year's journal ({entries} documents) "
            f"{peer * 1000:.0f} ms: ratio {ratio:.1f}; the first time, both views still to be read together, "
            f"{first:.1f} s of processor time"
        )


def caseload(opened: Any, clients: int = CLIENTS, sessions: int = SESSIONS) -> None:
    """So many clients with weekly sessions, rated by both."""
    from reattune.journal.codec import from_raw
    from reattune.journal.uuid7 import uuid7

    randomness = random.Random(2)
    start = datetime.now(UTC) - timedelta(weeks=sessions)

    def make(kind: str, at: datetime, /, **fields: Any) -> Any:
        shared = {"kind": kind, "version": 1, "id": uuid7(at, randomness.randbytes(10)), "zone": "Europe/London"}
        return from_raw({**shared, "created": at, "updated": at, **fields})

    documents = [make("preferences", start, journal_kind="therapist", region="GB", no_backup_reminders=True)]
    for place in range(clients):
        weekday = {"weekday": place % 5, "time": "10:00"}
        client = make("relationship", start, name=f"C{place}", role="client", meeting=weekday)
        documents.append(client)
        for week in range(sessions):
            at = start + timedelta(weeks=week, hours=place % 9)
            session = make("session", at, relationship_id=client.id, at=at)
            documents.append(session)
            for rater, key in (("client", "reattune-check-in/1"), ("therapist", "reattune-therapist-check-in/1")):
                answers = {key: randomness.randint(6, 9) for key in KEYS}
                of = {"session_id": session.id, "rater": rater, "instrument": key, "answers": answers}
                documents.append(make("check_in", at, **of))
    opened.take_in(documents)
