"""What the filter of two raters leaves: where a reading stands, and what the way back needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from reattune.alliance.array_types import Flags, Floats, Integers, Singles
from reattune.alliance.bayes.filter_result import Passage, Seen


@dataclass(frozen=True)
class PairStanding:
    """Where a reading of two raters stands between two sessions, for some clients.

    Attributes:
        session: how many sessions were read.
        joined: at which of them the second rater came in.
        mass: (COPIES, STATES, LEVELS, own cells, blocks, clients), scaled; own cells are OWN_LEVELS x spreads.
        origin, own_origin: (blocks, clients) and (spreads, clients), the score expected at the lowest level of each.
        before, certain: (2, clients) of each rater, as in :class:`.Standing`.
    """

    session: int
    joined: int
    mass: Singles
    origin: Floats
    own_origin: Floats
    before: Floats
    certain: Flags


@dataclass(frozen=True)
class PairStep:
    """One session more.

    Attributes:
        standing: where the reading stands behind it.
        seen: what is known at it, each (clients, 1).
        own: (2, clients) mean and sd of the second rater's score in a steady bond, as predicted before it.
        earlier: the masses before it, on the grid as it lies at it.
        begun: (STATES, clients) masses of ruptures that begin at it, in units of the masses behind it.
        kept: what the way back needs.
    """

    standing: PairStanding
    seen: Seen
    own: Floats
    earlier: Singles
    begun: Floats
    kept: Kept


@dataclass(frozen=True)
class Kept:
    """What the way back needs of one session.

    Attributes:
        steady: (2, LEVELS, own cells, blocks, clients) masses of the two steady states behind it.
        sliding: (COPIES, DEPTHS - 1, …) masses of those in which a rupture slides.
        whole: (clients,) the sum of all masses.
        first, second: how likely its scores are, (DEPTHS, LEVELS, 1, blocks, clients) for the first rater and
            (DEPTHS, 1, own cells, 1, clients) for the second.
        moved, own_moved: by how many levels each grid was moved before it; ``None`` where it was not.
    """

    steady: Singles
    sliding: Singles
    whole: Floats
    first: Singles
    second: Singles
    moved: Integers | None
    own_moved: Integers | None


@dataclass
class PairPassage:
    """What a batch leaves for the way back: the first rater's sessions alone, then those of both.

    Attributes:
        alone: the sessions before the second rater came in; ``None`` where there are none.
        own_prior: (own cells, clients) what was believed of the second rater there.
        kept: one for each session from there on.
    """

    joined: int
    alone: Passage | None
    own_prior: Singles
    kept: list[Kept] = field(default_factory=list)
