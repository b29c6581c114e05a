"""What the numbers of a FHIR file mean: asked where the file doesn't say, and never lost on the way out and in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from reattune.journal.documents import CheckIn, Instrument
from reattune.journal.documents.relationship import InstrumentDefinition
from tests.web.files_brought import bring, held_in, journal_file, plain, preview
from tests.web.journals import exported, opened
from tests.web.test_fhir_of_others import Own, asked, bundle, came_before, said

pytestmark = pytest.mark.django_db
PHQ = "http://clinic.example/Questionnaire/depression"
KEYS = [f"q{number}" for number in range(1, 10)]


def worse(*ratings: float) -> list[dict[str, Any]]:
    return [
        said(f"2026-01-{day:02}T10:00:00Z", PHQ, **dict.fromkeys(KEYS, rating))
        for day, rating in enumerate(ratings, start=5)
    ]


def defined(client: Client) -> list[InstrumentDefinition]:
    return [each.definition for each in opened(client).journal.all(Instrument)]


def meaning(client: Client) -> tuple[float, float, bool]:
    (kept,) = defined(client)
    return kept.scale_low, kept.scale_high, kept.higher_is_better


@pytest.mark.parametrize(
    ("title", "scale"),
    [
        ("PHQ-9 (Patient Health Questionnaire)", (0, 3, False)),
        ("Depression, how it is today", (0, 10, False)),
        ("How it was", (0, 10, True)),
    ],
)
def test_symptoms_that_grow_are_no_better_bond(own: Own, title: str, scale: tuple[float, float, bool]) -> None:
    client = own()
    page, _ = bring(client, bundle(asked(PHQ, *KEYS, title=title), *worse(0, 1, 2, 3)), "f.json")
    assert "What the numbers mean" in page
    assert f'<legend dir="auto">{title}</legend>' in page
    assert meaning(client) == scale


def test_what_is_said_of_the_numbers_is_kept(own: Own) -> None:
    client = own()
    file = bundle(asked(title="Mood"), said("2026-01-05T10:00:00Z", m=4), said("2026-01-06T10:00:00Z", m=30))
    sent = {"held_file": held_in(preview(client, file, "f.json")), "bring": ""}
    meant = {"q0-better": "low", "q0-low": "0", "q0-high": "40"}
    for wrong, sentence in (({"q0-high": "20"}, "30 isn’t between 0 and 20."), ({"q0-high": "0"}, "above the lowest")):
        assert sentence in client.post("/settings/file/in/", {**sent, **meant, **wrong}).content.decode()
    assert not opened(client).journal.all(CheckIn)
    client.post("/settings/file/in/", {**sent, **meant})
    assert meaning(client) == (0, 40, False)
    again = preview(client, file, "f.json")
    assert "There’s nothing to import" in again
    assert "What the numbers mean" not in again
    bring(client, bundle(asked(title="Mood"), said("2026-01-12T10:00:00Z", m=35)), "g.json")
    assert len(opened(client).journal.all(CheckIn)) == 3
    assert meaning(client) == (0, 40, False)


def test_all_clients_are_on_one_scale(own: Own) -> None:
    client = own(journal_kind="therapist")
    ratings = [said("2026-01-05T10:00:00Z", who={"display": name}, m=most) for name, most in (("A", 12), ("B", 27))]
    page, _ = bring(client, bundle(asked(title="Mood"), *ratings), "f.json")
    assert "q0-high" in page
    assert "q1-high" not in page
    assert meaning(client) == (0, 27, True)


MINE = {
    "key": "mood",
    "title": "Mood",
    "scale_low": 0,
    "scale_high": 4,
    "higher_is_better": False,
    "max_missing": 1,
    "cutoff": 40,
    "items": [{"key": "m", "subscale": "a"}, {"key": "n", "subscale": "b", "reversed": True}],
}


def rated(client: Client, definition: dict[str, Any], rating: float) -> None:
    therapist = opened(client).journal.therapist
    assert therapist
    session = plain("session", relationship_id=str(therapist.id), at="2026-01-05T10:00:00Z")
    check_in = plain("check_in", session_id=session["id"], instrument="mood/1", answers={"m": rating})
    bring(client, journal_file(plain("instrument", definition=definition), session, check_in), "notes.json")


def test_a_questionnaire_comes_back_as_it_was(own: Own) -> None:
    client, other = own(), own("words of another journal")
    rated(client, MINE, 4)
    out = exported(client, "/settings/file/fhir5.json").content
    page, _ = bring(other, out, "out.json")
    assert "What the numbers mean" not in page
    assert defined(other) == defined(client)
    for each in (client, other):
        assert "There’s nothing to import" in preview(each, out, "out.json")


def test_one_that_is_called_the_same_here_is_another(own: Own) -> None:
    client, other = own(), own("words of another journal")
    rated(client, MINE, 4)
    rated(other, {**MINE, "scale_high": 100}, 80)
    out = exported(client, "/settings/file/fhir4.json").content
    bring(other, out, "out.json")
    kept = {each.name: each for each in defined(other)}
    assert {name: each.scale_high for name, each in kept.items()} == {"mood/1": 100, "mood/2": 4}
    assert sorted(each.instrument for each in opened(other).journal.all(CheckIn)) == ["mood/1", "mood/2"]
    assert "There’s nothing to import" in preview(other, out, "out.json")


def test_what_came_with_a_guessed_scale_does_not_come_twice(own: Own) -> None:
    client, other = own(), own("words of another journal")
    rated(client, {**MINE, "items": [MINE["items"][0]], "max_missing": 0}, 4)  # type: ignore[index]
    therapist = opened(other).journal.therapist
    assert therapist
    came_before(other, therapist, [said("2026-01-05T10:00:00Z", m=4)])
    assert "There’s nothing to import" in preview(
        other, exported(client, "/settings/file/fhir4.json").content, "f.json"
    )


@pytest.mark.parametrize("written", ["", "{", "[]", '{"key": "other"}', "[" * 100_000, 4, None])
def test_a_definition_that_is_none_is_passed_over(own: Own, written: Any) -> None:
    client = own()
    rated(client, MINE, 4)
    raw = json.loads(exported(client, "/settings/file/fhir4.json").content)
    raw["entry"][0]["resource"]["extension"][0]["valueString"] = written
    other = own("words of another journal")
    bring(other, json.dumps(raw).encode(), "out.json")
    assert [each.instrument for each in opened(other).journal.all(CheckIn)] == ["mood/1"]
