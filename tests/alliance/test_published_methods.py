"""v-shape, drop, drift and change-point: hand-checked answers, and the peers they must agree with."""

from __future__ import annotations

import numpy as np
import pytest
import ruptures

from reattune.alliance.detectors import change_point, drift, drop, v_shape
from reattune.alliance.detectors.change_point import ChangePointOptions, segment
from reattune.alliance.detectors.drift import DriftOptions
from reattune.alliance.detectors.drop import DropOptions
from reattune.alliance.detectors.v_shape import VShapeOptions
from reattune.alliance.measure import PERCENT, Measure
from reattune.alliance.ratings import Ratings


def one(scores: list[float | None], measure: Measure = PERCENT) -> Ratings:
    return Ratings.of_one(scores, measure)


def test_drop_hand_checked() -> None:
    # 80 to 69 falls 11, a tenth of the range is 10; 68 to 79 regains all of it.
    (event,) = drop.detect(one([80, 80, 69, 68, 79, 80]), DropOptions())
    assert (event.onset, event.detected_at, event.depth, event.end, event.state) == (3, 3, 11, 4, "repaired")
    assert list(drop.detect(one([80, 80, 71, 70]), DropOptions())) == []


def test_drop_under_a_cut_off_warns_once_until_it_is_left() -> None:
    srs = Measure(low=0, high=40, step=0.1)
    events = drop.detect(one([39, 38, 36, 35, 38, 36], srs), DropOptions(least=99, cutoff=drop.SRS_CUTOFF))
    assert [event.onset for event in events] == [3, 6]
    lower = Measure(higher_is_better=False, low=0, high=40)
    assert [e.onset for e in drop.detect(one([1, 2, 4, 5], lower), DropOptions(least=99, cutoff=4))] == [3]


def test_drop_looks_over_a_missing_session() -> None:
    (event,) = drop.detect(one([80, None, 60, None]), DropOptions())
    assert (event.onset, event.depth, event.state) == (3, 20, "open")


def test_drift_sees_a_slow_fall_that_no_single_score_shows() -> None:
    scores = [80, 84, 80, 84, 80, 79, 78, 77, 76, 75, 74, 73]
    for options in (DriftOptions(), DriftOptions(chart="cusum")):
        (event,) = drift.detect(one(scores), options)
        assert (event.kind, event.pattern, event.state) == ("loss", "trickle", "open")
        assert 5 <= event.onset <= 7
        assert event.detected_at <= 12


def test_drift_ewma_hand_checked() -> None:
    # Baseline 80, 84, 80, 84: mean 82, sd 2.309. z of 70 is 5.196; EWMA .3 * 5.196 = 1.559; limit 1.52:
    # 2.7 * .3 for the average, times 1.118 for the error of the baseline's mean, times 1.68 for that of its sd.
    (event,) = drift.detect(one([80, 84, 80, 84, 70]), DriftOptions())
    assert (event.onset, event.detected_at, event.depth) == (5, 5, 12)
    assert event.depth_sd == pytest.approx(5.196, abs=1e-3)


SHAPES = {
    "v": [80, 81, 80, 79, 81, 70, 80, 80],
    "slow fall": [80, 81, 80, 79, 81, 76, 71, 64, 80, 80],
    "slow repair": [80, 81, 80, 79, 81, 64, 69, 73, 80, 80],
    "slow both ways": [80, 81, 80, 79, 81, 74, 64, 73, 80, 80],
    "plateau": [80, 81, 80, 79, 81, 64, 64, 65, 80, 80],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_v_shape_names_the_five_shapes(shape: str) -> None:
    (event,) = v_shape.detect(one(SHAPES[shape]), VShapeOptions())  # type: ignore[arg-type]
    assert event.details["shape"] == shape
    assert event.onset == 6
    assert event.state == "repaired"
    assert event.detected_at == event.end + 1  # type: ignore[operator]


def test_v_shape_wants_a_return_in_time_and_the_larger_sd() -> None:
    never = [80, 81, 80, 79, 81, 64, 64, 64, 65, 64, 65, 64, 64, 65]
    assert list(v_shape.detect(one(never), VShapeOptions())) == []  # type: ignore[arg-type]
    ripple = [80, 80, 81, 80, 80, 78, 80, 80]
    assert len(v_shape.detect(one(ripple), VShapeOptions())) == 1  # type: ignore[arg-type]
    assert list(v_shape.detect(one(ripple), VShapeOptions(cohort_sd=5))) == []  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cohort_sd"):
        VShapeOptions(spread="cohort")


def test_change_point_hand_checked() -> None:
    scores = [80, 81, 79, 80, 81, 60, 61, 59, 60, 80, 81, 80]
    loss, gain = change_point.detect(one(scores), ChangePointOptions())  # type: ignore[arg-type]
    assert (loss.kind, loss.onset, loss.end, loss.state, loss.detected_at) == ("loss", 6, 9, "repaired", 7)
    assert (gain.kind, gain.onset, gain.end, gain.state) == ("gain", 10, None, None)
    assert loss.depth == pytest.approx(80.2 - 60)


@pytest.mark.parametrize("shortest", [1, 2, 4])
def test_the_same_breakpoints_as_ruptures(shortest: int) -> None:
    random = np.random.default_rng(shortest)
    lengths = random.integers(10, 50, 60)
    scores = np.full((60, 50), np.nan)
    for row, length in enumerate(lengths):
        steps = np.repeat(random.normal(70, 12, 6), 9)[:length]
        scores[row, :length] = steps + random.normal(0, 4, length)
    penalty = np.full(60, 90.0)
    before, _ = segment(scores, penalty, shortest)
    for row, length in enumerate(lengths):
        ours, at = [], int(length)
        while at > 0:
            ours.append(at)
            at = int(before[at, row])
        peer = ruptures.KernelCPD(kernel="linear", min_size=shortest).fit(scores[row, :length, None])
        assert sorted(ours) == peer.predict(pen=90.0)
