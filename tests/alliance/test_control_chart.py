"""Control chart: hand-checked limits, rules, and what must always hold."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.alliance.detectors.control_chart import ControlChartOptions, chart, detect, signals
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings

PUBLISHED = ControlChartOptions()
KNOWN_THEN = ControlChartOptions(known_then=True)
SERIES = st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=40)


def test_hand_checked_limits() -> None:
    # Moving ranges 2, 2, 4, 4, 2: mean 2.8, sigma 2.8 / 1.128 = 2.4823; centre 62 / 6.
    limits = chart(np.array([[10.0, 12.0, 10.0, 14.0, 10.0, 8.0]]), PUBLISHED)
    assert limits.center[0, 0] == pytest.approx(64 / 6)
    assert limits.sigma[0, 0] == pytest.approx(2.8 / 1.128)


def test_a_drop_is_an_event_from_its_first_to_its_last_session() -> None:
    scores = [78, 80, 79, 81, 80, 79, 81, 80, 79, 50, 51, 80, 79]
    (event,) = detect(Ratings.of_one(scores), KNOWN_THEN)
    assert (event.kind, event.onset, event.end, event.detected_at) == ("loss", 10, 11, 10)
    assert event.depth == pytest.approx(79.67 - 50.5, abs=0.1)
    lower = detect(Ratings.of_one(scores, Measure(higher_is_better=False)), KNOWN_THEN)
    assert [each.kind for each in lower] == ["gain"]


def test_two_of_three_beyond_the_inner_limit() -> None:
    options = ControlChartOptions(known_then=True, run=0)
    # First 2.7 sigma below (centre 81, sigma 1.77), then 2.07 (centre 80.56, sigma 2.11): the second makes it known.
    scores = [*[80, 82] * 5, 76.2, 76.2]
    (event,) = detect(Ratings.of_one(scores), options)
    assert (event.onset, event.detected_at) == (11, 12)


def test_a_run_on_one_side_is_known_at_its_last_and_begins_at_its_first() -> None:
    options = ControlChartOptions(known_then=True, run=4)
    scores = [80, 84, 80, 84, 80, 84, 80.5, 80.5, 80.5, 80.5]
    (event,) = detect(Ratings.of_one(scores), options)
    assert event.kind == "loss"
    assert (event.onset, event.detected_at) == (7, 10)


def test_missing_sessions_are_passed_over_and_numbered_rightly() -> None:
    scores = [80, 79, None, 81, 80, 79, 81, None, 50]
    (event,) = detect(Ratings.of_one(scores), KNOWN_THEN)
    assert event.onset == 9


def test_constant_short_and_empty_series_have_no_events() -> None:
    for scores in ([70] * 30, [70.1] * 30, [80, 20], [], [None] * 10):
        assert detect(Ratings.of_one(scores), PUBLISHED) == []
        assert detect(Ratings.of_one(scores), KNOWN_THEN) == []


def test_a_prior_keeps_a_ripple_from_becoming_an_alarm() -> None:
    scores = [80, 80, 80, 80, 80, 80, 79]
    assert len(detect(Ratings.of_one(scores), KNOWN_THEN)) == 1
    assert detect(Ratings.of_one(scores), ControlChartOptions(known_then=True, prior_sigma=4.5, prior_weight=4)) == []


@settings(max_examples=150, deadline=None)
@given(SERIES, SERIES)
def test_what_comes_later_changes_nothing_that_was_known_then(
    earlier: list[int | None], later: list[int | None]
) -> None:
    def found(scores: list[int | None], upto: int) -> list[int]:
        row, columns = Ratings.of_one(scores).packed()
        if not row.shape[1]:
            return []
        sides = signals(row, chart(row, KNOWN_THEN), KNOWN_THEN)[0]
        return [int(side) for side, column in zip(sides, columns[0], strict=True) if column < upto]

    whole = [*earlier, *later]
    there = sum(score is not None for score in earlier)
    assert found(earlier, len(earlier))[:there] == found(whole, len(earlier))[:there]


@settings(max_examples=150, deadline=None)
@given(SERIES, st.sampled_from([PUBLISHED, KNOWN_THEN]), st.sampled_from([0.5, 2.0, 4.0]), st.integers(-64, 64))
def test_shift_and_scale_change_no_session(
    scores: list[int | None], options: ControlChartOptions, by: float, plus: int
) -> None:
    moved = [None if score is None else score * by + plus for score in scores]
    ours, theirs = detect(Ratings.of_one(scores), options), detect(Ratings.of_one(moved), options)
    assert [(e.onset, e.end, e.kind) for e in ours] == [(e.onset, e.end, e.kind) for e in theirs]


@settings(max_examples=100, deadline=None)
@given(SERIES, st.sampled_from([PUBLISHED, KNOWN_THEN]))
def test_turning_the_measure_around_changes_nothing(scores: list[int | None], options: ControlChartOptions) -> None:
    turned = [None if score is None else 100 - score for score in scores]
    ours = detect(Ratings.of_one(scores, Measure()), options)
    theirs = detect(Ratings.of_one(turned, Measure(higher_is_better=False)), options)
    assert [(e.onset, e.end, e.kind) for e in ours] == [(e.onset, e.end, e.kind) for e in theirs]


@settings(max_examples=60, deadline=None)
@given(st.lists(SERIES, min_size=1, max_size=6), st.sampled_from([PUBLISHED, KNOWN_THEN]))
def test_clients_do_not_touch_each_other(cohort: list[list[int | None]], options: ControlChartOptions) -> None:
    width = max(len(scores) for scores in cohort)
    grid = np.full((len(cohort), width), np.nan)
    for row, scores in zip(grid, cohort, strict=True):
        row[: len(scores)] = [np.nan if score is None else score for score in scores]
    names = [str(number) for number in range(len(cohort))]
    together = detect(Ratings(names, grid, np.ones(len(cohort), dtype=np.int64)), options)
    for name, scores in zip(names, cohort, strict=True):
        alone = detect(Ratings.of_one(scores), options)
        assert [(e.onset, e.end) for e in alone] == [(e.onset, e.end) for e in together if e.client == name]


def test_losses_of_a_client_do_not_overlap() -> None:
    randomness = np.random.default_rng(1)
    grid = np.clip(randomness.normal(75, 8, (200, 30)), 0, 100)
    names = [str(number) for number in range(200)]
    found = detect(Ratings(names, grid, np.ones(200, dtype=np.int64)), PUBLISHED)
    for event, following in pairwise(each for each in found if each.kind == "loss"):
        if event.client == following.client:
            assert event.end is not None
            assert event.end < following.onset
