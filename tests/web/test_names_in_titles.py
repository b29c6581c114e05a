"""A client's name is not the title over another's ratings, and goes with them where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from reattune.journal.documents import CheckIn, Instrument, Relationship
from reattune.journal.names_in_titles import names_somebody
from tests.web.files_brought import as_it_is, bring_table, lies_in, preview
from tests.web.journals import exported, opened
from tests.web.test_clients import add
from tests.web.test_clients_erased import erase

Own = Callable[..., Client]
TABLE = "date,bond,trust\n2026-01-05,3,4\n2026-01-12,7,5\n"


def bring_for(client: Client, name: str, who: Relationship, table: str = TABLE, **more: str) -> HttpResponse:
    sent = {**as_it_is(preview(client, table.encode(), name), "held_file"), "who": str(who.id), "bring": "", **more}
    return client.post("/settings/file/in/", sent)  # type: ignore[return-value]


def titles(client: Client) -> list[str]:
    return [each.definition.title for each in opened(client).journal.all(Instrument)]


@pytest.mark.django_db
def test_no_name_of_somebody_is_proposed_as_a_title(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    clients = [add(therapist, name) for name in ("Klarissa", "Ben")]
    bring_for(therapist, "Klarissa 2026.csv", clients[0])
    bring_for(therapist, "Ben.csv", clients[1], TABLE.replace("2026-01", "2026-02"))
    assert titles(therapist) == ["Ratings"]
    both = TABLE.replace("date", "client,date").replace("\n2026", "\nZoe,2026")
    assert 'value="Zoe"' not in preview(therapist, both.encode(), "Zoe.csv")
    assert 'value="Winter"' in preview(therapist, both.encode(), "Winter.csv")


@pytest.mark.django_db
def test_nor_a_therapists(own: Own) -> None:
    person = own()
    mine = opened(person).journal.therapist
    assert mine
    bring_table(person, TABLE.encode(), f"{mine.name}.csv")
    assert titles(person) == ["Ratings"]


@pytest.mark.django_db
def test_a_name_in_a_title_goes_with_whom_it_names(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    gone, left = add(therapist, "Klarissa"), add(therapist, "Ben")
    bring_for(therapist, "x.csv", gone, title="Klarissas Werte")
    bring_for(therapist, "y.csv", left, TABLE.replace("2026-01", "2026-02"), title="Klarissas Werte")
    bring_for(therapist, "z.csv", left, TABLE.replace("bond", "warmth"), title="Klarissa's others")
    assert erase(therapist, gone).status_code == 302
    assert set(titles(therapist)) == {"Ratings"}
    assert lies_in(therapist, "larissa") == []
    assert "larissa" not in exported(therapist, "/settings/file/fhir4.json").content.decode()
    assert len(opened(therapist).journal.all(CheckIn)) == 4


@pytest.mark.django_db
def test_and_so_does_one_of_an_older_form(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    gone = add(therapist, "Klarissa")
    here = opened(therapist)
    definition = {"key": "brought-1", "title": "Klarissa", "scale_low": 0, "scale_high": 9}
    asked = [{"key": "a", "subscale": "whole", "text": "How safe"}]
    made = here.create(Instrument, definition={**definition, "items": asked})
    here.amend(made, definition={**definition, "items": asked, "title": "Mine"})
    assert sorted(lies_in(therapist, "Klarissa")) == ["relationship", "removed"]
    erase(therapist, gone)
    assert lies_in(therapist, "Klarissa") == []


@pytest.mark.parametrize(
    ("title", "name", "named"),
    [
        ("Klarissa", "Klarissa", True),
        ("klarissa_2026", "Klarissa", True),
        ("Klarissa2026", "Klarissa", True),
        ("Klarissas Werte", "Klarissa", True),
        ("Berger", "Anna Berger", True),
        ("K 2026", "K.", True),
        ("Kind", "K.", False),
        ("Work alliance", "Anna from work", False),
        ("Ratings", "Anna", False),
        ("", "Anna", False),
        ("Ratings", "–", False),
    ],
)
def test_what_names_somebody(title: str, name: str, named: bool) -> None:
    assert names_somebody(title, [name]) is named
