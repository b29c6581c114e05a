"""What the filter leaves: what is known at each session, the masses of a batch, and where a reading stands."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers, Singles


@dataclass(frozen=True)
class Seen:
    """What is known at each session from the scores up to it; each (clients, sessions).

    Attributes:
        ruptured: P(a rupture is open).
        onset: P(one begins at this session).
        eroding: P(one is still sliding).
        expected, spread: mean and sd of a score in a steady bond, as predicted before this session; not known
            before the first.
        within: mean of what is believed of the person's own sd, from the scores so far.
    """

    ruptured: Floats
    onset: Floats
    eroding: Floats
    expected: Floats
    spread: Floats
    within: Floats

    @classmethod
    def empty(cls, clients: int, sessions: int) -> Seen:
        """All NaN."""
        return cls(*(np.full((clients, sessions), np.nan) for _ in range(6)))

    def part(self, first: int, stop: int) -> Seen:
        """The sessions from ``first`` up to ``stop``, to be written into."""
        return Seen(*(getattr(self, each.name)[:, first:stop] for each in fields(self)))

    def write(self, other: Seen) -> None:
        """Take over what another says of as many sessions."""
        for each in fields(self):
            getattr(self, each.name)[:] = getattr(other, each.name)


@dataclass
class Passage:
    """What one batch leaves in memory, for reading off and for the way back.

    Attributes:
        masses: (sessions, STATES, LEVELS, blocks, clients) after each score and the wandering behind it, scaled.
        densities: (sessions, SPAN, blocks, clients) of each score, as it was scaled.
        moves: sessions before which blocks of the grid were moved, with by how many levels (blocks, clients).
        log_likelihood: (clients,) log density of all scores. Where the prior lets courses end in a rupture, that
            they went on is counted in.
        standing: where the reading stands behind it.
    """

    masses: Singles
    densities: Singles
    log_likelihood: Floats = field(default_factory=lambda: np.empty(0))

    def part(self, first: int, stop: int) -> Passage:
        """The sessions from ``first`` up to ``stop``."""
        return Passage(self.masses[first:stop], self.densities[first:stop])

    moves: dict[int, Integers] = field(default_factory=dict)
    standing: Standing | None = None


@dataclass(frozen=True)
class Standing:
    """Where a reading stands between two sessions, for some clients; all that the next step needs.

    Attributes:
        session: how many sessions were read.
        mass: (STATES, LEVELS, blocks, clients), scaled.
        origin: (blocks, clients) the score expected at the lowest level.
        before: (clients,) the last score, 0 where it is missing.
        certain: (clients,) whether it is there and on no end of the measure.
    """

    session: int
    mass: Singles
    origin: Floats
    before: Floats
    certain: Flags


@dataclass(frozen=True)
class Step:
    """One session more.

    Attributes:
        seen: what is known at it, each (clients, 1).
        standing: where the reading stands behind it.
        earlier: (STATES, LEVELS, blocks, clients) masses before it, on the grid as it lies at it.
        densities: (SPAN, blocks, clients) of its score, as it was scaled.
    """

    seen: Seen
    standing: Standing
    earlier: Singles
    densities: Singles
