"""The bond line is of one questionnaire at a time, and of none that asks about symptoms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.reflection.bond_line import ratings_alone
from reattune.reflection.bond_questionnaires import asks_about_symptoms
from tests.conftest import Writer

START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


def questionnaire(key: str, title: str = "Between us", *, higher_is_better: bool = True) -> InstrumentDefinition:
    return InstrumentDefinition.model_validate(
        {"key": key, "title": title, "scale_low": 0, "scale_high": 10, "higher_is_better": higher_is_better,
         "items": [{"key": "a", "subscale": "whole"}]}
    )  # fmt: skip


def rate(writer: Writer, therapist: Any, key: str, week: float, answer: float) -> None:
    at = START + timedelta(weeks=week)
    writer.now = max(writer.now, at)
    session = writer.write("session", relationship_id=therapist.id, at=at)
    writer.write("check_in", session_id=session.id, instrument=f"{key}/1", answers={"a": answer})


def line(writer: Writer, therapist: Any, *known: InstrumentDefinition) -> list[float]:
    found = ratings_alone(writer.journal, therapist, {each.name: each for each in known})
    return [point.score for point in found.points]


def test_two_given_side_by_side_are_no_zigzag(writer: Writer) -> None:
    therapist = writer.therapist()
    for week in range(5):
        rate(writer, therapist, "mine", week, 9)
        if week:
            rate(writer, therapist, "clinic", week + 0.01, 2)
    assert line(writer, therapist, questionnaire("mine"), questionnaire("clinic")) == [90] * 5
    writer.write("preferences", instrument="clinic/1")
    assert line(writer, therapist, questionnaire("mine"), questionnaire("clinic")) == [90, 20, 20, 20, 20]


def test_one_that_follows_on_another_goes_on_with_its_line(writer: Writer) -> None:
    therapist = writer.therapist()
    for week in range(6):
        rate(writer, therapist, "mine" if week < 3 else "clinic", week, 9 if week < 3 else 8)
    assert line(writer, therapist, questionnaire("mine"), questionnaire("clinic")) == [90, 90, 90, 80, 80, 80]


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("phq-9", "x"),
        ("brought-1", "PHQ-9 2026"),
        ("brought-1", "Fragebogen GAD 7"),
        ("bdi_ii", "BDI-II"),
        ("q", "ORS"),
    ],
)
def test_how_somebody_is_is_not_the_bond(writer: Writer, key: str, title: str) -> None:
    asked = questionnaire(key, title, higher_is_better=False)
    assert asks_about_symptoms(asked)
    therapist = writer.therapist()
    for week in range(4):
        rate(writer, therapist, key, week, 2)
    assert line(writer, therapist, asked) == []


@pytest.mark.parametrize("title", ["SRS", "WAI-SR", "Session Rating Scale", "How bad it was", "Orsola’s five"])
def test_what_is_asked_of_the_bond_is(title: str) -> None:
    assert not asks_about_symptoms(questionnaire("brought-2", title))
