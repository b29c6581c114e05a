"""What must hold for every detector alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reattune.alliance.bayes.prior import PUBLISHED, published_prior
from reattune.alliance.detectors import DETECTORS, Detector
from reattune.alliance.detectors.bayes import BayesOptions
from reattune.alliance.detectors.control_chart import ControlChartOptions
from reattune.alliance.detectors.drift import DriftOptions
from reattune.alliance.detectors.drop import DropOptions
from reattune.alliance.detectors.sudden_shift import SuddenShiftOptions
from reattune.alliance.measure import PERCENT, Measure
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import simulate

RATINGS = simulate(300, 8).ratings
CASES: list[tuple[str, Any]] = [
    ("bayes", BayesOptions()),
    ("sudden-shift", SuddenShiftOptions(cutoff=8, proportion=None)),
    ("control-chart", ControlChartOptions()),
    ("control-chart", ControlChartOptions(known_then=True)),
    ("v-shape", DETECTORS["v-shape"].options()),
    ("drop", DropOptions()),
    ("drift", DriftOptions()),
    ("drift", DriftOptions(chart="cusum")),
    ("change-point", DETECTORS["change-point"].options()),
]
EACH = pytest.mark.parametrize(("name", "options"), CASES)


def key(events: Any) -> list[tuple[object, ...]]:
    return [(e.client, e.kind, e.onset, e.end, e.detected_at, e.pattern, e.state) for e in events]


def test_all_are_registered_with_paper_and_cost() -> None:
    assert list(DETECTORS) == ["bayes", "sudden-shift", "control-chart", "v-shape", "drop", "drift", "change-point"]
    for name, detector in DETECTORS.items():
        assert detector.name == name
        assert detector.paper
        assert detector.cost.startswith("O(n")
        for part in ("Args:", "Returns:", "Cost:", "Source:"):
            assert part in (detector.run.__doc__ or ""), (name, part)


@EACH
def test_events_are_sorted_and_lie_within_the_course(name: str, options: Any) -> None:
    events = DETECTORS[name].run(RATINGS, options)
    assert len(events) > 10
    places = {client: place for place, client in enumerate(RATINGS.clients)}
    order = [(places[e.client], e.onset) for e in events]
    assert order == sorted(order)
    for event in events:
        row = RATINGS.scores[places[event.client]]
        last = int(np.flatnonzero(~np.isnan(row))[-1]) + 1
        assert 1 <= event.onset <= event.detected_at <= last
        assert event.end is None or event.onset <= event.end <= last
        assert event.depth > 0
        assert (event.state is None) == (event.kind == "gain")
        assert event.state != "open" or event.end is None or name == "control-chart"
        assert event.probability is None or 0 <= event.probability <= 1


@EACH
def test_clients_do_not_touch_each_other(name: str, options: Any) -> None:
    whole = key(DETECTORS[name].run(RATINGS, options))
    some = slice(40, 90)
    part = Ratings(RATINGS.clients[some], RATINGS.scores[some], RATINGS.first[some], RATINGS.measure)
    names = set(part.clients)
    assert key(DETECTORS[name].run(part, options)) == [each for each in whole if each[0] in names]


@EACH
def test_turning_the_measure_around_changes_nothing(name: str, options: Any) -> None:
    turned = Measure(higher_is_better=False, low=-100, high=0, step=RATINGS.measure.step)
    other = replace(RATINGS, scores=-RATINGS.scores, measure=turned)
    if name == "sudden-shift":
        options = replace(options, strict_rises=True)
    assert key(DETECTORS[name].run(other, options)) == key(DETECTORS[name].run(RATINGS, options))


@EACH
def test_shift_and_scale_change_no_event(name: str, options: Any) -> None:
    # By powers of two, so that rounding is the same.
    moved = Measure(higher_is_better=True, low=32, high=32 + 200, step=2 * RATINGS.measure.step)
    other = replace(RATINGS, scores=32 + 2 * RATINGS.scores, measure=moved)
    scaled = replace(options, cutoff=2 * options.cutoff) if name == "sudden-shift" else options
    ours, theirs = key(DETECTORS[name].run(RATINGS, options)), key(DETECTORS[name].run(other, scaled))
    # A step on the very edge of a criterion may fall to either side.
    assert len(set(ours) ^ set(theirs)) <= 0.03 * len(ours)


@EACH
def test_session_numbers_start_where_the_client_does(name: str, options: Any) -> None:
    later = replace(RATINGS, first=RATINGS.first + 6)
    ours, theirs = DETECTORS[name].run(RATINGS, options), DETECTORS[name].run(later, options)
    assert [e.onset + 6 for e in ours] == [e.onset for e in theirs]


@EACH
def test_what_comes_later_changes_no_alarm(name: str, options: Any) -> None:
    detector: Detector = DETECTORS[name]
    if name in ("sudden-shift", "change-point", "bayes", "v-shape", "drop", "drift", "control-chart"):
        cut = RATINGS.scores.copy()
        cut[:, 12:] = np.nan
        whole, part = detector.alarms(RATINGS, options), detector.alarms(replace(RATINGS, scores=cut), options)
        for ours, theirs in ((whole.now, part.now), (whole.onset, part.onset)):
            np.testing.assert_allclose(ours[:, :12], theirs[:, :12], rtol=1e-9, atol=1e-9)


@EACH
def test_odd_cohorts_are_answered(name: str, options: Any) -> None:
    detector = DETECTORS[name]
    one = np.ones(3, dtype=np.int64)
    for scores in (
        np.empty((0, 0)),
        np.empty((3, 0)),
        np.full((3, 1), 70.0),
        np.full((3, 9), np.nan),
        np.full((3, 40), 70.0),
        np.tile([np.nan, np.nan, 70.0, np.nan], (3, 4)),
    ):
        ratings = Ratings([str(n) for n in range(len(scores))], scores, one[: len(scores)], PERCENT)
        assert list(detector.run(ratings, options)) == []
        detector.alarms(ratings, options)


def test_events_read_as_columns_and_as_a_sequence() -> None:
    events = DETECTORS["bayes"].run(RATINGS, BayesOptions())
    assert events[0] == next(iter(events)) == events[:1][0]
    assert events[-1] == list(events)[-1]
    with pytest.raises(IndexError):
        events[len(events)]
    plain = events[0].to_plain()
    assert set(plain) >= {"client", "method", "kind", "pattern", "onset", "end", "detected_at", "depth", "state"}


def test_published_figures_follow_the_range() -> None:
    prior = published_prior(Measure(low=0, high=50))
    assert (prior.level_mean, prior.spread_median) == (PUBLISHED.level_mean / 2, PUBLISHED.spread_median / 2)
    turned = published_prior(Measure(higher_is_better=False, low=0, high=50))
    assert turned.level_mean == -50 + PUBLISHED.level_mean / 2
