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
from reattune.alliance.detectors.event import STATES
from reattune.alliance.detectors.known_when import SAME
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
        assert event.state != "open" or event.end is None
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
    moved = Measure(low=32, high=32 + 200, step=2 * RATINGS.measure.step)
    other = replace(RATINGS, scores=32 + 2 * RATINGS.scores, measure=moved)
    scaled = replace(options, cutoff=2 * options.cutoff) if name == "sudden-shift" else options
    ours, theirs = key(DETECTORS[name].run(RATINGS, options)), key(DETECTORS[name].run(other, scaled))
    # A step on the very edge of a criterion may fall to either side.
    assert len(set(ours) ^ set(theirs)) <= 0.03 * len(ours)


@EACH
def test_cut_where_it_could_be_known_it_is_found_again(name: str, options: Any) -> None:
    events = DETECTORS[name].run(RATINGS, options)
    column = events.detected_at - RATINGS.first[events.client]
    cut = RATINGS.scores[events.client].copy()
    cut[np.arange(cut.shape[1]) > column[:, None]] = np.nan
    names = [str(place) for place in range(len(events))]
    again = DETECTORS[name].run(
        replace(RATINGS, clients=names, scores=cut, first=RATINGS.first[events.client]), options
    )
    lost = []
    for place, event in enumerate(events):
        begin, stop = np.searchsorted(again.client, [place, place + 1])
        until = event.detected_at if event.end is None else max(event.end, event.detected_at)
        if not any(
            each.kind == event.kind
            and each.onset <= max(until, event.onset + SAME)
            and (each.end is None or each.end >= event.onset - SAME)
            for each in again[int(begin) : int(stop)]
        ):
            lost.append(event)
    assert lost == []


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


@pytest.mark.parametrize(("low", "high"), [(0, 40), (0, 10), (1, 7)])
def test_a_fall_of_exactly_the_cut_off_is_found_in_decimals_too(low: int, high: int) -> None:
    measure, tenth = Measure(low=low, high=high, step=0.1), round((high - low) / 10, 1)
    for place in range(round(10 * (low + tenth)), 10 * high + 1):
        before = place / 10
        after = round(before - tenth, 1)
        course = Ratings.of_one([before, after], measure)
        assert len(DETECTORS["drop"].run(course, DropOptions())) == 1, (before, after)
        flat = Ratings.of_one([before, before, before, after, after, after], measure)
        shift = SuddenShiftOptions(cutoff=tenth, proportion=None)
        assert len(DETECTORS["sudden-shift"].run(flat, shift)) == 1, (before, after)
    at_cutoff = Ratings.of_one([36.0, 35.9], Measure(low=0, high=40))
    assert len(DETECTORS["drop"].run(at_cutoff, DropOptions(least=4, cutoff=36))) == 0


def test_steady_people_are_seldom_said_to_drift() -> None:
    random = np.random.default_rng(3)
    noise = 70 + 4.5 * random.standard_normal((4000, 20))
    ratings = Ratings([str(n) for n in range(4000)], noise, np.ones(4000, dtype=np.int64), PERCENT)
    for chart in ("ewma", "cusum"):
        found = DETECTORS["drift"].run(ratings, DriftOptions(chart=chart))  # type: ignore[arg-type]
        assert len(np.unique(found.client)) < 0.05 * 4000


def test_five_equal_scores_do_not_make_every_other_one_a_signal() -> None:
    options = ControlChartOptions(known_then=True)
    swings = [80.0] * 5 + [78.0, 81.0, 79.0, 82.0, 80.0, 78.0, 81.0, 79.0, 80.0]
    assert list(DETECTORS["control-chart"].run(Ratings.of_one(swings, PERCENT), options)) == []
    warned = DETECTORS["control-chart"].alarms(Ratings.of_one([*swings, 60.0], PERCENT), options)
    assert warned.now[0, -1] > 3


@pytest.mark.parametrize("name", list(DETECTORS))
def test_one_high_score_is_no_repair_and_three_are(name: str) -> None:
    detector = DETECTORS[name]
    options = SuddenShiftOptions(cutoff=8, proportion=None) if name == "sudden-shift" else detector.options()
    before, low = [80, 79, 81, 80, 79, 81, 80], [60, 61, 60, 59]
    once = [e for e in detector.run(Ratings.of_one([*before, *low, 80], PERCENT), options) if e.kind == "loss"]
    assert all(e.state != "repaired" for e in once if e.onset == 8), once
    back = detector.run(Ratings.of_one([*before, *low, 80, 79, 81, 80, 80], PERCENT), options)
    losses = [e for e in back if e.kind == "loss" and e.onset == 8]
    assert all(e.state == "repaired" for e in losses), losses


def test_mended_is_seldom_said_of_a_rupture_that_is_open() -> None:
    made = simulate(1500, 21)
    rated = ~np.isnan(made.ratings.scores)
    last = rated.shape[1] - 1 - rated[:, ::-1].argmax(axis=1)
    for name, most in (
        ("bayes", 0.11),
        ("control-chart", 0.40),
        ("drop", 0.25),
        ("drift", 0.25),
        ("change-point", 0.10),
    ):
        events = DETECTORS[name].run(made.ratings, DETECTORS[name].options())
        losses = events.kind == 0
        client, onset = events.client[losses], events.onset[losses] - 1
        before_last = np.where(np.arange(rated.shape[1]) <= last[:, None], made.truth.onset, False)
        began = rated.shape[1] - 1 - before_last[:, ::-1].argmax(axis=1)
        still = made.truth.in_rupture[client, last[client]] & (onset >= began[client] - 1)
        wrongly = (events.state[losses] == STATES.index("repaired"))[still].mean()
        assert wrongly < most, (name, wrongly)


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
