"""Every cell of the reference outputs of the R package suddengains 0.7.2 (tests/data/suddengains/SOURCE.md)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reattune.alliance.detectors import Event
from reattune.alliance.detectors.sudden_shift import Criteria, SuddenShiftOptions, detect, falls, rises
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings

DATA = Path(__file__).parents[1] / "data" / "suddengains"
OPTIONS = SuddenShiftOptions(cutoff=7)
SESSIONS = range(1, 13)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(cell: str) -> float:
    return float({"TRUE": "1", "FALSE": "0", "": "nan", "NA": "nan"}.get(cell, cell))


PEOPLE = rows("sgdata.csv")
SCORES = np.array([[number(person[f"bdi_s{n}"]) for n in SESSIONS] for person in PEOPLE])
RATINGS = Ratings(
    [p["id"] for p in PEOPLE], SCORES, np.ones(len(PEOPLE), dtype=np.int64), Measure(higher_is_better=False)
)
EVENTS = detect(RATINGS, OPTIONS)


@pytest.mark.parametrize(
    ("file", "prefix", "criteria"),
    [
        ("identify_sg_details.csv", "sg", falls(SCORES, OPTIONS)),
        ("identify_sl_details.csv", "sl", rises(SCORES, OPTIONS)),
    ],
)
def test_every_criterion_at_every_interval(file: str, prefix: str, criteria: Criteria) -> None:
    reference = rows(f"reference/{file}")
    assert len(reference) == 43
    for name, ours in (
        ("crit1_", criteria.first),
        ("crit2_", criteria.second),
        ("crit3_", criteria.third),
        ("", criteria.all),
    ):
        theirs = [[number(row[f"{prefix}_{name}{n}to{n + 1}"]) for n in range(2, 11)] for row in reference]
        np.testing.assert_array_equal(ours[:, 1:-1], np.array(theirs), err_msg=f"{prefix} {name}")


def window(client: str, session: int) -> dict[str, float]:
    """The scores around the interval after ``session``, as the reference names them."""
    row = SCORES[[p["id"] for p in PEOPLE].index(client)]
    names = {"2n": -2, "1n": -1, "n": 0, "n1": 1, "n2": 2, "n3": 3}
    places = {name: session - 1 + offset for name, offset in names.items()}
    return {name: row[place] if 0 <= place < len(row) else np.nan for name, place in places.items()}


@pytest.mark.parametrize(
    ("file", "kind", "count", "sign"), [("create_bysg.csv", "gain", 24, 1), ("create_bysg_losses.csv", "loss", 3, -1)]
)
def test_every_cell_of_every_shift(file: str, kind: str, count: int, sign: int) -> None:
    reference = rows(f"reference/{file}")
    ours = {(event.client, event.onset - 1): event for event in EVENTS if event.kind == kind}
    assert len(reference) == len(ours) == count
    for row in reference:
        event = ours[row["id"], int(row["sg_session_n"])]
        change = treatment_change(row["id"])
        assert row["id_sg"] == f"{event.client}_sg_{event.onset - 1}"
        assert int(row["sg_crit123"]) == 1
        assert int(row["sg_freq_byperson"]) == sum(other.client == event.client for other in ours.values())
        assert number(row["sg_magnitude"]) == sign * event.depth
        assert number(row["sg_bdi_tx_change"]) == pytest.approx(change, nan_ok=True)
        assert number(row["sg_change_proportion"]) == pytest.approx(event.depth / change, nan_ok=True)
        assert number(row["sg_reversal_value"]) == event.details["reversal_value"]
        assert row["sg_reversal"] == str(int(event.details["reversed"]))
        for name, score in window(event.client, event.onset - 1).items():
            np.testing.assert_equal(number(row[f"sg_bdi_{name}"]), score)
        scores = [number(row[f"bdi_s{n}"]) for n in SESSIONS]
        np.testing.assert_array_equal(scores, SCORES[[p["id"] for p in PEOPLE].index(event.client)])


def treatment_change(client: str) -> float:
    row: NDArray[np.float64] = SCORES[[p["id"] for p in PEOPLE].index(client)]
    start, end = float(row[0]), float(row[-1])
    # The losses were made with the same first and last session.
    return start - end


def test_every_person_with_the_largest_gain() -> None:
    reference = rows("reference/create_byperson_largest.csv")
    assert len(reference) == 43
    people = 0
    for row in reference:
        own = [event for event in EVENTS if event.client == row["id"] and event.kind == "gain"]
        assert int(row["sg_freq_byperson"]) == len(own)
        assert int(row["sg_crit123"]) == bool(own)
        if not own:
            assert row["id_sg"] == row["sg_session_n"] == row["sg_magnitude"] == row["sg_reversal"] == ""
            continue
        people += 1
        largest: Event = max(own, key=lambda event: (event.depth, -event.onset))
        assert int(row["sg_session_n"]) == largest.onset - 1
        assert number(row["sg_magnitude"]) == largest.depth
        assert number(row["sg_reversal_value"]) == largest.details["reversal_value"]
        assert row["sg_reversal"] == str(int(largest.details["reversed"]))
        assert number(row["sg_bdi_tx_change"]) == pytest.approx(treatment_change(row["id"]), nan_ok=True)
        share = largest.depth / treatment_change(row["id"])
        assert number(row["sg_change_proportion"]) == pytest.approx(share, nan_ok=True)
        for name, score in window(largest.client, largest.onset - 1).items():
            np.testing.assert_equal(number(row[f"sg_bdi_{name}"]), score)
    assert people == 15


def test_hand_checked() -> None:
    # 30, 31, 32 then 20, 21, 22: change 12 = 38 %; means 31 and 21, both sd 1, t(.025, 4) = 2.776 < 10.
    found = detect(Ratings.of_one([30, 31, 32, 20, 21, 22], Measure(higher_is_better=False)), OPTIONS)
    assert [(event.kind, event.onset, event.depth, event.detected_at) for event in found] == [("gain", 4, 12.0, 6)]


def test_the_direction_of_the_measure_names_the_kind() -> None:
    scores = [80, 81, 82, 40, 41, 42]
    up = detect(Ratings.of_one(scores, Measure()), OPTIONS)
    down = detect(Ratings.of_one(scores, Measure(higher_is_better=False)), OPTIONS)
    assert [event.kind for event in up] == ["loss"]
    assert [event.kind for event in down] == ["gain"]
    assert up[0].onset == down[0].onset == 4


def test_rises_are_strict_where_higher_is_better() -> None:
    scores = [80, 80, 81, 90, 90, 91]
    assert detect(Ratings.of_one(scores, Measure()), OPTIONS) == []
    assert len(detect(Ratings.of_one(scores, Measure(higher_is_better=False)), OPTIONS)) == 1
    strict = SuddenShiftOptions(cutoff=7, strict_rises=True)
    assert detect(Ratings.of_one(scores, Measure(higher_is_better=False)), strict) == []


def test_too_few_sessions_and_missing_ones() -> None:
    assert detect(Ratings.of_one([30, 10, 10]), OPTIONS) == []
    assert detect(Ratings.of_one([None] * 8), OPTIONS) == []
    assert detect(Ratings.of_one([]), OPTIONS) == []
    assert detect(Ratings.of_one([30, None, None, 10, 10, 10], Measure(higher_is_better=False)), OPTIONS) == []


def test_a_criterion_is_needed() -> None:
    with pytest.raises(ValueError, match="at least one"):
        detect(RATINGS, SuddenShiftOptions(None, None, None))
