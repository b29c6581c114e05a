"""FHIR as clinics write it: days, people and questionnaires stay what they were, and nothing comes twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from reattune.exchange.deterministic_ids import steady_id
from reattune.journal.documents import CheckIn, Instrument, Relationship, Session
from tests.web.files_brought import bring, journal_file, plain, preview
from tests.web.journals import exported, opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
MOOD = "http://a.example/Questionnaire/mood"


def asked(url: str = MOOD, *keys: str, **fields: Any) -> dict[str, Any]:
    items = [{"linkId": key, "type": "decimal", "text": f"How is {key}?"} for key in keys or ("m",)]
    return {"resourceType": "Questionnaire", "url": url, "status": "active", "title": "Mood", "item": items, **fields}


def said(at: str, url: str = MOOD, who: dict[str, Any] | None = None, **given: float) -> dict[str, Any]:
    answers = [{"linkId": key, "answer": [{"valueDecimal": value}]} for key, value in given.items()]
    subject = {"subject": who} if who else {}
    kind = "QuestionnaireResponse"
    return {"resourceType": kind, "questionnaire": url, "authored": at, "item": answers, **subject}


def bundle(*resources: dict[str, Any]) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}).encode()


def days(client: Client) -> list[str]:
    return [each.local(each.at).isoformat() for each in opened(client).journal.all(Session)]


def came_before(client: Client, who: Relationship, responses: Iterable[dict[str, Any]], name: str = "mood/1") -> None:
    """The check-ins that versions until 27 November 2026 made of these, all under one name and in UTC."""
    items = [{"key": "m", "subscale": "whole", "text": "How is m?"}]
    definition = {"key": name.partition("/")[0], "title": "Mood", "scale_low": 0, "scale_high": 10, "items": items}
    kept = [plain("instrument", id=str(steady_id("instrument", name)), definition=definition)]
    for each in responses:
        at = datetime.fromisoformat(each["authored"])
        session = str(steady_id("session", who.id, at.timestamp(), name))
        written = {"created": each["authored"], "updated": each["authored"]}
        answers = {item["linkId"]: item["answer"][0]["valueDecimal"] for item in each["item"]}
        fields = {"id": session, **written, "at": each["authored"], "relationship_id": str(who.id)}
        kept.append(plain("session", **fields))
        fields = {"id": str(steady_id("check-in", session)), **written, "answers": answers, "session_id": session}
        kept.append(plain("check_in", **fields, instrument=name))
    bring(client, journal_file(*kept), "notes.json")
    assert len(opened(client).journal.all(CheckIn)) == len(kept) // 2  # and the questionnaire


# The day of a session


@pytest.mark.parametrize(
    ("zone", "authored", "day"),
    [
        ("America/Los_Angeles", "2026-01-05T18:00:00-08:00", "2026-01-05T18:00:00-08:00"),
        ("Australia/Sydney", "2026-01-05T08:00:00+11:00", "2026-01-05T08:00:00+11:00"),
        ("America/Los_Angeles", "2026-01-06T02:00:00Z", "2026-01-05T18:00:00-08:00"),  # as a server writes every time
        ("America/Los_Angeles", "2026-01-05T08:00:00+02:00", "2026-01-05T08:00:00+02:00"),  # before a move
        ("Europe/London", "2026-01-05T23:30:00-05:00", "2026-01-05T23:30:00-05:00"),
        ("Asia/Kolkata", "2026-01-05T22:00:00+05:30", "2026-01-05T22:00:00+05:30"),
        ("Europe/London", "2026-01-05T00:10:00+05:30", "2026-01-05T00:10:00+05:30"),
    ],
)
def test_a_session_stays_on_its_day(own: Own, zone: str, authored: str, day: str) -> None:
    client = own()
    opened(client).change(opened(client).journal.preferences, zone=zone)
    bring(client, bundle(asked(), said(authored, m=4)), "f.json")
    assert days(client) == [day]
    out = exported(client, "/settings/file/fhir5.json").content
    other = own("words of another journal")
    bring(other, out, "f.json")
    assert days(other) == [day]
    assert "There’s nothing to import" in preview(client, out, "f.json")


def test_what_was_kept_in_utc_before_does_not_come_twice(own: Own) -> None:
    client = own()
    opened(client).change(opened(client).journal.preferences, zone="America/Los_Angeles")
    therapist = opened(client).journal.therapist
    assert therapist
    evening = said("2026-01-05T18:00:00-08:00", m=4)
    came_before(client, therapist, [evening])
    assert "There’s nothing to import" in preview(client, bundle(asked(), evening), "f.json")


def test_what_was_put_to_the_session_of_the_day_after_does_not_come_twice(own: Own) -> None:
    client = own(journal_kind="therapist")
    opened(client).change(opened(client).journal.preferences, zone="America/Los_Angeles")
    who = client_here(client, "A")
    evening = said("2026-01-05T18:00:00-08:00", who={"display": "A"}, m=4)
    noted = plain("session", relationship_id=str(who.id), at="2026-01-06T20:00:00Z", zone="America/Los_Angeles")
    at = datetime.fromisoformat(evening["authored"])
    check_in = str(steady_id("check-in", steady_id("session", who.id, at.timestamp(), "mood/1")))
    put = plain("check_in", id=check_in, session_id=noted["id"], instrument="mood/1", answers={"m": 4})
    bring(client, journal_file(noted, put), "notes.json")
    preview(client, bundle(evening), "f.json")
    bring(client, bundle(evening, said("2026-01-12T18:00:00-08:00", who={"display": "A"}, m=5)), "f.json")
    assert theirs(client) == {"A": [4, 5]}
    assert len(opened(client).journal.all(Session)) == 2


# Which questionnaire it is


def names(client: Client) -> list[str]:
    return [each.instrument for each in opened(client).journal.all(CheckIn)]


def scales(client: Client) -> dict[str, float]:
    """How far each questionnaire goes, by its title."""
    return {each.definition.title: each.definition.scale_high for each in opened(client).journal.all(Instrument)}


@pytest.mark.parametrize(
    "other", ["http://b.example/Questionnaire/mood", f"{MOOD}|2.0", "http://a.example/Questionnaire/Mood"]
)
def test_two_addresses_that_end_alike_are_two_questionnaires(own: Own, other: str) -> None:
    client = own()
    address, _, version = other.partition("|")
    first = said("2026-01-05T10:00:00Z", f"{MOOD}|1.0", m=80), said("2026-01-06T10:00:00Z", f"{MOOD}|1.0", m=100)
    second = asked(address, title="To ten", version=version), said("2026-01-07T10:00:00Z", other, m=4)
    bring(client, bundle(asked(title="To a hundred", version="1.0"), *first), "f.json")
    bring(client, bundle(*second), "g.json")
    one, again, two = names(client)
    assert one == again != two
    assert scales(client) == {"To a hundred": 100, "To ten": 10}
    both = bundle(asked(title="To a hundred", version="1.0"), *first, *second)
    assert "There’s nothing to import" in preview(client, both, "h.json")
    fresh = own("words of another journal")
    bring(fresh, both, "h.json")
    assert (names(fresh), scales(fresh)) == (names(client), scales(client))
    out = exported(client, "/settings/file/fhir4.json").content
    assert "There’s nothing to import" in preview(fresh, out, "out.json")
    third = own("words of a third journal")
    bring(third, out, "out.json")
    assert names(third) == names(client)


def test_what_came_under_the_end_of_its_address_stays_there(own: Own) -> None:
    client = own()
    therapist = opened(client).journal.therapist
    assert therapist
    january = [said(f"2026-01-{day:02}T10:00:00Z", m=day) for day in (5, 6)]
    came_before(client, therapist, january)
    assert "There’s nothing to import" in preview(client, bundle(asked(), *january), "f.json")
    assert "There’s nothing to import" in preview(client, bundle(*january), "f.json")  # the answers alone
    bring(client, bundle(asked(), *january, said("2026-02-02T10:00:00Z", m=7)), "f.json")
    bring(client, bundle(asked(), said("2026-02-09T10:00:00Z", m=7)), "f.json")  # only what is new, of the same words
    assert names(client) == ["mood/1"] * 4
    other = "http://b.example/Questionnaire/mood"
    bring(client, bundle(asked(other, title="B"), said("2026-01-05T10:00:00Z", other, m=4)), "f.json")
    assert len(set(names(client))) == 2


# Whose answers they are

FIRST, SECOND = ({"display": "Patient", "reference": f"Patient/{number}"} for number in (1, 2))


def theirs(client: Client) -> dict[str, list[float]]:
    """What each client of a therapist rated, by their names."""
    kept = opened(client).journal
    return {who.name: [each.answers["m"] for _, each in kept.check_ins(who)] for who in kept.clients}


def client_here(client: Client, name: str, **fields: Any) -> Relationship:
    bring(client, journal_file(plain("relationship", name=name, role="client", **fields)), "notes.json")
    return next(each for each in opened(client).journal.clients if each.name == name)


def test_two_who_are_displayed_alike_are_two(own: Own) -> None:
    client = own(journal_kind="therapist")
    one = [said("2026-01-05T10:00:00Z", who=FIRST, m=1), said("2026-01-12T10:00:00Z", who=FIRST, m=2)]
    two = [said("2026-01-05T10:00:00Z", who=SECOND, m=1), said("2026-01-12T10:00:00Z", who=SECOND, m=9)]
    page, _ = bring(client, bundle(asked(), *one, *two), "f.json")
    assert "2 people in this file are called Patient. They’re kept apart here: Patient, Patient 2." in page
    assert theirs(client) == {"Patient": [1, 2], "Patient 2": [1, 9]}
    assert "There’s nothing to import" in preview(client, bundle(asked(), *two, *one), "f.json")
    bring(client, bundle(asked(), *two, said("2026-01-19T10:00:00Z", who=SECOND, m=8)), "f.json")
    assert theirs(client) == {"Patient": [1, 2], "Patient 2": [1, 9, 8]}
    out = exported(client, "/settings/file/fhir4.json").content
    assert "There’s nothing to import" in preview(client, out, "out.json")
    other = own("words of another one", journal_kind="therapist")
    bring(other, out, "out.json")
    assert theirs(other) == theirs(client)
    assert "There’s nothing to import" in preview(other, out, "out.json")


def test_another_file_with_another_of_that_name_is_another(own: Own) -> None:
    client = own(journal_kind="therapist")
    bring(client, bundle(asked(), said("2026-01-05T10:00:00Z", who=FIRST, m=1)), "f.json")
    bring(client, bundle(asked(), said("2026-01-05T10:00:00Z", who=SECOND, m=1)), "g.json")
    assert theirs(client) == {"Patient": [1], "Patient 2": [1]}


def test_two_clients_of_one_name_come_back_as_two(own: Own) -> None:
    client = own(journal_kind="therapist")
    for rating, day in ((1, 5), (9, 6)):
        who = plain("relationship", name="A", role="client")
        session = plain("session", relationship_id=who["id"], at=f"2026-01-{day:02}T10:00:00Z")
        instrument = "reattune-check-in/1"
        check_in = plain("check_in", session_id=session["id"], instrument=instrument, answers={"safe": rating})
        bring(client, journal_file(who, session, check_in), "notes.json")
    out = exported(client, "/settings/file/fhir5.json").content
    assert "There’s nothing to import" in preview(client, out, "out.json")
    other = own("words of another one", journal_kind="therapist")
    bring(other, out, "out.json")
    kept = opened(other).journal
    assert sorted([each.answers["safe"] for _, each in kept.check_ins(who)] for who in kept.clients) == [[1], [9]]


def test_subjects_that_lie_in_their_responses_are_told_apart(own: Own) -> None:
    inside = {"resourceType": "Patient", "id": "p"}
    both = [
        {
            **said(f"2026-01-{day:02}T10:00:00Z", who={"reference": "#p"}, m=day),
            "contained": [{**inside, "gender": sex}],
        }
        for day, sex in ((5, "female"), (6, "male"))
    ]
    client = own(journal_kind="therapist")
    bring(client, bundle(asked(), *both), "f.json")
    assert sorted(theirs(client).values()) == [[5], [6]]
    assert "the answers of 2 people" in preview(own("words of a person"), bundle(asked(), *both), "f.json")


def test_who_is_alone_under_a_name_is_the_client_of_that_name(own: Own) -> None:
    client = own(journal_kind="therapist")
    client_here(client, "Patient")
    bring(client, bundle(asked(), said("2026-01-05T10:00:00Z", who=FIRST, m=1)), "f.json")
    both = said("2026-01-05T10:00:00Z", who=FIRST, m=1), said("2026-01-06T10:00:00Z", who=SECOND, m=9)
    bring(client, bundle(asked(), *both, said("2026-01-12T10:00:00Z", who=FIRST, m=2)), "f.json")
    assert theirs(client) == {"Patient": [1, 2], "Patient 2": [9]}


def test_what_was_put_together_before_does_not_come_twice(own: Own) -> None:
    client = own(journal_kind="therapist")
    patient = client_here(client, "Patient", id=str(steady_id("client", "patient")))
    one = said("2026-01-05T10:00:00Z", who=FIRST, m=1), said("2026-01-12T10:00:00Z", who=FIRST, m=2)
    two = said("2026-01-06T10:00:00Z", who=SECOND, m=9)
    came_before(client, patient, [*one, two])
    page = preview(client, bundle(asked(), two, *one), "f.json")
    assert "There’s nothing to import" in page
    assert "An earlier import put their ratings together under Patient" in page
    later = said("2026-01-13T10:00:00Z", who=SECOND, m=8), said("2026-01-19T10:00:00Z", who=FIRST, m=3)
    bring(client, bundle(asked(), *one, two, *later), "f.json")
    assert theirs(client) == {"Patient": [1, 9, 2], "Patient 2": [3], "Patient 3": [8]}
    assert "There’s nothing to import" in preview(client, bundle(asked(), *one, two, *later), "f.json")


def test_who_came_before_alone_stays_who_that_is(own: Own) -> None:
    client = own(journal_kind="therapist")
    patient = client_here(client, "Renamed", id=str(steady_id("client", "patient")))
    one = said("2026-01-05T10:00:00Z", who=FIRST, m=1)
    came_before(client, patient, [one])
    assert "There’s nothing to import" in preview(client, bundle(asked(), one), "f.json")
    later = said("2026-01-12T10:00:00Z", who=FIRST, m=2), said("2026-01-05T10:00:00Z", who=SECOND, m=1)
    bring(client, bundle(asked(), *later, one), "f.json")
    assert theirs(client) == {"Renamed": [1, 2], "Patient": [1]}


# What its questions are called


def test_questions_may_be_called_as_clinics_call_them(own: Own) -> None:
    client = own()
    given = {"1": 1, "1.1": 2, "1_1": 3, "Q1": 4, "q1": 5, "/44250-9": 6, "m" * 5_000: 7, "": 8, "心情": 9}
    questions = {**asked(MOOD, *given), "item": [{"linkId": "g", "item": asked(MOOD, *given)["item"]}]}
    file = bundle(questions, said("2026-01-05T10:00:00Z", **given))
    bring(client, file, "f.json")
    (kept,), (instrument,) = opened(client).journal.all(CheckIn), opened(client).journal.all(Instrument)
    assert list(kept.answers.values()) == list(given.values())
    assert kept.answers["q1"] == 5
    texts = [item.text for item in instrument.definition.items]
    assert texts == [f"How is {key}?"[:2_000] for key in given]
    assert "There’s nothing to import" in preview(client, file, "f.json")
    assert client.get("/today/").status_code == 200
    other = own("words of another journal")
    bring(other, exported(client, "/settings/file/fhir5.json").content, "out.json")
    assert opened(other).journal.all(CheckIn)[0].answers == kept.answers


# Which answers count


@pytest.mark.parametrize(
    ("said_of_it", "sentence"),
    [
        ({"status": "entered-in-error"}, "or were entered in error, are left out: 1."),
        ({"status": "in-progress"}, "that aren’t finished"),
        ({"status": "stopped"}, "that aren’t finished"),
        ({"source": {"reference": "Practitioner/7"}}, "that somebody else gave"),
        ({"source": {"reference": "http://c.example/fhir/RelatedPerson/7"}}, "that somebody else gave"),
        ({"author": {"type": "PractitionerRole", "display": "Dr T"}}, "that somebody else gave"),
    ],
)
@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_only_finished_answers_of_the_client_count(
    own: Own, kind: str, said_of_it: dict[str, Any], sentence: str
) -> None:
    client = own(journal_kind=kind)
    theirs_alone = said("2026-01-05T10:00:00Z", who=FIRST, m=3)
    other = {**said("2026-01-12T10:00:00Z", who=FIRST, m=9), **said_of_it}
    page, _ = bring(client, bundle(asked(), theirs_alone, other), "f.json")
    assert sentence in page
    assert [each.answers for each in opened(client).journal.all(CheckIn)] == [{"m": 3}]
    assert sentence in preview(own("words of another journal", journal_kind=kind), bundle(asked(), other), "g.json")


@pytest.mark.parametrize(
    "said_of_it",
    [
        {"status": "amended"},
        {"source": FIRST, "author": {"reference": "Practitioner/7"}},
        {"source": {"reference": "Device/1"}},
        {"author": {"reference": "Patient/1"}, "status": "completed"},
        {"source": 4, "author": [], "status": None, "meta": 3, "id": ["x"]},
    ],
)
def test_what_the_client_answered_counts_whoever_wrote_it_down(own: Own, said_of_it: dict[str, Any]) -> None:
    client = own(journal_kind="therapist")
    bring(client, bundle(asked(), {**said("2026-01-05T10:00:00Z", who=FIRST, m=3), **said_of_it}), "f.json")
    assert theirs(client) == {"Patient": [3]}


def test_of_what_was_amended_the_latest_counts(own: Own) -> None:
    client = own()
    forms = [
        {**said("2026-01-05T10:00:00Z", m=rating), "id": "r1", "status": status, "meta": {"versionId": str(version)}}
        for version, rating, status in ((10, 8, "amended"), (9, 5, "amended"), (1, 3, "completed"))
    ]
    other = {**said("2026-01-12T10:00:00Z", m=7), "id": "r2", "status": "completed"}
    error = {**other, "status": "entered-in-error"}
    bring(client, bundle(asked(), *forms, other, error), "f.json")
    assert [each.answers for each in opened(client).journal.all(CheckIn)] == [{"m": 8}]
