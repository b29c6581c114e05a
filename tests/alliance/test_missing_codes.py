"""Numbers that stand for "missing" are told from scores, and scores are not taken for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reattune.alliance.missing_codes import suspects

TRIED = 60


def on(scale: tuple[float, float], mean: float, sd: float, digits: int = 0) -> Callable[..., np.ndarray]:
    def drawn(rng: np.random.Generator, size: int) -> np.ndarray:
        return np.clip(np.round(rng.normal(mean, sd, size), digits), *scale)

    return drawn


# Answers as people give them, and which codes among them cannot be told because they are answers too.
SCALES: dict[str, tuple[Callable[..., np.ndarray], set[int]]] = {
    "a slider to 100": (on((0, 100), 75, 12), {9, 0}),
    "a slider to 100 with decimals": (on((0, 100), 75, 12, 1), {9, 0}),
    "40 in tenths, high": (on((0, 40), 36, 3, 1), {9}),
    "1 to 7": (on((1, 7), 5.6, 1.1), {0}),
    "0 to 10": (on((0, 10), 7.5, 1.5), {9, 0}),
    "1 to 5": (on((1, 5), 4, 0.8), {0}),
    "a mean of 1 to 5": (on((1, 5), 4.1, 0.5, 2), {9, 0}),
    "symptoms to 27": (on((0, 27), 11, 6), {9, 0}),
    "symptoms to 180": (on((0, 180), 78, 20), {9, 0, 99}),
    "without ends": (on((-9, 9), 0, 1, 6), {9, 0}),
}


@pytest.mark.parametrize("name", SCALES)
def test_plain_answers_are_not_suspected(name: str) -> None:
    drawn, _ = SCALES[name]
    rng = np.random.default_rng(5)
    for size in (8, 20, 60, 300, 3000):
        wrong = sum(bool(suspects(drawn(rng, size))) for _ in range(TRIED))
        assert wrong <= 0.02 * TRIED


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("code", [-9, -99, 99, 999, 9, 0])
def test_codes_are_found_where_they_are_no_answers(name: str, code: int) -> None:
    drawn, answers = SCALES[name]
    if code in answers:
        return
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(TRIED):
        scores = drawn(rng, 200)
        scores[rng.choice(200, 12, replace=False)] = code
        found += any(each.value == code for each in suspects(scores))
    assert found >= 0.9 * TRIED


def test_a_fall_and_a_scale_below_zero_are_no_codes() -> None:
    assert not suspects(np.array([80, 79, 81, 80, 79, 81, 80, 40, 41, 40.0]))
    assert not suspects(np.array([-3, -2, -1, 0, 1, 2, 3, 1, 0, -1.0]))


def test_outside_a_known_range_everything_is_suspected() -> None:
    found = suspects(np.array([30, 31, 99, 99, 35, 41, np.nan]), 0, 40)
    assert [(each.value, each.count, each.code) for each in found] == [(99, 2, True), (41, 1, False)]
