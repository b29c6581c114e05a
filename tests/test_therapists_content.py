"""The words of the therapist's side are whole, plain, and nobody's but ours."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from reattune import content
from reattune.journal.vocabulary import MILD_LINES, Cause, CrossedLine, RuptureStyle, SessionForm
from tests.test_content import FIRST_PERSON, QUOTED, in_full, lix, strings

PARTS = ["what_happened", "what_it_did", "my_part", "what_i_want_to_say", "what_i_want_to_ask"]
OPENINGS = content.words("openings_to_client", "en")
PROMPTS = content.words("prompts_to_client", "en")
GUIDES = content.words("guides_for_therapists", "en")["guide"]
MARKERS = content.words("markers", "en")
VIGNETTES = content.words("vignettes", "en")
ABOUT = content.load("vignettes.toml")
FILES = ("openings_to_client", "prompts_to_client", "guides_for_therapists", "markers", "vignettes")


def said(name: str) -> list[str]:
    """Every text of a file that somebody reads."""
    return [text for text in strings(content.words(name, "en")) if text and not re.fullmatch(r"[a-z0-9_]+", text)]


def test_every_cause_has_a_softer_and_a_firmer_opening_for_each_part_and_none_stands_twice() -> None:
    assert list(OPENINGS) == [str(cause) for cause in Cause]
    for by_part in OPENINGS.values():
        assert list(by_part) == PARTS
        assert all(len(pair) == 2 for pair in by_part.values())
    every = [*strings(OPENINGS), *(each for part in PARTS for each in PROMPTS[part]["openings"])]
    assert max(Counter(each.casefold() for each in every).values()) == 1


def test_an_opening_fits_whoever_it_is_said_to() -> None:
    every = strings([OPENINGS, PROMPTS])
    assert [each for each in every if re.search(r"\b(he|she|him|his|hers?)\b", each, re.IGNORECASE)] == []


def test_nobody_says_but_after_an_apology() -> None:
    but = re.compile(r"sorry\b[^.]*\bbut\b")
    assert [each for each in strings(OPENINGS) if but.search(each.replace("without a but", ""))] == []


def test_there_are_markers_of_both_directions_each_with_an_example_and_a_work() -> None:
    references = content.load("references.toml")
    by_style = Counter(marker["style"] for marker in MARKERS["marker"])
    assert set(by_style) == {str(style) for style in RuptureStyle}
    assert min(by_style.values()) >= 8
    for marker in MARKERS["marker"]:
        assert re.fullmatch(r"[a-z_]+", marker["id"])
        assert marker["name"]
        assert marker["example"]
        assert set(marker["references"]) <= set(references)
    for what in ("id", "name", "example"):
        assert max(Counter(marker[what] for marker in MARKERS["marker"]).values()) == 1


def test_there_are_36_vignettes_of_every_cause() -> None:
    assert list(ABOUT) == list(VIGNETTES)
    assert len(ABOUT) == 36
    assert {about["cause"] for about in ABOUT.values()} == {str(cause) for cause in Cause}
    for name, about in ABOUT.items():
        assert set(about) <= {"cause", "form", "unfair", "crossed"}, name
        assert about["form"] in set(SessionForm), name
        assert about.get("crossed", "sexual") in set(CrossedLine), name


def test_some_are_unfair_some_are_not_in_the_room_and_six_are_not_the_clients_to_mend() -> None:
    assert sum(about.get("unfair", False) for about in ABOUT.values()) >= 6
    assert {about["form"] for about in ABOUT.values()} == set(SessionForm)
    grave = [about for about in ABOUT.values() if "crossed" in about and about["crossed"] not in MILD_LINES]
    assert len(grave) == 6
    assert not any(about.get("unfair") for about in grave)


@pytest.mark.parametrize("name", VIGNETTES)
def test_a_vignette_is_whole_and_short(name: str) -> None:
    vignette = VIGNETTES[name]
    assert set(vignette) == {"who", "scene", "says", "helps", "hurts", "answers"}
    assert 2 <= len(vignette["helps"]) <= 4
    assert 2 <= len(vignette["hurts"]) <= 4
    assert len(vignette["answers"]) == 2
    assert len(f"{vignette['scene']} {vignette['says']}".split()) <= 80
    assert all(len(answer.split()) <= 80 for answer in vignette["answers"])


def test_ages_and_names_differ() -> None:
    ages = sorted(int(re.search(r"\d+", vignette["who"])[0]) for vignette in VIGNETTES.values())  # type: ignore[index]
    assert ages[0] < 18
    assert ages[-1] > 65
    names = [re.split(r", \d", vignette["who"])[0] for vignette in VIGNETTES.values()]
    assert len(set(names)) == 36


def test_where_it_is_not_theirs_to_mend_no_answer_asks_for_anything_and_each_shows_a_way_out() -> None:
    for name, about in ABOUT.items():
        if about.get("crossed", "smaller") in MILD_LINES:
            continue
        answers = VIGNETTES[name]["answers"]
        assert not re.search(r"forgive me|another chance to|understand me|between us", " ".join(answers)), name
        assert re.search(r"\b(?:complain|names|somebody else|counsellor|office|person in charge)\b", " ".join(answers))


def test_guides_are_whole_and_their_works_are_listed() -> None:
    references = content.load("references.toml")
    assert [guide["title"] for guide in GUIDES] == [
        "Raising it yourself",
        "When you’re handed a card",
        "Mending it by phone, video or chat",
        "When a client wants to leave",
        "When you crossed a boundary",
        "Your own wounds, and supervision",
    ]
    for guide in GUIDES:
        assert guide["lead"]
        assert guide["references"]
        assert set(guide["references"]) <= set(references)
        assert all(part["title"] and part["text"] for part in guide["part"])


def test_what_somebody_says_in_a_guide_stands_in_quotation_marks() -> None:
    for text in strings([[guide["title"], guide["lead"], guide["part"]] for guide in GUIDES]):
        assert not FIRST_PERSON.search(QUOTED.sub("", text)), text
        assert all(re.match(r"“[A-Z]", each) for each in QUOTED.findall(text)), text


@pytest.mark.parametrize("name", FILES)
def test_it_sounds_spoken_and_does_not_shout(name: str) -> None:
    texts = said(name)
    assert [text for text in texts if in_full(text)] == []
    assert [text for text in texts if re.search(r"[!\"']", text)] == []
    assert [text for text in texts if re.search(r"\bhours?\b", text, re.IGNORECASE)] == []
    assert [text for text in texts if set("“”") & set(QUOTED.sub("", text))] == []


@pytest.mark.parametrize("name", FILES)
def test_it_is_plain(name: str) -> None:
    assert lix(" ".join(text if text[-1] in ".?…”" else f"{text}." for text in said(name))) <= 30
