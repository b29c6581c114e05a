"""A study that is kept: the same as reading everything, and a state that is whole or left as it was."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from reattune.alliance.simulate import simulate
from reattune.cli import app
from reattune.study.kept import partitions as partitions
from reattune.study.kept.changes import SCHEMA, changes
from reattune.study.kept.merge_rows import merged
from reattune.study.kept.settings import VERSION, read_state, to_text
from reattune.study.kept.tally_json import from_plain, to_plain
from reattune.study.results_folder import TABLES

FIRST = date(2023, 3, 6)
RANGE = ("--range", "0..100")


def study(*words: object) -> str:
    result = CliRunner().invoke(app, ["study", *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: object) -> str:
    result = CliRunner().invoke(app, ["study", *map(str, words)])
    assert result.exit_code == 2, result.output
    return result.output


@pytest.fixture(scope="module")
def ratings() -> pl.DataFrame:
    """``client, session, score, therapist`` of eighty simulated clients."""
    cohort = simulate(80, 17)
    rows = []
    for place, name in enumerate(cohort.ratings.clients):
        scores = [None if score != score else round(float(score), 3) for score in cohort.ratings.scores[place]]
        while scores[-1] is None:
            scores.pop()
        rows += [(name, n, score, f"t{(place + (n > 9)) % 4}") for n, score in enumerate(scores, start=1)]
    return pl.DataFrame(rows, schema=["client", "session", "score", "therapist"], orient="row")


def days(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with dates, some breaks, and two ratings on some days."""
    offset = (pl.col("session") * 7 + (pl.col("session") > 6) * 40).cast(pl.Int64)
    dated = frame.with_columns(date=pl.lit(FIRST) + pl.duration(days=offset)).drop("session")
    again = dated.filter(pl.col("client").str.ends_with("3")).with_columns(pl.col("score") + 0.25)
    return pl.concat([dated, again.filter(pl.col("score") < 100)]).sort("date", maintain_order=True)


def folder_of(tmp_path: Path, name: str, frame: pl.DataFrame) -> Path:
    file = tmp_path / f"{name}.csv"
    frame.write_csv(file)
    return file


def whole(results: Path) -> dict[str, bytes]:
    return {table: (results / f"{table}.csv").read_bytes() for table in TABLES}


def report_body(results: Path, file: str) -> str:
    html = (results / "report.html").read_text("utf-8").replace(file, "FILE")
    # How today's file was read is today's; all counts, curves and courses are everybody's.
    return html[html.index('<section id="found"') :]


@pytest.mark.parametrize("dated", [False, True])
def test_day_by_day_is_the_same_as_all_at_once_to_the_last_bit(
    tmp_path: Path, ratings: pl.DataFrame, dated: bool
) -> None:
    # Methods that take nothing from a cohort, so that the first day decides nothing that all ratings would not.
    methods = [
        word for name in ("bayes", "drop", "change-point", "drift", "control-chart") for word in ("--method", name)
    ]
    told = (*RANGE, "--step", 0.001, *methods)
    frame = days(ratings) if dated else ratings.sort("session", maintain_order=True)
    cut = [0, len(frame) // 2, len(frame) - 60, len(frame) - 9, len(frame)]
    for place in range(4):
        part = folder_of(tmp_path, f"day{place}", frame[cut[place] : cut[place + 1]])
        out = ("--out", tmp_path / "days", "--csv") if place == 3 else ()
        said = study(part, "--continue", tmp_path / "state", *(() if place else told), *out)
    assert "have something new and were read" in said
    everything = folder_of(tmp_path, "all", frame)
    study(everything, "--continue", tmp_path / "other", *told, "--out", tmp_path / "whole", "--csv")
    assert whole(tmp_path / "days") == whole(tmp_path / "whole")
    ours, theirs = report_body(tmp_path / "days", "day3.csv"), report_body(tmp_path / "whole", "all.csv")
    assert ours[: ours.index('id="methods"')] == theirs[: theirs.index('id="methods"')]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), dated=st.booleans())
