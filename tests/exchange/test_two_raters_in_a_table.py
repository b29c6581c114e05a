"""Tables in which client and therapist have both rated: each rating is of who gave it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reattune.exchange.duplicates import NotHereYet
from reattune.exchange.ratings_spreadsheet import documents_of, guess
from reattune.exchange.table_of_file import read_table
from reattune.journal import Journal
from reattune.journal.documents.relationship import CheckIn, Relationship, Session
from reattune.journal.therapists_vocabulary import Rater
from tests.exchange.test_fhir import KNOWN
from tests.exchange.test_tables_again import NOW, a_journal, bring_clients, caseload, made

BOTH = "client,date,{},safe,goals\n" + "".join(
    f"A,2026-01-{day:02},{who},{rated},{rated}\n" for day in (5, 12) for who, rated in (("{}", 3), ("{}", 9))
)


def table(head: str = "rater", client: str = "client", therapist: str = "therapist") -> str:
    return BOTH.format(head, client, therapist, client, therapist)


def rated(kept: Journal) -> dict[str, list[float]]:
    [client] = kept.clients
    return {rater.value: [each.answers["safe"] for _at, each in kept.check_ins(client, rater)] for rater in Rater}


@pytest.mark.parametrize("words", [(), ("Rated by", "Patient", "Clinician"), ("Perspektive", "Klientin", "Therapeut")])
def test_each_rating_is_of_who_gave_it(words: tuple[str, ...]) -> None:
    kept = caseload()
    for _twice in range(2):
        told = bring_clients(kept, table(*words))
        assert rated(kept) == {"client": [3, 3], "therapist": [9, 9]}
        assert len(kept.all(Session)) == 2
    assert told == NotHereYet([], 4)


def test_what_only_one_of_them_had_rated_before_joins_the_session() -> None:
    kept = caseload()
    bring_clients(kept, "client,date,safe,goals\nA,2026-01-05,3,3\nA,2026-01-12,3,3\n")
    bring_clients(kept, table())
    assert rated(kept) == {"client": [3, 3], "therapist": [9, 9]}
    assert len(kept.all(Session)) == 2


def test_both_join_a_session_that_is_noted() -> None:
    client = made(Relationship, name="A", role="client")
    noted = made(Session, relationship_id=client.id, at=datetime(2026, 1, 5, 17, tzinfo=UTC))
    kept = caseload(client)
    kept.take_in([noted])
    bring_clients(kept, table())
    assert rated(kept) == {"client": [3, 3], "therapist": [9, 9]}
    assert len(kept.all(Session)) == 2


def test_in_a_persons_journal_a_therapists_own_are_left_out_and_said() -> None:
    kept = a_journal()
    assert kept.therapist
    read = read_table(table().replace("A,2026-01-12,client", "A,2026-01-12,mother").encode())
    columns = guess(read, KNOWN)
    assert columns
    found = documents_of(read, replace(columns, low=0, high=10), kept.therapist, KNOWN, "UTC", NOW)
    assert [each.answers["safe"] for each in found.documents if isinstance(each, CheckIn)] == [3]
    assert found.left_out == (
        "Row 4: 'mother' is neither client nor therapist.",
        "Ratings that are a therapist’s own: 2. This journal holds yours.",
    )


def test_a_column_of_that_name_with_other_things_says_nothing() -> None:
    kept = caseload()
    bring_clients(kept, table("source", "paper", "tablet"))
    assert sorted(rated(kept)["client"]) == [3, 3, 9, 9]
    assert not rated(kept)["therapist"]


@pytest.mark.parametrize(
    ("client", "therapist"),
    [
        ("client_bond", "therapist_bond"),
        ("bond (client)", "bond (therapist)"),
        ("Bindung Klient", "Bindung Therapeut"),
        ("wai_patient", "wai_therapist"),
        ("alliance_pt", "alliance_th"),
        ("SRS", "therapist rating"),
        ("bond", "Bewertung Therapeutin"),
    ],
)
def test_of_two_columns_of_one_rating_the_clients_is_taken(client: str, therapist: str) -> None:
    rows = "".join(f"2026-01-{day:02},{day},{day - 3}\n" for day in range(4, 10))
    for head in (f"date,{client},{therapist}\n", f"date,{therapist},{client}\n"):
        table = read_table((head + rows).encode())
        found = guess(table)
        assert found
        assert [table.head[place] for place in found.ratings] == [client]


def test_questions_about_the_therapist_are_the_clients() -> None:
    table = read_table(b"date,safe,therapist_listens,client_speaks\n2026-01-05,5,6,7\n2026-01-12,6,7,8\n")
    found = guess(table)
    assert found
    assert len(found.ratings) == 3


@pytest.mark.parametrize(
    "other", ["phq9_total", "ORS", "distress", "symptom_score", "attended", "bond_sd", "Stimmung", "total", "came"]
)
def test_what_is_no_rating_of_the_bond_is_not_one_mean_with_it(other: str) -> None:
    rows = "".join(f"2026-01-{day:02},{day},{day % 2}\n" for day in range(4, 10))
    for head in (f"date,bond,{other}\n", f"date,{other},bond\n"):
        rated = (
            rows
            if head.startswith("date,bond,")
            else "".join(",".join((day, no, yes)) + "\n" for day, yes, no in (row.split(",") for row in rows.split()))
        )
        table = read_table((head + rated).encode())
        found = guess(table)
        assert found
        assert [table.head[place] for place in found.ratings] == ["bond"]
        assert [table.head[place] for place in found.beside] == [other]


def test_questions_of_a_questionnaire_about_symptoms_stay_together() -> None:
    table = read_table(b"date,distress,mood\n2026-01-05,5,6\n2026-01-12,6,7\n")
    found = guess(table)
    assert found
    assert (found.ratings, found.beside) == ((1, 2), ())


def test_what_came_in_as_one_questionnaire_goes_on_as_one() -> None:
    read = read_table(b"date,bond,distress\n2026-01-05,5,6\n2026-01-12,6,7\n")
    columns, kept = guess(read), a_journal()
    assert columns
    assert kept.therapist
    chosen = replace(columns, ratings=(1, 2))
    made_of = documents_of(read, chosen, kept.therapist, KNOWN, "UTC", NOW).instrument
    again = guess(read, {**KNOWN, made_of.name: made_of})
    assert again
    assert again.ratings == (1, 2)


def test_a_row_that_says_nothing_of_its_rater_is_nobodys() -> None:
    kept = a_journal()
    assert kept.therapist
    read = read_table(b"date,rater,safe\n2026-01-05,client,7\n2026-01-12,,4\n2026-01-12,therapist,5\n")
    columns = guess(read, KNOWN)
    assert columns
    found = documents_of(read, replace(columns, low=0, high=10), kept.therapist, KNOWN, "UTC", NOW)
    assert [each.answers["safe"] for each in found.documents if isinstance(each, CheckIn)] == [7]
    assert found.left_out[0] == "Row 3 doesn’t say whether the rating is the client’s or the therapist’s."
    assert found.rows == 2
