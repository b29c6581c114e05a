"""What ``reattune study`` says of how it read a file, what it asks, and what it does with several measures."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

import reattune
from reattune.cli import app
from reattune.study import ask_reader
from reattune.study.method_options import Wishes
from reattune.study.read_options import ReadOptions
from reattune.study.run_study import readings_of, run_study
from tests.study.odd_files import BY_NAME
from tests.study.odd_files.cases import CLIENTS, IN_ORDER, SYMPTOMS, TRUTH, long_rows, text_file


def study(path: Path, *options: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, ["study", str(path), "--method", "drop", *options], input=answer)


def written(name: str, folder: Path) -> Path:
    case = BY_NAME[name]
    path = folder / case.file
    case.write(path)
    return path


def test_how_it_was_read_is_always_said(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    text_file(long_rows(("Klient", "Sitzung", "SRS")), ";")(path)
    line = (
        "Read as CSV, semicolons, UTF-8: client from 'Klient'; session from 'Sitzung'; score from 'SRS': Session "
        "Rating Scale, 0 to 40, higher is better."
    )
    assert study(path).output.startswith(line)
    as_json = study(path, "--json")
    assert as_json.stderr.strip() == line
    assert "events" in json.loads(as_json.stdout)
    out = tmp_path / "results"
    assert line in study(path, "--out", str(out)).output
    assert "Session Rating Scale, 0 to 40, higher is better" in (out / "report.html").read_text("utf-8")


def test_without_a_terminal_each_answer_is_a_command(tmp_path: Path) -> None:
    path = written("dates that do not tell their order", tmp_path)
    result = study(path, "--same-day", "error")
    assert result.exit_code == 2
    said = result.output.splitlines()
    assert len(said) == 3
    assert said[1].endswith(f"reattune study {path} --method drop --same-day error --date-order day")
    assert said[2].endswith("--date-order month")
    assert study(path, "--date-order", "day").exit_code == 0


def test_in_a_terminal_it_asks_and_says_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_reader, "in_a_terminal", lambda: True)
    path = written("dates that do not tell their order", tmp_path)
    result = study(path, answer="9\n2\n")
    assert result.exit_code == 0, result.output
    assert "month first" in result.output
    assert f"The same without a question: reattune study {path} --method drop --date-order month" in result.output
    stopped = study(path, answer="3\n")
    assert stopped.exit_code == 2
    assert "Nothing was read" in stopped.output


def test_several_measures_have_a_page_each_and_one_table(tmp_path: Path) -> None:
    path = written("a column measure", tmp_path)
    out = tmp_path / "results"
    result = study(path, "--out", str(out), "--csv")
    assert result.exit_code == 0, result.output
    assert {file.name for file in out.iterdir()} == {
        "events.parquet", "events.csv", "sessions.parquet", "sessions.csv", "clients.parquet", "clients.csv",
        "report.html", "report-phq-9.html", "report-srs.html",
    }  # fmt: skip
    sessions = pl.read_parquet(out / "sessions.parquet")
    assert sessions.columns[:2] == ["client", "measure"]
    assert sessions.group_by("measure").len().sort("measure").rows() == [("PHQ-9", 48), ("SRS", 48)]
    assert pl.read_csv(out / "sessions.csv").height == 96
    assert "report-srs.html" in (out / "report.html").read_text("utf-8")
    assert "lower is better" in (out / "report-phq-9.html").read_text("utf-8")
    again = study(path, "--out", str(out), "--replace")
    assert again.exit_code == 0, again.output
    found = json.loads(study(path, "--json").stdout)["events"]
    assert {event["measure"] for event in found} <= {"PHQ-9", "SRS"}
    only = study(path, "--only", "srs")
    assert "PHQ" not in only.output


def test_a_change_of_therapist_is_seen_in_tables_and_report(tmp_path: Path) -> None:
    path = written("therapist by session: therapist", tmp_path)
    out = tmp_path / "results"
    assert study(path, "--out", str(out)).exit_code == 0
    sessions = pl.read_parquet(out / "sessions.parquet")
    assert sessions.group_by("therapist").len().sort("therapist").rows() == [("t1", 18), ("t9", 30)]
    assert set(pl.read_parquet(out / "clients.parquet")["therapist"]) == {"t1, t9"}
    rows = [(c, s, 70 if s < 5 else 30, "t1" if s < 4 else "t9") for c in range(20) for s in range(1, 9)]
    text_file([("client", "session", "score", "therapist"), *rows])(path)
    source, (reading,) = readings_of(path, ReadOptions())
    whole = run_study(source, reading, Wishes(("drop",)), lambda _study, parts: list(parts) and None)
    # All twenty were seen by both; every fall was in a session of the second, and is still open.
    assert whole.tally.therapists == {"t1": [20, 0, 0], "t9": [20, 20, 20]}


def test_dates_stand_in_the_table_of_sessions(tmp_path: Path) -> None:
    out = tmp_path / "results"
    result = study(written("a break of five weeks", tmp_path), "--out", str(out))
    assert "6 breaks of 3 usual intervals or more" in result.output
    first = pl.read_parquet(out / "sessions.parquet").filter(client="c1")
    assert first["session"].to_list() == list(range(1, 13))
    assert [str(day) for day in first["date"].drop_nulls()][-1] == "2024-04-01"


def test_what_was_set_aside_is_counted(tmp_path: Path) -> None:
    assert "1 rows of totals or names of columns, left out." in study(written("a totals row", tmp_path)).output
    said = study(written("REDCap's repeated instruments", tmp_path)).output
    assert "6 rows without a rating and without a client or session, left out." in said


def test_a_client_in_two_writings_is_one_and_who_may_be_one_is_said(tmp_path: Path) -> None:
    path, out = tmp_path / "ratings.csv", tmp_path / "results"
    written_as = {"Jos\u00e9": "Jose\u0301", "7": "7.0", "Anna": "ANNA", "12": "012"}
    rows = [((again if s > 4 else name), s, 50 + s) for name, again in written_as.items() for s in range(1, 9)]
    text_file([("client", "session", "score"), *rows])(path)
    said = " ".join(study(path, "--out", str(out)).output.split())
    assert set(pl.read_parquet(out / "clients.parquet")["client"]) == {"Jos\u00e9", "7", "Anna", "ANNA", "12", "012"}
    assert "2 clients written as another but for capitals, spaces or zeros in front, each taken for a client" in said


def test_instruments_by_name_and_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    text_file(long_rows(("client", "session", "score"), SYMPTOMS))(path)
    assert (
        "Patient Health Questionnaire, depression, 0 to 27, lower is better"
        in study(path, "--instrument", "phq-9").output
    )
    own = tmp_path / "mine.toml"
    own.write_text(
        'key = "mine"\ntitle = "Mine"\nhigher_is_better = false\nitems = 5\nitem_low = 0\nitem_high = 6\n'
        'reliability = 0.9\n[[forms]]\nscored = "sum"\nlow = 0\nhigh = 30\nstep = 1\n'
    )
    assert "Mine, 0 to 30, lower is better" in study(path, "--instrument", str(own)).output
    journal = Path(reattune.__file__).parent / "content" / "instruments" / "srs.toml"
    text_file(long_rows(("client", "session", "score")))(path)
    assert "Session Rating Scale, 0 to 40, higher is better" in study(path, "--instrument", str(journal)).output
    for bad, said in (("tarot", "no instrument 'tarot'"), (str(tmp_path / "none.toml"), "cannot be read")):
        refused = study(path, "--instrument", bad)
        assert refused.exit_code == 2
        assert said in refused.output
    own.write_text('key = "mine"\ntitle = "Mine"\n[[forms]]\nscored = "sum"\nlow = 3\nhigh = 1\n')
    assert "mine.toml" in study(path, "--instrument", str(own)).output


def test_a_reader_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fastexcel", None)
    result = study(written("Excel", tmp_path))
    assert result.exit_code == 2
    assert "This needs fastexcel, which is not installed. Run: pip install 'reattune[study]'" in result.output


def test_the_same_frame_is_read_as_the_same_file(tmp_path: Path) -> None:
    wide = pl.DataFrame(
        {"ID": list(CLIENTS), **{f"srs_s{s}": [TRUTH[c][s] for c in CLIENTS] for s in reversed(IN_ORDER)}}
    )
    found = reattune.detect(wide, "drop")
    assert found.ratings.scores[0].tolist() == list(TRUTH["c1"].values())
    assert "Session Rating Scale, 0 to 40" in found.understood
    indexed = wide.to_pandas().set_index("ID")
    assert reattune.detect(indexed, "drop").ratings.clients == list(CLIENTS)
    assert reattune.detect(wide.lazy(), "drop").ratings.clients == list(CLIENTS)
    assert reattune.detect({c: list(own.values()) for c, own in TRUTH.items()}, "drop").ratings.clients == list(CLIENTS)
    named = reattune.detect([[7, 8, 3], [6, 5]], "drop", client=["a", "b"])
    assert named.ratings.clients == ["a", "b"]
    with pytest.raises(reattune.StudyError, match="only='"):
        reattune.detect(wide.with_columns(pl.col("^srs.*$").name.replace("srs", "ors")), "drop")
    with pytest.raises(reattune.StudyError, match=r"missing=\(99\.0,\)"):
        reattune.detect([7, 8, 6, 7, 99, 8, 99], "drop")
    assert reattune.detect([7, 8, 6, 7, 99, 8, 99], "drop", missing=(99,)).ratings.measure.high == 10


def test_a_measure_is_named_by_keywords() -> None:
    with pytest.raises(TypeError):
        reattune.Measure(0, 40)  # type: ignore[misc]
    for wrong in ({"low": 5, "high": 1}, {"low": 0, "high": 1, "step": 2}, {"low": float("nan")}):
        with pytest.raises(ValueError, match="measure"):
            reattune.Measure(**wrong)


def test_a_blank_beside_a_score_of_its_day_is_no_second_rating(tmp_path: Path) -> None:
    rows = [f"c{c},{date(2025, 1, 6) + timedelta(days=7 * n)},{5 + (n + c) % 3}" for c in range(4) for n in range(16)]
    blanks = ["c0,2025-01-13,", "c1,2025-01-20,", "c1,2025-01-21,", "c1,2025-01-21,"]
    path = tmp_path / "blanks.csv"
    path.write_text("\n".join(["client,date,score", *blanks[:1], *rows, *blanks[1:]]), "utf-8")
    result = study(path, "--same-day", "error", "--range", "0..10")
    assert result.exit_code == 0, result.output
    assert "same day" not in study(path, "--range", "0..10").output
    path.write_text("\n".join(["client,date,score", *rows, "c1,2025-01-20,9"]), "utf-8")
    assert "has two ratings on one day" in " ".join(
        study(path, "--same-day", "error", "--range", "0..10").output.split()
    )


@pytest.mark.parametrize(
    ("head", "session", "said"),
    [
        ("day", lambda n: 7 * n, "session from 'day' (usually 7 apart; those between count as missing);"),
        ("session", lambda n: 2 * n + 2, "session from 'session' (usually 2 apart; those between count as missing);"),
        ("week", lambda n: n + 1 + (n > 8) * 6, "session from 'week';"),
        ("session", lambda _n: 1, "session from 'session';"),
    ],
    ids=["days", "every second", "a break", "one each"],
)
def test_that_numbers_of_sessions_are_usually_apart_is_said(
    tmp_path: Path, head: str, session: Callable[[int], int], said: str
) -> None:
    rows = dict.fromkeys((c, session(n)) for c in range(6) for n in range(16))
    lines = [f"c{c},{when},{5 + (when + c) % 3}" for c, when in rows]
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join([f"client,{head},score", *lines]), "utf-8")
    shown = study(path, "--range", "0..10", "--session", head, "--score", "score").output
    assert said in " ".join(shown.split())
