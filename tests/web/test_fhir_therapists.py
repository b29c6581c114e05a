"""With whom the sessions of a person's FHIR file were: never put to another therapist without a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Relationship, Session
from tests.web.files_brought import bring, held_in, journal_file, plain, preview
from tests.web.journals import exported, opened
from tests.web.test_fhir_of_others import asked, bundle, said

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
OLD = plain("relationship", name="Dr Old", role="therapist", status="past")
LEFT_OUT = "Check-ins of sessions that nobody was chosen for are left out: 3."


def of_each(client: Client) -> dict[str, int]:
    """How many check-ins there are, by whom the sessions were with."""
    kept = opened(client).journal
    return {who.name: n for who in kept.all(Relationship) if (n := len(kept.check_ins(who)))}


def miriam(client: Client) -> str:
    therapist = opened(client).journal.therapist
    assert therapist
    return str(therapist.id)


def with_two(client: Client) -> bytes:
    """FHIR of a journal of sessions with one therapist, and then another."""
    kept: list[dict[str, Any]] = [OLD]
    for year, who in ((2025, OLD["id"]), (2026, miriam(client))):
        for month in (1, 2, 3):
            kept.append(plain("session", relationship_id=who, at=f"{year}-0{month}-05T12:00:00Z"))
            answers = {"instrument": "reattune-check-in/1", "answers": {"safe": 5, "whole": month}}
            kept.append(plain("check_in", session_id=kept[-1]["id"], **answers))
    bring(client, journal_file(*kept), "notes.json")
    return exported(client, "/settings/file/fhir4.json").content


def test_two_courses_stay_two(own: Own) -> None:
    client = own()
    out = with_two(client)
    assert "There’s nothing to import" in preview(client, out, "out.json")
    other = own("words of another journal")
    bring(other, journal_file(OLD), "notes.json")
    page, _ = bring(other, out, "out.json")
    assert "Who were these sessions with?" in page  # of Miriam's, who has another number here
    assert "From 5 January 2026 to 5 March 2026. Check-ins: 3" in page
    assert of_each(other) == {"Dr Old": 3, "Miriam": 3} == of_each(client)
    again = preview(other, out, "out.json")
    assert "There’s nothing to import" in again
    assert "Who were" not in again


def test_who_nobody_here_is_is_left_out_or_chosen(own: Own) -> None:
    out = with_two(own())
    client = own("words of another journal")
    page = preview(client, out, "out.json")
    assert LEFT_OUT in page
    name = f"with-{OLD['id']}"
    assert f'name="{name}"' in page
    sent = {"held_file": held_in(page), "bring": ""}
    assert "isn’t one of the choices" in client.post("/settings/file/in/", {**sent, name: "x"}).content.decode()
    assert of_each(client) == {}
    client.post("/settings/file/in/", {**sent, name: ""})
    assert of_each(client) == {"Miriam": 3}
    client.post("/settings/file/in/", {**sent, name: miriam(client)})
    assert of_each(client) == {"Miriam": 6}
    assert LEFT_OUT not in preview(client, out, "out.json")


def test_of_others_files_it_is_asked_where_there_were_several(own: Own) -> None:
    file = bundle(asked(), said("2026-01-05T10:00:00Z", m=4))
    client, alone = own(), own("words of another journal")
    assert "Who were" not in preview(alone, file, "f.json")
    bring(client, journal_file(OLD), "notes.json")
    page = preview(client, file, "f.json")
    assert "Who were these sessions with?" in page
    client.post("/settings/file/in/", {"held_file": held_in(page), "bring": "", "with-": OLD["id"]})
    assert of_each(client) == {}  # what the numbers mean wasn't sent with it
    bring(client, file, "f.json")
    assert of_each(client) == {"Miriam": 1}


def test_what_went_to_the_current_therapist_before_does_not_come_twice(own: Own) -> None:
    client = own()
    out = with_two(client)
    other = own("words of another journal")
    bring(other, journal_file(OLD), "notes.json")
    # As it was until 27 November 2026: all of it was taken for sessions with Miriam.
    theirs = opened(client).journal.all(CheckIn)
    kept: list[dict[str, Any]] = []
    for each in theirs:
        session = opened(client).journal.find(Session, each.session_id)
        assert session
        kept.append(plain("session", relationship_id=miriam(other), at=session.at.isoformat()))
        kept.append(plain("check_in", session_id=kept[-1]["id"], instrument=each.instrument, answers=each.answers))
    bring(other, journal_file(*kept), "notes.json")
    assert "There’s nothing to import" in preview(other, out, "out.json")


def test_no_number_says_who_it_is(own: Own) -> None:
    out = with_two(own()).decode()
    assert "Dr Old" not in out
    assert "Miriam" not in out
