"""Files as clinics and studies have them: each is read right, or asked about, or refused; none is read wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from reattune.exchange.written_numbers import Decimal
from reattune.study.errors import QuestionError, StudyError
from reattune.study.group_by_client import whole_clients
from reattune.study.parse_ratings import Reader
from reattune.study.read_options import ReadOptions
from reattune.study.run_study import readings_of
from reattune.study.session_grid import batches
from tests.study.odd_files import BY_NAME, CASES, Case, Meaning


def options_of(given: Mapping[str, object]) -> ReadOptions:
    named = dict(given)
    if "decimal" in named:
        named["decimal"] = Decimal(str(named["decimal"]))
    return ReadOptions(**named)  # type: ignore[arg-type]


def check(path: Path, options: ReadOptions, means: Mapping[str, Meaning]) -> None:
    source, readings = readings_of(path, options)
    if "*" in means:
        assert len(readings) == 1
    else:
        assert {reading.layout.name for reading in readings} == set(means), [reading.line for reading in readings]
    for reading in readings:
        meaning = means.get(reading.layout.name) or means["*"]
        assert reading.line.startswith("Read as ")
        measure = reading.scale.measure
        assert measure.higher_is_better == meaning.higher, reading.line
        if meaning.ends is not None:
            assert (measure.low, measure.high) == meaning.ends, reading.line
        frames = list(whole_clients(source, Reader(source, reading)))
        found: dict[str, dict[int, float]] = {}
        for frame in frames:
            for client, session, score in frame.select("client", "session", "score").iter_rows():
                if score is not None:
                    found.setdefault(client, {})[session] = score
        want = {client: own for client, own in meaning.scores.items() if own}
        assert found.keys() == want.keys(), reading.line
        for client, own in want.items():
            assert found[client] == pytest.approx(own, abs=1e-6), (client, reading.line)
        if meaning.second is not None:
            theirs = pl.concat(frames).select("client", "session", "second").drop_nulls()
            assert {(c, s): v for c, s, v in theirs.iter_rows()} == pytest.approx(
                {(c, s): v for c, own in meaning.second.items() for s, v in own.items()}
            )
        if meaning.therapists is not None:
            rows = pl.concat(frames)
            seen = {(c, s): t for c, s, t in rows.select("client", "session", "therapist").iter_rows()}
            assert seen == meaning.therapists
            (batch,) = batches(rows, measure)
            assert batch.therapists == ["t1, t9"] * len(want)


def read_all(path: Path, options: ReadOptions) -> None:
    source, readings = readings_of(path, options)
    for reading in readings:
        for frame in whole_clients(source, Reader(source, reading)):
            list(batches(frame, reading.scale.measure))


def test_there_are_many_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 120
    assert len(BY_NAME) == len(CASES)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_file_is_read_right_or_not_at_all(name: str, tmp_path: Path) -> None:
    case: Case = BY_NAME[name]
    path = tmp_path / case.file
    case.write(path)
    options = options_of(case.options)
    if case.means is not None:
        check(path, options, case.means)
        return
    with pytest.raises((StudyError, ValueError)) as refused:
        read_all(path, options)
    assert case.says in str(refused.value)
    assert "Traceback" not in str(refused.value)
    if case.answers:
        assert isinstance(refused.value, QuestionError)
    for changes, means in case.answers:
        check(path, options_of({**case.options, **changes}), means)
