"""How far people who marked the same sessions agree: what no method can be held to beyond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.proof.detectors.metrics import Interval, bootstrap


@dataclass(frozen=True)
class Agreement:
    """Of all markers.

    Attributes:
        alpha: Krippendorff's alpha for yes or no: 1 is full agreement, 0 what chance would give.
        same: share of pairs of marks of one session that say the same.
        sessions: looked at by two or more; ``clients`` whose they are.
    """

    alpha: Interval
    same: Interval
    sessions: int
    clients: int


def agreement(said: Floats, random: np.random.Generator, samples: int = 400) -> Agreement | None:
    """Agreement of markers with intervals over clients; ``None`` where no session was looked at by two.

    Args:
        said: (markers, clients, grid) 1, 0, or NaN where a marker did not look.

    Source: Krippendorff 1970, 10.1177/001316447003000105; for yes or no with missing marks, Hayes & Krippendorff
    2007, 10.1080/19312450709336664.
    """
    looked = (~np.isnan(said)).sum(axis=0)
    client, column = np.nonzero(looked >= 2)
    if not len(client):
        return None
    count = looked[client, column].astype(float)
    yes = np.nansum(said[:, client, column], axis=0)
    whose, row = np.unique(client, return_inverse=True)
    # Pairs of marks that differ, and all; in a session each mark counts once however many there are.
    differ = 2 * yes * (count - yes) / (count - 1)

    def alpha(weight: Floats) -> float:
        own = weight[row]
        marks, positive = float((own * count).sum()), float((own * yes).sum())
        expected = 2 * positive * (marks - positive) / (marks - 1) if marks > 1 else 0.0
        return 1 - float((own * differ).sum()) / expected if expected > 0 else float("nan")

    def same(weight: Floats) -> float:
        own = weight[row]
        marks = float((own * count).sum())
        return 1 - float((own * differ).sum()) / marks if marks else float("nan")

    made = [bootstrap(figure, len(whose), random, samples) for figure in (alpha, same)]
    return Agreement(made[0], made[1], len(client), len(whose))
