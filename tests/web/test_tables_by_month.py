"""Ratings that come in a table for each month, of which the first shows less than the whole scale."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn
from reattune.web.pages.notice.instruments import line_of
from tests.web.files_brought import as_it_is, bring_table, preview
from tests.web.journals import opened

Own = Callable[..., Client]


def month(number: int, *ratings: float, client: str = "") -> bytes:
    """A table of one rating a week."""
    who = f"{client}," if client else ""
    rows = [f"{who}2026-{number:02}-{1 + 7 * week:02},{rating}\n" for week, rating in enumerate(ratings)]
    return (f"{'client,' if client else ''}date,bond\n" + "".join(rows)).encode()


def line(client: Client) -> list[int]:
    return [round(point.score) for point in line_of(opened(client)).points]


def left_out(page: str) -> int:
    found = re.search(r"<dt>Left out</dt><dd>(\d+)</dd>", page)
    assert found
    return int(found[1])


def test_a_later_month_that_goes_further_puts_all_on_its_scale(own: Own) -> None:
    client = own()
    bring_table(client, month(3, 6, 5, 7, 6), "march.csv")
    page = preview(client, month(4, 8, 9, 7, 8), "april.csv")
    assert "check-ins here were read from 1 to 7, and this file shows that the answers go from 0 to 10." in page
    assert left_out(page) == 0
    bring_table(client, month(4, 8, 9, 7, 8), "april.csv")
    bring_table(client, month(5, 6, 7, 8, 6), "may.csv")
    assert line(client) == [60, 50, 70, 60, 80, 90, 70, 80, 60, 70, 80, 60]
    for number, ratings in ((3, (6, 5, 7, 6)), (4, (8, 9, 7, 8))):
        assert "everything in this file is already here" in preview(client, month(number, *ratings), "again.csv")


def test_so_does_one_of_a_client(own: Own) -> None:
    client = own(journal_kind="therapist")
    bring_table(client, month(3, 6, 5, 7, 6, client="Anna"), "march.csv")
    page = preview(client, month(4, 8, 9, client="Anna"), "april.csv")
    assert "check-ins here were read from 1 to 7, and this file shows that the answers go from 0 to 10." in page
    bring_table(client, month(4, 8, 9, client="Anna"), "april.csv")
    assert len({each.instrument for each in opened(client).journal.all(CheckIn)}) == 1


def test_a_scale_that_is_put_right_later_is_that_of_those_before(own: Own) -> None:
    client = own()
    bring_table(client, month(3, 6, 5, 7, 6), "march.csv")
    bring_table(client, month(4, 6, 5), "april.csv", low="0", high="10")
    assert line(client) == [60, 50, 70, 60, 60, 50]


def test_ratings_of_ten_and_of_a_hundred_stay_on_their_own_scales_and_it_is_said(own: Own) -> None:
    client = own()
    bring_table(client, month(3, 7, 6, 7, 7), "march.csv")
    page = preview(client, month(4, 70, 80, 75, 60), "april.csv")
    assert "go from 1 to 7, and those in this file from 0 to 100. Each set keeps its own scale" in page
    bring_table(client, month(4, 70, 80, 75, 60), "april.csv")
    assert line(client)[4:] == [70, 80, 75, 60]


def test_ratings_far_below_those_here_ask_for_another_look(own: Own) -> None:
    client = own()
    bring_table(client, month(3, 60, 70, 65, 80), "march.csv")
    page = preview(client, month(4, 9, 8, 7, 8), "april.csv")
    assert "lie between 7 and 9, and those in your journal between 60 and 80. If the file is on another scale" in page
    assert "another scale" not in preview(client, month(4, 40, 35), "april.csv")


def test_ratings_under_a_name_that_somebody_chose_are_others(own: Own) -> None:
    client = own()
    bring_table(client, month(3, 6, 5, 7, 6), "march.csv")
    sent = as_it_is(preview(client, month(4, 8, 9), "april.csv"), "held_file") | {"title": "Something else"}
    assert "Each set keeps its own scale" in client.post("/settings/file/in/", sent).content.decode()


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_rows_that_are_left_out_are_counted(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    who = "Anna" if kind == "therapist" else ""
    page = preview(client, month(3, 6, 5, 7, client=who), "march.csv")
    sent = as_it_is(page, "held_file") | {"low": "1", "high": "6"}
    assert left_out(client.post("/settings/file/in/", sent).content.decode()) == 1
