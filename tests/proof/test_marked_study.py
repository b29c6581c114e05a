"""Methods beside marked ruptures: how marks are read, what is judged, and what is said where little can be."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from reattune.alliance.simulate import simulate
from reattune.cli import app
from reattune.proof.detectors.ground_truth import Judged, Onset
from reattune.proof.detectors.interrater_agreement import agreement
from reattune.proof.detectors.marked_report import power_sentence
from reattune.proof.detectors.marked_study import MarkedStudy, Pair, judge_marks
from reattune.proof.detectors.metrics import Interval, roc_area, share_interval
from reattune.study.method_options import Wishes
from reattune.study.read_options import ReadOptions

FIRST = date(2023, 1, 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ratings of a simulated cohort, and its true ruptures as two people might mark them."""
    here = tmp_path_factory.mktemp("marks")
    cohort = simulate(70, 6)
    state, scores = cohort.truth.state, cohort.ratings.scores
    random = np.random.default_rng(3)
    ratings, marks, spans = [], [], []
    for client, name in enumerate(cohort.ratings.clients):
        alive = np.flatnonzero(~np.isnan(scores[client]))[-1] + 1
        open_now = cohort.truth.in_rupture[client]
        for column in range(alive):
            score = scores[client, column]
            ratings.append((name, column + 1, None if np.isnan(score) else float(score)))
            for marker, wrong in (("anna", 0.03), ("ben", 0.08)):
                if marker == "anna" or client % 2:
                    said = bool(open_now[column]) != (random.random() < wrong)
                    marks.append((name, column + 1, int(said), marker))
        edges = np.flatnonzero(np.diff(np.r_[False, open_now[:alive], False]))
        spans += [(name, int(a) + 1, int(b)) for a, b in edges.reshape(-1, 2)] or [(name, None, None)]
    assert (state >= -1).all()
    write(here / "ratings.csv", ["client", "session", "score"], ratings)
    write(here / "marks.csv", ["client", "session", "rupture", "marker"], marks)
    write(here / "spans.csv", ["client", "from", "to"], spans)
    dated = [(c, FIRST + timedelta(weeks=s), v) for c, s, v in ratings]
    write(here / "dated.csv", ["client", "date", "score"], dated)
    days = [
        (c, a and FIRST + timedelta(weeks=a, days=-2), b and FIRST + timedelta(weeks=b, days=1)) for c, a, b in spans
    ]
    write(
        here / "days.csv",
        ["client", "from", "to"],
        [(c, a, b) for c, a, b in days if a is None or a > FIRST + timedelta(7)],
    )
    return here


def write(file: Path, names: list[str], rows: list[tuple[object, ...]]) -> Path:
    pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None).write_csv(file)
    return file


def judged(folder: Path, marks: str, ratings: str = "ratings.csv", *methods: str, **more: object) -> MarkedStudy:
    options = ReadOptions(low=0, high=100)
    return judge_marks(folder / ratings, folder / marks, options, Wishes(methods or ("bayes", "drop")), **more)  # type: ignore[arg-type]


def command(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["validate", "detectors", *map(str, words)])
    return result.exit_code, result.output + (result.stderr if result.stderr_bytes else "")


def test_agreement_by_hand() -> None:
    # Krippendorff's first example for yes or no: ten units, two markers, alpha .095.
    one = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    two = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    said = np.array([one, two], dtype=float)[:, :, None]
    found = agreement(said, np.random.default_rng(1), 50)
    assert found is not None
    assert found.alpha.value == pytest.approx(0.095, abs=5e-4)
    assert found.same.value == pytest.approx(0.6)
    assert (found.sessions, found.clients) == (10, 10)
    alone = np.where(np.array([[[True]], [[False]]]), said[:1, :1], np.nan)
    assert agreement(alone, np.random.default_rng(1)) is None


def test_alarms_at_random_are_at_half_for_onsets_too() -> None:
    cohort = simulate(1500, 3)
    found = Judged.of(cohort)
    alarm = np.random.default_rng(1).random(cohort.ratings.scores.shape)
    assert roc_area(found.ranked_onsets(alarm), np.ones(1500)) == pytest.approx(0.5, abs=0.03)


def test_an_alarm_that_was_on_before_is_no_delay_of_none() -> None:
    where = np.ones((1, 8), dtype=bool)
    now = np.array([[0, 0, 0, 1, 1, 0, 0, 0]], dtype=bool)
    found = Judged(where, now, [Onset(0, 3, 5)])
    assert found.noticed(np.array([[0.1, 0, 0.9, 0.9, 0.9, 0, 0, 0]])).delays.tolist() == []
    assert found.noticed(np.array([[0.1, 0, 0.0, 0.0, 0.9, 0, 0, 0]])).delays.tolist() == [1.0]


