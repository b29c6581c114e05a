"""``reattune.detect`` on frames and arrays."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import reattune
from reattune.alliance.detectors.bayes import BayesOptions
from reattune.alliance.measure import with_seen_ends
from reattune.alliance.simulate import simulate

STRIKE = [80, 79, 81, 80, 79, 81, 80, 60, 62, 61]
FRAME = pl.DataFrame({"client": ["a"] * 10 + ["b"] * 10, "session": [*range(1, 11)] * 2, "score": STRIKE + [80] * 10})


def test_all_kinds_of_data_say_the_same() -> None:
    ours = reattune.detect(FRAME)
    assert [(event.client, event.onset) for event in ours] == [("a", 8)]
    for other in (pd.DataFrame(FRAME.to_dict(as_series=False)), FRAME.sample(fraction=1, shuffle=True, seed=2)):
        assert [(event.client, event.onset) for event in reattune.detect(other)] == [("a", 8)]
    array = np.array([STRIKE, [80] * 10], dtype=float)
    assert [(event.client, event.onset) for event in reattune.detect(array)] == [("1", 8)]
    assert [event.onset for event in reattune.detect([*STRIKE, None])] == [8]


def test_it_prints_converts_and_draws(tmp_path: object) -> None:
    found = reattune.detect(FRAME)
    assert "guessed from the scores" in repr(found)
    told = reattune.detect(FRAME, measure=reattune.Measure(low=0, high=100))
    assert repr(told).startswith("bayes: 1 event in 2 clients\nclient")
    assert found.to_polars().row(0, named=True)["onset"] == 8
    assert found.to_pandas().loc[0, "client"] == "a"
    assert found.sessions().height == 20
    svg = found.plot("a")._repr_svg_()
    assert svg.startswith("<svg")
    assert 'class="loss"' in svg
    assert 'class="loss"' not in found.plot("b").svg
    other = reattune.detect(FRAME, "drop")
    assert other.trace is None
    assert other.sessions()["p_rupture"].null_count() == 20
    assert "<svg" in other.plot().svg


def test_fit_and_options() -> None:
    ratings = simulate(60, 1).ratings
    assert len(reattune.detect(ratings, fit=True)) > 5
    few = reattune.detect(ratings, options=BayesOptions(threshold=0.9))
    assert len(few) < len(reattune.detect(ratings))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"ratings": FRAME, "method": "tarot"}, "no method 'tarot'"),
        ({"ratings": FRAME.drop("score")}, "neither long"),
        ({"ratings": FRAME, "score": "rating"}, "no column 'rating'"),
        ({"ratings": FRAME.head(0)}, "no row"),
        ({"ratings": pl.concat([FRAME, FRAME])}, "a second time"),
        ({"ratings": [70, 130], "measure": reattune.Measure(low=0, high=100)}, "outside 0 to 100"),
        ({"ratings": [[70, "x"], [1, 2]]}, "not all numbers"),
        ({"ratings": 7}, "Ratings are a frame"),
        ({"ratings": FRAME, "method": ["bayes"]}, "no method"),
        ({"ratings": FRAME, "unknown": 1}, "no option 'unknown'"),
        ({"ratings": np.ones((2, 2, 2))}, "shape"),
        ({"ratings": FRAME.with_columns(pl.lit("low").alias("score"))}, "'low' is not a number"),
    ],
)
def test_what_is_wrong_is_said(words: dict[str, object], sentence: str) -> None:
    with pytest.raises(reattune.StudyError, match=sentence):
        reattune.detect(**words)  # type: ignore[arg-type]


def test_a_client_that_is_not_there_or_has_nothing() -> None:
    found = reattune.detect(np.array([STRIKE, [np.nan] * 10]))
    with pytest.raises(reattune.StudyError, match="no client 'x'"):
        found.plot("x")
    with pytest.raises(reattune.StudyError, match="no rating to draw"):
        found.plot("2")
    with pytest.raises(AttributeError):
        _ = reattune.nothing  # type: ignore[attr-defined]


def test_the_app_loads_none_of_it() -> None:
    code = (
        "import sys, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'reattune.web.settings'\n"
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import reattune.reflection.bond_line\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & set(sys.argv[1:])))"
    )
    heavy = ["polars", "pyarrow", "scipy", "numba", "pandas", "pyspark", "ruptures"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_measure_that_is_not_told_is_guessed_and_said() -> None:
    scores = [6.1, 6.2, 6.0, 6.3, 6.2, 6.1, 4.1, 4.3, 6.1]
    found = reattune.detect(scores)
    assert [event.onset for event in found] == [7]
    assert "1 to 7 (guessed from the scores" in repr(found)
    assert "guessed" not in repr(reattune.detect(scores, measure=reattune.Measure(low=1, high=7)))
    assert "too few ratings" in repr(reattune.detect([80, 60]))


def test_a_measure_is_given_by_name_and_checked() -> None:
    with pytest.raises(TypeError):
        reattune.Measure(0, 40)  # type: ignore[misc]
    with pytest.raises(ValueError, match="higher_is_better is True or False"):
        reattune.Measure(higher_is_better=0, low=0, high=40)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="are numbers"):
        reattune.Measure(low=float("nan"), high=40)


def test_a_picture_is_an_svg_and_its_folder_is_there(tmp_path: Path) -> None:
    picture = reattune.detect(FRAME).plot("a")
    with pytest.raises(reattune.StudyError, match=r"ends in \.svg"):
        picture.save(tmp_path / "a.png")
    with pytest.raises(reattune.StudyError, match="no folder"):
        picture.save(tmp_path / "no" / "a.svg")
    picture.save(tmp_path / "a.svg")
    picture.save(tmp_path / "a.svg")


def test_an_end_that_scores_pile_up_at_is_seen() -> None:
    scores = np.array([[92.5, 97.5, 100, 100, 100, 97.5, 100, 95, 100, 90]])
    seen = with_seen_ends(reattune.Measure(), scores)
    assert (seen.low, seen.high) == (-np.inf, 100)
    spread = np.arange(60, 100).astype(float)[None]
    assert with_seen_ends(reattune.Measure(), spread) == reattune.Measure()
    told = reattune.Measure(low=0, high=120)
    assert with_seen_ends(told, scores) == told


def test_events_have_the_days_of_their_sessions() -> None:
    first = date(2024, 1, 8)
    scores = [80, 79, 81, 80, 79, 81, 80, 60, 62, 61, 80, 81, 80]
    days = [first + timedelta(weeks=week + 5 * (week > 3)) for week in range(len(scores))]
    frame = pl.DataFrame({"client": ["a"] * len(scores), "date": days, "score": scores})
    found = reattune.detect(frame, measure=reattune.Measure(low=0, high=100))
    (event,) = found.to_polars().iter_rows(named=True)
    assert (event["onset_date"], event["end_date"], event["detected_date"]) == (days[7], days[9], days[7])
    assert event["onset"] == 8 + 5
    assert found.sessions()["date"].drop_nulls().to_list() == days
    numbered = reattune.detect(scores, measure=reattune.Measure(low=0, high=100))
    assert numbered.to_polars()["onset_date"].to_list() == [None]
