"""Content is whole: every closed list has its words, every reference its work."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from enum import StrEnum

import pytest

from reattune import content
from reattune.journal import words

LABELS = content.words("labels", "en")
PROMPTS = content.words("prompts", "en")
OPENINGS = content.words("openings", "en")
ANSWERS = content.words("answers", "en")
FIVE = ["what_happened", "what_i_felt", "what_i_made_of_it", "what_i_need", "what_i_fear"]
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
    "leaving_about": words.LeavingAbout,
    "crossed": words.CrossedLine,
    "ending": words.EndingKind,
}


@pytest.mark.parametrize("group", GROUPS)
def test_every_value_of_a_closed_list_has_words(group: str) -> None:
    assert set(LABELS[group]) == {str(value) for value in GROUPS[group]}
    assert len(set(LABELS[group].values())) == len(LABELS[group])


def test_every_cause_has_openings_and_answers_and_none_stands_twice() -> None:
    said = [opening for prompt in PROMPTS.values() for opening in prompt.get("openings", [])]
    said += [opening for of_approach in PROMPTS["by_approach"].values() for opening in of_approach]
    assert set(PROMPTS["by_approach"]) == {str(approach) for approach in words.Approach}
    assert set(PROMPTS["frame"]) == {str(delivery) for delivery in words.Delivery}
    assert set(OPENINGS) == set(ANSWERS) == {str(cause) for cause in words.Cause}
    for by_prompt in OPENINGS.values():
        assert list(by_prompt) == FIVE
        for softer, firmer in by_prompt.values():
            said += [softer, firmer]
    for by_answer in ANSWERS.values():
        assert list(by_answer) == ["met", "explained", "defended"]
        for answer in by_answer.values():
            assert 2 <= len(answer["then"]) <= 3
            said += [answer["says"], *answer["then"]]
    assert all(sentence.strip() for sentence in said)
    assert max(Counter(sentence.strip().casefold() for sentence in said).values()) == 1


def test_every_region_has_lines_and_a_name() -> None:
    crisis = content.load("crisis.toml")
    codes = [entry["code"] for entry in crisis["region"]]
    assert sorted(codes) == sorted(content.words("regions", "en"))
    for entry in crisis["region"]:
        assert entry["emergency"]
        assert all(line["name"] and line["contact"] and line["purpose"] for line in entry["lines"])


def _external() -> list[tuple[str, dict[str, object]]]:
    crisis, advice = content.load("crisis.toml"), content.load("advice.toml")
    lines = [(entry["code"], line) for entry in crisis["region"] for line in entry["lines"]]
    bodies = [(entry["code"], body) for entry in advice["region"] for body in entry["bodies"]]
    return [("directory", crisis["directory"]), *lines, *bodies]


def test_every_place_to_turn_to_is_whole_and_was_looked_at_within_18_months() -> None:
    for code, place in _external():
        assert all(place[key] for key in ("name", "contact", "purpose")), code
        checked = place["checked"]
        assert isinstance(checked, date)
        age = (date.today() - checked).days
        assert age <= 548, f"{code}: {place['name']} was last checked on {checked}. Check it again, and renew the date."


def test_there_are_lines_for_thirty_countries_and_advice_for_twelve() -> None:
    assert len(content.load("crisis.toml")["region"]) >= 30
    assert {e["code"] for e in content.load("advice.toml")["region"]} >= {
        "US", "GB", "IE", "CA", "AU", "NZ", "DE", "AT", "CH", "ES", "FR", "NL",
    }  # fmt: skip


def test_every_reference_can_be_looked_up() -> None:
    references = content.load("references.toml")
    for key, work in references.items():
        assert set(work) == {"authors", "year", "title", "journal", "doi", "figure"}, key
        # Where no identifier was seen, journal and issue find the work.
        assert work["doi"].startswith("10.") or (work["doi"] == "" and "(" in work["journal"]), key
    assert content.words("care", "en")["why_say_it"]["reference"] in references


def test_nothing_on_a_screen_shouts() -> None:
    for name in ("labels", "prompts", "care"):
        assert "!" not in content.text("en", f"{name}.toml")


GUIDES = content.words("guides", "en")["guide"]


def test_guides_are_whole_and_their_works_are_listed() -> None:
    references = content.load("references.toml")
    for guide in GUIDES:
        assert guide["title"]
        assert guide["lead"]
        assert set(guide["references"]) <= set(references)
        assert all(part["title"] and part["text"] for part in guide["part"])


def lix(text: str) -> float:
    """How hard a text is to read: words a sentence and the share of words of more than six letters.

    Under 30 is very easy, like a children's book; 40 is plain; above 50 is hard. Source: Björnsson 1968.
    """
    words_in = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text)
    sentences = max(1, len(re.findall(r"[.!?:;](?:\s|$)", text)))
    return len(words_in) / sentences + 100 * sum(len(word) > 6 for word in words_in) / len(words_in)


def everything_said() -> dict[str, str]:
    guides = {
        guide["title"]: " ".join([guide["lead"], *(t for p in guide["part"] for t in p["text"])]) for guide in GUIDES
    }
    follow = " ".join(
        text if isinstance(text, str) else " ".join(text)
        for part in content.words("follow", "en").values()
        for text in part.values()
    )
    hints = " ".join(f"{p['title']} {p['hint']}" for p in PROMPTS.values() if "hint" in p)
    openings = " ".join(f"{opening}." for cause in OPENINGS.values() for pair in cause.values() for opening in pair)
    answers = " ".join(" ".join([a["says"], *a["then"]]) for cause in ANSWERS.values() for a in cause.values())
    return {**guides, "follow": follow, "prompts": hints, "openings": openings, "answers": answers}


@pytest.mark.parametrize("name", everything_said())
def test_what_is_said_is_plain(name: str) -> None:
    assert lix(everything_said()[name]) <= 30
