"""Columns beside ratings of the bond that are something else: they are unticked, and the preview says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Session
from tests.web.files_brought import as_it_is, bring_table, preview
from tests.web.journals import opened
from tests.web.test_clients import add

Own = Callable[..., Client]
ROWS = "date,bond,{}\n2026-01-05,9,3\n2026-01-12,9,4\n"


@pytest.mark.parametrize("other", ["phq9_total", "bond (therapist)"])
def test_a_column_that_is_not_taken_is_named(own: Own, other: str) -> None:
    client = own()
    table = ROWS.format(other).replace("bond,", "bond (client)," if "therapist" in other else "bond,").encode()
    page = preview(client, table, "r.csv")
    assert f"hold something else or somebody else’s ratings: {other}." in page
    bring_table(client, table, "r.csv")
    assert [len(each.answers) for each in opened(client).journal.all(CheckIn)] == [1, 1]


def test_one_that_is_chosen_all_the_same_comes_in(own: Own) -> None:
    client = own()
    page = preview(client, ROWS.format("mood").encode(), "r.csv")
    sent = as_it_is(page, "held_file") | {"ratings": ["1", "2"]}
    page = client.post("/settings/file/in/", sent).content.decode()
    assert "don’t come in" not in page
    client.post("/settings/file/in/", {**as_it_is(page, "held_file"), "bring": ""})
    assert [len(each.answers) for each in opened(client).journal.all(CheckIn)] == [2, 2]


def test_who_rated_is_said_where_nobody_can_tell(own: Own) -> None:
    client = own()
    page = preview(client, b"date,rater,bond\n2026-01-05,2,9\n2026-01-12,2,8\n", "r.csv")
    assert "“rater” says: 2. All these ratings are taken as the client’s." in page
    page = preview(client, b"date,rater,bond\n2026-01-05,client,9\n2026-01-12,client,8\n", "r.csv")
    assert "are taken for" not in page


def test_respondents_are_no_clients(own: Own) -> None:
    client = own(journal_kind="therapist")
    table = b"client,date,respondent,bond\nAnna,2026-01-05,client,9\nAnna,2026-01-05,staff,5\n"
    for content in (table, b"\n".join(b",".join(row.split(b",")[i] for i in (2, 0, 1, 3)) for row in table.split())):
        bring_table(client, content, "r.csv")
        journal = opened(client).journal
        assert [each.name for each in journal.clients] == ["Anna"]
        assert {each.rater.value: each.answers for each in journal.all(CheckIn)} == {
            "client": {"bond": 9},
            "therapist": {"bond": 5},
        }


def test_days_beside_those_of_the_sessions_are_named(own: Own) -> None:
    client = own()
    said = "Columns of days that don’t come in: "
    table = b"start date,session date,bond\n2025-01-06,2026-01-05,9\n2025-01-06,2026-01-12,8\n"
    page = preview(client, table, "r.csv")
    assert f"{said}start date. " in page
    page = client.post("/settings/file/in/", as_it_is(page, "held_file") | {"when": "0"}).content.decode()
    assert f"{said}session date. " in page
    assert said not in preview(client, ROWS.format("trust").encode(), "r.csv")
    bring_table(client, table, "r.csv")
    assert {f"{each.at:%d}" for each in opened(client).journal.all(Session)} == {"05", "12"}


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_a_table_that_goes_on_beside_itself_is_not_read_as_one(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    beside = (
        b"client,date,bond,client,date,bond\nAnna,2026-01-05,9,Ben,2026-01-07,2\nAnna,2026-01-12,8,Ben,2026-01-14,1\n"
    )
    page = preview(client, beside, "r.csv")
    assert 'name="held_file"' not in page
    assert "Two columns are called “date”" in page


def test_a_column_for_each_client_is_no_question(own: Own) -> None:
    client = own(journal_kind="therapist")
    for name in ("Anna", "Ben", "C 3"):
        add(client, name)
    rows = "2026-01-05;9;3;4\n2026-01-12;9;4;2\n"
    said = "Columns that are called like clients here and don’t come in: "
    page = preview(client, f"date;Anna;BEN;c  3\n{rows}".encode(), "r.csv")
    assert f"{said}Anna, BEN, c 3. " in " ".join(page.split())
    assert "ratings" not in as_it_is(page, "held_file")
    page = preview(client, f"date;Anna;bond;trust\n{rows}".encode(), "r.csv")
    assert f"{said}Anna. " in page
    assert as_it_is(page, "held_file")["ratings"] == ["2", "3"]


@pytest.mark.parametrize(
    "table", ["date;Anna\n2026-01-05;9\n2026-01-12;8\n", "date;1;2\n2026-01-05;9;8\n2026-01-12;8;7\n"]
)
def test_one_column_alone_may_be_called_like_a_client_and_a_number_is_a_question(own: Own, table: str) -> None:
    client = own(journal_kind="therapist")
    who, *_others = [add(client, name) for name in ("Anna", "1", "2")]
    page = preview(client, table.encode(), "r.csv")
    assert "called like clients" not in page
    sent = {**as_it_is(page, "held_file"), "who": str(who.id), "bring": ""}
    client.post("/settings/file/in/", sent)
    assert len(opened(client).journal.check_ins(who)) == 2
