"""Content is whole: every closed list has its words, every reference its work."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum

import pytest

from reattune import content
from reattune.journal import therapists_vocabulary, vocabulary

LABELS = content.words("labels", "en")
PROMPTS = content.words("prompts", "en")
OPENINGS = content.words("openings", "en")
ANSWERS = content.words("therapist_answers", "en")
FIVE = ["what_happened", "what_i_felt", "what_i_made_of_it", "what_i_need", "what_i_fear"]
GROUPS: dict[str, type[StrEnum]] = {
    "role": vocabulary.RelationshipKind,
    "cause": vocabulary.Cause,
    "feeling": vocabulary.Feeling,
    "did": vocabulary.Did,
    "form": vocabulary.SessionForm,
    "state": vocabulary.RuptureState,
    "delivery": vocabulary.Delivery,
    "delivery_done": vocabulary.Delivery,
    "approach": vocabulary.Approach,
    "met": vocabulary.Met,
    "outcome": vocabulary.Outcome,
    "repair_word": vocabulary.RepairWord,
    "leaving_about": vocabulary.LeavingAbout,
    "crossed": vocabulary.CrossedLine,
    "ending": vocabulary.EndingKind,
    "happened": vocabulary.Happened,
    "touched": vocabulary.Touched,
    "therapist_did": therapists_vocabulary.TherapistDid,
    "observation_ended": therapists_vocabulary.ObservationEnded,
    "cause_by_me": vocabulary.Cause,
    "client_delivery": vocabulary.Delivery,
    "client_met": therapists_vocabulary.ClientMet,
    "client_outcome": vocabulary.Outcome,
    "client_approach": vocabulary.Approach,
    "client_state": vocabulary.RuptureState,
    "answer_part": therapists_vocabulary.AnswerPart,
    "answer_way": therapists_vocabulary.AnswerWay,
}


@pytest.mark.parametrize("group", GROUPS)
def test_every_value_of_a_closed_list_has_words(group: str) -> None:
    assert set(LABELS[group]) == {str(value) for value in GROUPS[group]}
    assert len(set(LABELS[group].values())) == len(LABELS[group])


def test_every_cause_has_openings_and_answers_and_none_stands_twice() -> None:
    said = [opening for prompt in PROMPTS.values() for opening in prompt.get("openings", [])]
    said += [opening for of_approach in PROMPTS["by_approach"].values() for opening in of_approach]
    assert set(PROMPTS["by_approach"]) == {str(approach) for approach in vocabulary.Approach}
    assert set(PROMPTS["frame"]) == {str(delivery) for delivery in vocabulary.Delivery}
    assert set(OPENINGS) == set(ANSWERS) == {str(cause) for cause in vocabulary.Cause}
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


def test_there_is_advice_for_twelve_countries() -> None:
    assert {e["code"] for e in content.load("advice.toml")["region"]} >= {
        "US", "GB", "IE", "CA", "AU", "NZ", "DE", "AT", "CH", "ES", "FR", "NL",
    }  # fmt: skip


def test_every_reference_can_be_looked_up() -> None:
    references = content.load("references.toml")
    for key, work in references.items():
        assert set(work) == {"authors", "year", "title", "journal", "doi"}, key
        # Where no identifier was seen, journal and issue find the work.
        assert work["doi"].startswith("10.") or (work["doi"] == "" and "(" in work["journal"]), key
    assert content.words("boundaries_and_leaving", "en")["why_say_it"]["reference"] in references


def test_nothing_on_a_screen_shouts() -> None:
    for name in ("labels", "prompts", "openings", "therapist_answers", "boundaries_and_leaving"):
        assert "!" not in content.text("en", f"{name}.toml")


# Where people talk, these are one word; but not at an end ("as bad as it is") nor with weight on them.
_IN_FULL = re.compile(
    r"\b(?:(?:I am|(?:you|we|they) are|(?:it|he|she|that|there|what|who|here) is"
    r"|(?:I|you|we|they|he|she|it) will|(?:I|you|we|they|he|she) would"
    r"|(?:I|you|we|they) (?:have|had) (?:\w+ed|been|come|gone|got|done|made|said|told|felt|heard|kept|left|lost|found"
    r"|given|taken|known|seen|thought|written|brought|begun|never|just|already|always|only)|let us)"
    r"(?= (?!and\b|or\b|for\b))"
    r"|(?:do|does|did|is|are|was|were|has|have|had|would|could|should|must|need|will|can) ?not\b)",
    re.IGNORECASE,
)
_WITH_WEIGHT = ("I am taking part.",)


def in_full(sentence: str) -> list[str]:
    """What a speaker would have drawn together."""
    for kept in _WITH_WEIGHT:
        sentence = sentence.replace(kept, "")
    return _IN_FULL.findall(sentence)


def strings(part: object) -> list[str]:
    if isinstance(part, str):
        return [part]
    within = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [each for one in within for each in strings(one)]


@pytest.mark.parametrize(
    "stiff",
    [
        "I am afraid", "I do not know", "I cannot say", "It is hard", "You are right", "I would like that",
        "Let us see", "I have written it", "You had told me", "You need not answer", "What is it for", "They will not",
        "I will say it", "That is how I hide it", "We are moving",
    ],
)  # fmt: skip
def test_stiff_words_are_found(stiff: str) -> None:
    assert in_full(stiff)


@pytest.mark.parametrize(
    "spoken",
    ["I'm afraid", "As bad as it is", "Smaller than it is for you", "I had to go", "If not, I'll go", *_WITH_WEIGHT],
)
def test_what_is_spoken_already_is_left_alone(spoken: str) -> None:
    assert in_full(spoken) == []


@pytest.mark.parametrize("name", ["openings", "therapist_answers", "prompts"])
def test_what_is_to_be_said_sounds_spoken(name: str) -> None:
    said = strings(content.words(name, "en"))
    assert [sentence for sentence in said if in_full(sentence)] == []
    # Nobody but a therapist calls a session an hour.
    assert [sentence for sentence in said if re.search(r"\bhours?\b", sentence, re.IGNORECASE)] == []
    assert [sentence for sentence in said if "!" in sentence] == []


def test_a_weight_that_nobody_uses_is_not_kept() -> None:
    said = " ".join(strings([OPENINGS, ANSWERS, PROMPTS]))
    assert [kept for kept in _WITH_WEIGHT if kept not in said] == []


def test_openings_and_answers_fit_whoever_it_is() -> None:
    said = strings([OPENINGS, ANSWERS])
    assert [sentence for sentence in said if re.search(r"\b(he|she|him|his|hers?)\b", sentence, re.IGNORECASE)] == []


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
        for part in content.words("follow_back", "en").values()
        for text in part.values()
    )
    helplines = " ".join(text for part in content.words("helplines", "en").values() for text in part.values())
    hints = " ".join(f"{p['title']} {p['hint']}" for p in PROMPTS.values() if "title" in p)
    openings = " ".join(f"{opening}." for cause in OPENINGS.values() for pair in cause.values() for opening in pair)
    answers = " ".join(" ".join([a["says"], *a["then"]]) for cause in ANSWERS.values() for a in cause.values())
    return {
        **guides,
        "follow": follow,
        "helplines": helplines,
        "prompts": hints,
        "openings": openings,
        "answers": answers,
    }


@pytest.mark.parametrize("name", everything_said())
def test_what_is_said_is_plain(name: str) -> None:
    assert lix(everything_said()[name]) <= 30


EDITED = {name: strings(content.words(name, "en")) for name in ("guides", "follow_back", "example")}
# What people say short. A full form may stay where it carries the stress: it is listed here, as it stands.
FULL_FORMS = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|has|have|had|can|could|would|should|must|need|will) ?not"
    r"|i am|(?:i|you|we|they) have (?:been|told|said|had|done|tried|heard|learned)|(?:you|they|we) are"
    r"|(?:it|that|there|here|what|she|he|who) is|let us|(?:i|you|he|she|they|we|it) (?:will|would)) ",
    re.IGNORECASE,
)
LEFT_FULL = (
    "looks just like someone who is fine",  # the stress is on “is”
    "where you are and",  # nobody shortens these
    "None of that is cheating",
    "A plain sentence like that is worth",
    "part of it is about what happened here",
)
QUOTED = re.compile(r"“[^“”]*”")
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I'd|I've|I'll|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself)\b")


@pytest.mark.parametrize("name", EDITED)
def test_nothing_to_read_shouts_and_quotation_marks_are_typographic(name: str) -> None:
    for text in EDITED[name]:
        assert "!" not in text, text
        assert '"' not in text, text
        without = QUOTED.sub("", text)
        assert "“" not in without, text
        assert "”" not in without, text


def test_what_somebody_says_in_a_guide_stands_in_quotation_marks() -> None:
    # A guide speaks to you. So an “I” belongs to somebody else, and what is in quotation marks is a whole saying.
    for text in EDITED["guides"]:
        assert not FIRST_PERSON.search(QUOTED.sub("", text)), text
        for said in QUOTED.findall(text):
            assert re.match(r"“[A-Z]", said), text
        # After a colon that brings in speech, a capital without its quotation mark would be the app speaking.
        assert not re.search(r": [A-Z]", QUOTED.sub("", text)), text
    assert sum(len(QUOTED.findall(text)) for text in EDITED["guides"]) >= 15


@pytest.mark.parametrize("name", EDITED)
def test_a_session_is_no_hour(name: str) -> None:
    assert not [text for text in EDITED[name] if re.search(r"\bhours?\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("name", EDITED)
def test_contractions_are_used_where_people_use_them(name: str) -> None:
    for text in EDITED[name]:
        kept = text
        for phrase in LEFT_FULL:
            kept = kept.replace(phrase, "")
        found = FULL_FORMS.search(kept)
        assert not found, f"“{found.group(0).strip()}” in: {text}"


def test_every_exception_to_contractions_is_still_needed() -> None:
    everything = " ".join(text for texts in EDITED.values() for text in texts)
    assert [phrase for phrase in LEFT_FULL if phrase not in everything] == []


def test_following_back_takes_no_earlier_time_for_granted() -> None:
    before = " ".join(strings(content.words("follow_back", "en")["before"]))
    assert "Does this remind you" in before
    assert "there may be nothing" in before
    assert not re.search(r"\b(?:when have you|smell|taste|picture|imagine|try to remember)\b", before, re.IGNORECASE)


def test_the_guide_on_old_hurts_says_what_is_known_of_suggestion() -> None:
    guide = GUIDES[9]
    assert {"schacter2007", "scoboria2017", "oeberst2021"} <= set(guide["references"])
    said = " ".join(strings(guide["part"]))
    for words_in in ("rebuilt each time", "again and again", "never happened", "a blank is an answer"):
        assert words_in in said


def test_guides_keep_their_numbers() -> None:
    # Pages link to a guide by its number.
    assert {number: GUIDES[number - 1]["title"] for number in (1, 2, 3, 4, 6, 7, 8, 9, 10)} == {
        1: "Why say anything at all?",
        2: "How to begin",
        3: "What a good answer looks like",
        4: "When you weren’t heard",
        6: "When you just stop going",
        7: "Signs of a good therapist, and of a harmful one",
        8: "Ending therapy well",
        9: "Starting again",
        10: "Why some hurts feel older than they are",
    }
