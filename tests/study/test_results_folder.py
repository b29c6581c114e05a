"""``reattune study --out``: three tables and a report, whole or not there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from reattune.alliance.detectors import DETECTORS
from reattune.cli import app
from reattune.study import group_by_client
from reattune.study.errors import StudyError
from reattune.study.results_folder import Tables, page_names, results_folder

EVENTS = [
    "client",
    "method",
    "kind",
    "pattern",
    "onset",
    "end",
    "detected_at",
    "depth",
    "depth_sd",
    "probability",
    "state",
    "onset_date",
    "end_date",
    "detected_date",
]
SESSIONS = [
    "client",
    "session",
    "date",
    "therapist",
    "score",
    "expected",
    "usual_low",
    "usual_high",
    "p_rupture_now",
    "p_onset",
    "p_rupture",
]


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cohort") / "ratings.parquet"
    result = run("simulate", "--clients", 120, "--seed", 3, "--out", path, "--therapists", 8)
    assert result.exit_code == 0, result.output
    return path


def study(source: Path, out: Path, *more: object) -> Result:
    return run("study", source, "--range", "0..100", "--out", out, *more)


def tables(out: Path) -> list[pl.DataFrame]:
    found = []
    for name, keys in (
        ("events", ["client", "method", "onset", "kind", "detected_at"]),
        ("sessions", ["client", "session"]),
    ):
        found.append(pl.read_parquet(out / f"{name}.parquet").sort(keys))
    return [*found, pl.read_parquet(out / "clients.parquet").sort("client")]


def test_it_works(cohort: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    result = study(cohort, out, "--method", "all", "--csv")
    assert result.exit_code == 0, result.output
    assert "120 clients" in result.output
    assert sorted(file.name for file in out.iterdir()) == [
        "clients.csv",
        "clients.parquet",
        "events.csv",
        "events.parquet",
        "report.html",
        "sessions.csv",
        "sessions.parquet",
    ]
    events, sessions, people = tables(out)
    assert events.columns == EVENTS
    assert sessions.columns == SESSIONS
    assert len(people) == 120
    assert set(events["method"]) == set(DETECTORS)
    assert set(events["state"].drop_nulls()) <= {"open", "partly", "repaired"}
    assert set(events["pattern"].drop_nulls()) <= {"lightning", "trickle"}
    assert pl.read_csv(out / "events.csv").height == len(events)
    assert people["therapist"].n_unique() == 8
    truth = pl.read_parquet(cohort.with_name("ratings.truth.parquet")).with_columns(pl.col("session").cast(pl.Int64))
    joined = sessions.join(truth, on=["client", "session"])
    assert len(joined) == len(sessions)
    inside, outside = (joined.filter(pl.col("in_rupture") == flag)["p_rupture"].mean() for flag in (True, False))
    assert inside > 0.5 > 0.25 > outside  # type: ignore[operator]


def test_no_client_is_a_formula_where_a_spreadsheet_opens_the_tables(tmp_path: Path) -> None:
    names = {"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+a": "'+a", "-12": "-12", "+3,5": "+3,5", "a=1": "a=1"}
    rows = [(name, session, (session * 7) % 100) for name in names for session in range(1, 9)]
    frame = pl.DataFrame(rows, schema=["client", "session", "score"], orient="row")
    frame.write_csv(tmp_path / "in.csv")
    result = study(tmp_path / "in.csv", tmp_path / "out", "--csv")
    assert result.exit_code == 0, result.output
    for table in ("clients", "sessions"):
        shown = pl.read_csv(tmp_path / "out" / f"{table}.csv", infer_schema=False)["client"]
        assert set(shown) == set(names.values())
        assert set(pl.read_parquet(tmp_path / "out" / f"{table}.parquet")["client"]) == set(names)


def test_csv_long_wide_and_a_folder_of_parts_say_the_same(cohort: Path, tmp_path: Path) -> None:
    frame = pl.read_parquet(cohort)
    frame.write_csv(tmp_path / "long.csv")
    wide = frame.pivot("session", index=["client", "therapist"], values="score")
    numbers = sorted(int(name) for name in wide.columns[2:])
    wide.select("client", "therapist", *(pl.col(str(n)).alias(f"s{n}") for n in numbers)).write_csv(
        tmp_path / "wide.csv"
    )
    parts = tmp_path / "parts"
    parts.mkdir()
    names = frame["client"].unique(maintain_order=True)
    for number, some in enumerate((names[:50], names[50:])):
        frame.filter(pl.col("client").is_in(some.to_list())).write_parquet(parts / f"{number}.parquet")
    assert study(cohort, tmp_path / "ours").exit_code == 0
    ours = tables(tmp_path / "ours")
    for source in ("long.csv", "wide.csv", "parts"):
        result = study(tmp_path / source, tmp_path / f"of-{source}")
        assert result.exit_code == 0, result.output
        for one, other in zip(ours, tables(tmp_path / f"of-{source}"), strict=True):
            assert one.equals(other), source


def test_a_large_file_in_any_order_says_the_same(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert study(cohort, tmp_path / "ours").exit_code == 0
    pl.read_parquet(cohort).sample(fraction=1, shuffle=True, seed=1).write_csv(tmp_path / "shuffled.csv")
    monkeypatch.setattr(group_by_client, "IN_MEMORY", 100)
    monkeypatch.setattr("reattune.study.rating_files.ROWS", 300)
    for source in (cohort, tmp_path / "shuffled.csv"):
        out = tmp_path / f"of-{source.stem}"
        result = study(source, out)
        assert result.exit_code == 0, result.output
        for one, other in zip(tables(tmp_path / "ours"), tables(out), strict=True):
            assert one.equals(other)
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob("reattune-study-*"))  # noqa: S108


def test_workers_change_nothing(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.study.session_grid.CELLS", 500)
    monkeypatch.setattr("reattune.study.session_grid.batches.__defaults__", (500,))
    for workers in (1, 3):
        assert study(cohort, tmp_path / str(workers), "--workers", workers).exit_code == 0
    for one, other in zip(tables(tmp_path / "1"), tables(tmp_path / "3"), strict=True):
        assert one.equals(other)


def test_results_are_replaced_and_other_folders_are_not_touched(cohort: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    assert study(cohort, out, "--csv").exit_code == 0
    kept = study(cohort, out)
    assert kept.exit_code == 2
    assert "holds earlier results" in kept.output
    assert (out / "events.csv").exists()
    assert study(cohort, out, "--replace").exit_code == 0
    assert not (out / "events.csv").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("years of work")
    result = study(cohort, tmp_path / "mine")
    assert result.exit_code == 2
    assert "not empty and not a folder of earlier results" in result.output
    assert (tmp_path / "mine" / "thesis.docx").read_text() == "years of work"


BAD = {
    "truncated": "is not a whole Parquet file",
    "nonsense": "is not a whole Parquet file",
    "mixed": "Row 3, column 'score': 'good' is not a number",
    "out of range": "Row 2, column 'score': the score 140 is outside 0 to 100",
    "times": "Row 1, column 'session': these are times, not sessions or dates",
    "twice": "client 'a' has session 1 a second time",
    "all missing": "has no score at all",
    "empty folder": "a folder without a Parquet file",
}


@pytest.fixture
def bad(cohort: Path, tmp_path: Path) -> dict[str, Path]:
    def written(name: str, score: list[object], session: list[object] | None = None) -> Path:
        path = tmp_path / f"{name}.parquet"
        rows = {"client": ["a"] * len(score), "session": session or list(range(1, len(score) + 1)), "score": score}
        pl.DataFrame(rows, strict=False).write_parquet(path)
        return path

    truncated, nonsense, folder_of_none = tmp_path / "cut.parquet", tmp_path / "no.parquet", tmp_path / "none"
    truncated.write_bytes(cohort.read_bytes()[:-300])
    nonsense.write_bytes(b"PAR1 and then nothing that makes sense")
    folder_of_none.mkdir()
    from datetime import time

    return {
        "truncated": truncated,
        "nonsense": nonsense,
        "mixed": written("mixed", ["70", "71", "good"]),
        "out of range": written("range", [70, 140]),
        "times": written("times", [70, 71], [time(9), time(10)]),
        "twice": written("twice", [70, 71], [1, 1]),
        "all missing": written("missing", [None, None]),
        "empty folder": folder_of_none,
    }


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence_and_no_folder(name: str, bad: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "results"
    result = study(bad[name], out)
    assert result.exit_code == 2, result.output
    assert BAD[name] in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not out.exists()
    assert not list(tmp_path.glob(".results*"))


def test_an_error_far_down_leaves_nothing(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_by_client, "IN_MEMORY", 100)
    monkeypatch.setattr("reattune.study.rating_files.ROWS", 300)
    monkeypatch.setattr("reattune.study.run_study.CLIENTS", 20)
    frame = pl.read_parquet(cohort)
    late = pl.DataFrame({"client": ["zz"], "session": [1], "score": ["many"], "therapist": ["t1"]})
    frame = pl.concat([frame.with_columns(pl.col("session").cast(pl.Int64), pl.col("score").cast(pl.String)), late])
    frame.write_csv(tmp_path / "late.csv")
    result = study(tmp_path / "late.csv", tmp_path / "results")
    assert result.exit_code == 2
    assert f"Row {len(frame) + 1}, column 'score': 'many' is not a number" in result.output
    assert not [file for file in tmp_path.iterdir() if "results" in file.name]


def test_a_full_disk_is_said_and_leaves_nothing(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Tables, "_append", full)
    result = study(cohort, tmp_path / "results")
    assert result.exit_code == 2
    assert "cannot be written" in result.output
    assert "No space left" in result.output
    assert not [file for file in tmp_path.iterdir() if "results" in file.name]


def test_what_a_killed_run_left_is_swept_away(cohort: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    code = (
        "import sys, time; from pathlib import Path; from reattune.study.results_folder import results_folder\n"
        "with results_folder(Path(sys.argv[1])) as here:\n"
        "    (here / 'events.parquet').write_text('half'); print('now', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(out)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert list(tmp_path.glob(".results.part-*"))
    with results_folder(tmp_path / "others"):
        pass
    process.kill()
    process.wait()
    time.sleep(0.1)
    assert study(cohort, out).exit_code == 0
    assert not list(tmp_path.glob(".results.part-*"))
    assert (out / "report.html").exists()


def test_a_file_in_the_way_is_not_overwritten(cohort: Path, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(StudyError, match="not empty"), results_folder(tmp_path / "results"):
        pass
    assert (tmp_path / "results").read_text() == "a file"


def test_simulate_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    for words, sentence in (
        (["--out", tmp_path / "x.xlsx"], ".csv or .parquet"),
        (["--out", tmp_path / "x.csv", "--variant", "odd"], "There is no variant 'odd'"),
        (["--out", tmp_path / "no" / "x.csv"], "cannot be written"),
    ):
        result = run("simulate", "--clients", 5, *words)
        assert result.exit_code == 2
        assert sentence in result.output
    assert list(tmp_path.iterdir()) == []


def test_validate_prints_a_table_json_and_a_picture(tmp_path: Path) -> None:
    import json

    words = ["validate", "detectors", "--clients", 60, "--variant", "plain", "--ceiling-clients", 0]
    result = run(*words, "--picture", tmp_path / "proof.svg")
    assert result.exit_code == 0, result.output
    assert "bayes" in result.output
    assert (tmp_path / "proof.svg").read_text("utf-8").startswith("<svg")
    judged = json.loads(run(*words, "--json").stdout)["judgements"]
    assert {each["method"] for each in judged} >= {"bayes", "drift (cusum)"}
    assert {"now", "now_roc", "onset", "onset_roc", "delay", "false_alarms", "error", "table"} <= set(judged[0])
    assert run("validate", "detectors", "--method", "tarot", "--clients", 60).exit_code == 2


@pytest.mark.parametrize("pair", [("score", "Score"), ("A b", "a-b"), ("😀", "😁"), ("..", "/"), ("x" * 300,) * 2])
def test_each_measure_has_a_page_of_its_own(pair: tuple[str, str]) -> None:
    names = page_names(pair)
    assert len(set(names)) == 2
    assert all(len(each.encode()) < 130 and "/" not in each for each in names)


RATINGS = "client,session,score\n" + "".join(
    f"c{c},{s},{30 + (7 * c + 3 * s) % 9}\n" for c in range(4) for s in range(1, 9)
)


def test_tables_of_ones_own_are_not_taken_for_earlier_results(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    folder.mkdir()
    (folder / "sessions.csv").write_text(RATINGS)
    (folder / "clients.csv").write_text("client,name\nc0,Anna\n")
    (tmp_path / "other.csv").write_text(RATINGS)
    for source in (folder / "sessions.csv", tmp_path / "other.csv"):
        refused = study(source, folder, "--replace")
        assert refused.exit_code == 2, refused.output
    assert (folder / "sessions.csv").read_text() == RATINGS
    assert (folder / "clients.csv").read_text() == "client,name\nc0,Anna\n"


def test_what_is_read_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text(RATINGS)
    out = tmp_path / "results"
    assert study(tmp_path / "ratings.csv", out, "--csv").exit_code == 0
    refused = study(out / "sessions.csv", out, "--replace")
    assert refused.exit_code == 2
    assert "lies in" in refused.output
    assert (out / "sessions.csv").exists()
