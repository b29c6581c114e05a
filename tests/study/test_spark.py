"""``--engine spark``: two real executors, and the same results to the last bit."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from reattune.cli import app
from tests.study.test_results_folder import study, tables


def test_a_cluster_of_two_says_the_same_to_the_last_bit(tmp_path: Path) -> None:
    ratings = tmp_path / "ratings.parquet"
    words = ["simulate", "--clients", "300", "--seed", "9", "--out", str(ratings), "--therapists", "6"]
    assert CliRunner().invoke(app, words).exit_code == 0
    local, spark = tmp_path / "local", tmp_path / "spark"
    assert study(ratings, local, "--method", "all").exit_code == 0
    master = ("--engine", "spark", "--spark-master", "local-cluster[2,1,1024]")
    result = study(ratings, spark, "--method", "all", *master)
    assert result.exit_code == 0, result.output
    for one, other in zip(tables(local), tables(spark), strict=True):
        assert one.equals(other)

    def figures(folder: Path) -> list[str]:
        lines = (folder / "report.html").read_text("utf-8").splitlines()
        return [line for line in lines if "<td" in line and "<li data-client" not in line]

    assert figures(local) == figures(spark)


def test_it_needs_a_folder_and_a_good_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("client,session,score\na,1,70\na,2,seventy\n")
    result = CliRunner().invoke(app, ["study", str(bad), "--engine", "spark"])
    assert result.exit_code == 2
    assert "--out" in result.output
    result = study(bad, tmp_path / "results", "--engine", "spark")
    assert result.exit_code == 2
    assert "'seventy' is not a number" in result.output
