"""Content is whole: every closed list has its words, every reference its work."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

import pytest

from reattune import content
from reattune.journal import words

LABELS = content.words("labels", "en")
PROMPTS = content.words("prompts", "en")
GROUPS: dict[str, type[StrEnum]] = {
    "role": words.RelationshipKind,
    "cause": words.Cause,
    "feeling": words.Feeling,
    "did": words.Did,
    "form": words.SessionForm,
    "state": words.RuptureState,
    "delivery": words.Delivery,
    "delivery_done": words.Delivery,
    "approach": words.Approach,
    "met": words.Met,
    "outcome": words.Outcome,
    "repair_word": words.RepairWord,
}


@pytest.mark.parametrize("group", GROUPS)
def test_every_value_of_a_closed_list_has_words(group: str) -> None:
    assert set(LABELS[group]) == {str(value) for value in GROUPS[group]}
    assert len(set(LABELS[group].values())) == len(LABELS[group])


def test_every_cause_has_openings_and_none_stands_twice() -> None:
    by_cause = PROMPTS["by_cause"]
    assert set(by_cause) == {str(cause) for cause in words.Cause}
    openings = [opening for of_cause in by_cause.values() for opening in of_cause]
    openings += [opening for prompt in PROMPTS.values() for opening in prompt.get("openings", [])]
    assert all(opening.strip() for opening in openings)
    assert max(Counter(openings).values()) == 1


def test_every_region_has_lines_and_a_name() -> None:
    crisis = content.load("crisis.toml")
    codes = [entry["code"] for entry in crisis["region"]]
    assert sorted(codes) == sorted(content.words("regions", "en"))
    for entry in crisis["region"]:
        assert entry["emergency"]
        assert all(line["name"] and line["contact"] and line["purpose"] for line in entry["lines"])


def test_every_reference_can_be_looked_up() -> None:
    references = content.load("references.toml")
    for key, work in references.items():
        assert set(work) == {"authors", "year", "title", "journal", "doi", "figure"}, key
        assert work["doi"].startswith("10.")
    assert content.words("care", "en")["why_say_it"]["reference"] in references


def test_nothing_on_a_screen_shouts() -> None:
    for name in ("labels", "prompts", "care"):
        assert "!" not in content.text("en", f"{name}.toml")
