"""The proof: figures that were worked out by hand, the simulator, and what the proof says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reattune.alliance.detectors import Events
from reattune.alliance.measure import PERCENT
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import DISPLACED, VARIANTS, Simulation, simulate, variant
from reattune.proof.detectors.ceiling import ceiling
from reattune.proof.detectors.evaluation import CONTENDERS, ProofOptions, figures
from reattune.proof.detectors.events import judge_events
from reattune.proof.detectors.metrics import (
    Ranked,
    average_precision,
    bootstrap,
    calibration,
    expected_calibration_error,
    roc_area,
)

ONE = np.ones(1)
# The figures that the simulator and bayes have in common are displaced in the others.
BROKEN = tuple(name for name in VARIANTS if name not in DISPLACED)
TOLD = tuple(name for name in CONTENDERS if name != "bayes (told nothing)")
QUICK = ProofOptions(clients=300, ceiling_clients=60, particles=600, samples=20)


def ranked(true: list[int], alarm: list[float]) -> Ranked:
    return Ranked.of(np.array(true, dtype=bool), np.array(alarm), np.zeros(len(true), dtype=np.int64))


def test_average_precision_and_roc_by_hand() -> None:
    # Ranked 1 0 1 0: precision 1 and 2/3 at the two true ones; 3 of 4 pairs in order.
    four = ranked([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])
    assert average_precision(four, ONE) == pytest.approx((1 + 2 / 3) / 2)
    assert roc_area(four, ONE) == 0.75
    tied = ranked([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5])
    assert average_precision(tied, ONE) == 0.5
    assert roc_area(tied, ONE) == 0.5
    assert roc_area(ranked([1, 0], [0.1, np.nan]), ONE) == 1
    assert np.isnan(average_precision(ranked([0, 0], [1, 2]), ONE))


def test_calibration_by_hand() -> None:
    table = calibration(np.array([0, 0, 1, 1, 1, 0], dtype=bool), np.array([0.05, 0.05, 0.95, 0.95, 0.95, 0.95]))
    assert [(row.sessions, round(row.said, 2), row.was) for row in table] == [(2, 0.05, 0), (4, 0.95, 0.75)]
    assert expected_calibration_error(table) == pytest.approx((2 * 0.05 + 4 * 0.2) / 6)


def test_the_bootstrap_is_the_same_for_the_same_seed() -> None:
    four = Ranked.of(np.array([1, 0, 1, 0], dtype=bool), np.array([4.0, 3, 2, 1]), np.arange(4))
    one, two = (bootstrap(lambda w: average_precision(four, w), 4, np.random.default_rng(1), 50) for _ in range(2))
    assert one == two
    assert one.low <= one.value <= one.high


def test_the_simulator_makes_what_it_says() -> None:
    cohort = simulate(4000, 2)
    scores, truth = cohort.ratings.scores, cohort.truth
    sessions = (truth.state >= 0).sum(axis=1)
    assert sessions.min() >= 4
    assert sessions.max() <= 60
    assert 16 < sessions.mean() < 20
    rated = ~np.isnan(scores)
    assert not rated[truth.state < 0].any()
    assert 0.08 < 1 - rated[truth.state >= 0].mean() < 0.15
    assert scores[rated].min() >= 0
    assert scores[rated].max() == 100
    np.testing.assert_allclose(scores[rated] * 0.6, np.round(scores[rated] * 0.6), atol=1e-6)
    assert np.median(truth.spread) == pytest.approx(4.5, abs=0.2)
    # A session is steady exactly where nothing is lost, and every rupture has one onset.
    alive = truth.state >= 0
    assert ((truth.depth > 0) == (truth.state > 0))[alive].all()
    began = np.diff(np.hstack([np.zeros((4000, 1)), truth.in_rupture]), axis=1) == 1
    assert (truth.onset & alive).sum() >= began.sum()
    assert truth.onset[:, :2].sum() == 0
    assert truth.trickle[truth.onset].mean() == pytest.approx(1 / 7, abs=0.03)


def test_the_same_seed_gives_the_same_cohort_and_another_another() -> None:
    one, two, other = simulate(50, 1), simulate(50, 1), simulate(50, 2)
    np.testing.assert_array_equal(one.ratings.scores, two.ratings.scores)
    assert one.ratings.scores.shape != other.ratings.scores.shape or not np.array_equal(
        one.ratings.scores, other.ratings.scores, equal_nan=True
    )


def test_variants_break_what_they_say() -> None:
    plain = simulate(400, 3)
    no_ceiling = simulate(400, 3, VARIANTS["no-ceiling"])
    assert np.nanmax(plain.ratings.scores) == 100 < np.nanmax(no_ceiling.ratings.scores)
    careless = simulate(400, 3, VARIANTS["careless"]).ratings.scores
    assert (np.diff(careless, axis=1) == 0).sum() > 1.5 * (np.diff(plain.ratings.scores, axis=1) == 0).sum()
    assert variant("plain", lightning=0.2).lightning == 0.2
    with pytest.raises(ValueError, match="There is no variant 'odd'"):
        variant("odd")
    with pytest.raises(ValueError, match="at least one client"):
        simulate(0, 1)


def test_bayes_is_first_on_every_variant_and_near_the_ceiling_on_the_plain_one() -> None:
    found = figures(replace(QUICK, ceiling_clients=0, variants=BROKEN, methods=TOLD))
    for name in BROKEN:
        best = max((each for each in found if each.variant == name), key=lambda each: each.now.value)
        assert best.method == "bayes", name
    errors = {each.variant: each.error for each in found if each.method == "bayes"}
    assert all(error is not None and error < 0.06 for error in errors.values())


def test_the_ceiling_agrees_with_the_model_on_what_it_knows() -> None:
    cohort = simulate(60, 12, Simulation())
    best = ceiling(cohort.ratings, Simulation(), 600, 1)
    there = ~np.isnan(cohort.ratings.scores)
    assert ((best.now[there] >= 0) & (best.now[there] <= 1)).all()
    assert (best.now[there] >= best.onset[there] - 1e-9).all()
    from reattune.alliance.detectors import DETECTORS

    ours = DETECTORS["bayes"].alarms(cohort.ratings, DETECTORS["bayes"].options())
    assert np.corrcoef(ours.now[there], best.now[there])[0, 1] > 0.9


def test_the_ceiling_runs_on_every_variant() -> None:
    found = figures(replace(QUICK, clients=60, ceiling_clients=10, particles=200, methods=("bayes",), samples=5))
    assert [(each.variant, each.method) for each in found] == [
        (name, method) for name in VARIANTS for method in ("ceiling", "bayes")
    ]
    assert all(each.of_ceiling is not None for each in found if each.variant != "calm")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="There is no method 'tarot'"):
        figures(replace(QUICK, methods=("tarot",)))
    with pytest.raises(ValueError, match="There is no variant 'moon'"):
        figures(replace(QUICK, variants=("moon",)))


def test_told_nothing_it_stays_calibrated_in_a_displaced_world() -> None:
    options = replace(
        QUICK,
        clients=150,
        ceiling_clients=0,
        variants=("falling-growth",),
        methods=("bayes", "bayes (told nothing)"),
        samples=5,
    )
    published, learned = figures(options)
    assert published.error is not None
    assert learned.error is not None
    assert published.error > 0.12
    assert learned.error < 0.08
    assert learned.now.value > published.now.value - 0.003


def test_events_are_judged_by_hand() -> None:
    truth = simulate(1, 1).truth
    state = np.array([[0, 0, 0, 1, 1, 0, 0, 0, 1, 1]], dtype=np.int8)
    onset = np.zeros(state.shape, dtype=bool)
    onset[0, [3, 8]] = True
    ratings = Ratings(["a"], np.full((1, 10), 70.0), np.array([1]), PERCENT)
    events = Events(
        "drop", ["a"], np.array([0, 0, 0]), kind=0, onset=np.array([2, 4, 9]), end=np.array([2, 5, 9]),
        detected_at=np.array([2, 4, 9]), depth=np.ones(3), state=np.array([3, 3, 3]),
    )  # fmt: skip
    found = judge_events(events, ratings, replace(truth, state=state, onset=onset))
    assert found == {"noticed": 1.0, "right": pytest.approx(2 / 3), "still_open": 1, "wrongly_mended": 1.0}
