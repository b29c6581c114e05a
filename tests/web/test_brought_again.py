"""What a preview says of entries that were deleted here, of days with two sessions, and of therapists of one name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents.relationship import CheckIn
from tests.web.files_brought import bring, bring_table, journal_file, plain, preview, two_computers
from tests.web.journals import exported, opened, sure

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
TABLE = "date,safe,goals,note\n2026-01-05,5,5,calm\n2026-01-12,1,1,got in by mistake\n"


def test_a_row_that_was_deleted_is_named_before_it_comes_back(own: Own) -> None:
    client = own()
    assert "that you deleted here" not in preview(client, TABLE.encode(), "ratings.csv")
    bring_table(client, TABLE.encode(), "ratings.csv")
    wrong = next(each for each in opened(client).journal.all(CheckIn) if each.note == "got in by mistake")
    client.post(f"/away/{wrong.id}/", {"sure": "on", **sure(client)})
    assert wrong.id not in {each.id for each in opened(client).journal.all(CheckIn)}
    page = preview(client, (TABLE + "2026-01-19,6,6,later\n").encode(), "ratings.csv")
    assert "Entries in this file that you deleted here: 1. Importing it brings them back." in page


def test_a_second_session_of_a_day_is_said(own: Own) -> None:
    one, two, _client = two_computers(own)
    said = "A session with A on 5 January 2026 is noted here already, and this file brings another one that day."
    page, _done = bring(one, exported(two).content, "notes.json")
    assert said in page
    assert said not in preview(one, exported(two).content, "notes.json")


def test_the_same_ratings_from_files_of_two_names_are_said_to_be_second_sessions(own: Own) -> None:
    one, other = own(), own("words of another one")
    there = opened(other)
    assert there.journal.therapist
    there.discard(there.journal.therapist)
    bring(other, exported(one).content, "notes.json")
    for client, name in ((one, "export-2026-02.csv"), (other, "export-2026-03.csv")):
        bring_table(client, TABLE.encode(), name)
    page, _done = bring(one, exported(other).content, "notes.json")
    assert "is noted here already, and this file brings another one that day." in page


def test_therapists_of_one_name_are_told_apart_where_one_is_chosen(own: Own) -> None:
    client = own()
    assert "here since" not in preview(client, TABLE.encode(), "ratings.csv")
    bring(client, journal_file(plain("relationship", name="Miriam", role="therapist", status="past")), "a.json")
    choice = re.search(r'<select[^>]*name="who".*?</select>', preview(client, TABLE.encode(), "ratings.csv"), re.S)
    assert choice
    assert "Miriam, here since 5 January 2026" in choice[0]
    assert len(re.findall(r"Miriam, here since", choice[0])) == 2


def test_nothing_is_left_out_where_something_is_named_as_left_out(own: Own) -> None:
    page = preview(own(), (TABLE + ",6,6,no day\n").encode(), "ratings.csv")
    assert "no day" in page or "Row 4" in page
    assert "<dt>Left out</dt><dd>0</dd>" not in page
