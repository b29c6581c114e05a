"""Ratings from a spreadsheet: columns guessed and corrected, rows that cannot be read named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reattune.exchange.errors import ExchangeError
from reattune.exchange.ratings_spreadsheet import Columns, day_and_time, documents_of, guess, read_table
from reattune.journal import Journal
from reattune.journal.documents.relationship import CheckIn, Instrument, Relationship, Session
from reattune.journal.merge import merge
from tests.exchange.test_fhir import KNOWN, OURS, journal

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


def therapist() -> Relationship:
    found = journal().therapist
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "guessed"),
    [
        ("date,trust,note\n2024-05-31,7,fine\n2024-06-07,8,\n", Columns(0, (1,), 2, 0, 10, title="Ratings")),
        ("Datum;Beziehung;Ziele\n31.05.2024;6,5;9\n07.06.2024;8;10\n", Columns(0, (1, 2), None, 0, 10)),
        ("session\tday\twai_1\twai_2\n1\t5/31/2024\t4\t5\n2\t6/7/2024\t1\t2\n",
         Columns(1, (2, 3), None, 1, 5, order="month")),
        ("when,score\n2024-05-31 17:30,63.5\n2024-06-07 17:30,88\n", Columns(0, (1,), None, 0, 100)),
        ("id,score,at\n1,30,2024-05-31\n2,36,2024-06-07\n", Columns(2, (1,), None, 0, 40)),
    ],
)  # fmt: skip
def test_columns_are_guessed(text: str, guessed: Columns) -> None:
    assert guess(read_table(text.encode())) == guessed


def test_no_column_with_days() -> None:
    assert guess(read_table(b"a,b\n1,2\n3,4\n")) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "needs a line with column names"),
        (b"date,x\n", "at least one row"),
        (b"date\n2024-01-01\n", "1 columns"),
        (b"\x00\x01,\n1,2", "isn’t a text file"),
        (b"a," * 100 + b"\n" + b"1," * 100, "at most 60"),
        (b"date,x\n" + b"2024-01-01,1\n" * 20_001, "20,001 rows"),
    ],
)
def test_what_is_no_table(content: bytes, said: str) -> None:
    with pytest.raises(ExchangeError, match=said):
        read_table(content)


def test_rows_become_sessions_and_bad_ones_are_named() -> None:
    table = read_table(
        b"date,trust\n2024-05-31,7\n,8\n2024-06-07,eleven\n2024-06-14,11\n2024-06-21,\n2099-01-01,5\n2024-05-31,9\n"
    )
    columns = replace(guess(table) or Columns(0, ()), high=10)
    found = documents_of(table, replace(columns, title="Mine"), therapist(), KNOWN, "Europe/London", NOW)
    assert [type(each) for each in found.documents] == [Instrument, Session, CheckIn, Session, CheckIn]
    assert [sentence.partition(":")[0] for sentence in found.left_out] == ["Row 3", "Row 4", "Row 5", "Row 7"]
    assert "'eleven' isn’t a number" in found.left_out[1]
    assert found.instrument.title == "Mine"
    kept = Journal([therapist()])
    kept.take_in(merge(kept, found.documents).changes)
    again = documents_of(table, replace(columns, title="Mine"), therapist(), KNOWN, "Europe/London", NOW)
    assert not merge(kept, again.documents).changes


def test_a_known_questionnaire_is_recognised() -> None:
    head = ",".join(item.key for item in OURS.items)
    row = ",".join("7" for _ in OURS.items)
    table = read_table(f"date,{head}\n2024-05-31,{row}\n".encode())
    columns = guess(table, KNOWN)
    assert columns
    found = documents_of(table, columns, therapist(), KNOWN, "UTC", NOW)
    assert found.instrument == OURS
    assert [type(each) for each in found.documents] == [Session, CheckIn]


def test_columns_that_cannot_be() -> None:
    table = read_table(b"date,trust\n2024-05-31,7\n")
    for columns in (Columns(0, ()), Columns(0, (0,)), Columns(0, (1,), low=5, high=1)):
        with pytest.raises(ExchangeError):
            documents_of(table, columns, therapist(), KNOWN, "UTC", NOW)


@pytest.mark.parametrize(
    ("content", "guessed"),
    [
        (b"sep=;\nDatum;PHQ-9\n31. Mai 2024;14\n7. Juni 2024;12\n", Columns(0, (1,), None, 0, 27, False)),
        ("Fecha|SRS\n31 de mayo de 2024|36,5\n7 de junio de 2024|99\n".encode("utf-16"), Columns(0, (1,), None, 0, 40)),
        (b"Clinic\n\ndate,srs_1,srs_2\n5/31/2024,7.5,n/a\n6/7/2024,8,9\n",
         Columns(0, (1, 2), None, 0, 10, order="month")),
        ("Größe;Datum;Wert\nk;31.05.2024;80%\nk;07.06.2024;75%\n".encode("cp850"), Columns(1, (2,), None, 0, 100)),
    ],
)  # fmt: skip
def test_files_of_other_programs_are_guessed_like_a_studys(content: bytes, guessed: Columns) -> None:
    table = read_table(content)
    assert guess(table) == guessed
    found = documents_of(table, guessed, therapist(), KNOWN, "UTC", datetime(2026, 3, 2, tzinfo=UTC))
    assert any(isinstance(each, CheckIn) for each in found.documents)


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        ("2024-05-31T23:30:00Z", 23),
        ("2024-05-31 23:30+00:00", 23),
        ("2024-05-31T23:30:00.123+02:00", 21),
        ("2024-05-31T23:30:00-0030", 24),
        ("2024-05-31 23:30", 21),
        ("2024-05-31 23:30 -0500", 28),
        ("2024-05-31T23:30z", 23),
        ("2024-05-31 23:30 UTC", 23),
        ("31.05.2024 23:30 CEST", 21),
        ("31/05/2024 11:30 pm", 21),
    ],
)
def test_a_time_that_names_its_offset_is_a_time_there(cell: str, hour: int) -> None:
    day = datetime(2024, 5, 31, tzinfo=UTC)
    found = day_and_time(cell, "day", "Europe/Berlin")
    assert found
    assert (found - day) // timedelta(hours=1) == hour
