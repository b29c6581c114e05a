"""Tables with a row for each questionnaire, or with rows of two therapists: those of one come in, and that is said."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Instrument, Relationship, Session
from tests.web.files_brought import as_it_is, bring_table, preview
from tests.web.journals import opened

Own = Callable[..., Client]
MEASURES = (
    "{who}{head},Date Completed,Score\n"
    "{one}PHQ-9,2026-01-05,14\n{one}WAI-SR,2026-01-05,48\n{one}GAD-7,2026-01-05,11\n"
    "{one}PHQ-9,2026-01-12,12\n{one}WAI-SR,2026-01-12,51\n{one}phq-9,2026-01-19,9\n{one}WAI-SR,2026-01-19,50\n"
)


def answers(client: Client) -> list[float]:
    return [value for each in opened(client).journal.all(CheckIn) for value in each.answers.values()]


@pytest.mark.parametrize("head", ["Measure", "Assessment", "Survey"])
@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_of_several_questionnaires_the_one_about_the_bond_comes_in(own: Own, kind: str, head: str) -> None:
    client = own(journal_kind=kind)
    who, one = ("", "") if kind == "person" else ("Client ID,", "Anna,")
    table = MEASURES.format(who=who, head=head, one=one).encode()
    page = html.unescape(preview(client, table, "r.csv"))
    assert "Rows of other questionnaires: 4 (PHQ-9, GAD-7)." in page
    assert '<option value="WAI-SR" selected>' in page
    assert "Days with several rows" not in page
    bring_table(client, table, "r.csv")
    assert answers(client) == [48, 51, 50]
    (made,) = opened(client).journal.all(Instrument)
    assert made.definition.title == "WAI-SR"


def test_another_questionnaire_is_looked_at_before_it_comes_in(own: Own) -> None:
    client = own()
    table = MEASURES.format(who="", head="Measure", one="").encode()
    sent = as_it_is(preview(client, table, "r.csv"), "held_file")
    page = client.post("/settings/file/in/", {**sent, "questionnaire": "PHQ-9", "bring": ""}).content.decode()
    assert answers(client) == []
    sent = as_it_is(page, "held_file")
    shown = [sent[field] for field in ("questionnaire", "high", "better", "title")]
    assert shown == [["PHQ-9"], ["27"], ["low"], ["PHQ-9"]]
    client.post("/settings/file/in/", {**sent, "bring": ""})
    assert answers(client) == [14, 12, 9]
    # And the one about the bond after it: it is another questionnaire, though its column is called alike.
    bring_table(client, table, "r.csv")
    assert sorted(answers(client)) == [9, 12, 14, 48, 50, 51]
    names = {each.instrument for each in opened(client).journal.all(CheckIn)}
    assert len(names) == 2


def test_a_form_of_the_session_is_no_questionnaire(own: Own) -> None:
    client = own()
    table = b"date,form,bond\n2026-01-05,in person,9\n2026-01-12,by video,8\n2026-01-19,in person,7\n"
    bring_table(client, table, "r.csv")
    assert answers(client) == [9, 8, 7]


def test_many_days_with_several_rows_are_said(own: Own) -> None:
    client = own()
    table = "date,question,answer\n" + "".join(
        f"2026-01-{day:02},{question},{day % 9}\n" for day in (5, 12, 19) for question in ("felt heard", "goals", "fit")
    )
    page = html.unescape(preview(client, table.encode(), "r.csv"))
    assert "Days with several rows: 3 of 3, with up to 3 rows. Each row becomes a session of its own." in page
    once = b"date,answer\n2026-01-05,3\n2026-01-05,4\n2026-01-12,4\n2026-01-19,4\n"
    assert "Days with several rows" not in preview(client, once, "r.csv")


THERAPISTS = "Date,Therapist,Rating\n" + "".join(
    f"2025-{month:02}-05,{'Karin' if month < 7 else 'Dr. Miriam Weber'},{month % 9}\n" for month in range(1, 13)
)


def test_rows_of_another_therapist_stay_out(own: Own) -> None:
    client = own(therapist="Miriam")
    page = html.unescape(preview(client, THERAPISTS.encode(), "r.csv"))
    assert "Rows of another therapist: 6 (Karin)." in page
    bring_table(client, THERAPISTS.encode(), "r.csv")
    assert len(opened(client).journal.all(Session)) == 6


def test_sessions_with_somebody_who_is_not_here_come_in_with_a_therapist_of_the_past(own: Own) -> None:
    client = own(therapist="Miriam")
    for _again in range(2):
        page = preview(client, THERAPISTS.encode(), "r.csv")
        karin = html.unescape(page).split(">Karin</option>")[0].rpartition('value="')[2].split('"')[0]
        bring_table(client, THERAPISTS.encode(), "r.csv", who=karin)
        journal = opened(client).journal
        assert {each.name: each.status.value for each in journal.all(Relationship)} == {
            "Miriam": "current",
            "Karin": "past",
        }
        (past,) = (each for each in journal.all(Relationship) if each.name == "Karin")
        assert len(journal.sessions(past)) == 6
        assert len(journal.all(Session)) == 6


def test_a_name_in_cells_that_were_merged_stands_for_those_below(own: Own) -> None:
    client = own(therapist="Miriam")
    names = ["Karin", "", "", "Miriam", "", "", ""]
    rows = "".join(f"2026-01-{day:02},{name},{day % 9}\n" for day, name in enumerate(names, start=5))
    page = html.unescape(preview(client, f"date,therapist,bond\n{rows}".encode(), "r.csv"))
    assert "Rows of another therapist: 3 (Karin)." in page
    bring_table(client, f"date,therapist,bond\n{rows}".encode(), "r.csv")
    assert sorted(each.local_day(each.at).day for each in opened(client).journal.all(Session)) == [8, 9, 10, 11]


def test_where_the_column_names_nobody_known_that_is_said(own: Own) -> None:
    client = own(therapist="Sol")
    page = html.unescape(preview(client, THERAPISTS.encode(), "r.csv"))
    assert "“Therapist” says: Karin, Dr. Miriam Weber. All of these sessions are taken as sessions with Sol." in page


def test_words_about_a_therapist_are_no_names(own: Own) -> None:
    client = own(therapist="Miriam")
    said = ("Miriam was kind to me and waited", "Cold, she looked at the clock again and again", "Late")
    rows = "".join(
        f"2026-01-{day:02},{words!r},7\n".replace("'", '"') for day, words in zip((5, 12, 19), said, strict=True)
    )
    bring_table(client, f"date,therapist,bond\n{rows}".encode(), "r.csv")
    assert len(opened(client).journal.all(Session)) == 3


def test_days_that_a_spreadsheet_program_may_have_turned_are_said(own: Own) -> None:
    client = own()
    turned = b"date,bond\n2026-05-01,7\n13/01/2026,8\n2026-03-02,6\n20/01/2026,5\n"
    page = html.unescape(preview(client, turned, "r.csv"))
    assert "The dates are written in two ways: 2026-05-01 and 13/01/2026." in page
    for fine in (
        b"date,bond\n2026-05-01,7\n2026-03-02,6\n",
        b"date,bond\n2026-05-21,7\n13/01/2026,8\n2026-03-02,6\n20/01/2026,5\n",
    ):
        assert "written in two ways" not in preview(client, fine, "r.csv")


@pytest.mark.parametrize("head", ["Respondent", "Partner", "Site"])
def test_rows_of_two_people_under_one_name_are_said(own: Own, head: str) -> None:
    client = own(journal_kind="therapist")
    rows = "".join(
        f"Anna,2026-01-{day:02},{who},{score}\n" for day in (5, 12, 19) for who, score in (("Ada", 36), ("Bo", 22))
    )
    page = html.unescape(preview(client, f"Client,Date,{head},SRS\n{rows}".encode(), "r.csv"))
    assert f"The rows of one day differ in: {head}. If they are different people’s," in page


@pytest.mark.parametrize("head", ["Form", "Version", "Who", "Quelle", "Sicht", "Respondent"])
@pytest.mark.parametrize("words", [("Client", "Therapist"), ("Patient", "Therapeut")])
def test_a_column_of_client_and_therapist_says_who_rated_whatever_it_is_called(
    own: Own, head: str, words: tuple[str, str]
) -> None:
    client = own(journal_kind="therapist")
    rows = "".join(f"Anna,2026-01-{day:02},{who},{7 - 2 * n}\n" for day in (5, 12) for n, who in enumerate(words))
    bring_table(client, f"client,date,{head},bond\n{rows}".encode(), "r.csv")
    journal = opened(client).journal
    assert len(journal.all(Session)) == 2
    assert sorted((each.rater.value, each.answers["bond"]) for each in journal.all(CheckIn)) == [
        ("client", 7), ("client", 7), ("therapist", 5), ("therapist", 5),
    ]  # fmt: skip


def test_columns_that_are_a_session_each_are_not_taken_for_questions(own: Own) -> None:
    client = own(journal_kind="therapist")
    wide = b"Client,Intake date,SRS_T1,SRS_T2,SRS_T3\nAnna,2026-01-05,36,35,20\nBea,2026-01-06,30,31,32\n"
    page = html.unescape(preview(client, wide, "r.csv"))
    assert "Columns that seem to be a session each and don’t come in: SRS_T1, SRS_T2, SRS_T3." in page
    bring_table(client, wide, "r.csv")
    assert not opened(client).journal.all(CheckIn)
    # In a journal of one's own nobody is a client, whatever numbers the rows.
    mine = own("words of one’s own")
    bring_table(mine, b"id,date,s1,s2\n1,2026-01-05,6,5\n2,2026-01-12,3,2\n", "r.csv")
    assert [len(each.answers) for each in opened(mine).journal.all(CheckIn)] == [2, 2]
    # Questions of a session are called alike, and a client has many rows.
    long = b"client,date,s1,s2\nAnna,2026-01-05,6,5\nAnna,2026-01-12,3,2\n"
    bring_table(client, long, "r.csv")
    assert [len(each.answers) for each in opened(client).journal.all(CheckIn)] == [2, 2]


def test_one_therapist_under_two_names_and_two_of_one_day(own: Own) -> None:
    client = own(therapist="Miriam")
    names = ["Miriam", "Miriam Weber", "Kim"] * 2
    rows = "".join(f"2026-01-{5 + 7 * (n // 3):02},{name},{n + 1}\n" for n, name in enumerate(names))
    table = f"date,therapist,bond\n{rows}".encode()
    page = html.unescape(preview(client, table, "r.csv"))
    assert "Rows of another therapist: 2 (Kim)." in page
    bring_table(client, table, "r.csv")
    kim = page.split(">Kim</option>")[0].rpartition('value="')[2].split('"')[0]
    bring_table(client, table, "r.csv", who=kim)
    journal = opened(client).journal
    sessions = {each.name: len(journal.sessions(each)) for each in journal.all(Relationship)}
    assert sessions == {"Miriam": 4, "Kim": 2}


def test_from_when_until_when_is_no_time_zone(own: Own) -> None:
    client = own()
    bring_table(client, b"Termin;Bond\n05.01.2026 16:30-17:20;7\n12.01.2026 10:30-11:20;8\n", "r.csv")
    late = own("words of the other one")
    bring_table(late, b"when,bond\n2026-01-12 21:30-05:00,7\n2026-01-20 21:30-05:00,7\n", "r.csv")
    assert {each.at.hour for each in opened(late).journal.all(Session)} == {2}
    there = sorted(each.local(each.at).strftime("%d %H:%M") for each in opened(client).journal.all(Session))
    assert there == ["05 16:30", "12 10:30"]
