"""Ratings from a spreadsheet: columns guessed and corrected, rows that cannot be read named."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reattune.exchange.caseload import caseload_of
from reattune.exchange.errors import ExchangeError
from reattune.exchange.ratings_spreadsheet import Columns, day_and_time, documents_of, guess
from reattune.exchange.table_of_file import read_table
from reattune.exchange.text_lines import text_lines
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
    assert guess(read_table(text.encode())) == replace(guessed, days=(guessed.when,))


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


def test_no_word_after_a_comma_is_cut_off_and_no_rating_is_read_from_words() -> None:
    table = read_table(
        b'date,note,bond\n2024-05-03,ok,7\n2024-05-10,I would have said 3,2,8\n2024-05-17,"small, and gone",6,,\n'
        b"2024-05-24,all,was,well\n2024-05-31,,eleven\n"
    )
    assert "Rows with more cells than there are columns, which don’t come in: 3, 5." in table.left_out[0]
    columns = replace(guess(table) or Columns(0, ()), high=10, title="Mine")
    assert (columns.note, columns.ratings) == (1, (2,))
    found = documents_of(table, columns, therapist(), KNOWN, "UTC", NOW)
    kept = [(each.answers["bond"], each.note) for each in found.documents if isinstance(each, CheckIn)]
    assert kept == [(7, "ok"), (6, "small, and gone")]
    assert (found.left_out, found.rows) == (("Row 6: 'eleven' isn’t a number.",), 3)


LONG_GERMAN = "Ich war müde, wie immer.\nSie hat gefragt, warum.\n\nAm Ende weinte ich, leise."


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        (";", LONG_GERMAN),
        (",", "small, sad, cold, old\n" * 6),
        (",", "tired; sad\n" * 6),
        ("\t", "a|b\n" * 6),
    ],
)
@pytest.mark.parametrize("head", ["", "My ratings\n\n", "sep={mark}\n"])
def test_notes_of_several_lines_are_no_rows(mark: str, note: str, head: str) -> None:
    rows = [f'{day:02}.05.2024{mark}{day % 9}{mark}"{note}"' for day in range(1, 31)]
    text = head.format(mark=mark) + "\n".join([f"Datum{mark}Bindung{mark}Notiz", *rows])
    table = read_table(text.encode())
    assert table.head == ("Datum", "Bindung", "Notiz")
    assert [row[2] for row in table.rows] == [note.strip()] * 30
    assert guess(table) == Columns(0, (1,), 2, 0, 10, days=(0,))


def test_very_many_rows_with_too_many_cells_take_no_longer_than_others() -> None:
    def seconds(row: bytes) -> float:
        began = time.process_time()
        text_lines(b"date,bond\n" + b"2024-01-01,5\n" * 30_000 + row * 30_000, "many.csv")
        return time.process_time() - began

    assert seconds(b"2024-01-01,5,x\n") < 10 * seconds(b"2024-01-01,5\n")


def test_a_table_whose_rows_are_all_longer_than_its_first_says_so() -> None:
    with pytest.raises(ExchangeError, match=r"mine.csv: Rows with more cells than there are columns.*: 2, 3"):
        read_table(b"date,bond\n1,2024-05-03,7,5\n2,2024-05-10,8\n", "mine.csv")
    # The numbers of rows, as R and pandas write them: no quotation mark would help.
    with pytest.raises(ExchangeError, match=r"mine.csv: each row has one cell more than the first line has names"):
        read_table(b"date,bond\n1,2024-05-03,7\n2,2024-05-10,8\n", "mine.csv")


def test_rows_of_clients_with_too_many_cells_are_counted_and_said_once() -> None:
    table = read_table(b"client,date,note,bond\nA,2024-05-03,ok,7\nB,2024-05-10,3,2,8\nB,2024-05-17,fine,6\n")
    columns = replace(guess(table) or Columns(0, ()), high=10, title="Mine")
    found = caseload_of(table, columns, 0, [], KNOWN, "UTC", NOW)
    assert (found.left_out, found.rows) == ((), 1)
    assert [each.answers["bond"] for each in found.documents if isinstance(each, CheckIn)] == [7, 6]


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
    assert guess(table) == replace(guessed, days=(guessed.when,))
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


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2024/05/31 10:30:10 PM GMT+2", "2024-05-31 20:30"),
        ("2024/05/31 10:30:10 PM EDT", "2024-06-01 02:30"),
        ("5/31/2024 10:30\u202fPM", "2024-05-31 22:30"),
        ("May 31, 2024 at 10:30 PM", "2024-05-31 22:30"),
        ("Fr 31.05.2024", "2024-05-31 12:00"),
        ("Freitag, 31.05.2024", "2024-05-31 12:00"),
        ("vie., 31/05/2024", "2024-05-31 12:00"),
        ("31.05.2024 22:30 UTC-5:30", "2024-06-01 04:00"),
    ],
)
def test_days_as_forms_and_programs_write_them(cell: str, at: str) -> None:
    table = read_table(f'date,bond\n"{cell}",7\n'.encode())
    columns = guess(table)
    assert columns is not None
    assert f"{day_and_time(table.rows[0][0], columns.order, 'UTC'):%Y-%m-%d %H:%M}" == at


def test_one_wrong_byte_makes_no_other_letters_of_all_notes() -> None:
    found = read_table("Datum;Bindung;Notiz\n2026-05-01;7;Schöne Grüße\n".encode() + b"2026-05-08;8;hm \xff\n")
    assert [row[2] for row in found.rows] == ["Schöne Grüße", "hm \ufffd"]
    assert found.left_out == ("Letters that can’t be read, with “\ufffd” in their place: 1.",)


@pytest.mark.parametrize("written", ["{}T00:00:00.000Z", "{} 00:00:00+00:00", "{} 00:00", "{} 12:00 AM"])
def test_times_that_are_midnight_in_every_row_are_days(written: str) -> None:
    days = ["2024-05-03", "2024-05-10", "2024-05-17"]
    rows = "".join(f"{written.format(day)},{place}\n" for place, day in enumerate(days, start=7))
    table = read_table(f"date,bond\n{rows}".encode())
    columns = guess(table)
    assert columns
    found = documents_of(table, columns, therapist(), KNOWN, "America/New_York", NOW)
    there = [each.local(each.at) for each in found.documents if isinstance(each, Session)]
    assert [f"{at:%Y-%m-%d %H:%M}" for at in there] == [f"{day} 12:00" for day in days]
    # One other time, and they are times.
    more = read_table(f"date,bond\n{rows}2024-05-24T18:30:00Z,8\n".encode())
    found = documents_of(more, columns, therapist(), KNOWN, "UTC", NOW)
    assert {each.at.hour for each in found.documents if isinstance(each, Session)} == {0, 18}


def test_times_of_many_clients_are_told_by_all_of_them() -> None:
    rows = "Anna,2024-05-03T00:00:00Z,7\nBert,2024-05-03T18:30:00Z,8\n"
    table = read_table(f"client,date,bond\n{rows}".encode())
    columns = guess(table)
    assert columns
    found = caseload_of(table, columns, 0, [], KNOWN, "UTC", NOW)
    assert {each.at.hour for each in found.documents if isinstance(each, Session)} == {0, 18}
