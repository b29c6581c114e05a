"""Tables as somebody typed them: without names of columns, or with their notes under a name of their own."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
from django.test import Client

from reattune.exchange.caseload import caseload_of
from reattune.exchange.ratings_spreadsheet import documents_of, guess
from reattune.exchange.table_of_file import read_table
from tests.exchange.test_fhir import KNOWN
from tests.exchange.test_ratings_spreadsheet import NOW, therapist
from tests.web.files_brought import bring_table, preview
from tests.web.journals import opened

Own = Callable[..., Client]
UNNAMED = "2024-05-03,3,She looked at the clock\n2024-05-10,7,good\n2024-05-17,6,okay\n2024-05-24,8\n"


def kept(own: Client) -> list[tuple[str, list[float], str]]:
    journal = opened(own).journal
    assert journal.therapist
    found = [
        (f"{each.at:%d}", list(one.answers.values()), one.note) for each, one in journal.check_ins(journal.therapist)
    ]
    return sorted(found)


@pytest.mark.django_db
def test_a_first_row_without_names_comes_in_with_its_note(own: Own) -> None:
    person = own()
    assert "column 1" in preview(person, UNNAMED.encode(), "mine.csv")
    bring_table(person, UNNAMED.encode(), "mine.csv")
    expected = [("03", [3], "She looked at the clock"), ("10", [7], "good"), ("17", [6], "okay"), ("24", [8], "")]
    assert kept(person) == expected


@pytest.mark.django_db
def test_and_so_does_one_of_a_workbook(own: Own) -> None:
    person, book, out = own(), openpyxl.Workbook(), io.BytesIO()
    for line in UNNAMED.splitlines()[:3]:
        day, bond, note = line.split(",")
        book.active.append([datetime.fromisoformat(day), int(bond), note])
    book.save(out)
    bring_table(person, out.getvalue(), "mine.xlsx")
    assert kept(person) == [("03", [3], "She looked at the clock"), ("10", [7], "good"), ("17", [6], "okay")]


def test_rows_below_no_names_are_counted_from_the_first() -> None:
    table = read_table(b"2024-05-03,3,x\n2024-05-10,eleven,y\n2024-05-17,6,I would, perhaps\n2024-05-24,6,z\n")
    assert "don\u2019t come in: 3." in table.left_out[0]
    columns = guess(table)
    assert columns
    assert documents_of(table, columns, therapist(), KNOWN, "UTC", NOW).left_out == (
        "Row 2: 'eleven' isn\u2019t a number.",
    )
    of_two = read_table(b"AB,2024-05-03,3\n,2024-05-10,7\nCD,2024-05-17,eleven\nCD,2024-05-24,6\n")
    columns = guess(of_two)
    assert columns
    found = caseload_of(of_two, columns, 0, [], KNOWN, "UTC", NOW)
    assert found.left_out[0] == "Row 2 doesn\u2019t say which client it is about."
    assert found.left_out[1].startswith("CD: Row 3: ")


@pytest.mark.parametrize(
    "table",
    [
        "client,2024-05-03,2024-05-10\nA,3,7\nB,4,6\n",
        "date,1,2\n2024-05-03,3,7\n2024-05-10,4,6\n",
    ],
)
def test_a_day_among_names_makes_no_row(table: str) -> None:
    read = read_table(table.encode())
    assert read.first == 2
    assert not any(name.startswith("column") for name in read.head)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((name, "gone") for name in ("Kommentar", "Comentarios", "Bemerkung", "Anmerkung", "observaciones")),
        *((name, "She looked at the clock") for name in ("what happened", "Gedanken", "remarques", "diary")),
    ],
)
def test_notes_have_many_names(name: str, words: str) -> None:
    columns = guess(read_table(f"date,bond,{name}\n2024-05-03,3,{words}\n2024-05-10,7,good\n".encode()))
    assert columns
    assert columns.note == 2


@pytest.mark.django_db
def test_of_several_columns_of_words_those_that_stay_out_are_named(own: Own) -> None:
    person = own()
    said = "Columns of words that don\u2019t come in: "
    rows = "2024-05-03,3,She looked at the clock,I went home alone,video\n2024-05-10,7,good,I slept,video\n"
    assert f"{said}thoughts, after. " in preview(person, f"date,bond,thoughts,after,where\n{rows}".encode(), "a.csv")
    assert f"{said}after. " in preview(person, f"date,bond,notes,after,where\n{rows}".encode(), "a.csv")
    assert said not in preview(person, UNNAMED.encode(), "a.csv")


@pytest.mark.parametrize("places", [["in her room upstairs"] * 3, ["video call", "her room", "outside"]])
def test_a_column_of_few_words_is_not_taken_for_notes(places: list[str]) -> None:
    rows = (f"2024-05-{day:02},{day % 7},{place}\n" for day, place in enumerate(places, start=1))
    columns = guess(read_table(f"date,bond,place\n{''.join(rows)}".encode()))
    assert columns
    assert columns.note is None


@pytest.mark.parametrize("day", ["Jan 2026", "??.04.2024", "31.04.2024"])
@pytest.mark.parametrize("note", ["she was late", ""])
def test_a_first_row_whose_day_cannot_be_read_is_named_and_its_words_are_no_columns(day: str, note: str) -> None:
    table = read_table(f"{day},7,8,{note}\n2024-05-03,6,7,we laughed\n2024-05-10,5,7,\n2024-05-17,5,6,x\n".encode())
    assert table.head == ("column 1", "column 2", "column 3", "column 4")
    columns = guess(table)
    assert columns
    found = documents_of(table, columns, therapist(), KNOWN, "UTC", NOW)
    assert found.left_out == (f"Row 1: '{day}' isn’t a date Reattune can read.",)
    assert columns.ratings == (1, 2)


@pytest.mark.parametrize("names", ["date 1,bond,trust", ",1,2", "Tag,1,2", "date 1,bond,2", "2024,bond,trust"])
def test_names_with_numbers_are_names(names: str) -> None:
    table = read_table(f"{names}\n2024-05-03,6,7\n2024-05-10,5,7\n2024-05-17,5,6\n".encode())
    assert table.first == 2


@pytest.mark.parametrize("rows", [2, 3, 9])
def test_a_title_with_a_day_above_the_names_is_no_row(rows: int) -> None:
    days = "".join(f"Anna;2026-03-{day:02};7;8\n" for day in range(1, rows + 1))
    table = read_table(f"Report;2026-05-01;;\nclient;date;bond;trust\n{days}".encode())
    assert table.head == ("client", "date", "bond", "trust")
    assert len(table.rows) == rows


@pytest.mark.parametrize("second", ["I was sad", "she said,nothing,at all", "off,ill,she called"])
def test_words_below_a_first_row_are_no_names(second: str) -> None:
    days = "".join(f"2026-03-{day:02},7,x\n" for day in range(1, 6))
    assert read_table(f"2026-02-01,7,\n{second}\n{days}".encode()).first == 1
