"""Curves and limits of the report against plain counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from reattune.alliance.detectors.event import KINDS, STATES, Events
from reattune.study.report.survival import funnel_limits, kaplan_meier, median_time
from reattune.study.running_totals import FOLLOWED, _of_method


def mended(clients: int, hazard: float, seed: int, most: int) -> tuple[Events, np.ndarray]:
    """Ruptures from the first session on, each mended with the same chance a session, and last seen at random."""
    random = np.random.default_rng(seed)
    low = random.geometric(hazard, clients)  # sessions until it is made good
    last = random.integers(1, most, clients)
    repaired = low <= last
    state = np.where(repaired, STATES.index("repaired"), STATES.index("open"))
    return Events(
        "drop", [str(n) for n in range(clients)], np.arange(clients), kind=KINDS.index("loss"),
        onset=np.ones(clients, dtype=np.int64), end=np.where(repaired, low, -1),
        detected_at=np.ones(clients, dtype=np.int64),
        depth=np.ones(clients), state=state,
    ), last  # fmt: skip


def test_time_to_repair_is_the_one_simulated() -> None:
    events, last = mended(40_000, 1 / 3, 2, 40)
    tally = _of_method(events, np.ones(40_000, dtype=np.int64), last, np.ones(40_000, dtype=bool))
    curve = kaplan_meier(tally.repair, tally.repair_ended)
    assert [curve[n] for n in (1, 2, 3, 5, 8)] == pytest.approx([(2 / 3) ** n for n in (1, 2, 3, 5, 8)], abs=0.01)
    assert median_time(curve) == 2


@pytest.mark.parametrize("clients", range(2, 199, 2))
def test_half_is_reached_where_exactly_half_are(clients: int) -> None:
    """One after another, nobody lost, and the others last seen later."""
    half = clients // 2
    happened = np.array([0, *[1] * half, 0])
    ended = np.array([*[0] * (half + 1), clients - half])
    assert median_time(kaplan_meier(happened, ended)) == half


def test_what_comes_after_the_last_followed_session_is_not_piled_onto_it() -> None:
    events, last = mended(40_000, 0.005, 3, 400)
    tally = _of_method(events, np.ones(40_000, dtype=np.int64), last, np.ones(40_000, dtype=bool))
    curve = kaplan_meier(tally.repair, tally.repair_ended)
    assert len(curve) == FOLLOWED + 1
    assert curve[FOLLOWED] == pytest.approx(0.995**FOLLOWED, abs=0.02)


def test_chances_of_lying_outside_are_exact() -> None:
    for size in (5, 8, 20, 60):
        (limits,) = funnel_limits(0.25, [size])
        counts = np.arange(size + 1)
        out = ~((counts / size >= limits.usual_low) & (counts / size <= limits.usual_high))
        assert limits.usual_out == pytest.approx(float(binom.pmf(counts, size, 0.25)[out].sum()))
        assert limits.usual_out < 0.05
        assert limits.wide_out < 0.002
