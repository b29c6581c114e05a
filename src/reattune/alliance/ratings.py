"""Ratings of many clients, in columns: what every detector reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from reattune.alliance.array_types import Floats, Integers
from reattune.alliance.measure import Measure


@dataclass(frozen=True)
class Ratings:
    """Session-by-session scores of whole clients.

    Attributes:
        clients: one name each.
        scores: (clients, grid) float; NaN where there is no rating. Column ``j`` of a client is the session
            numbered ``first[client] + j``: a session without a rating is a gap, never a zero.
        first: (clients,) the number of each client's first session.
        measure: what the scores mean.
        unsure: (clients, grid) variance that each score has beyond what is usual on its questionnaire, in score units
            squared, where its answers show it; ``None`` where only scores are known.
        second: (clients, grid) scores that a second rater, the therapist, gave the same sessions on the same measure;
            NaN where there is none, ``None`` where one rater only has rated. Only ``bayes`` reads them.
    """

    clients: Sequence[str]
    scores: Floats
    first: Integers
    measure: Measure = field(default_factory=Measure)
    unsure: Floats | None = None
    second: Floats | None = None

    def __post_init__(self) -> None:
        if self.second is not None and self.second.shape != self.scores.shape:
            raise ValueError(
                f"second has the shape of the scores, {self.scores.shape}, and this has {self.second.shape}."
            )
        if self.unsure is not None and self.unsure.shape != self.scores.shape:
            raise ValueError(
                f"unsure has the shape of the scores, {self.scores.shape}, and this has {self.unsure.shape}."
            )
        if self.scores.ndim != 2 or len(self.clients) != len(self.scores) or len(self.first) != len(self.scores):
            raise ValueError(
                f"Ratings need one row of scores for each client; got {len(self.clients)} clients, scores of shape "
                f"{self.scores.shape} and {len(self.first)} first sessions."
            )

    @property
    def higher_is_better(self) -> bool:
        """Which direction of the score is the better one."""
        return self.measure.higher_is_better

    @classmethod
    def of_one(cls, scores: Sequence[float | None], measure: Measure | None = None) -> Ratings:
        """One person's scores in order, sessions numbered from 1; ``None`` is missing."""
        row = np.array([[np.nan if score is None else score for score in scores]], dtype=float).reshape(1, -1)
        return cls(clients=("",), scores=row, first=np.array([1]), measure=measure or Measure())

    def part(self, rows: slice | Integers, sessions: slice = slice(None)) -> Ratings:
        """Some clients, and of each some columns from the first on."""
        places = np.arange(len(self.clients))[rows]
        unsure = None if self.unsure is None else self.unsure[places, sessions]
        second = None if self.second is None else self.second[places, sessions]
        names = [self.clients[place] for place in places]
        return Ratings(names, self.scores[places, sessions], self.first[places], self.measure, unsure, second)

    def session(self, client: int, column: int) -> int:
        """The number of the session in ``column``."""
        return int(self.first[client]) + int(column)

    def sessions(self, client: Integers, column: Integers) -> Integers:
        """The same for many: (n,) clients and columns to (n,) session numbers."""
        return self.first[client] + column

    def packed(self) -> tuple[Floats, Integers]:
        """The scores that are there, moved to the left, with the column each came from.

        Both have shape (clients, grid); behind a client's last score the scores are NaN.
        """
        columns = np.argsort(np.isnan(self.scores), axis=1, kind="stable")
        return np.take_along_axis(self.scores, columns, axis=1), columns

    def unpacked(self, values: Floats, columns: Integers) -> Floats:
        """Values of :meth:`packed` scores back on the grid; NaN where there is no score."""
        grid = np.full(self.scores.shape, np.nan)
        np.put_along_axis(grid, columns, values, axis=1)
        grid[np.isnan(self.scores)] = np.nan
        return grid
