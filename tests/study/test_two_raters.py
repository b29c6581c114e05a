"""Files and frames in which client and therapist both have rated, and simulated ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import reattune
from reattune.alliance.bayes.posterior import trace
from reattune.alliance.bayes.prior import published_prior
from reattune.alliance.simulate import Cohort, simulate
from reattune.alliance.simulate_second import SecondRater
from reattune.cli import app
from reattune.study.errors import StudyError


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return simulate(8, 41, None, SecondRater(begins=2))


def rows(cohort: Cohort, client: str = "client", therapist: str = "therapist") -> pl.DataFrame:
    assert cohort.ratings.second is not None
    made = []
    for place, name in enumerate(cohort.ratings.clients):
        last = int((cohort.truth.state[place] >= 0).sum())
        for who, scores in ((client, cohort.ratings.scores), (therapist, cohort.ratings.second)):
            given = [(name, column + 1, who, float(scores[place, column])) for column in range(last)]
            made += [each for each in given if not np.isnan(each[3])]
    return pl.DataFrame(made, schema=["client", "session", "rater", "score"], orient="row")


def test_a_column_of_raters_is_found_and_both_are_read(cohort: Cohort) -> None:
    found = reattune.detect(rows(cohort).sample(fraction=1.0, shuffle=True, seed=2), measure=cohort.ratings.measure)
    assert "client's and therapist's ratings told apart by 'rater'" in found.understood
    known = trace(cohort.ratings, published_prior(cohort.ratings.measure))
    assert found.trace is not None
    for place, name in enumerate(found.ratings.clients):
        own = found.trace.p_now[place]
        assert np.array_equal(own, known.p_now[list(cohort.ratings.clients).index(name), : len(own)], equal_nan=True)
    table = found.sessions()
    assert table.columns[-4:] == [
        "therapist_score", "therapist_expected", "therapist_usual_low", "therapist_usual_high"
    ]  # fmt: skip
    assert table["therapist_score"].null_count() > 0
    one = reattune.detect(
        rows(cohort).filter(pl.col("rater") == "client").drop("rater"), measure=cohort.ratings.measure
    )
    assert "therapist_score" not in one.sessions().columns
    arrays = reattune.detect(cohort.ratings.scores, second=cohort.ratings.second, measure=cohort.ratings.measure)
    assert sorted(event.onset for event in arrays) == sorted(event.onset for event in found)


def test_words_in_other_languages_dates_and_two_ratings_on_a_day(cohort: Cohort) -> None:
    frame = rows(cohort, "Klientin", "Therapeutin").rename({"rater": "Beurteiler"})
    plain = reattune.detect(frame, measure=cohort.ratings.measure)
    day = pl.lit(date(2024, 1, 1)) + pl.duration(days=7 * pl.col("session"))
    dated = reattune.detect(
        frame.with_columns(day.alias("Datum")).drop("session"), measure=cohort.ratings.measure, date_order="day"
    )
    assert [event.depth for event in dated] == [event.depth for event in plain]
    twice = pl.DataFrame(
        {
            "client": ["a"] * 4, "rater": ["client", "client", "therapist", "therapist"],
            "date": [date(2024, 1, 1)] * 3 + [date(2024, 1, 1) + timedelta(7)], "score": [80, 70, 60, 62],
        }
    )  # fmt: skip
    read = reattune.detect(twice, measure=reattune.Measure(low=0, high=100)).ratings
    assert read.second is not None
    assert read.scores[0, 0] == 75
    assert np.isnan(read.scores[0, 1])
    assert read.second[0].tolist() == [60, 62]


@pytest.mark.parametrize(
    ("rater", "said"),
    [
        (["client", "therapist", "supervisor"], "says 'supervisor'. A column of raters says client or therapist"),
        (["therapist"] * 3, "has no rating by a client in it"),
    ],
)
def test_who_it_is_must_be_said(rater: list[str], said: str) -> None:
    frame = pl.DataFrame({"client": ["a"] * 3, "session": [1, 2, 3], "who": rater, "score": [70, 71, 72]})
    with pytest.raises(StudyError, match=said):
        reattune.detect(frame, rater="who", measure=reattune.Measure(low=0, high=100))


def test_rows_and_files_that_do_not_fit_are_refused(tmp_path: Path, cohort: Cohort) -> None:
    measure = reattune.Measure(low=0, high=100)
    empty = pl.DataFrame(
        {"client": ["a"] * 3, "session": [1, 1, 2], "rater": ["client", "therapist", None], "score": [70, 71, 72]}
    )
    with pytest.raises(StudyError, match="is empty; each rating needs client or therapist"):
        reattune.detect(empty, measure=measure)
    again = pl.concat([rows(cohort), rows(cohort).filter(pl.col("rater") == "therapist").head(1)])
    with pytest.raises(StudyError, match="a second time"):
        reattune.detect(again, measure=cohort.ratings.measure)
    with pytest.raises(StudyError, match="the therapist's score 170 is outside 0 to 100"):
        reattune.detect([70, 71, 72], second=[70, 170, 71], measure=measure)
    with pytest.raises(StudyError, match="second= has the therapist's score of every session"):
        reattune.detect([70, 71, 72], second=[70, 71], measure=measure)
    wide = pl.DataFrame(
        {"id": ["a", "a"], "rater": ["client", "therapist"], "s1": [70, 60], "s2": [71, 61], "s3": [7, 8]}
    )
    with pytest.raises(StudyError, match="one row for each rating"):
        reattune.detect(wide, measure=measure)
    rows(cohort).write_csv(tmp_path / "two.csv")
    kept = CliRunner().invoke(
        app, ["study", str(tmp_path / "two.csv"), "--range", "0..100", "--continue", str(tmp_path / "state")]
    )
    assert kept.exit_code == 2
    assert "a study that is kept reads" in " ".join(kept.output.split())


def test_two_raters_are_simulated_on_request_and_read_again(tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        made = CliRunner().invoke(app, [*words])
        return made.exit_code, " ".join(made.output.split())

    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    assert run("simulate", "--clients", "20", "--out", str(one))[0] == 0
    assert run("simulate", "--clients", "20", "--raters", "2", "--out", str(two))[0] == 0
    both, alone = pl.read_csv(two), pl.read_csv(one)
    assert both.columns == ["client", "session", "rater", "score"]
    assert both.filter(pl.col("rater") == "client").drop("rater").equals(alone)
    assert pl.read_csv(tmp_path / "two.truth.csv").columns[-1] == "noticed"
    code, said = run("study", str(two), "--range", "0..100", "--workers", "1")
    assert code == 0
    assert "20 clients" in said
    none = run(
        "simulate", "--clients", "20", "--raters", "2", "--replace", "--out", str(two), "--set", "second.noticed=0"
    )
    assert none[0] == 0
    assert not pl.read_csv(tmp_path / "two.truth.csv")["noticed"].any()
    for words, refused in (
        (("--set", "second.noticed=0.3"), "is a figure of the therapist, who rates with --raters 2"),
        (("--raters", "2", "--set", "second.noticed=3"), "noticed lies between 0 and 1, and this is 3"),
        (("--raters", "2", "--set", "second.moon=3"), "The names are: level_mean"),
        (("--variant", "unseeing"), "There is no variant 'unseeing'"),
    ):
        code, said = run("simulate", "--clients", "20", "--out", str(tmp_path / "no.csv"), *words)
        assert code == 2
        assert refused in said
    assert (
        "second.noticed=0.6"
        in run("simulate", "--clients", "9", "--raters", "2", "--out", str(two), "--set", "help")[1]
    )


def test_a_therapist_rates_as_it_is_said() -> None:
    plain, both = simulate(800, 42), simulate(800, 42, None, SecondRater(missing=(0.0, 0.0)))
    np.testing.assert_array_equal(plain.ratings.scores, both.ratings.scores)
    second, truth = both.ratings.second, both.truth
    assert second is not None
    assert truth.noticed is not None
    assert np.array_equal(~np.isnan(second), truth.state >= 0)
    seen = truth.noticed[truth.onset & (truth.state >= 0)]
    assert seen.mean() == pytest.approx(0.6, abs=0.06)
    assert not truth.noticed[truth.state == 0].any()
    steady = (truth.state == 0).any(axis=1)
    apart = np.nanmean(second - both.ratings.scores, axis=1)[steady]
    assert apart.mean() == pytest.approx(-6.5, abs=2)
    own, theirs = both.ratings.scores[:, 0], second[:, 0]
    assert 0.2 < np.corrcoef(own[~np.isnan(own)], theirs[~np.isnan(own)])[0, 1] < 0.5


@pytest.mark.parametrize("head", ["respondent", "completed_by", "whose"])
@pytest.mark.parametrize(
    ("client", "therapist"), [("client", "therapist"), ("self", "staff"), ("Patient", "counsellor")]
)
def test_a_column_of_raters_may_be_called_otherwise(cohort: Cohort, head: str, client: str, therapist: str) -> None:
    frame = rows(cohort, client, therapist).rename({"rater": head})
    found = reattune.detect(frame, measure=cohort.ratings.measure)
    assert f"client's and therapist's ratings told apart by {head!r}" in found.understood
    alone = reattune.detect(frame.filter(pl.col(head) == therapist), measure=cohort.ratings.measure)
    assert f"the therapist's ratings alone, as {head!r} says" in alone.understood


@pytest.mark.parametrize("said", ["2", "self", "mother"])
def test_a_rater_of_whom_nobody_can_tell_is_named(cohort: Cohort, said: str) -> None:
    frame = rows(cohort, "client", said).filter(pl.col("rater") == said)
    found = reattune.detect(frame, measure=cohort.ratings.measure)
    assert f"all ratings as one person's, though 'rater' says '{said}'" in found.understood
    clear = rows(cohort).filter(pl.col("rater") == "client")
    assert "though" not in reattune.detect(clear, measure=cohort.ratings.measure).understood
