"""One session at a time: the same bits as all at once, a state that fits, and sentences for what does not."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reattune
from reattune.alliance.bayes.course_state import LARGEST, VERSION, CourseStateError
from reattune.alliance.bayes.filter import BondFilter, shift
from reattune.alliance.bayes.hidden_states import DEPTHS, STATES
from reattune.alliance.bayes.pair_batches import scale_of
from reattune.alliance.bayes.parameter_grid import by_depth
from reattune.alliance.bayes.posterior import trace
from reattune.alliance.bayes.prior import published_prior, published_symptoms
from reattune.alliance.bayes.session_by_session import Course, CourseReading
from reattune.alliance.measure import PERCENT, Measure
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import simulate

SCORES = st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=40)
MEASURES = st.sampled_from(
    [PERCENT, Measure(low=0, high=100, step=5), Measure(low=0, high=100, higher_is_better=False)]
)
FIRST = date(2024, 1, 8)


def all_of(measure: Measure, scores: list[float | None]) -> tuple[Course, list[CourseReading]]:
    course = Course(measure)
    return course, [course.add(score) for score in scores]


def of_batch(measure: Measure, scores: list[float | None]) -> list[tuple[float, ...]]:
    prior = published_prior(measure) if measure.higher_is_better else published_symptoms(measure)
    found = trace(Ratings.of_one(scores, measure), prior)
    return [
        tuple(float(getattr(found, name)[0, place]) for name in ("p_now", "expected", "usual_low", "usual_high"))
        for place in range(len(scores))
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100), SCORES, st.integers(0, 100), MEASURES)
def test_one_by_one_gives_the_same_bits_as_all_at_once(
    first: int, between: list[float | None], last: int, measure: Measure
) -> None:
    scores = [first, *between, last]
    _, readings = all_of(measure, scores)
    for place, (reading, whole) in enumerate(zip(readings, of_batch(measure, scores), strict=True)):
        p_now, *ends = whole
        assert reading.session == place + 1
        assert reading.p_open == (p_now if place >= 2 else None)
        if place:
            assert [reading.expected, reading.usual_low, reading.usual_high] == ends


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100), SCORES, st.lists(st.integers(1, 60), min_size=41, max_size=41), st.integers(0, 40))
def test_days_and_breaks_and_a_state_in_between_change_no_bit(
    first: int, later: list[float | None], gaps: list[int], cut: int
) -> None:
    days = [FIRST + timedelta(days=sum(gaps[:place])) for place in range(len(later) + 1)]
    pairs = list(zip([first, *later], days, strict=True))
    straight, carried = Course(PERCENT), Course(PERCENT)
    ours, theirs = [], []
    for place, (score, day) in enumerate(pairs):
        ours.append(straight.add(score, on=day))
        theirs.append(carried.add(score, on=day))
        if place >= cut:
            carried = Course.from_json(carried.to_json(), PERCENT)
    assert ours == theirs
    # On the grid of sessions that the breaks make, all at once gives the same.
    grid: list[float | None] = [None] * ours[-1].session
    for reading in ours:
        grid[reading.session - 1] = reading.score
    if grid[-1] is not None:
        assert ours[-1].p_open == (of_batch(PERCENT, grid)[-1][0] if len(grid) > 2 else None)


def test_a_cohort_on_its_lattice_too() -> None:
    ratings = simulate(30, 8).ratings
    whole = trace(ratings, published_prior(ratings.measure))
    for client in range(30):
        course = Course(ratings.measure)
        for column, score in enumerate(ratings.scores[client, : np.flatnonzero(~np.isnan(ratings.scores[client]))[-1]]):
            reading = course.add(None if math.isnan(score) else float(score))
            if column >= 2:
                assert reading.p_open == whole.p_now[client, column]


def test_what_it_says() -> None:
    course = Course(PERCENT)
    days = [FIRST + timedelta(weeks=n) for n in range(12)]
    readings = [
        course.add(score, on=day) for score, day in zip([80, 79, 81, 80, 79, 81, 80, 60, 62], days, strict=False)
    ]
    assert readings[0].sentence == "Too early to say anything: it takes 2 more sessions."
    assert readings[0].p_open is readings[0].usual_low is readings[0].sure is None
    assert readings[6].sentence.startswith("Probably no rupture is open (87 % sure, from 7 ratings); 80")
    last = readings[-1]
    assert (last.since, last.since_on, last.pattern) == (8, days[7], "lightning")
    assert last.p_open is not None
    assert last.p_open == last.sure
    assert last.p_open > 0.95
    assert "begun about session 8, 2024-02-26, in one step; 62 lies below the usual" in last.sentence
    missed = course.add(None, on=days[9])
    assert "without a rating today" in missed.sentence
    assert missed.ratings == 9
    slid = all_of(PERCENT, [90, 90, 89, 90, 91, 90, 90, 88, 86, 84, 82, 80, 78, 77])[1][-1]
    assert slid.pattern == "trickle"
    assert slid.since in (7, 8, 9, 10)
    worse = all_of(Measure(low=0, high=27, step=1, higher_is_better=False), [9, 8, 9, 8, 7, 8, 19, 20])[1][-1]
    assert "A worsening is probably open" in worse.sentence
    assert "above the usual" in worse.sentence


def test_a_break_lets_time_pass_as_long_as_it_was_for_this_person() -> None:
    weekly = Course(PERCENT)
    for n in range(6):
        weekly.add(80, on=FIRST + timedelta(weeks=n))
    assert weekly.add(80, on=FIRST + timedelta(weeks=10)).session == 11
    monthly = Course(PERCENT)
    assert [monthly.add(80, on=FIRST + timedelta(days=28 * n)).session for n in range(8)] == [
        1, 5, 9, 13, 17, 18, 19, 20,
    ]  # fmt: skip
    assert Course(PERCENT, every=28).add(80, on=FIRST).session == 1
    assert monthly.add(80, on=FIRST + timedelta(days=365 * 40)).session == 120


def test_onset_and_slide_are_those_of_the_exact_reckoning() -> None:
    """Beside one whole grid for each onset, which a state has no room for."""
    made = simulate(60, 12)
    ratings, prior = made.ratings, published_prior(made.ratings.measure)
    apart, slow = [], []
    for client in range(60):
        row = ratings.scores[client, : np.flatnonzero(~np.isnan(ratings.scores[client]))[-1] + 1]
        course, model = Course(ratings.measure), BondFilter(prior, scale_of(ratings.measure))
        follows = model.follows
        open_states = [state for state in range(STATES) if state % DEPTHS]
        standing = model.begin(np.full(8, row[0]))
        tagged: dict[int, np.ndarray] = {}
        slid = np.zeros((len(open_states), 6, 9))
        for session, score in enumerate(row):
            reading = course.add(None if math.isnan(score) else float(score))
            step = model.step(standing, np.full(8, score))
            moved = np.rint((step.standing.origin - standing.origin)[:, :1] / model.blocks.unit[:, None]).astype(int)
            for held in (*tagged.values(), slid):
                shift(held[..., None], moved)
            standing, earlier = step.standing, step.earlier[..., 0].astype(float)
            if session < 2:
                continue
            shallow, deep = by_depth(step.densities[None])
            likely = np.concatenate([shallow[0], deep])[..., 0].astype(float)[[state % DEPTHS for state in open_states]]
            went = follows[np.ix_(open_states, open_states)]
            for tag in tagged:
                tagged[tag] = np.einsum("ts,slb->tlb", went, tagged[tag]) * likely
            slid = np.einsum("ts,slb->tlb", went, slid) * likely
            begun = np.einsum("ts,slb->tlb", follows[np.ix_(open_states, [0, DEPTHS])], earlier[[0, DEPTHS]]) * likely
            tagged[session + 1] = begun
            slid[: DEPTHS - 1] += begun[: DEPTHS - 1]
            whole = {tag: mass.sum() for tag, mass in tagged.items()}
            total = sum(whole.values())
            if reading.since is not None:
                below, median = 0.0, 0
                for tag in sorted(whole, reverse=True):
                    below += whole[tag]
                    median = tag
                    if below >= total / 2:
                        break
                apart.append(abs(reading.since - median))
                slow.append(abs((reading.p_slow or 0) - slid.sum() / total))
    assert len(apart) > 100
    assert np.mean(np.array(apart) <= 1) > 0.92
    assert np.mean(slow) < 0.05


def test_a_state_is_small_whatever_happened() -> None:
    course = Course(PERCENT)
    day = FIRST
    random = np.random.default_rng(2)
    for _ in range(150):
        day += timedelta(days=int(random.integers(1, 40)))
        course.add(float(np.clip(random.normal(60, 20), 0, 100)), on=day)
    assert len(course.to_json().encode()) <= LARGEST
    assert json.loads(course.to_json())["version"] == VERSION


def test_states_that_do_not_fit_are_refused_in_a_sentence() -> None:
    course, _ = all_of(PERCENT, [80, 79, 81, 60])
    text = course.to_json()
    state = json.loads(text)
    for changed, said in (
        ({**state, "version": 99}, "This state is of version 99, and this program reads versions 1 and 3."),
        ({**state, "sessions": 3}, "was changed or damaged: its check does not fit"),
        ({**state, "mass": state["mass"][:-4]}, "was changed or damaged"),
        ({"kind": "letter"}, "This is no state of a course"),
        ([1], "This is no state of a course"),
    ):
        with pytest.raises(CourseStateError, match=said):
            Course.from_json(json.dumps(changed))
    with pytest.raises(CourseStateError, match="not JSON, or was cut short"):
        Course.from_json(text[:-9])
    with pytest.raises(CourseStateError, match="at most 400,000 bytes"):
        Course.from_json(" " * 450_000)
    with pytest.raises(CourseStateError, match="at most 16,000 bytes"):
        Course.from_json(text + " " * 20_000)
    with pytest.raises(
        CourseStateError, match=r"from 0 to 100 \(higher is better\), and the scores to come are of one"
    ):
        Course.from_json(text, Measure(low=0, high=40))
    # A check that fits says nothing about sense.
    from reattune.alliance.bayes.course_state import _check

    for name, value in (
        ("mass", state["mass_since"]), ("origin", [1.0]), ("origin", [math.nan] * 9), ("dated", True), ("ratings", 9),
        ("measure", {}), ("prior", {}), ("every", -1), ("mass", "!"), ("mass", None), ("sessions", "x"), ("days", 4),
    ):  # fmt: skip
        odd = {key: each for key, each in {**state, name: value}.items() if key != "check"}
        with pytest.raises(CourseStateError, match="does not fit together"):
            Course.from_json(json.dumps({**odd, "check": _check(odd)}))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_flipped_character_is_never_read(data: st.DataObject) -> None:
    text = STATE
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda each: each != text[place]))
    with pytest.raises(CourseStateError):
        Course.from_json(text[:place] + letter + text[place + 1 :])


STATE = all_of(PERCENT, [80, 79, 81, 60])[0].to_json()


def test_what_cannot_be_added_changes_nothing() -> None:
    course = Course(PERCENT)
    with pytest.raises(ValueError, match="begins with a score"):
        course.add(None)
    course.add(80, on=datetime(2024, 1, 8, 16, 0))
    before = course.to_json()
    for score, day, said in (
        (130, FIRST + timedelta(7), "Session 2: the score 130 is outside 0 to 100"),
        (math.nan, FIRST + timedelta(7), "outside 0 to 100"),
        ("80", FIRST + timedelta(7), "A score is a number, and this is '80'"),
        (True, FIRST + timedelta(7), "A score is a number"),
        (80, None, "have days, and this one has none"),
        (80, FIRST, "on 2024-01-08, and this one is on 2024-01-08"),
        (80, FIRST - timedelta(1), "Sessions are added in order"),
        (80, "2024-02-01", "A day is a datetime.date"),
    ):
        with pytest.raises(ValueError, match=said):
            course.add(score, on=day)  # type: ignore[arg-type]
    assert course.to_json() == before
    undated, _ = all_of(PERCENT, [80, 79])
    with pytest.raises(ValueError, match="have no days, and this one has one"):
        undated.add(80, on=FIRST)
    with pytest.raises(ValueError, match="range"):
        Course(Measure())
    with pytest.raises(ValueError, match="usual interval"):
        Course(PERCENT, every=0)


def test_a_prior_of_ones_own_travels_along() -> None:
    prior = replace(published_prior(PERCENT), lightning=0.01)
    course = Course(PERCENT, prior)
    course.add(80)
    assert Course.from_json(course.to_json()).prior == prior


def test_the_public_names() -> None:
    assert reattune.Course is Course
    assert reattune.CourseReading is CourseReading
    assert issubclass(reattune.CourseStateError, ValueError)
