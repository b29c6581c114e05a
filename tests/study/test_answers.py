"""Answers to each question: how far they differ within a session says how sure its score is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import reattune
from reattune.alliance.bayes.posterior import trace
from reattune.alliance.bayes.prior import published_prior
from reattune.alliance.measure import PERCENT, Measure
from reattune.alliance.published_scores import known_score
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import Simulation, simulate
from reattune.cli import app
from reattune.proof.detectors.ground_truth import Judged
from reattune.proof.detectors.metrics import average_precision


def answers_of(sessions: list[list[float]], clients: int = 30) -> pl.DataFrame:
    """Steady courses on four questions of the SRS, 0 to 10, and client ``x`` with these answers."""
    random = np.random.default_rng(1)
    rows = []
    for client in range(clients):
        for session in range(1, 9):
            rows.append((f"c{client}", session, *np.clip(8 + random.normal(0, 0.4, 4), 0, 10).round(1)))
    rows += [("x", place, *each) for place, each in enumerate(sessions, start=1)]
    return pl.DataFrame(rows, schema=["client", "session", "srs_1", "srs_2", "srs_3", "srs_4"], orient="row")


EVEN = [[8.0, 8.2, 7.9, 8.1]] * 7
LOW, SCATTERED = [5.5, 5.6, 5.4, 5.5], [0.5, 10.0, 1.5, 10.0]


def test_the_variance_of_a_total_by_hand() -> None:
    srs = known_score("srs")
    rows = np.array([[8, 8, 8, 8], [0, 10, 0, 10], [8, 8, np.nan, 8], [8, 9, np.nan, np.nan]], dtype=float)
    found = srs.total_variance(rows, (0.0, 10.0), "sum")
    # A sum of four: sixteen times the variance of their mean, which is that of one by four.
    assert found[:3].tolist() == [0.0, pytest.approx(16 * (100 / 3) / 4), 0.0]
    assert np.isnan(found[3])


def test_scattered_answers_say_less_than_even_ones() -> None:
    even, scattered = (
        reattune.detect(answers_of([*EVEN, last])).sessions().filter(pl.col("client") == "x")
        for last in (LOW, SCATTERED)
    )
    assert even["score"][-1] == scattered["score"][-1] == 22.0
    assert even["p_rupture_now"][-1] > 0.8
    assert scattered["p_rupture_now"][-1] < even["p_rupture_now"][-1] - 0.1


def test_wide_answers_and_two_on_one_day_are_read_alike(tmp_path: Path) -> None:
    long = answers_of([*EVEN, SCATTERED], clients=25)
    dated = long.with_columns(date=pl.date(2024, 1, 1) + pl.duration(weeks=pl.col("session"))).drop("session")
    of_long, of_dated = reattune.detect(long).ratings, reattune.detect(dated).ratings
    assert of_long.unsure is not None
    assert of_dated.unsure is not None
    assert of_long.unsure[-1, 7] > 0 == of_long.unsure[-1, 0]
    np.testing.assert_array_equal(of_long.unsure, of_dated.unsure)
    twice = reattune.detect(pl.concat([dated, dated[-1:]])).ratings
    assert twice.unsure is not None
    np.testing.assert_array_equal(twice.unsure, of_dated.unsure)
    assert (
        reattune.detect(
            pl.DataFrame({"client": ["a"] * 4, "session": [1, 2, 3, 4], "srs": [36, 35, 36, 34]})
        ).ratings.unsure
        is None
    )


def test_a_kept_study_keeps_how_sure_scores_are(tmp_path: Path) -> None:
    frame = answers_of([*EVEN, SCATTERED])
    frame.filter(pl.col("session") < 8).write_csv(tmp_path / "one.csv")
    frame.filter(pl.col("session") == 8).write_csv(tmp_path / "two.csv")
    frame.write_csv(tmp_path / "all.csv")
    pl.DataFrame({"client": ["x"], "session": [9], "srs": [22.0]}).write_csv(tmp_path / "total.csv")

    def study(*words: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["study", *map(str, words)])
        return result.exit_code, result.output

    state = tmp_path / "state"
    assert study(tmp_path / "one.csv", "--continue", state)[0] == 0
    assert study(tmp_path / "two.csv", "--continue", state, "--out", tmp_path / "r1")[0] == 0
    assert study(tmp_path / "all.csv", "--continue", state, "--out", tmp_path / "r2")[0] == 0
    ours, theirs = (pl.read_parquet(tmp_path / name / "sessions.parquet") for name in ("r1", "r2"))
    assert ours.equals(theirs)
    code, said = study(tmp_path / "total.csv", "--continue", state)
    assert (code, "The state is of questions, and this file of totals" in said) == (2, True)


def test_it_helps_where_some_sessions_are_answered_carelessly() -> None:
    cohort = simulate(300, 4, Simulation(items=0))
    random, scores = np.random.default_rng(5), cohort.ratings.scores
    noise = np.where(random.random(scores.shape) < 0.1, 3.6, 0.9)
    answers = scores[..., None] / 10 + noise[..., None] * random.standard_normal((*scores.shape, 6))
    answers = np.clip(np.round(answers), 0, 10)
    total = np.where(np.isnan(scores), np.nan, 10 * answers.mean(axis=-1))
    variance = np.where(np.isnan(scores), np.nan, 100 * answers.var(axis=-1, ddof=1) / 6)
    beyond = 5 / 9 * np.maximum(np.nan_to_num(variance) - np.nanmedian(variance), 0)
    judged = Judged.of(cohort)
    found = []
    for unsure in (None, beyond):
        ratings = Ratings(cohort.ratings.clients, total, cohort.ratings.first, Measure(low=0, high=100), unsure)
        now = trace(ratings, published_prior(PERCENT), smooth=False).p_now
        found.append(average_precision(judged.ranked(now), np.ones(300)))
    assert found[1] > found[0] + 0.02


def test_none_beyond_the_usual_changes_no_bit() -> None:
    ratings = simulate(40, 2).ratings
    same = Ratings(ratings.clients, ratings.scores, ratings.first, ratings.measure, np.zeros(ratings.scores.shape))
    prior = published_prior(PERCENT)
    np.testing.assert_array_equal(trace(ratings, prior).p_rupture, trace(same, prior).p_rupture)
    with pytest.raises(ValueError, match="unsure has the shape of the scores"):
        Ratings(ratings.clients, ratings.scores, ratings.first, ratings.measure, np.zeros((1, 1)))
