"""`reattune simulate`: every figure by name, and people who hide what is wrong."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from reattune.alliance.simulate import VARIANTS, Simulation, simulate
from reattune.cli import app


def command(folder: Path, *words: object) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["simulate", "--clients", "40", "--out", str(folder / "made.csv"), "--replace", *map(str, words)]
    )
    return result.exit_code, result.output


def test_every_figure_has_a_name(tmp_path: Path) -> None:
    code, said = command(tmp_path, "--set", "help")
    assert code == 0
    assert [line.partition("=")[0] for line in said.splitlines()] == [each.name for each in fields(Simulation)]
    assert "slope=0.35..0.7" in said
    assert not (tmp_path / "made.csv").exists()
    # What is listed can be given back as it is.
    given = [word for line in said.splitlines() for word in ("--set", line)]
    assert command(tmp_path, *given)[0] == 0
    listed = pl.read_csv(tmp_path / "made.csv")
    assert command(tmp_path)[0] == 0
    plain = pl.read_csv(tmp_path / "made.csv")
    assert listed["session"].equals(plain["session"])


def test_a_figure_does_what_it_says(tmp_path: Path) -> None:
    assert command(tmp_path, "--set", "lightning=0", "--set", "trickle=0", "--set", "missing=0..0")[0] == 0
    assert not pl.read_csv(tmp_path / "made.truth.csv")["in_rupture"].any()
    assert pl.read_csv(tmp_path / "made.csv")["score"].null_count() == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("moon=1", "--set is written NAME=VALUE, and this is 'moon=1'. The names are: shortest,"),
        ("lightning", "--set is written NAME=VALUE, and this is 'lightning'"),
        ("lightning=much", "lightning takes a number, and this is 'much'"),
        ("lightning=nan", "lightning takes a number, and this is 'nan'"),
        ("lightning=2", "lightning is a share or a chance between 0 and 1, and this is 2"),
        ("lightning=.995", "together at most 1"),
        ("items=2.5", "items takes a whole number"),
        ("slope=a..b", "slope takes two of them, LOW..HIGH"),
        ("slide=8..4", "slide goes from a lower to a higher figure, LOW..HIGH; this is 8..4"),
        ("spread_median=0", "spread_median is above 0"),
        ("level_sd=-1", "level_sd is 0 or more"),
        ("shortest=70", "A course has at least one session"),
        ("floor=100", "floor lies below ceiling"),
        ("noise_freedom=2", "noise_freedom is 0 or above 2"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, words: str, said: str) -> None:
    code, answer = command(tmp_path, "--set", words)
    assert code == 2
    assert said in answer
    assert list(tmp_path.iterdir()) == []


def test_silent_people_stop_answering_because_of_the_rupture() -> None:
    made, plain = simulate(600, 3, VARIANTS["silent"]), simulate(600, 3)
    for cohort, more in ((made, True), (plain, False)):
        rated, truth = ~np.isnan(cohort.ratings.scores), cohort.truth
        later = truth.in_rupture & ~truth.onset
        calm = (truth.state == 0) & (np.arange(rated.shape[1]) > 0)
        assert (rated[later].mean() < 0.55) == more
        assert rated[calm].mean() == pytest.approx(0.875, abs=0.02)
        assert rated[truth.onset].mean() == pytest.approx(0.875, abs=0.04)


def test_masked_people_answer_as_if_nothing_were() -> None:
    everybody = replace(VARIANTS["masked"], masked=1.0, masked_sessions=(2, 2), trickle=0.0, missing=(0.0, 0.0))
    cohort = simulate(800, 5, everybody)
    away = cohort.truth.level - cohort.ratings.scores
    clear = cohort.truth.level < 90
    onset = cohort.truth.onset & clear
    third = np.zeros_like(onset)
    third[:, 2:] = onset[:, :-2]
    third &= cohort.truth.in_rupture
    assert abs(np.nanmean(away[onset])) < 1.5
    assert np.nanmean(away[third]) > 6


def test_hiding_nothing_draws_nothing() -> None:
    one, two = simulate(50, 2), simulate(50, 2, Simulation(masked_sessions=(1, 9)))
    np.testing.assert_array_equal(one.ratings.scores, two.ratings.scores)
