"""The drop from the last score, and the score under a cut-off: what practice uses today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.detectors.cutoff_comparison import exceeds, reaches
from reattune.alliance.detectors.event import KINDS, NONE, PATTERNS, Alarms, Detector, Events
from reattune.alliance.detectors.recovery import recovery
from reattune.alliance.ratings import Ratings

# A drop of so many points in a hundred is the usual advice; and 36 of 40 on the Session Rating Scale.
SHARE_OF_RANGE = 0.10
SRS_CUTOFF = 36.0


@dataclass(frozen=True)
class DropOptions:
    """When a score counts as a drop.

    Attributes:
        least: the least fall from the score before, in score units; ``None`` takes a tenth of the measure's range,
            or of the range of the scores where the measure has none.
        cutoff: a score at or below it (at or above, where lower is better) warns too; 36 of 40 on the SRS.
            ``None`` leaves it out.
    """

    least: float | None = None
    cutoff: float | None = None


def detect(ratings: Ratings, options: DropOptions) -> Events:
    """Falls of at least ``least`` from the score before, and the first of scores at or under the cut-off.

    Args:
        ratings: any number of clients; the score before is the last one there is.
        options: see :class:`DropOptions`. For a reliable-change drop give ``least`` as
            :func:`reattune.alliance.reliable_change.reliable_change`.

    Returns:
        Losses. ``depth`` is the fall from the score before; ``detected_at`` is ``onset``.

    Cost: O(n), vectorised over clients.

    Source: Duncan et al. 2003 for the cut-off, J Brief Therapy 3(1); the fall is common practice.
    """
    scores, columns = ratings.packed()
    if scores.shape[1] < 2:
        return Events.none(DROP.name, ratings.clients)
    scores = ratings.measure.upward(scores)
    fall = scores[:, :-1] - scores[:, 1:]
    found = reaches(fall, _least(ratings, options))
    if options.cutoff is not None:
        cutoff = float(ratings.measure.upward(np.array(options.cutoff)))
        # A score under the cut-off warns once, when it gets there, and only by a fall.
        found |= reaches(-scores[:, 1:], -cutoff) & exceeds(scores[:, :-1], cutoff)
    client, place = np.nonzero(found)
    before, depth = scores[client, place], fall[client, place]
    became = recovery(scores, client, place + 1, before, depth)
    onset = ratings.sessions(client, columns[client, place + 1])
    end = ratings.sessions(client, columns[client, np.maximum(became.end, 0)])
    return Events(
        DROP.name,
        ratings.clients,
        client,
        kind=KINDS.index("loss"),
        onset=onset,
        end=np.where(became.end == NONE, NONE, end),
        detected_at=onset,
        depth=depth,
        pattern=PATTERNS.index("lightning"),
        state=became.state,
    )


def alarms(ratings: Ratings, options: DropOptions) -> Alarms:
    """How far each score fell from the one before, the same for both questions: practice asks no more."""
    scores, columns = ratings.packed()
    upward = ratings.measure.upward(scores)
    fall = np.full(scores.shape, np.nan)
    fall[:, 1:] = upward[:, :-1] - upward[:, 1:]
    there = ratings.unpacked(fall, columns)
    return Alarms(there, there)


def _least(ratings: Ratings, options: DropOptions) -> float:
    if options.least is not None:
        return options.least
    low, high = ratings.measure.low, ratings.measure.high
    if np.isfinite(high - low):
        return SHARE_OF_RANGE * (high - low)
    spread: Floats = ratings.scores[~np.isnan(ratings.scores)]
    return SHARE_OF_RANGE * float(np.ptp(spread)) if len(spread) and np.ptp(spread) > 0 else np.inf


DROP = Detector(
    name="drop",
    paper="Duncan et al. 2003, J Brief Therapy 3(1)",
    cost="O(n) for each client, vectorised over clients",
    options=DropOptions,
    run=detect,
    alarms=alarms,
    noticed=0.63,
    right=0.57,
)
