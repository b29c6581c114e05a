"""What a second rater adds: figures side by side, ceilings that see as much, and the command that prints them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from reattune.alliance.detectors.bayes import BayesOptions, alarms
from reattune.alliance.pair_scenarios import PAIRS
from reattune.alliance.simulate import VARIANTS, simulate
from reattune.alliance.simulate_second import SECOND_VARIANTS, SecondRater
from reattune.cli import app
from reattune.proof.detectors.ceiling import ceiling
from reattune.proof.detectors.second_rater import PairOptions, added

QUICK = PairOptions(clients=60, ceiling_clients=10, particles=200, samples=8, variants=("masked", "unseeing"))


def test_every_variant_has_its_pair() -> None:
    assert list(PAIRS) == [*VARIANTS, *SECOND_VARIANTS, "shared-shifts"]
    assert all(PAIRS[name] == (VARIANTS[name], SecondRater()) for name in VARIANTS)


def test_one_and_two_side_by_side() -> None:
    told: list[str] = []
    found = added(QUICK, told.append)
    assert [each.variant for each in found] == ["masked", "unseeing"]
    assert "masked: bayes, 1 rater" in told
    for each in found:
        assert each.gain.value == pytest.approx(each.two.now.value - each.one.now.value)
        assert each.sooner.value == pytest.approx(each.one.delay.value - each.two.delay.value)
        assert each.gain.value > -0.02
        assert each.gain.low <= each.gain.high
        assert each.of_ceiling is not None
        assert each.ceiling_two is not None
    assert found == added(QUICK)
    assert json.dumps([each.to_plain() for each in found])
    with pytest.raises(ValueError, match="There is no variant 'moon'"):
        added(replace(QUICK, variants=("moon",)))


@pytest.mark.parametrize("name", ["level-shifts", "breaks", "heavy-tails", "silent", "shared-moods"])
def test_the_ceiling_of_two_agrees_with_the_model(name: str) -> None:
    simulation, rater = PAIRS[name]
    made = simulate(20, 51, simulation, rater)
    best = ceiling(made.ratings, simulation, 400, 1, rater)
    ours = alarms(made.ratings, BayesOptions())
    there = ~np.isnan(made.ratings.scores)
    assert ((best.now[there] >= 0) & (best.now[there] <= 1 + 1e-9)).all()
    assert np.corrcoef(ours.now[there], best.now[there])[0, 1] > (0.65 if name == "silent" else 0.8)


def test_the_command_prints_both() -> None:
    words = ["validate", "detectors", "--clients", "50", "--ceiling-clients", "0", "--method", "bayes"]
    shown = CliRunner().invoke(app, [*words, "--variant", "plain"])
    assert shown.exit_code == 0, shown.output
    assert "plain: one rater and two" in shown.output
    assert "two add" in shown.output
    plain = CliRunner().invoke(app, [*words, "--variant", "unseeing", "--json"])
    assert plain.exit_code == 0, plain.output
    read = json.loads(plain.stdout)
    assert read["judgements"] == []
    assert read["two_raters"][0]["variant"] == "unseeing"
    one = CliRunner().invoke(app, [*words, "--variant", "plain", "--json", "--raters", "1"])
    assert list(json.loads(one.stdout)) == ["judgements"]
    assert CliRunner().invoke(app, [*words, "--variant", "unseeing", "--raters", "1"]).exit_code == 2