def test_a_share_has_an_interval_over_clients_even_where_all_count() -> None:
    random = np.random.default_rng(1)
    whole = share_interval([1, 2, 3, 3], [True] * 4, random)
    assert (whole.value, whole.high) == (1.0, 1.0)
    assert whole.low == pytest.approx(0.44, abs=0.01)
    some = share_interval([1, 1, 1, 1, 2, 2], [True, True, True, True, False, False], random)
    assert (some.low, some.high) == (0.0, 1.0)
    assert np.isnan(share_interval([], [], random).value)


def test_what_is_judged_and_how_the_methods_do(folder: Path) -> None:
    found = judged(folder, "marks.csv")
    assert found.markers == ("anna", "ben")
    assert found.agreement is not None
    assert 0.5 < found.agreement.alpha.value < 0.9
    best, other = found.judgements
    assert (best.method, other.method) == ("bayes", "drop")
    assert best.now.low < best.now.value < best.now.high
    assert best.now.value > other.now.value
    assert best.error is not None
    assert len(best.table) == len(best.was)
    assert found.pairs[0].apart
    assert any("first two of a course" in words for words in found.left_out)
    assert any("as many markers saw" in words for words in found.left_out)
    one = judged(folder, "marks.csv", only=("anna",))
    assert one.agreement is None
    assert one.sessions > found.sessions


def test_spans_say_the_same_as_sessions(folder: Path) -> None:
    spans = judged(folder, "spans.csv")
    sessions = pl.read_csv(folder / "spans.csv")
    assert spans.ruptures == sessions.filter((pl.col("from") > 2) & pl.col("from").is_not_null()).height - unrated(
        folder
    )
    assert spans.markers == ()
    assert spans.agreement is None


def unrated(folder: Path) -> int:
    """Spans in which there is no rating at all."""
    ratings = pl.read_csv(folder / "ratings.csv").drop_nulls()
    count = 0
    for client, begin, end in pl.read_csv(folder / "spans.csv").drop_nulls().iter_rows():
        own = ratings.filter((pl.col("client") == client) & pl.col("session").is_between(begin, end))
        count += begin > 2 and not len(own)
    return count


def test_days_are_found_between_sessions(folder: Path) -> None:
    assert judged(folder, "days.csv", "dated.csv").ruptures >= 0.9 * judged(folder, "spans.csv").ruptures