def test_any_split_into_days_gives_the_same_tables_and_report(
    tmp_path_factory: pytest.TempPathFactory, ratings: pl.DataFrame, data: st.DataObject, dated: bool
) -> None:
    here = tmp_path_factory.mktemp("split")
    frame = days(ratings) if dated else ratings.sort("session", maintain_order=True)
    few = frame.filter(pl.col("client").is_in([f"c{n}" for n in range(1, 21)]))
    first = few[: len(few) // 2]
    rest = few[len(few) // 2 :]
    day = data.draw(st.lists(st.integers(1, 3), min_size=len(rest), max_size=len(rest)))
    later = [rest.filter(pl.Series(day) == n) for n in (1, 2, 3)]
    base = folder_of(here, "first", first)
    # Both begin alike, so that what is usual is decided on the same ratings.
    for state in ("one", "many"):
        study(base, "--continue", here / state, *RANGE, "--method", "bayes", "--method", "drop", "--method", "v-shape")
    for number, part in enumerate(part for part in later if len(part)):
        study(folder_of(here, f"d{number}", part), "--continue", here / "many")
    study(folder_of(here, "rest", rest), "--continue", here / "one", "--out", here / "r1", "--csv")
    # A full export that holds what is known already changes nothing.
    said = study(folder_of(here, "full", few), "--continue", here / "many", "--out", here / "r2", "--csv")
    assert "0 of 20 clients have something new" in said
    assert whole(here / "r1") == whole(here / "r2")
    assert report_body(here / "r1", "rest.csv") == report_body(here / "r2", "full.csv")


def test_it_is_what_a_study_says(tmp_path: Path, ratings: pl.DataFrame) -> None:
    cut = ratings.filter(pl.col("session") < 9)
    rest = ratings.filter(pl.col("session") >= 9)
    told = (*RANGE, "--step", 0.001)
    study(folder_of(tmp_path, "one", cut), "--continue", tmp_path / "state", *told)
    study(folder_of(tmp_path, "two", rest), "--continue", tmp_path / "state", "--out", tmp_path / "kept")
    study(folder_of(tmp_path, "all", ratings), *told, "--out", tmp_path / "plain")
    for table in TABLES:
        ours, theirs = (pl.read_parquet(tmp_path / name / f"{table}.parquet") for name in ("kept", "plain"))
        assert ours.sort("client", maintain_order=True).equals(theirs.sort("client", maintain_order=True)), table


def test_only_clients_with_news_are_read_and_the_changes_say_why(tmp_path: Path) -> None:
    steady = [80, 79, 81, 80, 79, 81, 80]
    first = [("a", n, s) for n, s in enumerate(steady, 1)] + [("b", n, s) for n, s in enumerate([*steady, 60, 61], 1)]
    first += [("c", n, s) for n, s in enumerate(steady, 1)]
    today = [("a", 8, 60), ("a", 9, 61), ("b", 10, 80), ("b", 11, 81), ("b", 12, 79), ("d", 1, 80)]
    names = ["client", "session", "score"]
    base = folder_of(tmp_path, "base", pl.DataFrame(first, schema=names, orient="row"))
    study(base, "--continue", tmp_path / "state", *RANGE)
    new = folder_of(tmp_path, "new", pl.DataFrame(today, schema=names, orient="row"))
    said = study(new, "--continue", tmp_path / "state", "--out", tmp_path / "results")
    assert "3 of 4 clients have something new" in said
    assert "1 client to look at" in said
    table = pl.read_csv(tmp_path / "results" / "new.csv")
    assert table.columns == list(SCHEMA())
    assert table.select("client", "look", "why").rows() == [
        ("a", True, "new: the rupture begun at session 8, lightning; it is open"),
        ("b", False, "the rupture begun at session 8 is mended"),
    ]
    assert table["p_rupture_now"][0] > 0.9 > 0.3 > table["p_rupture_before"][0]
    more = folder_of(tmp_path, "more", pl.DataFrame([("a", 10, 60)], schema=names, orient="row"))
    as_json = study(more, "--continue", tmp_path / "state", "--json")
    assert json.loads(as_json) == {"changes": []}


def test_wide_files_and_names_of_sessions_go_on_too(tmp_path: Path) -> None:
    wide = pl.DataFrame({"id": ["a", "b"], "s1": [70, 80], "s2": [71, 81], "s3": [69, 79], "s4": [70, None]})
    more = wide.with_columns(s4=pl.Series([70, 50]), s5=pl.Series([50, 51]))
    study(folder_of(tmp_path, "wide", wide), "--continue", tmp_path / "wide-state", *RANGE)
    said = study(folder_of(tmp_path, "more", more), "--continue", tmp_path / "wide-state")
    assert "2 of 2 clients have something new" in said
    labels = pl.DataFrame({"id": ["a"] * 3, "time": ["T1", "T2", "T3"], "score": [70, 71, 69]})
    study(folder_of(tmp_path, "labels", labels), "--continue", tmp_path / "label-state", *RANGE)
    later = pl.DataFrame({"id": ["a"], "time": ["T4"], "score": [50]})
    study(folder_of(tmp_path, "later", later), "--continue", tmp_path / "label-state", "--out", tmp_path / "r")
    assert pl.read_parquet(tmp_path / "r" / "sessions.parquet")["session"].to_list() == [1, 2, 3, 4]


def test_what_does_not_fit_is_said_and_the_state_stays(tmp_path: Path, ratings: pl.DataFrame) -> None:
    state = tmp_path / "state"
    few = ratings.filter(pl.col("client").is_in(["c1", "c2", "c3"]))
    base = folder_of(tmp_path, "base", few)
    study(base, "--continue", state, *RANGE)
    before = {file.name: file.read_bytes() for file in state.iterdir()}
    row = few.row(1, named=True)
    changed = pl.DataFrame([{**row, "score": 12.5}])
    twice = pl.DataFrame([{**row, "session": 70}, {**row, "session": 70, "score": 1.0}])
    renamed = few.rename({"score": "phq9_total"})
    dated = days(few)
    for frame, more, said in (
        (changed, (), f"Row 2: session 2 of client 'c1' has the score 12.5 here, and {row['score']:g} in the state"),
        (twice, (), "Row 3: client 'c1' has session 70 a second time (first in row 2). Keep one of the two."),
        (pl.DataFrame([{**row, "session": 70, "score": 130.0}]), (), "Row 2, column 'score': the score 130 is outside"),
        (renamed, (), "The state is of"),
        (dated, (), "The sessions of the state have numbers, and those of this file days"),
        (few, ("--range", "0..40"), "The state is of a measure from 0 to 100, higher being better, and this asks for"),
        (few, ("--measure-direction", "lower"), "The state is of a measure from 0 to 100"),
        (few, ("--method", "drop"), "Methods and their options were decided when"),
        (few, ("--engine", "spark", "--out", tmp_path / "r"), "--continue works on this machine"),
    ):
        assert said in refused(folder_of(tmp_path, "today", frame), "--continue", state, *more)
        assert {file.name: file.read_bytes() for file in state.iterdir()} == before
    assert "--corrections belongs to" in refused(base, "--corrections")
    said = study(folder_of(tmp_path, "today", changed), "--continue", state, "--corrections")
    assert "1 of 3 clients have something new" in said
    other = tmp_path / "notes"
    other.mkdir()
    (other / "letter.txt").write_text("dear", "utf-8")
    assert "is not empty, and no state of a study" in refused(base, "--continue", other, *RANGE)
    assert "is a file, and a state is a folder" in refused(base, "--continue", base, *RANGE)


def test_a_damaged_state_is_named(tmp_path: Path, ratings: pl.DataFrame) -> None:
    state = tmp_path / "state"
    few = folder_of(tmp_path, "few", ratings.filter(pl.col("client") == "c1"))
    study(few, "--continue", state, *RANGE)
    text = (state / "state.json").read_text("utf-8")
    more = folder_of(tmp_path, "more", pl.DataFrame({"client": ["c1"], "session": [70], "score": [70.0]}))
    plain = json.loads(text)
    for broken, said in (
        (text[:-40], "is damaged: it is not JSON, or was cut short"),
        (json.dumps({**plain, "version": VERSION + 1}), "was kept by another version"),
        (json.dumps({**plain, "rows": 1}), "was changed or damaged: its check does not fit"),
        (json.dumps({"kind": "letter"}), "is no state of a study"),
    ):
        (state / "state.json").write_text(broken, "utf-8")
        assert said in refused(more, "--continue", state)
    (state / "state.json").write_text(text, "utf-8")
    (file,) = state.glob("*-ratings.parquet")
    content = file.read_bytes()
    middle = len(content) // 3
    file.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    assert "is damaged, so this state cannot be gone on with" in refused(more, "--continue", state)
    file.unlink()
    assert "is missing, so this state cannot be gone on with" in refused(more, "--continue", state)


def test_a_run_that_stops_leaves_the_state_as_it_was(
    tmp_path: Path, ratings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    study(folder_of(tmp_path, "one", ratings.filter(pl.col("session") < 9)), "--continue", state, *RANGE)
    before = (state / "state.json").read_text("utf-8")
    rest = folder_of(tmp_path, "two", ratings.filter(pl.col("session") >= 9))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("reattune.study.kept.whole_tables.write_tables", full)
        assert "cannot be written" in refused(rest, "--continue", state, "--out", tmp_path / "results")
    assert (state / "state.json").read_text("utf-8") == before
    assert not (tmp_path / "results").exists()
    study(rest, "--continue", state, "--out", tmp_path / "results")
    names = {file.name for file in state.iterdir()}
    assert names == {"state.json", *(f"00000-2-{table}.parquet" for table in ("ratings", *TABLES))}


def test_a_state_that_grows_is_dealt_to_more_parts(
    tmp_path: Path, ratings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, rest = ratings.filter(pl.col("session") < 9), ratings.filter(pl.col("session") >= 9)
    base, more = folder_of(tmp_path, "one", cut), folder_of(tmp_path, "two", rest)
    for state in ("small", "large"):
        study(base, "--continue", tmp_path / state, *RANGE)
    study(more, "--continue", tmp_path / "small", "--out", tmp_path / "r1", "--csv")
    monkeypatch.setattr(partitions, "ROWS", 100)
    study(more, "--continue", tmp_path / "large", "--out", tmp_path / "r2", "--csv")
    assert read_state(tmp_path / "large").leaves == 8
    for table in TABLES:
        one, two = (pl.read_csv(tmp_path / name / f"{table}.csv", infer_schema=False) for name in ("r1", "r2"))
        keys = [name for name in ("client", "session", "onset") if name in one.columns]
        assert one.sort(keys).equals(two.sort(keys))
    assert report_body(tmp_path / "r1", "two.csv") == report_body(tmp_path / "r2", "two.csv")


def test_several_measures_are_kept_each_by_itself(tmp_path: Path) -> None:
    both = pl.DataFrame({"id": ["a"] * 4, "session": [1, 2, 3, 4], "srs": [36, 35, 36, 34], "phq9": [10, 9, 8, 9]})
    assert "Keep a state for each, with --only" in refused(folder_of(tmp_path, "b", both), "--continue", tmp_path / "s")
    assert not (tmp_path / "s").exists()
    study(folder_of(tmp_path, "b", both), "--continue", tmp_path / "s", "--only", "srs")
    assert "have something new" in study(
        folder_of(tmp_path, "c", both.with_columns(session=pl.col("session") + 4)),
        "--continue",
        tmp_path / "s",
        "--only",
        "srs",
    )


def test_counts_go_to_json_and_back_and_can_be_taken_out(tmp_path: Path, ratings: pl.DataFrame) -> None:
    study(folder_of(tmp_path, "one", ratings), "--continue", tmp_path / "state", *RANGE, "--method", "all")
    state = read_state(tmp_path / "state")
    tally = from_plain(state.tally)
    assert to_plain(tally) == state.tally
    again = from_plain(state.tally)
    again.add(tally)
    again.subtract(tally)
    assert to_plain(again) == state.tally
    assert to_text(state) == (tmp_path / "state" / "state.json").read_text("utf-8")


def test_rows_beside_what_is_kept_by_hand() -> None:
    names = ["row", "client", "session", "score", "therapist"]
    types = {"row": pl.Int64, "client": pl.String, "session": pl.Int64, "score": pl.Float64, "therapist": pl.String}
    kept = pl.DataFrame([(1, "a", 1, 70.0, None), (2, "a", 2, None, None)], schema=types, orient="row")
    today = pl.DataFrame(
        [(1, "a", 1, 70.0, None), (2, "a", 2, 60.0, None), (3, "a", 3, None, None)], schema=types, orient="row"
    )
    stays, new = merged(kept, today, str, dated=False, corrections=False)
    assert stays.select(names).rows() == [(1, "a", 1, 70.0, None)]
    assert new["row"].to_list() == [2, 3]
    doubled = pl.concat([today[:1], today[:1]])
    stays, new = merged(kept, doubled, str, dated=True, corrections=False)
    assert (len(stays), len(new)) == (2, 1)


@pytest.mark.parametrize("dated", [False, True])
def test_what_is_corrected_takes_the_place_of_what_is_kept(dated: bool) -> None:
    types = {"row": pl.Int64, "client": pl.String, "session": pl.Int64, "score": pl.Float64, "therapist": pl.String}
    kept = pl.DataFrame([(1, "a", 1, 7.0, "T1"), (2, "a", 2, 60.0, "T1"), (3, "b", 1, 50.0, "T1")], types, orient="row")
    today = pl.DataFrame(
        [(1, "a", 1, 70.0, "T1"), (2, "a", 2, 60.0, "T1"), (3, "b", 1, 50.0, "T2")], types, orient="row"
    )
    stays, new = merged(kept, today, str, dated=dated, corrections=True)
    assert stays["row"].to_list() == [2]
    assert new["row"].to_list() == [1, 3]
    nobody = today.with_columns(therapist=pl.lit(None, pl.String))
    stays, new = merged(kept, nobody, str, dated=dated, corrections=True)
    assert (stays["row"].to_list(), new["row"].to_list()) == ([2, 3], [1])
    if dated:  # two of one day where one is kept: a second rating, and no correction
        stays, new = merged(kept, pl.concat([today[:1], today[:1]]), str, dated=True, corrections=True)
        assert (len(stays), len(new)) == (3, 2)


def whole_exports(tmp_path: Path, name: str, *scores: float | None) -> tuple[list[str], list[float]]:
    """What is said of whole exports day by day, whose last score of one client says this and then that; and what is
    kept of it."""
    said = []
    for day, last in enumerate(scores):
        rows = [(f"c{c}", FIRST + timedelta(days=7 * n), 5.0 + (n * 7 + c) % 3) for c in range(4) for n in range(15)]
        rows.append(("c0", FIRST + timedelta(days=7 * 15), last))  # type: ignore[arg-type]
        file = folder_of(tmp_path, f"{name}{day}", pl.DataFrame(rows, ["client", "date", "score"], orient="row"))
        more = ("--range", "0..10") if not day else ("--corrections",) if day == 2 else ()
        out = tmp_path / f"{name}-out-{day}"
        said.append(study(file, "--continue", tmp_path / name, *more, "--out", out, "--csv"))
    table = pl.read_csv(out / "sessions.csv").filter(pl.col("client") == "c0")
    return said, table["score"].to_list()


def test_a_blank_that_is_filled_in_later_and_then_corrected_counts_for_nothing(tmp_path: Path) -> None:
    said, kept = whole_exports(tmp_path, "kept", None, 7.0, 2.0)
    assert kept[-1] == 2.0
    assert not [each for each in said if "same day" in each]
    # A blank that comes after a score takes nothing away, unless it corrects it.
    assert whole_exports(tmp_path, "after", 9.0, None)[1][-1] == 9.0
    assert whole_exports(tmp_path, "again", 9.0, 9.0, None)[1][-1] != 9.0


def test_blanks_of_a_day_beside_its_scores() -> None:
    types = {"row": pl.Int64, "client": pl.String, "session": pl.Int64, "score": pl.Float64, "therapist": pl.String}

    def rows(*scores: float | None) -> pl.DataFrame:
        # In a wide file all sessions of a client are of one row.
        more = [(1, "a", 2, 60.0, None)]
        return pl.DataFrame([*((1, "a", 1, each, None) for each in scores), *more], types, orient="row")

    for held, today, corrections, kept in (
        ((None,), (7.0,), False, [7.0]),
        ((None,), (7.0,), True, [7.0]),
        ((None, 7.0), (2.0,), True, [2.0]),
        ((6.0,), (7.0, None), True, [7.0]),
        ((6.0,), (None,), False, [6.0]),
        ((6.0,), (None,), True, [None]),
        ((6.0, 7.0), (None,), True, [6.0, 7.0]),
        ((None,), (None,), True, [None]),
        ((6.0,), (None, 6.0, 7.0), False, [6.0, 7.0]),
    ):
        stays, new = merged(rows(*held), rows(*today), str, dated=True, corrections=corrections)
        both = pl.concat([stays, new]).filter(pl.col("session") == 1)
        assert both["score"].to_list() == kept, (held, today, corrections)
        assert pl.concat([stays, new]).filter(pl.col("session") == 2)["score"].to_list() == [60.0]


def test_a_rupture_that_is_no_longer_found_and_one_that_only_seems_likely() -> None:
    from reattune.alliance.measure import PERCENT

    clients = pl.DataFrame({"client": ["a", "b"], "therapist": [None, "t"], "last_session": [9, 9],
                            "p_rupture_now": [0.2, 0.6]}, schema_overrides={"therapist": pl.String})  # fmt: skip
    then = clients.with_columns(p_rupture_now=pl.lit(0.3))
    event = {"client": ["a"], "kind": ["loss"], "pattern": ["trickle"], "onset": [4], "state": ["open"]}
    none = pl.DataFrame(event).clear()
    found = changes(clients, none, then, pl.DataFrame(event), PERCENT)
    assert found.select("client", "look", "why").rows() == [
        ("b", True, "P(a rupture is open) rose to 0.60"),
        ("a", False, "the rupture begun at session 4 is no longer found"),
    ]


def test_the_therapists_ratings_alone_are_said_and_not_kept_with_the_clients(
    tmp_path: Path, ratings: pl.DataFrame
) -> None:
    rated = ratings.drop("therapist")
    first = rated.filter(pl.col("session") <= 6).with_columns(rater=pl.lit("client"))
    later = rated.filter(pl.col("session") > 6).with_columns(rater=pl.lit("therapist"))
    study(folder_of(tmp_path, "one", first), "--continue", tmp_path / "state", *RANGE)
    said = " ".join(refused(folder_of(tmp_path, "two", later), "--continue", tmp_path / "state").split())
    assert "Column 'rater' says that these are the therapist's ratings" in said
    alone = " ".join(study(folder_of(tmp_path, "three", later), *RANGE, "--method", "drop").split())
    assert "the therapist's ratings alone, as 'rater' says" in alone


@pytest.mark.parametrize(("head", "words"), [("rater", "2"), ("respondent", "staff"), ("completed_by", "counsellor")])
def test_what_may_be_anybodys_ratings_is_not_kept_with_the_clients(
    tmp_path: Path, ratings: pl.DataFrame, head: str, words: str
) -> None:
    rated = ratings.drop("therapist")
    first = rated.filter(pl.col("session") <= 6).with_columns(pl.lit("client").alias(head))
    later = rated.filter(pl.col("session") > 6).with_columns(pl.lit(words).alias(head))
    study(folder_of(tmp_path, "one", first), "--continue", tmp_path / "state", *RANGE)
    said = " ".join(refused(folder_of(tmp_path, "two", later), "--continue", tmp_path / "state").split())
    assert f"Column '{head}' says" in said
