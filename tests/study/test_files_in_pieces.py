"""Large files are read a piece at a time, with the same result; what is wrong further down is said with its row."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from reattune.study import group_by_client, rating_files
from reattune.study.errors import StudyError
from reattune.study.group_by_client import ScatteredError, dealt_clients, whole_clients
from reattune.study.parse_ratings import Reader
from reattune.study.read_options import ReadOptions
from reattune.study.run_study import readings_of
from tests.study.odd_files import BY_NAME
from tests.study.odd_files.cases import long_rows, text_file

NAMES = (
    "dates: German words", "two ratings on one day", "a break of five weeks", "therapist by session: therapist",
    "REDCap's repeated instruments", "decimal commas", "sessions called T{}", "SPSS, dated", "gzip",
    "wide in text order", "items of a known instrument", "encoding utf-16", "titles above",
)  # fmt: skip


def read(path: Path, *, dealt: bool = False) -> list[pl.DataFrame]:
    source, readings = readings_of(path, ReadOptions())
    found = []
    for reading in readings:
        reader = Reader(source, reading)
        frames = dealt_clients(source, reader) if dealt else whole_clients(source, reader)
        # How unsure answers make a score is told beside the beginning of the file, which is cut short here.
        found.append(pl.concat(list(frames)).drop("row", "unsure", strict=False).sort("client", "session"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_in_pieces_and_dealt_out_it_is_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = BY_NAME[name]
    path = tmp_path / case.file
    case.write(path)
    whole = read(path)
    monkeypatch.setattr(rating_files, "ROWS", 30)
    monkeypatch.setattr("reattune.study.foreign_files.ROWS", 30)
    monkeypatch.setattr(group_by_client, "IN_MEMORY", 10)
    for one, other in zip(whole, read(path, dealt=True), strict=True):
        assert one.equals(other)
    try:
        in_pieces = read(path)
    except ScatteredError:
        assert name == "two ratings on one day"
        return
    for one, other in zip(whole, in_pieces, strict=True):
        assert one.equals(other)


def test_a_measure_that_only_comes_further_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = BY_NAME["a column measure"]
    path = tmp_path / case.file
    case.write(path)
    monkeypatch.setattr(rating_files, "ROWS", 30)
    with pytest.raises(StudyError, match="Row 50, column 'measure': the measure 'SRS' is not among those"):
        read(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["c7", 1, 130]], "Row 50, column 'score': the score 130 is outside 0 to 40, the range seen at the beginning"),
        ([["c7", 1, -99]], "Row 50, column 'score': the score -99 is outside 0 to 40"),
        ([["c7", 1, "good"]], "Row 50, column 'score': 'good' is not a number"),
        ([["c7", 1, 1e308]], "Row 50, column 'score': '1e+308' is far beyond what any questionnaire gives"),
        ([["c7", "T1", 20]], "Row 50, column 'session': 'T1' is not a number"),
    ],
)
def test_what_only_comes_further_down(
    rows: list[list[object]], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ratings.csv"
    text_file([*long_rows(("client", "session", "score")), *rows])(path)
    monkeypatch.setattr(rating_files, "ROWS", 30)
    with pytest.raises(StudyError) as refused:
        read(path)
    assert said in str(refused.value)