def test_the_page_and_what_is_printed(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "proof.html"
    code, said = command(
        "--ratings", folder / "ratings.csv", "--marks", folder / "marks.csv", "--range", "0..100", "--method", "bayes",
        "--method", "drop", "--page", page,
    )  # fmt: skip
    assert code == 0, said
    assert said.index("Krippendorff's alpha") < said.index("bayes  ")
    assert "bayes sees more than drop (difference" in said
    html = page.read_text("utf-8")
    assert html.count("<svg") > 20
    assert 'class="marked"' in html
    for title in ("Do the markers agree?", "Can the methods be told apart?", "How honest the probabilities are"):
        assert title in html
    assert "http://" not in html
    code, said = command(
        "--ratings", folder / "ratings.csv", "--marks", folder / "spans.csv", "--method", "drop", "--json"
    )
    assert code == 0
    plain = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    assert plain["judgements"][0]["method"] == "drop"
    assert plain["agreement"] is None


def test_the_template_can_be_filled_in(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "template.csv"
    assert command("--template", file)[0] == 0
    assert file.read_text("utf-8") == "client,session,rupture,marker\n"
    code, said = command("--template", file, "--ratings", folder / "dated.csv")
    assert code == 2
    assert "is there already" in said
    assert command("--template", file, "--ratings", folder / "dated.csv", "--replace")[0] == 0
    table = pl.read_csv(file, infer_schema=False)
    assert table.columns == ["client", "session", "rupture", "marker"]
    assert table["session"][0] == "2023-01-09"
    truth = {(c, s) for c, s, r, m in pl.read_csv(folder / "marks.csv").iter_rows() if r and m == "anna"}
    numbers = {FIRST + timedelta(weeks=s): s for s in range(1, 61)}
    filled = [
        (c, d, int((c, numbers[date.fromisoformat(d)]) in truth), "anna")
        for c, d in table.select("client", "session").iter_rows()
    ]
    write(tmp_path / "filled.csv", table.columns, filled)
    found = judge_marks(folder / "dated.csv", tmp_path / "filled.csv", ReadOptions(low=0, high=100), Wishes(("drop",)))
    assert found.ruptures > 20


def test_two_methods_that_cannot_be_told_apart() -> None:
    close = Pair("bayes", "drop", Interval(0.03, -0.05, 0.11), 440)
    said = power_sentence(close, 31)
    assert said.startswith("With 31 marked ruptures bayes and drop cannot be told apart (difference 0.030")
    assert said.endswith("it takes about 440 to see it.")
    assert power_sentence(Pair("bayes", "drop", Interval(0.2, 0.1, 0.3), None), 31).startswith("bayes sees more")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("client,session,rupture\nnobody,3,1\n", "None of the clients in bad.csv (nobody, …) is among the ratings"),
        ("client,session,rupture\nc1,3,1\nnobody,3,1\n", "bad.csv, row 3: client 'nobody' is not among the ratings"),
        ("client,session,rupture\nc1,99,1\n", "bad.csv, row 2: client 'c1' has no session 99; the ratings go from 1"),
        ("client,session,rupture\nc1,soon,1\n", "bad.csv, row 2: 'soon' is no session"),
        ("client,session,rupture\nc1,3,2\n", "bad.csv, row 2: rupture is 1 or 0, or empty"),
        ("client,session,rupture\nc1,3.7,1\n", "bad.csv, row 2: '3.7' is no session"),
        (
            "client,session,rupture\nc1,4.0,1.0\nc1,5.0,0.0\n",
            "bad.csv marks 1 rupture in 1 client in sessions that can be judged",
        ),
        ("client,session,rupture\n,3,1\n", "bad.csv, row 2: there is no client"),
        ("client,session,rupture\nc1,,1\n", "bad.csv, row 2: there is no session"),
        ("client,session,rupture\nc1,3,1\nc1,3,0\n", "bad.csv, row 3: the same marker has marked session '3'"),
        ("client,from,to\nc1,4,3\n", "bad.csv, row 2: the rupture ends at '3', before it begins at '4'"),
        ("client,from,to\nc1,,3\n", "bad.csv, row 2: the rupture ends at '3' and does not say where it begins"),
        ("client,from\nc1,3\n", "bad.csv lacks the column to. Marks have client, session, rupture, marker, or"),
        (
            "client,session,rupture\nc1,4,1\nc1,5,0\n",
            "bad.csv marks 1 rupture in 1 client in sessions that can be judged",
        ),
        ("client,session,rupture\n", "bad.csv has a header"),
    ],
)
def test_marks_that_are_wrong_are_named_with_their_row(folder: Path, tmp_path: Path, rows: str, said: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(rows, "utf-8")
    page = tmp_path / "page.html"
    code, words = command("--ratings", folder / "ratings.csv", "--marks", file, "--page", page, "--method", "drop")
    assert code == 2
    assert said in words
    assert not page.exists()


def test_only_ruptures_and_odd_days_are_refused(folder: Path, tmp_path: Path) -> None:
    everything = pl.read_csv(folder / "marks.csv").with_columns(rupture=pl.lit(1))
    everything.write_csv(tmp_path / "all.csv")
    code, words = command("--ratings", folder / "ratings.csv", "--marks", tmp_path / "all.csv", "--method", "drop")
    assert (code, "nothing to tell ruptures from" in words) == (2, True)
    for day, said in (("7", "have days, and '7' is none"), ("2023-01-10", "has no session on 2023-01-10")):
        (tmp_path / "day.csv").write_text(f"client,session,rupture\nc1,{day},1\n", "utf-8")
        code, words = command("--ratings", folder / "dated.csv", "--marks", tmp_path / "day.csv", "--method", "drop")
        assert code == 2
        assert said in words
    code, words = command("--ratings", folder / "ratings.csv", "--marks", folder / "marks.csv", "--marker", "eve")
    assert (code, "there is no marker 'eve'. There are: 'anna', 'ben'" in words) == (2, True)
    code, words = command("--marks", folder / "marks.csv")
    assert (code, "it takes --ratings FILE and --marks MARKS" in words) == (2, True)
    code, words = command(
        "--ratings", folder / "ratings.csv", "--marks", folder / "marks.csv", "--page", tmp_path / "p.pdf"
    )
    assert (code, "ends in .html" in words) == (2, True)
