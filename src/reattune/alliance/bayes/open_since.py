"""Since when a rupture that is open now has been open, and whether it slid: carried along, at the cost of one step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Floats, Singles
from reattune.alliance.bayes.hidden_states import CALM, DEPTHS, STATES, STEADY

# Sessions that an onset is told apart for; what began before is "that long ago, or longer".
REMEMBERED = 40
OPEN = np.array([state for state in range(STATES) if state % DEPTHS])
# Of the open states those in which it is not seen any more whether the rupture slid.
_SLID, _SETTLED = DEPTHS - 1, len(OPEN)


@dataclass(frozen=True)
class OpenSince:
    """How probability is spread over onsets of the rupture that is open now.

    Exact in the states of the chain; within a state, level, growth and spread are taken to be the same for all onsets,
    without which as many grids as onsets would have to be kept.

    Attributes:
        mass: (REMEMBERED, open states) share of each onset, the latest last; sums to one where a rupture can be open.
        slid: (REMEMBERED, open states behind the sliding ones) the part of it that began as a slide.
    """

    mass: Singles
    slid: Singles

    @classmethod
    def never(cls) -> OpenSince:
        """Before anything can have begun."""
        return cls(
            np.zeros((REMEMBERED, _SETTLED), dtype=np.float32),
            np.zeros((REMEMBERED, _SETTLED - _SLID), dtype=np.float32),
        )

    def step(self, follows: Floats, earlier: Floats, begun: Floats, after: Floats) -> OpenSince:
        """One session on.

        Args:
            follows: (STATES, STATES) of the chain, ``[to, from]``.
            earlier, after: (STATES,) masses before the session and behind its score, in the same units.
            begun: (open states,) what of ``after`` began at it.
        """
        went_on = follows[np.ix_(OPEN, OPEN)]
        expected = went_on @ earlier[OPEN]
        likely = np.divide(np.maximum(after[OPEN] - begun, 0), expected, out=np.zeros(_SETTLED), where=expected > 0)
        whole = float(after[OPEN].sum())
        if not whole > 0:
            return OpenSince.never()
        held = self.mass.astype(np.float64) * earlier[OPEN].sum()
        slid = self.slid.astype(np.float64) * earlier[OPEN].sum()
        # What has slid is what slides, and what did before.
        slides = np.hstack([held[:, :_SLID], slid])
        held, slides = (held @ went_on.T) * likely, (slides @ went_on.T) * likely
        begun_slides = np.zeros(_SETTLED)
        begun_slides[:_SLID] = begun[:_SLID]
        mass, slid = _later(held, begun) / whole, _later(slides, begun_slides)[:, _SLID:] / whole
        return OpenSince(mass.astype(np.float32), slid.astype(np.float32))

    def sessions_ago(self) -> int | None:
        """How many sessions ago it began: the median; ``None`` where nothing can be open."""
        by_onset = self.mass.astype(np.float64).sum(axis=1)
        whole = by_onset.sum()
        if not whole > 0:
            return None
        from_latest = np.cumsum(by_onset[::-1]) / whole
        return int(np.argmax(from_latest >= 0.5))

    def slow(self) -> float:
        """P(it began as a slide | it is open), 0-1."""
        whole = float(self.mass.astype(np.float64).sum())
        sliding = float(self.mass[:, :_SLID].astype(np.float64).sum() + self.slid.astype(np.float64).sum())
        return min(1.0, sliding / whole) if whole > 0 else 0.0


def _later(held: Floats, begun: Floats) -> Floats:
    """Onsets one session further back, and a new one; the two longest ago become one."""
    moved = np.vstack([held[1:], begun])
    moved[0] += held[0]
    return moved


def begun_now(follows: Floats, earlier: Singles, likely: Singles) -> Floats:
    """(open states,) mass of ruptures that begin at a session.

    Args:
        follows: (STATES, STATES) of the chain.
        earlier: (STATES, LEVELS, blocks) masses before the session.
        likely: (DEPTHS, LEVELS, blocks) how likely its score is at each depth.
    """
    steady, calm = earlier[STEADY].astype(np.float64), earlier[CALM].astype(np.float64)
    by_depth = likely.astype(np.float64).reshape(DEPTHS, -1)
    from_steady, from_calm = by_depth @ steady.ravel(), by_depth @ calm.ravel()
    depth = OPEN % DEPTHS
    found: Floats = follows[OPEN, STEADY] * from_steady[depth] + follows[OPEN, CALM] * from_calm[depth]
    return found
