"""What it costs to ask about earlier moments: one new moment among two thousand."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from bench.journal import fill, signed_in
from bench.timing import in_turn

MOMENTS = 2000


def run() -> Iterator[str]:
    """The lines to print."""
    from django.db import transaction

    from reattune.text.sentence_vectors import sentence_model
    from reattune.web.installation.data_folder import data_folder
    from reattune.web.installation.local_server import start_django

    start_django(Path(data_folder()))
    from reattune.journal.documents import Moment
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import new_journal

    journal_id, data_key, _code = new_journal("words for the echoes bench")
    opened = OpenJournal(journal_id, data_key)
    with transaction.atomic():
        fill(opened, MOMENTS)
    client = signed_in(journal_id, data_key)
    therapist = opened.journal.therapist
    assert therapist

    def new() -> str:
        """A moment that was never asked about, kept beforehand: only its suggestions are timed."""
        words = {"what": "He looked out of the window while I spoke.", "meant_about_me": "That I bore people."}
        ticks = {"feelings": ["hurt", "alone"], "touched": ["not_seen"], "cause": "seemed_bored_or_absent"}
        made = opened.create(Moment, relationship_id=therapist.id, at=opened.now, **words, **ticks)
        return f"/note/{made.id}/back/before/"

    def asked(address: str) -> None:
        assert b"Could one of these" in client.get(address).content

    with mock.patch("reattune.web.pages.follow.echo_questions.sentence_model", return_value=None):
        yield _against_today(client, [new() for _ in range(17)], asked, "ticks and letters")
    if sentence_model() is None:
        yield "Without the sentence model, which is not installed."
        return
    before = _memory()
    asked(new())
    yield f"Loading the sentence model: {_memory() - before:.0f} MB more at the most, once for the process"
    yield _against_today(client, [new() for _ in range(17)], asked, "with three new vectors each time")


def _against_today(client: Any, addresses: list[str], asked: Any, how: str) -> str:
    left = iter(addresses)
    ours, peer, ratio = in_turn(lambda: asked(next(left)), lambda: client.get("/today/"), len(addresses) - 2)
    return (
        f"Suggestions for a new moment among {MOMENTS:,} ({how}) {ours * 1000:.0f} ms, "
        f"Today for that journal {peer * 1000:.0f} ms: ratio {ratio:.2f}"
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
