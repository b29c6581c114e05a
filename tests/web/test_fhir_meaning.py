"""What the numbers of a FHIR file mean: asked where the file doesn't say, and never lost on the way out and in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from reattune.exchange.deterministic_ids import steady_id
from reattune.exchange.fhir_questionnaires import keys_of
from reattune.journal.documents import CheckIn, Instrument, Relationship
from reattune.journal.documents.relationship import InstrumentDefinition
from tests.web.files_brought import bring, held_in, journal_file, plain, preview
from tests.web.journals import exported, opened
from tests.web.test_fhir_of_others import MOOD, Own, asked, bundle, came_before, said

pytestmark = pytest.mark.django_db
PHQ = "http://clinic.example/Questionnaire/depression"
FIRST_VERSION, SECOND_VERSION = (f"means-{keys_of(MOOD)[0]}/{version}" for version in (1, 2))
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
    meant = {f"{FIRST_VERSION}-better": "low", f"{FIRST_VERSION}-low": "0", f"{FIRST_VERSION}-high": "40"}
    for wrong, sentence in (
        ({f"{FIRST_VERSION}-high": "20"}, "30 isn’t between 0 and 20."),
        ({f"{FIRST_VERSION}-high": "0"}, "above the lowest"),
    ):
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
    assert f"{FIRST_VERSION}-high" in page
    assert page.count('-high"') == page.count(f'{FIRST_VERSION}-high"')
    assert meaning(client) == (0, 27, True)


# Answers that go further than those before


def scores(client: Client) -> list[tuple[float, float]]:
    """What each check-in says, and the highest of the scale on which it is read."""
    kept = opened(client).journal
    highest = {each.name: each.scale_high for each in defined(client)}
    return [
        (each.answers["m"], highest[each.instrument])
        for who in kept.all(Relationship)
        for _, each in kept.check_ins(who)
    ]


JANUARY = [said("2026-01-05T10:00:00Z", m=5), said("2026-01-06T10:00:00Z", m=8)]
FEBRUARY = [said(f"2026-02-{day:02}T10:00:00Z", m=rating) for day, rating in ((2, 60), (9, 9), (16, 70), (23, 9))]


@pytest.mark.parametrize("whole", [True, False])
def test_all_answers_are_read_on_the_scale_that_the_largest_show(own: Own, whole: bool) -> None:
    client = own()
    bring(client, bundle(asked(title="Mood"), *JANUARY), "f.json")
    later = bundle(asked(title="Mood"), *(JANUARY if whole else []), *FEBRUARY)
    page, _ = bring(client, later, "g.json")
    if not whole:
        assert (
            "Mood: check-ins here were read from 0 to 10, and this file shows that the answers go from 0 to 70." in page
        )
    assert scores(client) == [(5, 70), (8, 70), (60, 70), (9, 70), (70, 70), (9, 70)]
    for file in (bundle(asked(title="Mood"), *JANUARY), later):
        assert "There’s nothing to import" in preview(client, file, "f.json")
    bring(client, bundle(asked(title="Mood"), said("2026-03-02T10:00:00Z", m=7)), "h.json")
    assert scores(client)[-1] == (7, 70)
    assert len(scores(client)) == 7


def test_how_far_larger_answers_go_is_asked_again(own: Own) -> None:
    client = own()
    bring(client, bundle(asked(title="Mood"), *JANUARY), "f.json")
    page = preview(client, later := bundle(asked(title="Mood"), *FEBRUARY), "g.json")
    meant = {f"{SECOND_VERSION}-better": "low", f"{SECOND_VERSION}-low": "0", f"{SECOND_VERSION}-high": "100"}
    assert "What the numbers mean" in page
    client.post("/settings/file/in/", {"held_file": held_in(page), "bring": "", **meant})
    assert {high for _, high in scores(client)} == {100}
    assert "There’s nothing to import" in preview(client, later, "g.json")


def test_scales_that_two_versions_tell_apart_already_are_put_right(own: Own) -> None:
    client = own()
    therapist = opened(client).journal.therapist
    assert therapist
    small = [*JANUARY, *FEBRUARY[1::2]]
    came_before(client, therapist, small)
    items = [{"key": "m", "subscale": "whole", "text": "How is m?"}]
    definition = {"key": "mood", "version": 2, "title": "Mood", "scale_low": 0, "scale_high": 70, "items": items}
    second = plain("instrument", id=str(steady_id("instrument", "mood/2")), definition=definition)
    large = []
    for each in FEBRUARY[::2]:
        at = datetime.fromisoformat(each["authored"])
        session = str(steady_id("session", therapist.id, at.timestamp(), "mood/2"))
        large.append(plain("session", id=session, relationship_id=str(therapist.id), at=each["authored"]))
        answers = {"m": each["item"][0]["answer"][0]["valueDecimal"]}
        check_in = str(steady_id("check-in", session))
        large.append(plain("check_in", id=check_in, session_id=session, instrument="mood/2", answers=answers))
    bring(client, journal_file(second, *large), "notes.json")
    assert {high for _, high in scores(client)} == {10, 70}
    again = bundle(asked(title="Mood"), *JANUARY, *FEBRUARY)
    bring(client, again, "g.json")
    assert scores(client) == [(5, 70), (8, 70), (60, 70), (9, 70), (70, 70), (9, 70)]
    assert "There’s nothing to import" in preview(client, again, "g.json")


def test_a_scale_of_ones_own_stays_what_it_is(own: Own) -> None:
    client = own()
    rated(client, {**MINE, "items": [{"key": "m", "subscale": "a"}], "max_missing": 0}, 4)
    bring(client, bundle(asked("mood", title="Mood"), said("2026-02-02T10:00:00Z", "mood", m=60)), "f.json")
    assert scores(client) == [(4, 4), (60, 60)]


# Out, and in again


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
