"""Clients whom tables call by one number: those of two clinics stay two, and who is called otherwise here is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Observation, Relationship
from tests.web.files_brought import bring, bring_table, preview
from tests.web.journals import exported, opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def table(month: int, rating: int, note: str, client: str = "1") -> bytes:
    rows = f"{client},2026-{month:02}-01,{rating},{note}\n{client},2026-{month:02}-08,{rating},\n"
    return f"client,date,bond,note\n{rows}".encode()


def notes(client: Client) -> dict[str, list[str]]:
    """What is noted with each client, by their names."""
    journal = opened(client).journal
    return {
        who.name: [each.note for _, each in journal.check_ins(who) if each.note]
        + [each.happened for session in journal.sessions(who) if (each := journal.observation_of(session))]
        for who in sorted(journal.clients, key=lambda each: each.name)
    }


def two_clinics(own: Own, month: int, number: int = 1) -> tuple[Client, Client]:
    """Journals that were begun apart, each with a client 1."""
    one, two = own(journal_kind="therapist"), own("other words of another one", journal_kind="therapist")
    bring_table(one, table(5, 8, "of one"), "r.csv")
    bring_table(two, table(month, 2, "of two"), "r.csv")
    there = opened(two)
    session = there.journal.sessions(there.journal.clients[0])[0]
    there.create(Observation, session_id=session.id, happened="She was late.")
    return one, two


@pytest.mark.parametrize("month", [6, 5])
def test_clients_of_two_clinics_are_kept_apart(own: Own, month: int) -> None:
    one, two = two_clinics(own, month)
    page, _done = bring(one, exported(two).content, "two.json")
    assert "Somebody here is called 1 already. The one from this file comes in as 1 2." in page
    assert notes(one) == {"1": ["of one"], "1 2": ["of two", "She was late."]}
    assert "There’s nothing to import" in preview(one, exported(two).content, "two.json")
    bring(two, exported(one).content, "one.json")
    assert notes(two) == {"1": ["of one"], "1 2": ["of two", "She was late."]}
    for here, there in ((one, two), (two, one)):
        assert "There’s nothing to import" in preview(here, exported(there).content, "again.json")
    assert notes(one) == notes(two) == {"1": ["of one"], "1 2": ["of two", "She was late."]}
    for each in (one, two):
        assert len(opened(each).journal.all(Relationship)) == 2
        assert len(opened(each).journal.all(CheckIn)) == 4


def test_one_client_of_two_computers_is_one(own: Own) -> None:
    one, two = own(journal_kind="therapist"), own("other words of another one", journal_kind="therapist")
    bring_table(one, table(5, 8, "of one"), "r.csv")
    bring_table(two, table(5, 8, "of one") + table(6, 8, "more").partition(b"\n")[2], "r.csv")
    bring(one, exported(two).content, "two.json")
    assert notes(one) == {"1": ["of one", "more"]}


def test_a_copy_of_the_journal_is_the_same_clients(own: Own) -> None:
    one = own(journal_kind="therapist")
    bring_table(one, table(5, 8, "of one"), "r.csv")
    two = own("other words of another one", journal_kind="therapist")
    bring(two, exported(one).content, "one.json")
    bring_table(one, table(6, 7, "June"), "r.csv")
    bring_table(two, table(7, 7, "July"), "r.csv")
    bring(one, exported(two).content, "two.json")
    assert notes(one) == {"1": ["of one", "June", "July"]}


def test_who_is_called_otherwise_here_is_named(own: Own) -> None:
    client = own(journal_kind="therapist")
    bring_table(client, table(5, 8, "May"), "r.csv")
    here = opened(client)
    here.amend(here.journal.clients[0], name="Anna")
    page = preview(client, table(6, 2, "another clinic's"), "r.csv")
    assert "Some clients go by other names in this file than here: 1 = Anna." in page
    assert "go by other names" not in preview(client, table(6, 2, "x", "Anna"), "r.csv")
