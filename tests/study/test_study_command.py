"""``reattune study``: results as people and programs read them, and bad files as one clear sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

import reattune
from reattune.alliance.detectors import DETECTORS
from reattune.alliance.measure import Measure
from reattune.alliance.simulate import simulate
from reattune.cli import app
from reattune.study.group_by_client import whole_clients
from reattune.study.parse_ratings import Reader
from reattune.study.read_options import ReadOptions
from reattune.study.run_study import readings_of
from reattune.study.session_grid import batches

EXAMPLE = Path(__file__).parents[1] / "data" / "suddengains" / "sgdata.csv"
CALM_THEN_DROP = [80, 79, 81, 80, 79, 81, 80, 40, 41, 40]


def study(path: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["study", str(path), *options])


def events(path: Path, *options: str) -> list[dict]:  # type: ignore[type-arg]
    result = study(path, "--json", *options)
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout)["events"])


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    rows = [f"{who},{n},{score}" for who in ("ann", "bo") for n, score in enumerate(CALM_THEN_DROP, start=1)]
    path.write_text("client,session,score\n" + "\n".join(rows))
    return path


@pytest.mark.parametrize(("name", "other"), [("r[1].csv", "r1.csv"), ("q*.csv", "q1.csv"), ("s?.csv", "s1.csv")])
def test_a_name_that_looks_like_a_pattern_is_a_name(long: Path, name: str, other: str) -> None:
    named, beside = long.with_name(name), long.with_name(other)
    named.write_text(long.read_text())
    beside.write_text(long.read_text().replace("ann", "someone else"))
    assert {each["client"] for each in events(named, "--method", "sudden-shift", "--cutoff", "7")} == {"ann", "bo"}


def test_a_number_that_is_too_large_to_be_one_is_none(long: Path) -> None:
    long.write_text(long.read_text().replace(",80\n", ",1e400\n", 1))
    result = study(long)
    assert "Traceback" not in result.output
    assert not isinstance(result.exception, OverflowError)


def test_the_example_prints_the_24_gains() -> None:
    result = study(EXAMPLE, "--scores", "bdi_s1..bdi_s12", "--method", "sudden-shift", "--cutoff", "7")
    assert result.exit_code == 0
    assert "Beck Depression Inventory, second edition, 0 to 63, lower is better" in result.output
    assert "24 gains and 3 losses" in result.output
    assert sum(" gain " in line for line in result.output.splitlines()) == 24


def test_the_same_as_json_and_with_the_published_cutoff() -> None:
    found = events(
        EXAMPLE,
        "--scores",
        "bdi_s1..bdi_s12",
        "--measure-direction",
        "lower",
        "--method",
        "sudden-shift",
        "--cutoff",
        "7",
    )
    assert len([event for event in found if event["kind"] == "gain"]) == 24
    assert len({event["client"] for event in found if event["kind"] == "gain"}) == 15
    first = found[0]
    assert (first["client"], first["method"], first["onset"], first["depth"]) == ("1", "sudden-shift", 4, 11.0)


BOTH = ("--method", "control-chart", "--method", "sudden-shift")


def test_bayes_when_no_method_is_named(long: Path) -> None:
    found = events(long, "--range", "0..100")
    assert [(e["client"], e["method"], e["kind"], e["onset"], e["detected_at"]) for e in found] == [
        ("ann", "bayes", "loss", 8, 8),
        ("bo", "bayes", "loss", 8, 8),
    ]
    assert [(e["pattern"], e["state"], e["end"]) for e in found] == [("lightning", "open", None)] * 2
    assert all(e["probability"] > 0.95 for e in found)


def test_without_a_range_it_is_guessed_and_said(long: Path) -> None:
    result = study(long)
    assert result.exit_code == 0
    assert "0 to 100 (guessed from the scores; else --range LOWEST..HIGHEST)" in result.output
    assert events(long) == events(long, "--range", "0..100")


def test_several_methods(long: Path) -> None:
    found = events(long, *BOTH)
    assert {event["method"] for event in found} == {"control-chart", "sudden-shift"}
    assert {
        (event["client"], event["kind"], event["onset"]) for event in found if event["method"] == "sudden-shift"
    } == {
        ("ann", "loss", 8),
        ("bo", "loss", 8),
    }
    assert {event["kind"] for event in events(long, "--measure-direction", "lower", "--method", "sudden-shift")} == {
        "gain"
    }
    every = events(long, "--method", "all", "--range", "0..100")
    assert {event["method"] for event in every} >= {"bayes", "sudden-shift", "control-chart", "drop", "change-point"}


def test_long_and_wide_say_the_same(long: Path, tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    header = ",".join(["id", *(f"s{n}" for n in range(1, 11))])
    rows = [",".join([who, *map(str, CALM_THEN_DROP)]) for who in ("ann", "bo")]
    wide.write_text("\n".join([header, *rows]))
    assert events(wide, *BOTH) == events(long, *BOTH)


def test_named_columns_semicolons_decimal_commas_and_a_mark_at_the_start(long: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    rows = [f"{who};{n};{score},0" for who in ("ann", "bo") for n, score in enumerate(CALM_THEN_DROP, start=1)]
    other.write_text("Fall;Sitzung;Wert\n" + "\n".join(rows), "utf-8-sig")
    found = events(other, *BOTH, "--client", "Fall", "--session", "Sitzung", "--score", "Wert")
    assert found == events(long, *BOTH)


def test_rows_in_any_order_and_missing_scores(long: Path, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled.csv"
    header, *rows = long.read_text().splitlines()
    shuffled.write_text("\n".join([header, *sorted(rows, key=lambda row: row[::-1]), "cy,1,NA", "cy,2,"]))
    assert sorted(map(str, events(shuffled, *BOTH))) == sorted(map(str, events(long, *BOTH)))


BAD = {
    "empty": (b"", "is empty"),
    "blank lines": (b"\n\n  \n", "is empty"),
    "header alone": (b"client,session,score\n", "no ratings below"),
    "letters in a score": (
        b"client,session,score\na,1,70\na,2,seventy\n",
        "Row 3, column 'score': 'seventy' is not a number",
    ),
    "a pair twice": (
        b"client,session,score\na,1,70\nb,1,3\na,1,71\n",
        "Row 4: client 'a' has session 1 a second time (first in row 2)",
    ),
    "a client twice": (
        b"id,s1,s2,s3\na,1,2,3\na,1,2,3\n",
        "Row 3: client 'a' stands here a second time (first in row 2). In a wide file",
    ),
    "half a session": (b"client,session,score\na,1.5,70\n", "Row 2, column 'session': a session is a whole number"),
    "a date among numbers": (b"client,session,score\na,1,70\na,2026-01-05,70\na,3,7\n", "Row 3, column 'session'"),
    "numbers that are no sessions": (b"client,session,score\na,5,70\na,70005,70\n", "are these dates or other numbers"),
    "no client": (b"client,session,score\n,1,70\n", "Row 2, column 'client' is empty"),
    "infinite": (b"client,session,score\na,1,inf\n", "Row 2, column 'score': 'inf' is not a number"),
    "unknown columns": (b"a,b,c\n1,2,3\n", "Which column names the client"),
    "all missing": (b"client,session,score\na,1,NA\na,2,\n", "no score at all"),
    "ragged": (b"client,session,score\na,1,70,9,9\nb,1,70\nc,1,70\n", "row 2 has 5 cells, and there are 3 columns"),
    "a broken archive": (b"PK\x03\x04\x00\x00client", "cannot be unpacked (zip)"),
    "binary": (b"\x7fELF\x02\x01\x01\x00\x00client", "is not a text file"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_ends_with_one_sentence(name: str, tmp_path: Path) -> None:
    content, sentence = BAD[name]
    path = tmp_path / "ratings.csv"
    path.write_bytes(content)
    result = study(path)
    assert result.exit_code == 2, result.output
    assert sentence in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--range", "0..50"], "the score 80 is outside 0 to 50"),
        (["--range", "fifty"], "LOWEST..HIGHEST"),
        (["--method", "tarot"], "no method 'tarot'"),
        (["--client", "name"], "no column 'name' for the client"),
        (["--reliability", "2", "--range", "0..100"], "between 0 and 1"),
        (["--scores", "a..b"], "no column 'a'"),
    ],
)
def test_bad_options_end_with_one_sentence(long: Path, options: list[str], sentence: str) -> None:
    result = study(long, *options)
    assert result.exit_code == 2
    assert sentence in result.output


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert "There is no file" in study(tmp_path / "none.csv").output
    assert "is a folder" in study(tmp_path).output


def test_the_raw_example_is_read_as_the_instrument_that_is_known() -> None:
    result = study(EXAMPLE)
    assert result.exit_code == 0
    assert "sessions 0 to 12 from bdi_s0 to bdi_s12" in result.output
    assert "left out: rq_s0 to rq_s12" in result.output


def test_one_session_each_and_one_long_client(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    rows = [f"one-{n},1,70" for n in range(50)] + [f"long,{n},{70 + n % 3}" for n in range(1, 5001)]
    path.write_text("client,session,score\n" + "\n".join(rows))
    result = study(path, "--range", "0..100", "--method", "all")
    assert result.exit_code == 0, result.output
    assert "5,050 ratings of 51 clients" in result.output


def test_batches_of_any_size_say_the_same(long: Path) -> None:
    source, (reading,) = readings_of(long, ReadOptions())
    (frame,) = whole_clients(source, Reader(source, reading))
    one, two = list(batches(frame, Measure())), list(batches(frame, Measure(), cells=1))
    assert [len(batch.ratings.clients) for batch in one] == [2]
    assert [len(batch.ratings.clients) for batch in two] == [1, 1]


def test_the_readme_shows_what_is_printed() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    block = readme.split("$ reattune study tests/data/suddengains/sgdata.csv ")[1].split("```")[0]
    options, *shown = block.strip().splitlines()
    printed = [line.rstrip() for line in study(EXAMPLE, *options.split()).output.splitlines()]
    assert [line for line in shown if line != "…" and line not in printed] == []


def test_too_little_is_not_known_and_not_none(tmp_path: Path) -> None:
    path, out = tmp_path / "two.csv", tmp_path / "out"
    rows = [f"c{n},{session},{score}" for n in range(25) for session, score in ((1, 80), (2, 60))]
    path.write_text("client,session,score\n" + "\n".join(rows))
    result = study(path, "--range", "0..100", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "too few ratings" in result.output
    assert "0 losses" not in result.output
    clients = pl.read_parquet(out / "clients.parquet")
    assert clients["losses"].null_count() == clients["p_rupture_now"].null_count() == 25
    assert pl.read_parquet(out / "sessions.parquet")["p_rupture"].null_count() == 50
    page = (out / "report.html").read_text("utf-8")
    assert "Too few ratings to say anything." in page
    assert "No rupture found." not in page
    assert "Clients without a rupture" not in page


def test_json_is_json_with_a_folder_too_and_nothing_is_written_over_unasked(long: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = json.loads(study(long, "--range", "0..100", "--json", "--out", str(out)).stdout)
    assert [event["onset"] for event in found["events"]] == [8, 8]
    assert (out / "report.html").is_file()
    before = (out / "report.html").read_bytes()
    again = study(long, "--range", "0..100", "--out", str(out), "--method", "drop")
    assert again.exit_code == 2
    assert "--replace" in again.output
    assert (out / "report.html").read_bytes() == before
    assert study(long, "--range", "0..100", "--out", str(out), "--method", "drop", "--replace").exit_code == 0
    assert (out / "report.html").read_bytes() != before
    assert "Name it with --out" in study(long, "--range", "0..100", "--csv").output


def test_simulate_does_not_write_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    words = ["simulate", "--clients", "50", "--out", str(path)]
    assert CliRunner().invoke(app, words).exit_code == 0
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 2
    assert "--replace" in refused.output
    assert CliRunner().invoke(app, [*words, "--replace"]).exit_code == 0
    nowhere = CliRunner().invoke(app, ["simulate", "--clients", "50", "--out", str(tmp_path / "no" / "x.csv")])
    assert "there is no folder" in nowhere.output


@pytest.mark.parametrize("method", list(DETECTORS))
def test_python_and_the_command_line_say_the_same(method: str, tmp_path: Path) -> None:
    ratings = simulate(60, 2).ratings
    measure = reattune.Measure(low=0, high=100)
    frame = reattune.detect(replace(ratings, measure=measure), "drop").sessions().select("client", "session", "score")
    frame.drop_nulls().write_csv(tmp_path / "cohort.csv")
    theirs = events(tmp_path / "cohort.csv", "--range", "0..100", "--method", method)
    ours = [
        event.to_plain() for event in reattune.detect(pl.read_csv(tmp_path / "cohort.csv"), method, measure=measure)
    ]
    assert len(ours) > 3
    keys = ("client", "kind", "onset", "end", "detected_at", "state")
    assert [[e[k] for k in keys] for e in ours] == [[e[k] for k in keys] for e in theirs]


def test_drop_asks_for_a_tenth_of_the_range_unless_a_reliability_is_given(long: Path) -> None:
    plain = study(long, "--range", "0..100", "--method", "drop").output
    assert "10 points, a tenth of the range" in plain
    given = study(long, "--range", "0..100", "--method", "drop", "--reliability", "0.9").output
    assert "the reliable change" in given
    cutoff = study(long, "--range", "0..100", "--method", "drop", "--score-cutoff", "70").output
    assert "reaches 70" in cutoff


def test_lower_is_better_has_words_and_figures_of_its_own(tmp_path: Path) -> None:
    path, out = tmp_path / "oq.csv", tmp_path / "out"
    scores = [83, 80, 82, 78, 79, 77, 78, 110, 112, 111]
    path.write_text("client,session,score\n" + "\n".join(f"a,{n},{score}" for n, score in enumerate(scores, start=1)))
    result = study(path, "--range", "0..180", "--measure-direction", "lower", "--out", str(out))
    assert "published figures for symptoms" in result.output
    page = (out / "report.html").read_text("utf-8")
    body = page[page.index("<h1>") : page.index("<footer>")].lower()
    for word in ("bond", "below what was usual", "a rupture", "ruptures found"):
        assert word not in body, word
    assert "worsening and recovery" in body
    assert 75 < pl.read_parquet(out / "sessions.parquet")["expected"][1] < 95
