"""Own and client's view: what is usual for two, and when they have drifted further apart."""

from __future__ import annotations

import numpy as np
import pytest

from reattune.alliance.measure import PERCENT, Measure
from reattune.alliance.views_apart import LEAST, views_apart

NAN = float("nan")


def test_too_little_says_that_it_is_too_little() -> None:
    four = np.array([70.0, 72, 71, 69, NAN, 80]), np.array([60.0, 61, 62, 60, 55, NAN])
    found = views_apart(*four)
    assert found.sessions == 4 < LEAST
    assert found.sure is None is found.usual is found.since
    assert views_apart(np.empty(0), np.empty(0)).sessions == 0


def test_two_who_always_saw_it_differently_are_as_usual() -> None:
    swings = np.array([0.0, 3, -2, 1, -3, 2, 0, -1, 4, -2, 1, 0])
    found = views_apart(80 + swings, 45 + swings[::-1])
    assert found.sure is not None
    assert found.sure < 0.15
    assert found.usual == pytest.approx(-35, abs=3)
    assert found.since is None
    assert found.therapist_higher is False


def test_a_drift_is_seen_with_its_beginning_and_its_direction() -> None:
    client = np.array([80.0, 78, 82, 79, 81, 80, 78, 50, NAN, 47, 49, 48])
    therapist = np.array([72.0, 73, 71, 74, 72, 70, 73, 74, 74, 75, 73, 74])
    found = views_apart(client, therapist)
    assert found.sure is not None
    assert found.sure > 0.9
    assert found.since == 7
    assert found.therapist_higher is True
    assert found.latest == pytest.approx(25, abs=4)
    assert found.usual == pytest.approx(-7, abs=3)
    assert found.usual_low is not None
    assert found.usual_high is not None
    assert found.usual_low < -7 < found.usual_high < found.latest


def test_one_odd_session_and_coming_closer_are_no_drift() -> None:
    therapist = np.array([72.0, 73, 71, 74, 72, 70, 73, 74, 73])
    odd = np.array([80.0, 78, 82, 79, 81, 80, 78, 79, 50])
    assert (views_apart(odd, therapist).sure or 0) < 0.5
    closer = np.array([95.0, 96, 94, 97, 95, 96, 75, 74, 73])
    assert (views_apart(closer, therapist).sure or 0) < 0.2


def test_the_scale_its_direction_and_what_comes_later_do_not_matter() -> None:
    random = np.random.default_rng(5)
    client, therapist = 70 + 5 * random.standard_normal(20), 62 + 5 * random.standard_normal(20)
    client[14:] -= 18
    one = views_apart(client, therapist)
    turned = Measure(low=0, high=40, higher_is_better=False)
    other = views_apart(40 - 0.4 * client, 40 - 0.4 * therapist, turned)
    assert other.sure == pytest.approx(one.sure)
    assert other.latest == pytest.approx(0.4 * one.latest)
    assert other.since == one.since == 14
    longer = views_apart(np.append(client, NAN), np.append(therapist, 3.0))
    assert longer == one


def test_how_sure_it_is_is_how_often_it_is_true() -> None:
    random = np.random.default_rng(8)
    said, true = [], []
    for _ in range(700):
        usual, swing = random.normal(-7, 14), 6.5 * np.exp(0.3 * random.standard_normal())
        count = int(random.integers(6, 40))
        noise = random.standard_normal(count)
        for place in range(1, count):
            noise[place] = 0.25 * noise[place - 1] + np.sqrt(1 - 0.25**2) * noise[place]
        apart, begins, drifts = usual + swing * noise, min(11, count - 4), False
        if random.random() < begins / 40:
            by = 2.5 * swing * random.standard_normal()
            apart[count - int(random.integers(2, begins + 2)) :] += by
            now = usual + by
            turned = now * usual < 0 and abs(now) >= swing
            drifts = bool(abs(now) >= abs(usual) + 0.5 * swing or turned)
        said.append(views_apart(np.full(count, 70.0), 70 + apart, Measure(low=-1000, high=-900, step=0)).sure)
        true.append(drifts)
    probability, happened = np.array(said, dtype=float), np.array(true)
    assert probability.mean() == pytest.approx(happened.mean(), abs=0.025)
    assert happened[probability >= 0.75].mean() > 0.75
    assert happened[probability < 0.1].mean() < 0.05


@pytest.mark.parametrize("wrong", [(np.zeros(3), np.zeros(4)), (np.zeros((2, 2)), np.zeros((2, 2)))])
def test_rows_that_do_not_fit_are_refused(wrong: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="Both rate the same sessions"):
        views_apart(*wrong)


def test_a_measure_without_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the measure's range"):
        views_apart(np.zeros(6), np.zeros(6), Measure())
    assert views_apart(np.full(6, 70.0), np.full(6, 64.0), PERCENT).sure is not None
