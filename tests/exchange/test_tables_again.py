"""Tables that come again, with more in them or something else: nothing of them is lost, and nothing is there twice."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from reattune.exchange.caseload import caseload_from_fhir, caseload_of, onto_known_sessions
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.duplicates import NotHereYet, not_here_yet
from reattune.exchange.errors import ExchangeError
from reattune.exchange.ratings_spreadsheet import documents_of, guess
from reattune.exchange.table_of_file import read_table
from reattune.journal import Journal
from reattune.journal.documents import Document, Preferences
from reattune.journal.documents.relationship import CheckIn, Instrument, Relationship, Session
from reattune.journal.merge import merge
from tests.exchange.test_fhir import KNOWN, OURS

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
THREE = "date,safe,goals\n2026-01-05,5,5\n2026-01-12,6,6\n2026-01-19,7,7\n"
GROWN = "date,safe,goals,way\n2026-01-05,5,5,\n2026-01-12,6,6,\n2026-01-19,7,7,\n2026-01-26,8,8,8\n"


def made(kind: Any, **fields: Any) -> Any:
    return made_at(kind, uuid4(), datetime(2026, 1, 1, tzinfo=UTC), "UTC", **fields)


def a_journal() -> Journal:
    return Journal([made(Relationship, name="Miriam", role="therapist")])


def known_in(kept: Journal) -> dict[str, Any]:
    return KNOWN | {each.definition.name: each.definition for each in kept.all(Instrument)}


def read_in(
    kept: Journal, table: str, now: datetime = NOW, **chosen: Any
) -> tuple[tuple[Document, ...], dict[str, Any]]:
    """What a table says, its columns as guessed but for what is ``chosen``, and the questionnaires known before."""
    assert kept.therapist
    read, known = read_table(table.encode()), known_in(kept)
    columns = guess(read, known)
    assert columns
    return documents_of(read, replace(columns, **chosen), kept.therapist, known, "UTC", now).documents, known


def bring(kept: Journal, table: str, **chosen: Any) -> NotHereYet:
    """Bring a table in."""
    return take_in(kept, not_here_yet(kept, *read_in(kept, table, **chosen)))


def bring_clients(kept: Journal, table: str) -> NotHereYet:
    read, known = read_table(table.encode()), known_in(kept)
    columns = guess(read, known)
    assert columns
    found = caseload_of(read, replace(columns, low=0, high=10), 0, kept.clients, known, "UTC", NOW)
    new = not_here_yet(kept, found.documents, known)
    return take_in(kept, replace(new, documents=onto_known_sessions(kept, new.documents)))


def take_in(kept: Journal, new: NotHereYet) -> NotHereYet:
    weighed = merge(kept, new.documents, KNOWN)
    assert not weighed.refused
    assert weighed.kept == 0
    kept.take_in(weighed.changes)
    return new


def rated(kept: Journal) -> list[tuple[str, dict[str, float], str]]:
    pairs = [pair for who in kept.all(Relationship) for pair in kept.check_ins(who)]
    return [(session.at.date().isoformat()[5:], dict(each.answers), each.note) for session, each in pairs]


def test_a_note_that_only_the_file_has_comes_to_the_check_in_that_is_here() -> None:
    kept = a_journal()
    bring(kept, "date,safe,goals,note\n2026-01-05,5,5,\n2026-01-12,6,6,She smiled.\n")
    told = bring(kept, "date,safe,goals,note\n2026-01-05,5,5,The letter.\n2026-01-12,6,6,She smiled. So did I.\n")
    assert told.fuller == ("Check-ins here that get a note from this file: 2 (5 January 2026, 12 January 2026).",)
    assert [note for _day, _answers, note in rated(kept)] == ["The letter.", "She smiled. So did I."]
    again = bring(kept, "date,safe,goals,note\n2026-01-05,5,5,The letter.\n2026-01-12,6,6,She smiled.\n")
    assert again == NotHereYet([], 2)


def test_another_note_than_the_one_here_is_named() -> None:
    kept = a_journal()
    bring(kept, "date,safe,goals,note\n2026-01-05,5,5,The letter.\n")
    told = bring(kept, "date,safe,goals,note\n2026-01-05,5,5,The joke.\n")
    assert (told.documents, told.here) == ([], 1)
    assert "with another note: 1 (5 January 2026)" in told.left_out[0]


def test_words_to_check_ins_of_years_ago_are_none_of_today() -> None:
    kept = a_journal()
    bring(kept, THREE)
    bring(kept, "date,safe,goals,note\n2026-01-05,5,5,The letter.\n")
    assert all(each.updated.date() == each.created.date() for each in kept.all(CheckIn))


def test_a_row_that_has_only_a_note_is_not_passed_over() -> None:
    kept = a_journal()
    bring(kept, "date,safe,goals,note\n2026-01-05,5,5,\n2026-01-12,,,I could not.\n2026-01-19,,,\n2026-01-20,,,n/a\n")
    assert [note for _day, _answers, note in rated(kept)] == ["", "I could not."]
    bring(kept, "date,safe,goals,note\n2026-01-05,5,5,\n2026-01-12,4,,I could not.\n")
    assert rated(kept)[1] == ("01-12", {"safe": 4}, "I could not.")


def test_two_of_one_day_that_answered_alike_each_get_their_own_note() -> None:
    kept = a_journal()
    bring(kept, "date,safe,note\n2026-01-05,5,One.\n2026-01-05,5,\n")
    bring(kept, "date,safe,note\n2026-01-05,5,One.\n2026-01-05,5,Two.\n")
    assert sorted(note for _day, _answers, note in rated(kept)) == ["One.", "Two."]


def test_a_further_session_of_a_day_comes_in_wherever_its_row_is() -> None:
    kept = a_journal()
    bring(kept, "date,safe\n2026-01-05,5\n2026-01-12,6\n", low=0, high=10)
    for _twice in range(2):
        told = bring(kept, "date,safe\n2026-01-05,8\n2026-01-05,5\n2026-01-12,6\n")
        assert not told.left_out
        assert sorted(answers["safe"] for _day, answers, _note in rated(kept)) == [5, 6, 8]


def test_a_table_that_gained_a_column_is_the_table_it_was() -> None:
    kept = a_journal()
    bring(kept, THREE)
    told = bring(kept, GROWN)
    assert "go over to the questionnaire of this file: 3 (5 January 2026," in told.fuller[0]
    assert [day for day, _answers, _note in rated(kept)] == ["01-05", "01-12", "01-19", "01-26"]
    assert len({each.instrument for each in kept.all(CheckIn)}) == 1
    assert bring(kept, GROWN) == NotHereYet([], 4)
    # The older file again changes nothing, and a column that is filled in later comes in.
    assert bring(kept, THREE) == NotHereYet([], 3)
    told = bring(kept, GROWN.replace(",5,5,", ",5,5,4"))
    assert told.fuller == ("Check-ins here that get answers they didn’t have: 1 (5 January 2026).",)
    assert rated(kept)[0][1] == {"safe": 5, "goals": 5, "way": 4}


def test_a_correction_in_a_table_that_gained_a_column_is_named() -> None:
    kept = a_journal()
    bring(kept, THREE)
    told = bring(kept, GROWN.replace("6,6,", "2,6,"))
    assert "with other answers: 1 (12 January 2026)" in told.left_out[0]
    assert len(kept.all(Session)) == 4


@pytest.mark.parametrize("chosen", [{"low": 0, "high": 20}, {"higher_is_better": False}])
def test_a_table_can_be_read_anew_on_another_scale(chosen: dict[str, Any]) -> None:
    kept = a_journal()
    bring(kept, THREE)
    told = bring(kept, THREE, **chosen)
    assert "go over to the questionnaire of this file: 3" in told.fuller[0]
    assert len(kept.all(CheckIn)) == len(kept.all(Session)) == 3
    [used] = {each.instrument for each in kept.all(CheckIn)}
    definition = known_in(kept)[used]
    assert all(getattr(definition, {"low": "scale_low", "high": "scale_high"}.get(name, name)) == value
               for name, value in chosen.items())  # fmt: skip


def test_another_questionnaire_whose_column_is_called_alike_is_another() -> None:
    kept = a_journal()
    bring(kept, "date,score\n2026-01-05,20\n2026-01-12,31\n2026-01-19,33\n", low=0, high=40)
    other = "date,score\n2026-01-05,20\n2026-01-12,14\n2026-01-19,9\n"
    bring(kept, other, low=0, high=27, higher_is_better=False, title="PHQ-9")
    assert len(kept.all(CheckIn)) == 6


def test_what_the_own_check_in_has_no_question_for_is_named() -> None:
    kept = a_journal()
    row = {item.key: 7.0 for item in OURS.items}
    session = made(Session, relationship_id=kept.therapist.id, at=datetime(2026, 1, 5, 17, tzinfo=UTC))  # type: ignore[union-attr]
    kept.take_in([session, made(CheckIn, session_id=session.id, instrument=OURS.name, answers=row)])
    table = f"date,{','.join(row)},sleep\n2026-01-05,{','.join('7' for _ in row)},3\n"
    told = bring(kept, table, low=0, high=10)
    assert (told.documents, told.here) == ([], 1)
    assert "under another questionnaire: 1 (5 January 2026)" in told.left_out[0]


def test_a_correction_of_what_was_put_to_a_noted_session_is_named() -> None:
    client = made(Relationship, name="A", role="client")
    session = made(Session, relationship_id=client.id, at=datetime(2026, 1, 5, 12, tzinfo=UTC))
    kept = Journal([made(Preferences, journal_kind="therapist"), client, session])
    table = "client,date,safe,goals\nA,2026-01-05 17:00,5,5\nA,2026-01-12 17:00,6,6\n"
    bring_clients(kept, table)
    assert len(kept.sessions(client)) == 2
    assert bring_clients(kept, table) == NotHereYet([], 2)
    for corrected in ("2,2", "1,1"):
        told = bring_clients(kept, table.replace("5,5", corrected))
        assert (told.documents, told.here) == ([], 2)
        assert "with other answers: 1 (A: 5 January 2026)" in told.left_out[0]
        assert len(kept.sessions(client)) == 2


def test_thousands_of_one_day_take_no_long() -> None:
    kept = a_journal()
    rows = "".join(f"2026-01-05,{each % 10},{each % 7}\n" for each in range(4_000))
    kept.take_in(read_in(kept, f"date,safe,goals\n{rows}")[0])
    documents, known = read_in(kept, "date,safe,goals,way\n" + rows.replace("\n", ",3\n"))
    began = time.perf_counter()
    not_here_yet(kept, documents, known)
    assert time.perf_counter() - began < 10


def test_ratings_of_a_name_that_two_clients_have_are_nobodys() -> None:
    alike = [made(Relationship, name=name, role="client") for name in ("A", "a")]
    kept = Journal([made(Preferences, journal_kind="therapist"), *alike])
    read = read_table(b"client,date,safe\nA,2026-01-05,5\nB,2026-01-05,7\n")
    columns = guess(read, KNOWN)
    assert columns
    for rows, found in ((read.rows, 1), (read.rows[:1], 0)):
        ratings = caseload_of(replace(read, rows=rows), columns, 0, kept.clients, KNOWN, "UTC", NOW)
        assert sum(isinstance(each, CheckIn) for each in ratings.documents) == found
        assert ratings.left_out[0].startswith("Several clients here are called A, so the ratings of A in this file")
    response = {"resourceType": "QuestionnaireResponse", "authored": "2026-01-05T12:00:00Z", "questionnaire": "x"}
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {**response, "subject": {"display": name}, "item": [
                {"linkId": "m", "answer": [{"valueDecimal": 3}]}]}}
            for name in ("A", "B")
        ],
    }  # fmt: skip
    told = caseload_from_fhir(json.dumps(bundle).encode(), KNOWN, kept.clients, NOW)
    assert sum(isinstance(each, CheckIn) for each in told.documents) == 1
    assert told.left_out[0].startswith("Several clients here are called A")


def test_what_was_chosen_for_the_same_columns_is_kept() -> None:
    kept = a_journal()
    bring(kept, "date,score\n2026-01-05,9\n2026-01-12,8\n", low=0, high=10, title="bond")
    bring(kept, "date,score\n2026-02-05,1\n", low=0, high=10, higher_is_better=False, title="How bad I feel")
    bring(kept, "date,score\n2026-03-01,2\n", low=0, high=10, title="Sleep", named=True)
    # A file that is called otherwise is of the questionnaire before, unless somebody says so.
    bring(kept, "date,score\n2026-03-02,7\n", low=0, high=10, title="bond 2", named=False)
    bring(kept, "date,score\n2026-02-12,3\n", low=0, high=10, title="bond", named=True)
    titles = {each.definition.name: each.definition.title for each in kept.all(Instrument)}
    told = {titles[each.instrument]: known_in(kept)[each.instrument].higher_is_better for each in kept.all(CheckIn)}
    assert told == {"bond": True, "How bad I feel": False, "Sleep": True}
    assert len(kept.all(Instrument)) == 3


def test_columns_in_other_letters_are_told_apart() -> None:
    kept = a_journal()
    for _twice in range(2):
        bring(kept, "date,心情,安心\n2026-01-05,9,8\n2026-01-12,8,8\n", low=0, high=10)
        bring(kept, "date,痛み,不安\n2026-02-05,1,2\n2026-02-12,3,2\n", low=0, high=10)
    asked = [[item.text for item in each.definition.items] for each in kept.all(Instrument)]
    assert sorted(asked) == [["心情", "安心"], ["痛み", "不安"]]
    assert len({each.instrument for each in kept.all(CheckIn)}) == 2
    assert len(kept.all(CheckIn)) == 4


def test_a_row_of_today_is_of_today_in_the_morning_too() -> None:
    kept = a_journal()
    rows = ["date,safe,goals", "2026-02-20,5,5", "2026-03-02,6,6"]
    morning = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    bring(kept, "\n".join(rows), now=morning, low=0, high=10)
    assert [session.at for session in kept.all(Session)][-1] == morning
    assert bring(kept, "\n".join(rows)) == NotHereYet([], 2)
    told = bring(kept, "\n".join(rows).replace("6,6", "2,2"))
    assert "with other answers: 1 (2 March 2026)" in told.left_out[0]
    later = "date,safe,goals\n2026-03-02 17:00,5,5\n2026-03-03,5,5\n"
    assert not bring(kept, later, now=morning).documents


def test_the_other_sheets_of_a_workbook_are_named() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "2026"
    sheets = [book.active, book.create_sheet("2027"), book.create_sheet("empty")]
    for sheet, year in zip(sheets[:2], (2026, 2027), strict=True):
        for row in (["date", "safe"], [datetime(year, 1, 5), 7], [datetime(year, 1, 12), 8]):
            sheet.append(row)
    book.save(out)
    [said] = read_table(out.getvalue()).left_out
    assert "is read: 2026. These are not: 2027. To import one of them" in said
    book.remove(sheets[1])
    book.save(out := io.BytesIO())
    assert read_table(out.getvalue()).left_out == ()


def caseload(*clients: Relationship) -> Journal:
    return Journal([made(Preferences, journal_kind="therapist"), *clients])


def by_client(kept: Journal) -> dict[str, list[float]]:
    return {who.name: [each.answers["safe"] for _at, each in kept.check_ins(who)] for who in kept.clients}


@pytest.mark.parametrize(
    "before", ["", "client,date,safe\nWeiß,2026-01-05,9\n", "client,date,safe\nWeiss,2026-01-05,1\n"]
)
def test_two_who_are_spelt_alike_are_two(before: str) -> None:
    kept = caseload()
    if before:
        bring_clients(kept, before)
    rows = ["Weiß,2026-01-05,9", "Weiss,2026-01-05,1", "WEISS,2026-01-12,2", "weiß,2026-01-12,8"]
    for _twice in range(2):
        bring_clients(kept, "\n".join(["client,date,safe", *rows]))
        assert by_client(kept) == {"Weiß": [9, 8], "Weiss": [1, 2]}


def test_who_came_as_weiss_before_the_two_were_told_apart_is_found() -> None:
    old = made_at(Relationship, steady_id("client", "weiss"), NOW, "UTC", name="Weiß", role="client")
    kept = caseload(old)  # type: ignore[arg-type]
    table = "client,date,safe\nWeiß,2026-01-05,9\nWeiss,2026-01-05,1\nK,2026-01-12,10\n"
    for _twice in range(2):
        bring_clients(kept, table)
        assert by_client(kept) == {"Weiß": [9], "Weiss": [1], "K": [10]}
        assert kept.check_ins(old)  # type: ignore[arg-type]


def test_names_that_went_from_one_client_to_another_are_nobodys() -> None:
    kept = caseload()
    table = "client,date,safe\nA,2026-01-05,5\nB,2026-01-05,9\n"
    bring_clients(kept, table)
    first, second = sorted(kept.clients, key=lambda each: each.name)
    kept.take_in([first.model_copy(update={"name": "C"}), second.model_copy(update={"name": "A"})])
    read, known = read_table(table.encode()), known_in(kept)
    columns = guess(read, known)
    assert columns
    found = caseload_of(read, columns, 0, kept.clients, known, "UTC", NOW)
    assert found.left_out[0].startswith("A in this file may be A or C, who came from a file as A.")
    assert not_here_yet(kept, found.documents, known) == NotHereYet([], 1)


def test_two_names_of_one_client_in_a_file_are_one_course() -> None:
    kept = caseload()
    bring_clients(kept, "client,date,safe\nA,2026-01-05,5\n")
    kept.take_in([kept.clients[0].model_copy(update={"name": "Anna"})])
    for _twice in range(2):
        bring_clients(kept, "client,date,safe\nAnna,2026-01-05,7\nA,2026-01-05,5\nanna,2026-01-12,8\n")
        assert {name: sorted(answers) for name, answers in by_client(kept).items()} == {"Anna": [5, 7, 8]}


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows() -> None:
    rows = ["2026-01-05,6,fine", '2026-01-12,5,"I said: never again', "2026-01-19,4,later", "2026-01-26,3,latest"]
    with pytest.raises(ExchangeError, match="row 3: after a quotation mark"):
        read_table("\n".join(["date,safe,note", *rows]).encode())
    closed_later = [*rows[:3], '2026-01-26,3,"latest"']
    [said] = read_table("\n".join(["date,safe,note", *closed_later]).encode()).left_out
    assert said.startswith("Rows with lines in a cell that look like rows themselves: 3.")
    whole = ["date,safe,note", '2026-01-05,6,"Two lines,\nof 3 January 2026."', '2026-01-12,5,She said "no".', ""]
    table = read_table("\n".join(whole).encode())
    assert (len(table.rows), table.left_out) == (2, ())
