"""Which columns of a file are what, for one measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reattune.alliance.published_scores import PublishedScore

When = Literal["number", "date", "label", "columns"]


@dataclass(frozen=True)
class Layout:
    """Columns by what they are, for one measure.

    Attributes:
        client: ``None`` where the file is of one client.
        session: the column that says which session a row is; ``None`` where the columns do.
        when: whether sessions are numbers, dates, labels, or stand in columns side by side.
        groups: of each session the columns of its score: one, or the items.
        numbers: in a wide file, the session of each group.
        rater: the column that says whether the client or the therapist has rated, where both have.
        therapists_alone: the column that says of every rating that it is the therapist's.
        somebodys: the column of raters that doesn't say that the client has rated, and what it says.
        measure: the column that names the measure, ``only`` the value of it that is read, ``measures`` all its values.
        name: of the measure, as the file calls it; ``instrument`` where it is known.
        notes: what else was understood, or left out.
    """

    client: str | None
    session: str | None
    when: When
    groups: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    therapist: str | None = None
    rater: str | None = None
    therapists_alone: str | None = None
    somebodys: tuple[str, tuple[str, ...]] | None = None
    measure: str | None = None
    only: str | None = None
    measures: tuple[str, ...] = ()
    name: str = "score"
    instrument: PublishedScore | None = None
    notes: tuple[str, ...] = ()

    @property
    def scores(self) -> tuple[str, ...]:
        """All score columns."""
        return tuple(column for group in self.groups for column in group)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        named = (self.client, self.session, *self.scores, self.therapist, self.rater, self.measure)
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def wide(self) -> bool:
        """Whether one row is one client."""
        return bool(self.numbers)

    @property
    def items(self) -> bool:
        """Whether a score is worked out from several answers."""
        return any(len(group) > 1 for group in self.groups)
