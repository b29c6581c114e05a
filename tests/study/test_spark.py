"""``--engine spark``: two real executors, and the same results to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reattune.cli import app
from reattune.study import spark
from tests.study.test_results_folder import study, tables


def test_a_cluster_of_two_says_the_same_to_the_last_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "_MOST", 700)  # seven partitions or so
    ratings = tmp_path / "ratings.parquet"
    words = ["simulate", "--clients", "300", "--seed", "9", "--out", str(ratings), "--therapists", "6"]
    assert CliRunner().invoke(app, words).exit_code == 0
    local, dealt = tmp_path / "local", tmp_path / "spark"
    assert study(ratings, local, "--method", "all").exit_code == 0
    master = ("--engine", "spark", "--spark-master", "local-cluster[2,1,1024]")
    result = study(ratings, dealt, "--method", "all", *master)
    assert result.exit_code == 0, result.output
    for one, other in zip(tables(local), tables(dealt), strict=True):
        assert one.equals(other)

    def figures(folder: Path) -> list[str]:
        lines = (folder / "report.html").read_text("utf-8").splitlines()
        return [line for line in lines if "<td" in line and "<li data-client" not in line]

    assert figures(local) == figures(dealt)


def test_executors_that_see_another_folder_are_told_apart_from_nothing_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder for what they find is gone when they come to write: as on machines that do not share it."""
    ratings, out = tmp_path / "ratings.csv", tmp_path / "out"
    ratings.write_text("client,session,score\n" + "".join(f"a,{n},{50 + n}\n" for n in range(1, 9)))
    monkeypatch.setattr(Path, "mkdir", _not_for_parts(Path.mkdir))
    result = study(ratings, out, "--range", "0..100", "--method", "drop", "--engine", "spark")
    assert result.exit_code == 2, result.output
    assert "TMPDIR" in result.output
    assert not list(out.glob("*")) if out.exists() else True


def _not_for_parts(mkdir: Callable[..., None]) -> Callable[..., None]:
    def make(self: Path, *args: Any, **kwargs: Any) -> None:
        if not (self.name == "parts" and "reattune-spark-" in str(self)):
            mkdir(self, *args, **kwargs)

    return make


def test_it_needs_a_folder_and_a_good_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("client,session,score\na,1,70\na,2,seventy\n")
    result = CliRunner().invoke(app, ["study", str(bad), "--engine", "spark"])
    assert result.exit_code == 2
    assert "--out" in result.output
    result = study(bad, tmp_path / "results", "--engine", "spark")
    assert result.exit_code == 2
    assert "'seventy' is not a number" in result.output
