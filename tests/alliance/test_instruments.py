"""Instruments: scoring, missing items, and definitions that are wrong."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from reattune import content
from reattune.alliance.instruments import InstrumentError, read_definition, score
from reattune.alliance.reliable_change import reliable_change

OWN = read_definition(content.text("instruments", "reattune-check-in.toml"), "reattune-check-in.toml")
ALL = {"cared_for": 8, "understood": 6, "safe": 4, "goals": 10, "way": 2, "whole": 6}


def test_it_scores_to_a_hundred() -> None:
    scores = score(OWN, ALL)
    assert scores.total == 60
    assert scores.subscales == {"bond": 60, "goals": 100, "tasks": 20}
    assert scores.missing == 0


def test_one_item_may_be_missing_and_two_may_not() -> None:
    one = {key: value for key, value in ALL.items() if key != "goals"}
    assert score(OWN, one).total == pytest.approx(52)
    assert score(OWN, one).subscales["goals"] is None
    two = {key: value for key, value in one.items() if key != "way"}
    assert score(OWN, two).total is None
    assert score(OWN, {}).total is None


def test_reversed_items_and_other_scales() -> None:
    text = """
key = "other"
title = "Other"
scale_low = 1
scale_high = 5
[[items]]
key = "a"
subscale = "bond"
[[items]]
key = "b"
subscale = "bond"
reversed = true
"""
    definition = read_definition(text, "other.toml")
    assert score(definition, {"a": 5, "b": 1}).total == 100
    assert score(definition, {"a": 1, "b": 5}).total == 0


@pytest.mark.parametrize(
    ("answers", "sentence"), [({"safe": 11}, "safe: an answer lies between 0 and 10"), ({"mood": 3}, "no item 'mood'")]
)
def test_answers_that_cannot_be(answers: dict[str, float], sentence: str) -> None:
    with pytest.raises(InstrumentError, match=sentence):
        score(OWN, answers)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("key = ", "wrong.toml is not valid TOML"),
        ('key = "a"\ntitle = "A"\nscale_low = 0\nscale_high = 10\nitems = []', "at least one item"),
        ('key = "a"\nscale_low = 0\nscale_high = 10\n[[items]]\nkey = "x"\nsubscale = "b"', "title is missing"),
        (
            'key = "a"\ntitle = "A"\nscale_low = 5\nscale_high = 5\n[[items]]\nkey = "x"\nsubscale = "b"',
            "above scale_low",
        ),
        (
            'key = "a"\ntitle = "A"\nscale_low = 0\nscale_high = 5\n'
            '[[items]]\nkey = "x"\nsubscale = "b"\n[[items]]\nkey = "x"\nsubscale = "b"',
            "two items have the key 'x'",
        ),
        (
            'key = "a"\ntitle = "A"\nscale_low = 0\nscale_high = 5\ncolour = 1\n[[items]]\nkey = "x"\nsubscale = "b"',
            "colour",
        ),
    ],
)
def test_wrong_definitions_name_file_and_key(text: str, sentence: str) -> None:
    with pytest.raises(InstrumentError, match=re.escape(sentence)) as caught:
        read_definition(text, "wrong.toml")
    assert "wrong.toml" in str(caught.value)


def test_reliable_change_hand_checked() -> None:
    # 1.96 x 10 x sqrt(2 x 0.2) = 12.396
    assert reliable_change(10, 0.8) == pytest.approx(12.396, abs=1e-3)
    for sd, reliability in ((10, 0), (10, 1), (10, 1.2), (-1, 0.8)):
        with pytest.raises(ValueError, match=r"between 0 and 1|not negative"):
            reliable_change(sd, reliability)


@pytest.mark.parametrize(
    ("key", "items", "subscales"),
    [
        ("wai-sr", 12, {"bond": 4, "goals": 4, "tasks": 4}),
        ("srs", 4, {"bond": 1, "goals": 1, "tasks": 1, "whole": 1}),
        ("sai", 6, {"bond": 3, "goals-and-tasks": 3}),
    ],
)
def test_the_structures_score_and_have_no_wording(key: str, items: int, subscales: dict[str, int]) -> None:
    definition = read_definition(content.text("instruments", f"{key}.toml"), f"{key}.toml")
    assert len(definition.items) == items
    assert Counter(item.subscale for item in definition.items) == subscales
    assert not any(item.text or item.low or item.high for item in definition.items)
    best = score(definition, {item.key: definition.scale_high for item in definition.items})
    assert best.total == 100
    assert set(best.subscales.values()) == {100}


def test_the_session_rating_scale_asks_for_a_talk_at_36_of_40() -> None:
    definition = read_definition(content.text("instruments", "srs.toml"), "srs.toml")
    assert definition.cutoff == score(definition, {item.key: 9 for item in definition.items}).total
