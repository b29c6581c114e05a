"""What becomes of a letter when it is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reattune.journal.documents import CameIn, Document


@dataclass(frozen=True)
class TakenIn:
    """What taking a letter in would do: what is written in its place, the page that follows, and which other letters go
    along, because it took their place before they were read."""

    written: Sequence[Document]
    page: str
    args: tuple[UUID, ...] = ()
    query: str = ""
    along: tuple[CameIn, ...] = ()
