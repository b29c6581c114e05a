"""A file brings figures that are read, or a sentence: it never shuts a page, and never changes what answers meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from reattune.exchange.fhir_questionnaires import keys_of
from reattune.journal.documents import CheckIn, Instrument, Session
from reattune.web.store.models import SealedRow
from tests.web.files_brought import bring, journal_file, plain, preview
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
URL = "http://clinic.example/Questionnaire/sess"
KEY = keys_of(URL)[0]
KEYS = ("cared_for", "understood", "safe", "goals", "way", "whole")


def response(day: int, item: list[dict[str, Any]], who: str = "Patient/1", hour: int = 10) -> dict[str, Any]:
    kind, at = "QuestionnaireResponse", f"2026-01-{day:02}T{hour}:00:00Z"
    return {"resourceType": kind, "questionnaire": URL, "subject": {"reference": who}, "authored": at, "item": item}


def answers(**given: float) -> list[dict[str, Any]]:
    return [{"linkId": key, "answer": [{"valueDecimal": value}]} for key, value in given.items()]


def bundle(*responses: dict[str, Any]) -> bytes:
    first = {"resourceType": "Questionnaire", "url": URL, "title": "Clinic"}
    return json.dumps(
        {"resourceType": "Bundle", "entry": [{"resource": each} for each in (first, *responses)]}
    ).encode()


def assert_every_page_opens(client: Client) -> None:
    therapist = opened(client).journal.therapist
    assert therapist
    pages = ["/today/", "/so-far/", "/soon/", "/going/", f"/with/{therapist.id}/"]
    pages += [f"/check/{each.id}/" for each in opened(client).journal.all(CheckIn)]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("second", [{"a": 12, "b": 7}, {"a": 5, "b": 7, "c": 1}], ids=["higher", "a question more"])
def test_what_a_questionnaire_gained_is_a_new_version_of_it(own: Own, second: dict[str, float]) -> None:
    client = own()
    january = [response(day, answers(a=5, b=7)) for day in (1, 2)]
    february = response(20, answers(**second))
    bring(client, bundle(*january), "january.json")
    bring(client, bundle(*january, february), "february.json")
    assert_every_page_opens(client)
    kept = opened(client).journal
    # Where the answers go further than the scale that was guessed, all of them are on the larger one.
    before = f"{KEY}/1" if "c" in second else f"{KEY}/2"
    assert [each.instrument for each in kept.all(CheckIn)] == [before, before, f"{KEY}/2"]
    assert {each.definition.name for each in kept.all(Instrument)} == {f"{KEY}/1", f"{KEY}/2"}
    assert "There’s nothing to import" in preview(client, bundle(*january, february), "february.json")


def test_an_answer_that_is_none_is_left_out_and_named(own: Own) -> None:
    client = own()
    session = plain(
        "session",
        relationship_id=str(getattr(opened(client).journal.therapist, "id", "")),
        at=datetime.now(UTC).isoformat(),
    )
    check_in = plain("check_in", session_id=session["id"], instrument="reattune-check-in/1", answers={"safe": 11})
    page, _ = bring(client, journal_file(session, check_in), "notes.json")
    assert "an answer lies between" in page
    assert opened(client).journal.all(CheckIn) == []


def test_an_answer_that_is_none_and_is_there_shuts_no_page(own: Own) -> None:
    client = own()
    journal = opened(client)
    session = journal.create(Session, relationship_id=getattr(journal.journal.therapist, "id", None), at=journal.now)
    journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers={"safe": 11, "gone": 3})
    assert_every_page_opens(client)


@pytest.mark.parametrize("change", [{"reversed": True}, {"text": "Do you still see them?"}])
def test_nothing_takes_the_place_of_the_own_questionnaire(own: Own, change: dict[str, Any]) -> None:
    client = own()
    journal = opened(client)
    for day in range(1, 9):
        at = datetime(2026, 1, day, 12, tzinfo=UTC)
        session = journal.create(Session, relationship_id=getattr(journal.journal.therapist, "id", None), at=at)
        given = dict.fromkeys(KEYS, 8)
        journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers=given)
    items = [{"key": key, "subscale": "whole", **change} for key in KEYS]
    definition = {"key": "reattune-check-in", "title": "Check-in", "scale_low": 0, "scale_high": 10, "items": items}
    page = preview(client, journal_file(plain("instrument", definition=definition)), "notes.json")
    assert "Reattune’s own questionnaire" in page
    asked = client.get("/check/").content.decode()
    journal.create(Instrument, definition=definition)  # as one that came before files were looked at
    assert "The latest score, 80" in client.get("/today/").content.decode()
    assert change.get("text", "nowhere") not in client.get("/check/").content.decode() or change == {"reversed": True}
    assert ("Do you still" in asked) is False


def test_a_questionnaire_of_the_same_name_with_another_scale_is_left_out(own: Own) -> None:
    client = own()
    definition = {
        "key": "mood",
        "title": "Mood",
        "scale_low": 0,
        "scale_high": 10,
        "items": [{"key": "a", "subscale": "w"}],
    }
    bring(client, journal_file(plain("instrument", definition=definition)), "notes.json")
    other = {**definition, "scale_high": 100}
    assert "with other items or another scale" in preview(
        client, journal_file(plain("instrument", definition=other)), "n.json"
    )


@pytest.mark.parametrize("number", ["NaN", "1e999"])
def test_a_scale_without_an_end_is_refused(own: Own, number: str) -> None:
    client = own()
    items = [{"key": "a", "subscale": "whole"}]
    definition = {"key": "odd", "title": "T", "scale_low": 0, "scale_high": "@", "items": items}
    file = journal_file(plain("instrument", definition=definition)).replace(b'"@"', number.encode())
    assert "held_file" not in preview(client, file, "notes.json")


def test_questions_in_a_group_and_quantities_count(own: Own) -> None:
    client = own()
    inside = {"linkId": "g", "item": answers(a=1), "answer": []}
    below = {"linkId": "b", "answer": [{"valueQuantity": {"value": 2}, "item": answers(c=3)}]}
    page, _ = bring(client, bundle(response(1, [*answers(top=9), inside, below])), "f.json")
    assert opened(client).journal.all(CheckIn)[0].answers == {"top": 9, "a": 1, "b": 2, "c": 3}
    assert "made without them" not in page


def test_answers_that_are_no_number_are_named(own: Own) -> None:
    client = own()
    coded = {"linkId": "how", "answer": [{"valueCoding": {"code": "LA6568-5"}}]}
    assert "made without them: how (1)." in preview(client, bundle(response(1, [*answers(a=4), coded])), "f.json")


def test_several_people_are_never_one_course(own: Own) -> None:
    client = own()
    both = [response(day, answers(a=4), who) for day in (1, 2) for who in ("Patient/1", "Patient/2")]
    assert "the answers of 2 people" in preview(client, bundle(*both), "f.json")


def test_two_at_the_same_time_are_two(own: Own) -> None:
    client = own()
    bring(client, bundle(response(1, answers(a=4)), response(1, answers(a=5)), response(1, answers(a=5))), "f.json")
    assert sorted(each.answers["a"] for each in opened(client).journal.all(CheckIn)) == [4, 5]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n.json", journal_file(plain("relationship", name="Odd", role="friend", began="0001-01-01T00:00:00Z"))),
        ("n.json", journal_file(plain("relationship", name="Odd", role="friend", began="9999-12-31T23:00:00-05:00"))),
        ("dayone.json", b'{"entries":[{"creationDate":"0001-01-01T00:00:00Z","text":"hello there"}]}'),
        ("diary.md", b"# 0001-01-01\nhello there\n"),
        ("fhir.json", bundle({**response(1, answers(a=4)), "authored": "0001-01-01T00:00:00+14:00"})),
    ],
)
def test_a_year_that_is_none_gets_a_sentence(own: Own, name: str, content: bytes) -> None:
    client = own()
    assert "outside the years 1900 to 2200" in preview(client, content, name)
    assert_every_page_opens(client)


def test_ratings_can_be_brought_in_beside_a_damaged_session(own: Own) -> None:
    client = own()
    journal = opened(client)
    session = journal.create(Session, relationship_id=getattr(journal.journal.therapist, "id", None), at=journal.now)
    journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers={"safe": 5})
    rows = SealedRow.objects.filter(journal_id=journal.journal_id, row_id=journal._seal.row_id(session.id))
    sealed = bytes(rows.get().sealed)
    rows.update(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))
    bring(client, bundle(response(1, answers(a=4))), "f.json")
    assert len(opened(client).journal.all(CheckIn)) == 2
