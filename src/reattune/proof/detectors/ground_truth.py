"""The truth at the sessions that are judged, and how alarms are laid beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.simulate import Cohort
from reattune.proof.detectors.metrics import Ranked

# Nothing can be said before the third session, so nothing is judged there.
FIRST_JUDGED = 2
SENSITIVITY = 0.80


@dataclass(frozen=True)
class Onset:
    """A true rupture: whose, the columns of its first session and behind its last, and whether it came slowly."""

    client: int
    start: int
    end: int
    trickle: bool = False


@dataclass(frozen=True)
class Noticed:
    """What is noticed at the threshold at which enough ruptures are, while they are open.

    Attributes:
        threshold: NaN where so much is only had by warning always; then nothing else is known.
        delays: (ruptures,) sessions from the onset to the first alarm, of those noticed whose alarm was not on before:
            that was about something else. ``trickle`` and ``client`` of each.
        false_alarms: in a hundred calm sessions.
    """

    threshold: float
    delays: Floats
    trickle: Flags
    client: Integers
    false_alarms: float

    @classmethod
    def nothing(cls) -> Noticed:
        """So much is never noticed."""
        return cls(np.nan, np.empty(0), np.empty(0, dtype=bool), np.empty(0, dtype=np.int64), np.nan)


@dataclass(frozen=True)
class Judged:
    """Which sessions are judged, and what was true; each (clients, grid).

    Attributes:
        where: judged sessions, each with a rating.
        now: whether a rupture is open.
        onsets: every rupture.
    """

    where: Flags
    now: Flags
    onsets: Sequence[Onset]

    @classmethod
    def of(cls, cohort: Cohort, clients: int | None = None) -> Judged:
        """Of a simulated cohort, or its first ``clients``."""
        scores = cohort.ratings.scores[:clients]
        where = ~np.isnan(scores)
        where[:, :FIRST_JUDGED] = False
        now, onset = cohort.truth.in_rupture[:clients], cohort.truth.onset[:clients]
        trickle = cohort.truth.trickle[:clients]
        onsets = []
        for client, column in np.argwhere(onset):
            behind = np.flatnonzero(~now[client, column:])
            end = int(column + behind[0]) if len(behind) else now.shape[1]
            onsets.append(Onset(int(client), int(column), end, bool(trickle[client, column])))
        return cls(where, now, onsets)

    def first(self, clients: int) -> Judged:
        """The first clients alone."""
        return Judged(self.where[:clients], self.now[:clients], [each for each in self.onsets if each.client < clients])

    def ranked(self, alarm: Floats) -> Ranked:
        """Judged sessions by alarm, for *in a rupture now*."""
        client = np.nonzero(self.where)[0]
        return Ranked.of(self.now[self.where], alarm[self.where], client)

    def ranked_onsets(self, alarm: Floats) -> Ranked:
        """Each onset once, with the strongest alarm in its first rated session or the one behind; and every other
        session likewise, so that alarms at random are as often above an onset as below it."""
        filled = self._filled(alarm)
        following = np.hstack([filled[:, 1:], np.full((len(filled), 1), -np.inf)])
        strongest = np.maximum(filled, following)
        free, onsets = self.where.copy(), []
        for each in self.onsets:
            rated = np.flatnonzero(self.where[each.client, each.start : each.start + 2])
            if len(rated):
                onsets.append((each.client, each.start + int(rated[0])))
            # A session right before would look into the rupture.
            free[each.client, max(0, each.start - 1) : each.start + 2] = False
        rest = np.nonzero(free)
        at = (
            np.array([client for client, _ in onsets], dtype=int),
            np.array([column for _, column in onsets], dtype=int),
        )
        true = np.r_[np.ones(len(onsets), dtype=bool), np.zeros(len(rest[0]), dtype=bool)]
        return Ranked.of(true, np.r_[strongest[at], strongest[rest]], np.r_[at[0], rest[0]])

    def noticed(self, alarm: Floats, weight: Floats | None = None) -> Noticed:
        """What is noticed at the threshold that sees ``SENSITIVITY`` of the ruptures.

        Args:
            weight: (clients,) of each; one unless given.
        """
        filled, weight = self._filled(alarm), np.ones(len(self.where)) if weight is None else weight
        seen = [each for each in self._rated if weight[each.client]]
        if not seen:
            return Noticed.nothing()
        own = np.array([weight[each.client] for each in seen])
        peaks = np.array([filled[each.client, each.start : each.end].max() for each in seen])
        order = np.argsort(-peaks, kind="stable")
        enough = np.cumsum(own[order]) >= SENSITIVITY * own.sum() - 1e-9
        threshold = float(peaks[order][int(np.argmax(enough))])
        if not threshold > 0:
            return Noticed.nothing()
        delays, slow, whose = [], [], []
        for each in seen:
            marked = np.flatnonzero(filled[each.client, each.start : each.end] >= threshold)
            earlier = np.flatnonzero(self.where[each.client, : each.start])
            on_before = len(earlier) > 0 and filled[each.client, earlier[-1]] >= threshold
            if len(marked) and not on_before:
                # A client drawn twice counts twice.
                for _ in range(round(float(weight[each.client]))):
                    delays.append(float(marked[0]))
                    slow.append(each.trickle)
                    whose.append(each.client)
        calm = self.where & ~self.now
        shares = weight[np.nonzero(calm)[0]]
        false = float(np.average(filled[calm] >= threshold, weights=shares)) if shares.sum() else np.nan
        return Noticed(threshold, np.array(delays), np.array(slow, dtype=bool), np.array(whose, dtype=int), 100 * false)

    def _filled(self, alarm: Floats) -> Floats:
        return np.where(self.where & ~np.isnan(alarm), alarm, -np.inf)

    @cached_property
    def _rated(self) -> list[Onset]:
        """Ruptures in which something could be seen."""
        return [each for each in self.onsets if self.where[each.client, each.start : each.end].any()]
