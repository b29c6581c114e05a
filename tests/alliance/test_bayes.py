"""``bayes``: hand-checked readings, the same as a plain calculation, and what must always hold."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.alliance.bayes.fit_prior import Source, choose, fit
from reattune.alliance.bayes.hidden_states import CALM, DEPTHS, STATES, STEADY, dynamics
from reattune.alliance.bayes.parameter_grid import LEVELS, Blocks, start
from reattune.alliance.bayes.posterior import Trace, read_course, trace
from reattune.alliance.bayes.prior import PUBLISHED, BondPrior, published_prior
from reattune.alliance.detectors.bayes import BayesOptions, detect
from reattune.alliance.measure import PERCENT, Measure
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import Simulation, simulate
from reattune.proof.detectors.metrics import calibration, expected_calibration_error

STRIKE = [80, 79, 81, 80, 79, 81, 80, 60, 62, 61]
SERIES = st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=30)


def read(scores: list[float | None], measure: Measure = PERCENT) -> Trace:
    return trace(Ratings.of_one(scores, measure), published_prior(measure))


def cohort(clients: int = 300, seed: int = 5, **changes: object) -> Ratings:
    return simulate(clients, seed, Simulation(**changes)).ratings  # type: ignore[arg-type]


def test_a_strike_is_seen_in_its_session() -> None:
    (event,) = detect(Ratings.of_one(STRIKE, PERCENT), BayesOptions())
    assert (event.kind, event.pattern, event.state) == ("loss", "lightning", "open")
    assert (event.onset, event.detected_at, event.end) == (8, 8, None)
    assert event.depth == pytest.approx(20, abs=3)
    assert event.probability is not None
    assert event.probability > 0.95


def test_a_trickle_is_seen_and_named() -> None:
    scores = [90, 90, 89, 90, 91, 90, 90, 88, 86, 84, 82, 80, 78, 77, 77, 76]
    (event,) = detect(Ratings.of_one(scores, PERCENT), BayesOptions())
    assert event.pattern == "trickle"
    assert event.onset in (8, 9, 10)
    assert event.detected_at <= 12


def test_a_rupture_for_good_stays_until_the_course_ends() -> None:
    chain = dynamics(PUBLISHED).follows
    for state in range(STATES):
        row, depth = divmod(state, DEPTHS)
        if depth:
            assert chain[:, state].sum() == pytest.approx(1 - PUBLISHED.leave), (row, depth)
    lasting = 2 * DEPTHS + 3
    assert chain[lasting, lasting] == pytest.approx(1 - PUBLISHED.leave)


def test_years_without_a_change_are_a_good_bond() -> None:
    for score in (50, 70, 80, 95, 100):
        assert read([score] * 200).p_now[0].max() < 0.5, score


def test_looking_back_is_calibrated() -> None:
    made = simulate(1500, 19)
    judged = ~np.isnan(made.ratings.scores)
    judged[:, :2] = False
    found = trace(made.ratings, published_prior(PERCENT))
    for said in (found.p_now, found.p_rupture):
        assert expected_calibration_error(calibration(made.truth.in_rupture[judged], said[judged])) < 0.035


def test_a_bond_that_sinks_is_seldom_asked_about() -> None:
    made = simulate(1500, 5, Simulation(growth_mean=-1, growth_sd=0.3))
    calm = ~np.isnan(made.ratings.scores) & ~made.truth.in_rupture
    calm[:, :2] = False
    found = trace(made.ratings, published_prior(PERCENT), smooth=False)
    assert (found.p_now[calm] >= 0.75).mean() < 0.06


def test_nothing_was_foreseen_before_the_first_session() -> None:
    found = read([80, 81, 79, 80])
    for each in (found.expected, found.spread, found.usual_low, found.usual_high):
        assert np.isnan(each[0, 0])
        assert not np.isnan(each[0, 1:]).any()


def test_a_depth_in_sd_is_in_the_persons_own() -> None:
    made = simulate(1500, 4)
    events = detect(made.ratings, BayesOptions())
    onset = events.onset - 1
    inside = made.truth.in_rupture[events.client, onset]
    true = made.truth.depth[events.client, onset] / made.truth.spread[events.client]
    assert np.median(events.depth_sd[inside]) == pytest.approx(np.median(true[inside]), rel=0.12)


def test_a_lasting_fall_is_open_and_not_partly_mended() -> None:
    random = np.random.default_rng(4)
    level = np.where(np.arange(40) < 12, 75.0, 67.0)
    scores = level + 4.5 * random.standard_normal((100, 40))
    found = detect(Ratings([str(n) for n in range(100)], scores, np.ones(100, dtype=np.int64), PERCENT), BayesOptions())
    latest = [event for event in found if event.end is None]
    assert len(latest) > 40
    assert sum(event.state == "partly" for event in latest) < 0.1 * len(latest)


def test_a_repair_ends_it_and_a_way_back_is_partly() -> None:
    (mended,) = detect(Ratings.of_one([*STRIKE, 80, 81, 80], PERCENT), BayesOptions())
    assert (mended.onset, mended.end, mended.state) == (8, 10, "repaired")
    (partly,) = detect(Ratings.of_one([80, 79, 81, 80, 79, 81, 80, 60, 60, 72, 71], PERCENT), BayesOptions())
    assert (partly.onset, partly.end, partly.state) == (8, None, "partly")


def test_from_the_third_session_on_and_not_before() -> None:
    assert read([80, 40]).p_now[0].max() == pytest.approx(0, abs=1e-6)
    assert read([80, 79, 40]).p_now[0, 2] > 0.5


def test_an_even_course_has_no_event_and_a_ripple_is_none() -> None:
    for scores in ([80] * 30, [100] * 30, [0] * 30, [80, 80, 80, 80, 79, 80, 80], [70.1] * 200):
        assert list(detect(Ratings.of_one(scores, PERCENT), BayesOptions())) == []


def test_a_strike_far_beyond_the_deepest_state_is_no_outlier() -> None:
    assert read([90, 91, 90, 90, 91, 90, 5]).p_now[0, -1] > 0.8


def plainly(scores: list[float | None], prior: BondPrior) -> tuple[list[float], list[float]]:
    """The same model without any of the tricks: one number at a time, in double precision, the grid never moved."""
    blocks = Blocks.of(prior)
    chain = dynamics(prior).follows
    filtered, messages, likelihoods, masses = [], [], [], []
    first = scores[0]
    assert first is not None
    origin, mass = start(prior, blocks, np.array([first]))
    now = np.zeros((STATES, LEVELS, len(blocks)))
    now[STEADY], now[CALM] = (1 - prior.calm) * mass[..., 0], prior.calm * mass[..., 0]
    wanders = []
    for session, score in enumerate(scores):
        likely = np.ones_like(now)
        before = scores[session - 1] if session else None
        for state in range(STATES):
            for level in range(LEVELS):
                for block in range(len(blocks)):
                    unit, spread = blocks.unit[block], blocks.spread[block]
                    mean = origin[block, 0] + unit * level + blocks.growth[block] * np.log1p(session)
                    x = mean - unit * (state % DEPTHS)
                    phi = prior.autocorrelation if before is not None else 0.0
                    if score is None:
                        continue
                    around = x + phi * ((before or 0.0) - x)
                    sd = spread * np.sqrt(1 - phi**2)
                    z = (score - around) / sd
                    heavy = 1 / (1 + z * z / 9)
                    density = np.exp(-z * z / 2) + prior.outliers * heavy**2
                    if state % DEPTHS == DEPTHS - 1 and z < 0:
                        density += 0.05 * heavy
                    if state % DEPTHS == DEPTHS - 1:
                        density /= 1 + 0.05 * 1.5 * np.pi / np.sqrt(2 * np.pi)
                    likely[state, level, block] = density / sd
        if session >= 2:
            now = np.einsum("ts,slb->tlb", chain, now)
        now = now * likely
        now /= now.sum()
        filtered.append(1 - now[STEADY].sum() - now[CALM].sum())
        masses.append(now.copy())
        likelihoods.append(likely)
        growth = 0.5 * prior.growth_sd / prior.spread_median * np.log1p(1 / (session + 1))
        spill = min(0.3, (prior.drift**2 + growth**2) / 2)
        wander = np.eye(LEVELS) * (1 - 2 * spill) + (np.eye(LEVELS, k=1) + np.eye(LEVELS, k=-1)) * spill
        wander[0, 0] += spill
        wander[-1, -1] += spill
        wanders.append(wander)
        now[STEADY], now[CALM] = wander @ now[STEADY], wander @ now[CALM]
    message = np.ones_like(now)
    for session in range(len(scores) - 1, -1, -1):
        both = masses[session] * message
        messages.append(1 - both[[STEADY, CALM]].sum() / both.sum())
        if session:
            message = message * likelihoods[session]
            if session >= 2:
                message = np.einsum("ts,tlb->slb", chain, message)
            for state in (STEADY, CALM):
                message[state] = wanders[session - 1].T @ message[state]
            message /= message.sum()
    return filtered, messages[::-1]


@pytest.mark.parametrize(
    "scores",
    [
        [20, 22, 21, 23, 20, 10, 21],
        [70, 72, 71, 69, 60, 58, 70, 71],
        [85, 80, None, 82, 81, 60, None, 62, 83],
        [50, 52, 40, 51, 49, 20, 22],
    ],
)
def test_the_same_as_a_plain_calculation(scores: list[float | None]) -> None:
    # Without growth the grid need not move, so that the plain one has the same levels.
    prior = replace(PUBLISHED, growth_mean=0.0)
    found = trace(Ratings.of_one(scores, PERCENT), prior)
    filtered, smoothed = plainly(scores, prior)
    assert found.p_now[0] == pytest.approx(filtered, abs=2e-3)
    assert found.p_rupture[0] == pytest.approx(smoothed, abs=2e-3)


def test_probabilities_mean_what_they_say_and_the_usual_range_holds_what_is_usual() -> None:
    made = simulate(2000, 9)
    found = trace(made.ratings, published_prior(PERCENT))
    judged = ~np.isnan(made.ratings.scores)
    judged[:, :2] = False
    said, was = found.p_now[judged], made.truth.in_rupture[judged]
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
        here = (said >= low) & (said < high)
        assert was[here].mean() == pytest.approx(said[here].mean(), abs=0.06)
    calm = judged & ~made.truth.in_rupture
    inside = (made.ratings.scores >= found.usual_low) & (made.ratings.scores <= found.usual_high)
    assert 0.93 < inside[calm].mean() < 0.985


@settings(max_examples=60, deadline=None)
@given(SERIES, SERIES)
def test_what_comes_later_changes_nothing_that_was_known_then(
    earlier: list[float | None], later: list[float | None]
) -> None:
    whole, part = read([*earlier, *later]), read(earlier)
    known = ~np.isnan(part.p_now[0])
    width = len(earlier)
    np.testing.assert_allclose(whole.p_now[0, :width][known], part.p_now[0][known], atol=1e-5)
    np.testing.assert_allclose(whole.expected[0, :width][known], part.expected[0][known], atol=1e-3)


@settings(max_examples=60, deadline=None)
@given(SERIES)
def test_probabilities_lie_between_0_and_1_and_ranges_within_the_measure(scores: list[float | None]) -> None:
    found = read(scores)
    for each in fields(Trace)[:-1]:
        values = getattr(found, each.name)[0]
        there = values[~np.isnan(values)]
        if each.name.startswith("p_"):
            assert ((there >= 0) & (there <= 1)).all()
        elif each.name not in ("spread", "within"):
            assert ((there >= 0) & (there <= 100)).all()
    rated = [score is not None for score in scores]
    assert not np.isnan(found.p_now[0][rated]).any()


def test_turning_shifting_and_scaling_the_measure_change_nothing() -> None:
    ratings = cohort()
    ours = trace(ratings, published_prior(ratings.measure))
    for measure, moved in (
        (Measure(higher_is_better=False, low=-100, high=0, step=ratings.measure.step), -ratings.scores),
        (Measure(low=30, high=80, step=ratings.measure.step / 2), 30 + ratings.scores / 2),
    ):
        other = replace(ratings, scores=moved, measure=measure)
        theirs = trace(other, published_prior(measure))
        np.testing.assert_allclose(ours.p_now, theirs.p_now, atol=1e-5)
        np.testing.assert_allclose(ours.p_rupture, theirs.p_rupture, atol=1e-5)


def test_a_missing_session_is_not_a_zero() -> None:
    gap, zero = read([80, 79, 81, None, 80]), read([80, 79, 81, 0, 80])
    assert gap.p_now[0, 3] < 0.2
    assert zero.p_now[0, 3] > 0.8


def test_clients_do_not_touch_each_other_to_the_last_bit() -> None:
    ratings = cohort(400)
    whole = trace(ratings, PUBLISHED)
    for part in (slice(0, 3), slice(100, 237), slice(399, 400)):
        names = ratings.clients[part]
        pair = [*names, "x"] if len(names) == 1 else names
        scores = np.vstack([ratings.scores[part], ratings.scores[:1]]) if len(names) == 1 else ratings.scores[part]
        some = Ratings(pair, scores, np.ones(len(pair), dtype=np.int64), ratings.measure)
        found = trace(some, PUBLISHED)
        for each in fields(Trace)[:-1]:
            theirs = getattr(found, each.name)[: len(names)]
            np.testing.assert_array_equal(getattr(whole, each.name)[part], theirs)


def test_one_person_is_read_as_in_a_cohort() -> None:
    ratings = cohort(20)
    whole = trace(ratings, PUBLISHED)
    for client in range(20):
        row = ratings.scores[client]
        last = int(np.flatnonzero(~np.isnan(row))[-1]) + 1
        course = read_course(row[:last], ratings.measure, PUBLISHED)
        np.testing.assert_allclose(course.p_now, whole.p_now[client, :last], atol=1e-4)
        np.testing.assert_allclose(course.expected, whole.expected[client, :last], atol=0.02)


def test_long_courses_are_read_nearly_as_in_a_cohort() -> None:
    ratings = simulate(20, 77, Simulation(shortest=300, longest=420, mean_sessions=380, leave=0)).ratings
    prior = published_prior(ratings.measure)
    whole = trace(ratings, prior, smooth=False)
    apart, asked = [], []
    for client, row in enumerate(ratings.scores):
        last = int(np.flatnonzero(~np.isnan(row))[-1]) + 1
        ours, theirs = read_course(row[:last], ratings.measure, prior).p_now, whole.p_now[client, :last]
        apart.append(np.abs(ours - theirs).max())
        asked.append((ours >= 0.75) != (theirs >= 0.75))
    assert np.median(apart) < 0.01
    assert max(apart) < 0.2
    assert np.concatenate(asked).mean() < 0.001


def test_odd_cohorts() -> None:
    nothing = Ratings(["a", "b"], np.full((2, 5), np.nan), np.array([1, 1]), PERCENT)
    assert np.isnan(trace(nothing, PUBLISHED).p_now).all()
    assert list(detect(nothing, BayesOptions())) == []
    long = Ratings.of_one((80 + 4 * np.sin(np.arange(10_000))).tolist(), PERCENT)
    assert not np.isnan(trace(long, PUBLISHED).p_rupture).any()
    late = Ratings(["a"], np.array([[np.nan, np.nan, *STRIKE]]), np.array([5]), PERCENT)
    (event,) = detect(late, BayesOptions())
    assert event.onset == 5 + 2 + 7


def test_the_prior_needs_a_range_and_figures_that_can_be() -> None:
    with pytest.raises(ValueError, match="range"):
        detect(Ratings.of_one(STRIKE), BayesOptions())
    with pytest.raises(ValueError, match="level_sd is above 0"):
        BondPrior(level_sd=0)
    with pytest.raises(ValueError, match="lightning lies between 0 and 1"):
        BondPrior(lightning=1.5)
    with pytest.raises(ValueError, match="threshold"):
        BayesOptions(threshold=1)


def test_a_fit_finds_what_a_cohort_is_like() -> None:
    prior = fit(cohort(300, 11, level_mean=60, level_sd=8, spread_median=7, lightning=0.03, trickle=0.005))
    assert prior.level_mean == pytest.approx(60, abs=1.5)
    assert prior.level_sd == pytest.approx(8, abs=1.5)
    assert prior.spread_median == pytest.approx(7, abs=0.7)
    assert 0.02 < prior.lightning + prior.trickle < 0.06
    assert prior.repaired == PUBLISHED.repaired


def test_a_fit_follows_shift_and_scale() -> None:
    ratings = replace(cohort(60), measure=Measure(step=5 / 3))
    moved = replace(ratings, scores=5 + ratings.scores / 10, measure=Measure(step=1 / 6))
    ours, theirs = fit(ratings), fit(moved)
    assert theirs.level_mean == pytest.approx(5 + ours.level_mean / 10, rel=1e-2)
    assert theirs.spread_median == pytest.approx(ours.spread_median / 10, rel=2e-2)
    assert theirs.lightning == pytest.approx(ours.lightning, rel=5e-2)


def test_a_fit_is_taken_where_it_predicts_better_and_said() -> None:
    usual, sinking = cohort(60, 3), cohort(60, 3, growth_mean=-4, level_mean=60, spread_median=8)
    assert choose(usual, published_prior(PERCENT)).gain < 0.1
    found = choose(sinking, published_prior(PERCENT))
    assert found.source is not Source.PUBLISHED
    assert found.gain > 0.3
    assert found.clients > 40
    few = choose(cohort(10), published_prior(PERCENT))
    assert (few.source, few.clients, few.prior) == (Source.PUBLISHED, 0, PUBLISHED)
    with pytest.raises(ValueError, match="at least 20 clients"):
        choose(cohort(10), None)


def test_who_knows_the_rate_can_say_it() -> None:
    found = choose(cohort(40), published_prior(PERCENT), rate=0.02).prior
    assert found.lightning + found.trickle == pytest.approx(0.02)
    with pytest.raises(ValueError, match="between 0 and 1"):
        choose(cohort(40), published_prior(PERCENT), rate=2)


def test_a_cohort_without_ruptures_is_seen_to_have_few() -> None:
    calm = replace(cohort(250, 12, lightning=0, trickle=0), measure=Measure(step=5 / 3))
    prior = choose(calm, None).prior
    assert np.nanmean(trace(calm, prior, smooth=False).p_now[:, 2:]) < 0.07


def test_a_fit_refuses_too_few_and_what_does_not_vary() -> None:
    with pytest.raises(ValueError, match="at least 20 clients"):
        fit(cohort(10))
    flat = Ratings([str(n) for n in range(30)], np.full((30, 8), 70.0), np.ones(30, dtype=np.int64), PERCENT)
    with pytest.raises(ValueError, match="hardly vary"):
        fit(flat)
