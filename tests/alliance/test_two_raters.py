"""Two raters of one bond: a plain calculation beside the filter, one rater's figures to the last bit, and the gain."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.course_state import LARGEST, LARGEST_PAIR, CourseStateError
from reattune.alliance.bayes.filter import BondFilter
from reattune.alliance.bayes.hidden_states import CALM, DEPTHS, STATES, STEADY, dynamics
from reattune.alliance.bayes.pair_batches import forward_pair, scale_of
from reattune.alliance.bayes.pair_filter import OWN_LEVELS, PairFilter
from reattune.alliance.bayes.parameter_grid import LEVELS, start
from reattune.alliance.bayes.posterior import Trace, read_course, trace
from reattune.alliance.bayes.prior import PUBLISHED, SECOND, SecondPrior, published_prior, second_beside
from reattune.alliance.bayes.session_by_session import Course
from reattune.alliance.detectors.bayes import BayesOptions, alarms, detect
from reattune.alliance.measure import PERCENT, Measure
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import VARIANTS, simulate
from reattune.alliance.simulate_second import SecondRater

NAN = math.nan
SAYS = ("p_now", "p_onset", "p_slow", "expected", "spread", "within", "usual_low", "usual_high", "p_rupture", "p_slide")
GIVEN = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 100)), st.one_of(st.none(), st.integers(0, 100))), max_size=14
)


def same(one: Trace, two: Trace, rows: object = slice(None), others: object = slice(None)) -> bool:
    return all(
        np.array_equal(getattr(one, name)[rows], getattr(two, name)[others], equal_nan=True)  # type: ignore[call-overload]
        for name in SAYS
    )


def of_one(scores: list[float], own: list[float], measure: Measure = PERCENT) -> Ratings:
    return replace(Ratings.of_one(scores, measure), second=np.array([own], dtype=float))


def test_without_the_second_raters_ratings_no_bit_changes() -> None:
    ratings = simulate(16, 31, VARIANTS["silent"], SecondRater()).ratings
    prior = published_prior(ratings.measure)
    assert ratings.second is not None
    alone = trace(replace(ratings, second=None), prior)
    nobody = replace(ratings, second=np.full_like(ratings.scores, np.nan))
    assert same(trace(nobody, prior), alone)
    some = ratings.second.copy()
    some[::2] = np.nan
    mixed = trace(replace(ratings, second=some), prior)
    assert same(mixed, alone, slice(None, None, 2), slice(None, None, 2))
    assert not same(mixed, alone)
    row = ratings.scores[0, : np.flatnonzero(~np.isnan(ratings.scores[0]))[-1] + 1]
    one, none = read_course(row, PERCENT, prior), read_course(row, PERCENT, prior, therapist=np.full(len(row), np.nan))
    assert np.array_equal(one.p_now, none.p_now)
    assert none.therapist is None
    # Until the therapist's first rating it is one rater's reading.
    late = simulate(8, 32, None, SecondRater(begins=5)).ratings
    both, first = trace(late, prior), trace(replace(late, second=None), prior)
    for name in ("p_now", "expected", "usual_low"):
        assert np.array_equal(getattr(both, name)[:, :4], getattr(first, name)[:, :4], equal_nan=True)
    # What the therapist says before the client has said anything is not read.
    before = of_one([NAN, NAN, 80, 79, 81], [70, 71, NAN, NAN, NAN])
    assert same(trace(before, PUBLISHED), trace(replace(before, second=None), PUBLISHED))


def test_figures_of_one_rater_are_those_that_were_there_before_there_were_two() -> None:
    """Read with the program as it was, to six digits: processors differ in the last."""
    ratings = simulate(3, 77).ratings
    found = trace(ratings, published_prior(ratings.measure))
    last = [int(np.flatnonzero(~np.isnan(row))[-1]) for row in ratings.scores]
    said = [round(float(found.p_now[client, column]), 6) for client, column in enumerate(last)]
    back = [round(float(np.nansum(found.p_rupture[client])), 5) for client in range(3)]
    assert (said, back) == (BEFORE_NOW, BEFORE_BACK)


BEFORE_NOW = [0.140517, 0.999595, 0.816249]
BEFORE_BACK = [2.5087, 39.35216, 13.59615]


def plainly(scores: list[float], own: list[float]) -> tuple[list[float], list[float], list[float]]:
    """The same model without any of the tricks, in double precision, and no grid ever moved.

    Returns:
        P(open | so far), P(open | all), and the therapist's expected score before each session.
    """
    model = PairFilter(BondFilter(PUBLISHED, scale_of(PERCENT)), SECOND)
    blocks, owns, chain = model.one.blocks, model.own, dynamics(PUBLISHED).follows
    noticed = np.clip(SECOND.noticed + np.tile([-1, 1], 4) * SECOND.noticed_sd, 0.02, 0.98)
    origin, mass = start(PUBLISHED, blocks, np.array([scores[0]]))
    own_origin, own_mass = start(SECOND, owns, np.array([own[0]]), OWN_LEVELS)
    # (noticed or not, states, levels, blocks, own levels, own blocks)
    now = np.zeros((2, STATES, LEVELS, len(blocks), OWN_LEVELS, len(owns)))
    joint = mass[:, :, 0, None, None] * own_mass[None, None, :, :, 0]
    for state, share in ((STEADY, 1 - PUBLISHED.calm), (CALM, PUBLISHED.calm)):
        now[0, state], now[1, state] = share * joint * noticed, share * joint * (1 - noticed)
    depth = np.arange(STATES) % DEPTHS
    filtered, masses, likelihoods, wanders, expected = [], [], [], [], []
    for session, (score, theirs) in enumerate(zip(scores, own, strict=True)):
        at = origin[:, 0] + blocks.unit * np.arange(LEVELS)[:, None] + blocks.growth * np.log1p(session)
        own_at = own_origin[:, 0] + owns.unit * np.arange(OWN_LEVELS)[:, None] + owns.growth * np.log1p(session)
        expected.append(float((now.sum(axis=(0, 1, 2, 3)) * own_at).sum() / now.sum()))
        first = np.stack([
            density(score, scores[session - 1] if session else NAN, at - k * blocks.unit, blocks.spread,
                    PUBLISHED.autocorrelation, deepest=k == DEPTHS - 1)
            for k in depth
        ])  # fmt: skip
        fallen = [SECOND.felt * depth, 0 * depth]
        second = np.stack([
            np.stack([
                density(theirs, own[session - 1] if session else NAN, own_at - k * owns.unit, owns.spread,
                        SECOND.autocorrelation, deepest=sees == 0 and d == DEPTHS - 1)
                for d, k in zip(depth, fallen[sees], strict=True)
            ])
            for sees in (0, 1)
        ])  # fmt: skip
        likely = first[None, :, :, :, None, None] * second[:, :, None, None]
        if session >= 2:
            now = np.einsum("ts,csabij->ctabij", chain, now)
            now = shared_out(now, noticed)
        now = now * likely
        now /= now.sum()
        filtered.append(1 - now[:, STEADY].sum() - now[:, CALM].sum())
        wander = [drift(LEVELS, PUBLISHED.drift, 0.5 * PUBLISHED.growth_sd / PUBLISHED.spread_median, session),
                  drift(OWN_LEVELS, SECOND.drift, 0.5 * SECOND.growth_sd / SECOND.spread_median, session)]  # fmt: skip
        for state in (STEADY, CALM):
            now[:, state] = np.einsum("ab,ij,cbzjy->caziy", *wander, now[:, state])
        masses.append(now)
        likelihoods.append(likely)
        wanders.append(wander)
    message, smoothed = np.ones_like(now), []
    for session in range(len(scores) - 1, -1, -1):
        both = masses[session] * message
        smoothed.append(1 - both[:, [STEADY, CALM]].sum() / both.sum())
        if session:
            for state in (STEADY, CALM):
                message[:, state] = np.einsum("ab,ij,cbzjy->caziy", *wanders[session], message[:, state])
            message = message * likelihoods[session]
            if session >= 2:
                for state in (STEADY, CALM):
                    message[:, state] = noticed * message[0, state] + (1 - noticed) * message[1, state]
                message = np.einsum("ts,ctabij->csabij", chain, message)
            message /= message.max()
    return filtered, smoothed[::-1], expected


def shared_out(now: Floats, noticed: Floats) -> Floats:
    """Steady masses by whether the next rupture would be noticed."""
    for state in (STEADY, CALM):
        whole = now[0, state] + now[1, state]
        now[0, state], now[1, state] = noticed * whole, (1 - noticed) * whole
    return now


def density(score: float, before: float, mean: Floats, spread: Floats, phi: float, *, deepest: bool) -> Floats:
    if math.isnan(score):
        return np.ones_like(mean)
    phi = 0.0 if math.isnan(before) else phi
    sd = spread * np.sqrt(1 - phi**2)
    z = (score - mean - phi * (np.nan_to_num(before) - mean)) / sd
    heavy = 1 / (1 + z * z / 9)
    found = np.exp(-z * z / 2) + 1e-3 * heavy**2
    if deepest:
        found = (found + 0.05 * heavy * (z < 0)) / (1 + 0.05 * 1.5 * np.pi / np.sqrt(2 * np.pi))
    likely: Floats = found / sd
    return likely


def drift(levels: int, sd: float, growth: float, session: int) -> Floats:
    spill = min(0.3, (sd**2 + (growth * np.log1p(1 / (session + 1))) ** 2) / 2)
    wander = np.eye(levels) * (1 - 2 * spill) + (np.eye(levels, k=1) + np.eye(levels, k=-1)) * spill
    wander[0, 0] += spill
    wander[-1, -1] += spill
    return wander


@pytest.mark.parametrize(
    ("scores", "own"),
    [
        ([78.0, 80, 79, 66, 65, 80], [70.0, 72, 71, 64, NAN, 71]),
        ([78.0, 80, NAN, 79, 77], [70.0, NAN, 72, 71, 66]),
        ([60.0, 62, 61, 48, 47], [72.0, 71, 73, 72, 73]),
    ],
)
def test_it_is_the_same_as_a_plain_calculation(scores: list[float], own: list[float]) -> None:
    filtered, smoothed, expected = plainly(scores, own)
    found = trace(of_one(scores, own), PUBLISHED, second=SECOND)
    assert found.second is not None
    np.testing.assert_allclose(found.p_now[0], filtered, atol=2e-5)
    np.testing.assert_allclose(found.p_rupture[0], smoothed, atol=2e-5)
    np.testing.assert_allclose(found.second.expected[0, 1:], expected[1:], atol=1e-3)


def test_who_else_is_read_changes_no_bit() -> None:
    ratings = simulate(14, 33, None, SecondRater(begins=2)).ratings
    prior = published_prior(ratings.measure)
    whole = trace(ratings, prior)
    assert same(trace(ratings.part(np.array([11, 4])), prior), whole, slice(None), np.array([11, 4]))


def test_later_ratings_change_nothing_that_was_known() -> None:
    scores, own = [80.0, 79, 81, 60, 62, 61, 80], [70.0, NAN, 71, 60, 61, NAN, 72]
    whole = trace(of_one(scores, own), PUBLISHED).p_now[0]
    for count in range(1, len(scores)):
        cut = trace(of_one(scores[:count], own[:count]), PUBLISHED).p_now[0]
        assert np.array_equal(cut, whole[:count], equal_nan=True)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 100), GIVEN, st.integers(0, 14))
def test_one_by_one_gives_the_same_bits_also_with_a_state_in_between(
    first: int, later: list[tuple[int | None, int | None]], cut: int
) -> None:
    pairs: list[tuple[float | None, float | None]] = [(first, None), *later]
    course, readings = Course(PERCENT), []
    for place, (score, own) in enumerate(pairs):
        readings.append(course.add(score, therapist=own))
        if place == cut:
            course = Course.from_json(course.to_json(), PERCENT)
    columns = [[NAN if each[which] is None else float(each[which] or 0) for each in pairs] for which in (0, 1)]
    found = trace(of_one(columns[0], columns[1]), published_prior(PERCENT))
    assert found.second is not None
    for place, reading in enumerate(readings):
        known = found.p_now[0, place]
        if not math.isnan(known) and place >= 2:
            assert reading.p_open == known
        usual = found.second.usual_low[0, place]
        if not math.isnan(usual):
            assert reading.therapist_low == usual


def test_a_course_of_two_says_so_and_its_state_is_told_from_one_raters() -> None:
    one, two = Course(PERCENT), Course(PERCENT)
    for score in (80, 79, 81, 80):
        one.add(score)
        two.add(score)
    assert one.to_json() == two.to_json()
    two.add(60, therapist=70)
    reading = two.add(62, therapist=60)
    assert "from 6 ratings and 2 of the therapist's" in reading.sentence
    assert reading.therapist == 60
    assert reading.therapist_low is not None
    state = two.to_json()
    assert LARGEST < len(state) <= LARGEST_PAIR
    assert json.loads(state)["version"] == 3
    assert Course.from_json(state).add(61, therapist=59) == two.add(61, therapist=59)
    plain = json.loads(state)
    for name, value in (("joined", 99), ("own_origin", [1.0]), ("pair", plain["mass_since"])):
        changed = {**plain, name: value}
        changed.pop("check")
        from reattune.alliance.bayes.course_state import _check

        changed["check"] = _check(changed)
        with pytest.raises(CourseStateError, match="damaged"):
            Course.from_json(json.dumps(changed))
    with pytest.raises(ValueError, match="outside 0 to 100"):
        two.add(60, therapist=140)
    with pytest.raises(ValueError, match="begins with a score"):
        Course(PERCENT).add(None, therapist=70)


def test_a_rupture_that_both_see_is_surer_and_one_that_the_client_hides_is_seen() -> None:
    calm, strike = [80.0, 79, 81, 80, 79, 81], [70.0, 71, 69, 70, 72, 70]
    alone = read_course(np.array([*calm, 72.0]), PERCENT, PUBLISHED)
    both = read_course(np.array([*calm, 72.0]), PERCENT, PUBLISHED, therapist=np.array([*strike, 58.0]))
    steady = read_course(np.array([*calm, 72.0]), PERCENT, PUBLISHED, therapist=np.array([*strike, 71.0]))
    assert steady.p_now[-1] < alone.p_now[-1] < both.p_now[-1]
    assert both.rupture is not None
    assert both.rupture.onset == 6
    assert both.therapist is not None
    assert both.therapist.usual_low[-1] < 70 < both.therapist.usual_high[-1]
    silent = np.array([*calm, NAN, NAN])
    hidden = read_course(silent, PERCENT, PUBLISHED, therapist=np.array([*strike, 55.0, 54.0]))
    assert hidden.p_now[-1] > 0.5
    with pytest.raises(ValueError, match="Both rate the same sessions"):
        read_course(silent, PERCENT, PUBLISHED, therapist=np.zeros(3))


def test_it_reads_cohort_and_person_alike_on_any_scale() -> None:
    ratings = simulate(4, 34, None, SecondRater()).ratings
    assert ratings.second is not None
    prior = published_prior(ratings.measure)
    whole = trace(ratings, prior)
    for client in range(4):
        there = np.flatnonzero(~np.isnan(ratings.scores[client]) | ~np.isnan(ratings.second[client]))
        row, own = (values[client, : there[-1] + 1] for values in (ratings.scores, ratings.second))
        np.testing.assert_allclose(
            read_course(row, ratings.measure, prior, therapist=own).p_now, whole.p_now[client, : len(row)], atol=1e-4
        )
    small = Measure(low=0, high=40, step=0.4 * ratings.measure.step)
    other = replace(ratings, scores=0.4 * ratings.scores, second=0.4 * ratings.second, measure=small)
    np.testing.assert_allclose(trace(other, published_prior(small)).p_now, whole.p_now, atol=1e-3)
    lower = Measure(low=-40, high=0, step=small.step, higher_is_better=False)
    turned = replace(other, scores=-other.scores, second=-0.4 * ratings.second, measure=lower)
    turned_prior = published_prior(Measure(low=0, high=40))
    np.testing.assert_allclose(trace(turned, turned_prior).p_now, whole.p_now, atol=1e-3)


def test_two_see_more_and_stay_calibrated() -> None:
    from reattune.proof.detectors.ground_truth import Judged
    from reattune.proof.detectors.metrics import average_precision, calibration, expected_calibration_error

    made = simulate(100, 35, None, SecondRater())
    judged, one = Judged.of(made), np.ones(100)
    alone = alarms(replace(made.ratings, second=None), BayesOptions())
    both = alarms(made.ratings, BayesOptions())
    assert average_precision(judged.ranked(both.now), one) > average_precision(judged.ranked(alone.now), one)
    table = calibration(judged.now[judged.where], both.now[judged.where])
    assert expected_calibration_error(table) < 0.05
    assert len(detect(made.ratings, BayesOptions())) > 0


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="second has the shape of the scores"):
        Ratings(["a"], np.zeros((1, 3)), np.array([1]), PERCENT, second=np.zeros((1, 4)))
    with pytest.raises(ValueError, match="felt is above 0"):
        SecondPrior(felt=0.0)
    with pytest.raises(ValueError, match="noticed lie between 0 and 1"):
        SecondPrior(noticed=1.0)
    assert second_beside(PUBLISHED) == SECOND
    assert second_beside(published_prior(Measure(low=10, high=60))).level_mean == pytest.approx(45)


def test_a_batch_is_what_single_clients_are() -> None:
    """Columns of one batch do not touch each other, whatever the second rater leaves out."""
    random = np.random.default_rng(3)
    scores, own = 70 + 8 * random.standard_normal((8, 9)), 65 + 8 * random.standard_normal((8, 9))
    own[2:4, 3:] = np.nan
    scores[5, 4:6] = np.nan
    model = PairFilter(BondFilter(PUBLISHED, scale_of(PERCENT)), SECOND)
    seen, _, _ = forward_pair(model, 0, scores, own, None, keep=False)
    for client in range(8):
        eight = [np.repeat(values[client : client + 1], 8, axis=0) for values in (scores, own)]
        alone, _, _ = forward_pair(model, 0, eight[0], eight[1], None, keep=False)
        assert np.array_equal(alone.ruptured[0], seen.ruptured[client])


def test_two_ratings_that_stay_as_they_are_do_not_count_twice_as_a_hurt_that_goes_on() -> None:
    """Long courses without a rupture whose bond does not grow in anybody's eyes."""
    random = np.random.default_rng(5)
    pairs, sessions = 48, 60

    def flat(low: float, high: float) -> Floats:
        level = np.clip(70 + 10 * random.standard_normal((pairs, 1)), 45, 92)
        noise = random.uniform(low, high, (pairs, 1)) * random.standard_normal((pairs, sessions))
        return np.asarray(np.clip(level + noise, 0, 100).round())

    for low, high, most in ((4, 8, 0.04), (1, 2, 0.01)):
        names, first = [str(each) for each in range(pairs)], np.ones(pairs, dtype=np.int64)
        both = Ratings(names, flat(low, high), first, PERCENT, second=flat(low, high))
        now = trace(both, published_prior(PERCENT), smooth=False).p_now
        assert (now >= 0.75).mean() <= most
