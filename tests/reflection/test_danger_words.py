"""Words of danger: what is seen, what is not, and that it is quick whatever is typed."""

from __future__ import annotations

import csv
import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from reattune import content
from reattune.cli import app
from reattune.journal import Journal
from reattune.proof.danger import crossed, read_sentences
from reattune.reflection.danger_expressions import findings, languages_of
from reattune.reflection.danger_probability import forget
from reattune.reflection.danger_recogniser import (
    Danger,
    danger,
    danger_brought,
    dangers,
    dangers_lately,
    gravest,
    harm_lately,
    not_meant_in,
    sentences_of_danger,
    words_in,
    written_lately,
)
from reattune.reflection.danger_weights import FALSE_ALARMS
from reattune.reflection.unanswered_danger import unanswered
from reattune.study.errors import StudyError
from reattune.text.sentence_vectors import sentence_model
from tests.conftest import Writer

EARLIER = Path(__file__).parents[2] / "training" / "sentences" / "earlier.csv"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I want to die.", Danger.SUICIDE),
        ("I don’t want to be here anymore", Danger.SUICIDE),
        ("I cut myself last night", Danger.SELF_HARM),
        ("My husband hit me again", Danger.HARMED),
        ("I am afraid I will hurt my baby", Danger.HARMING),
        ("Ich will nicht mehr leben.", Danger.SUICIDE),
        ("MEIN MANN HAT MICH GESCHLAGEN", Danger.HARMED),
        ("Quiero morirme", Danger.SUICIDE),
        ("I said I was fine. But I want to kill myself. We spoke about work.", Danger.SUICIDE),
        ("No, I want to die.", Danger.SUICIDE),
    ],
)
def test_danger_is_seen(text: str, kind: Danger) -> None:
    assert danger(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "…", "My back is killing me.", "I would never hurt myself.",
        "Als ich sechzehn war, habe ich mich geritzt.", "In the novel the hero kills himself.",
        "Ich bin todmüde.", "Me muero de risa.", "She joked and it hurt.",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_not(text: str) -> None:
    assert danger(text) is None


def test_the_expressions_find_what_they_were_mended_with() -> None:
    rows = read_sentences(EARLIER.read_text("utf-8"), EARLIER.name)
    found = [bool(findings(row.text, languages_of(row.text))) for row in rows]
    dangers = [seen for row, seen in zip(rows, found, strict=True) if row.danger]
    others = [seen for row, seen in zip(rows, found, strict=True) if not row.danger]
    assert sum(dangers) / len(dangers) >= 0.98
    assert sum(others) / len(others) <= 0.01


def test_cross_validation_shows_more_found_than_by_expressions_and_ordinary_texts_left_alone() -> None:
    for each in crossed():
        together, alone = each.ways["together"], each.ways["expressions"]
        for group in ("plain danger", "veiled danger"):
            assert (together[group].value or 0) > (alone[group].value or 0), (each.language, group)
    ordinary = crossed()[-1].ways["together"]["ordinary sentences"]
    assert ordinary.value is not None
    assert ordinary.value <= FALSE_ALARMS["ordinary sentences"]


def test_our_own_prose_is_no_danger() -> None:
    said = [pair for cause in content.words("openings", "en").values() for both in cause.values() for pair in both]
    said += [a["says"] for cause in content.words("therapist_answers", "en").values() for a in cause.values()]
    said += [
        reply
        for cause in content.words("therapist_answers", "en").values()
        for a in cause.values()
        for reply in a["then"]
    ]
    assert [text for text in said if danger(text)] == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_answered(text: str) -> None:
    danger(text)


@pytest.mark.parametrize("text", ["i want to " * 5000, "not " * 12_000, "a" * 50_000, "kill " * 10_000, "i " * 25_000])
def test_no_text_makes_it_slow(text: str) -> None:
    began = time.process_time()  # its own time: what else the machine does is not counted
    danger(text)
    # A guard against an expression that runs away, not a measure: it takes well under a second.
    assert time.process_time() - began < 10


def test_only_what_was_written_lately_is_looked_at(writer: Writer) -> None:
    therapist = writer.therapist()
    writer.write("moment", relationship_id=therapist.id, at=writer.now, what="I want to die.")
    assert dangers_lately(writer.journal, writer.now) == {Danger.SUICIDE}
    later = writer.now + timedelta(hours=2)
    assert dangers_lately(writer.journal, later) == frozenset()


def test_a_clock_that_was_set_back_hides_no_danger_and_a_date_ahead_keeps_none(writer: Writer) -> None:
    therapist = writer.therapist()
    writer.write("moment", relationship_id=therapist.id, at=writer.now, what="I want to die.")
    for hours in (0.5, 2, 14):
        assert dangers_lately(writer.journal, writer.now - timedelta(hours=hours)) == {Danger.SUICIDE}
    assert dangers_lately(writer.journal, writer.now - timedelta(days=365)) == frozenset()


@pytest.mark.parametrize("words", ["It was a long day and we talked about the garden. " * 2000, "a. b. " * 3000])
def test_no_more_is_read_for_a_page_than_it_can_wait_for_and_the_nearest_first(writer: Writer, words: str) -> None:
    therapist = writer.therapist()
    before = {"created": writer.now, "updated": writer.now}
    what = [writer.make("moment", relationship_id=therapist.id, at=writer.now, what=words) for _number in range(5)]
    own = writer.make("moment", relationship_id=therapist.id, at=writer.now, what="I want to die.")
    own = own.model_copy(update={each: at + timedelta(minutes=1) for each, at in before.items()})
    journal = Journal([therapist, *(each.model_copy(update=before) for each in what), own])
    lately = written_lately(journal, own.updated)
    assert lately[0] == own
    assert len(lately) < 5


NEEDS_THE_MODEL = {"Selbstmord", "ich\nwill\nsterben", "quiero\nmorir"}


@pytest.mark.parametrize(
    "words",
    [
        "suicide", "kill\nmyself", "kill\u00a0myself", "Selbstmord", "ich\nwill\nsterben", "quiero\nmorir",
        "I want to k\u200bill myself", "I want to kill my\u00adself",
    ],
)  # fmt: skip
def test_short_words_are_words_once_they_are_kept_too(writer: Writer, words: str) -> None:
    therapist = writer.therapist()
    writer.write("moment", relationship_id=therapist.id, at=writer.now, what=words)
    assert gravest(dangers_lately(writer.journal, writer.now)) is danger(words)
    # Some of them are known by their meaning alone.
    assert danger(words) is Danger.SUICIDE or (sentence_model() is None and words in NEEDS_THE_MODEL)


def test_what_names_a_page_or_a_questionnaire_is_no_words(writer: Writer) -> None:
    therapist = writer.therapist()
    session = writer.write("session", relationship_id=therapist.id, at=writer.now)
    kept = writer.write("check_in", session_id=session.id, instrument="suicide/1", answers={"suicide": 3})
    draft = writer.write("draft", form="/kill/myself/", fields={"what": ["Hello there."]})
    assert words_in(kept) == []
    assert words_in(draft) == ["Hello there."]


def test_a_page_asks_about_harm_in_no_more_than_it_can_wait_for(writer: Writer) -> None:
    therapist = writer.therapist()
    at = {"relationship_id": therapist.id, "at": writer.now}
    words = "It was a long day and we talked about the garden. " * 1000
    old = [writer.make("moment", what=f"{number} {words}", **at) for number in range(40)]
    ahead = [each.model_copy(update={"updated": each.updated + timedelta(days=60_000)}) for each in old]
    harm = writer.make("moment", what="He hit me.", **at)
    forget()
    began = time.process_time()
    found = unanswered(Journal([therapist, *old, harm, *ahead]), harm.updated)
    assert time.process_time() - began < 30
    assert found == {therapist.id: harm}


def test_a_large_entry_takes_the_room_of_no_other(writer: Writer) -> None:
    therapist = writer.therapist()
    at = {"relationship_id": therapist.id, "at": writer.now}
    small = writer.make("moment", what="I want to die.", **at)
    large = writer.make("moment", what="word " * 19_990, meant_about_me="word " * 19_990, needed="word " * 1000, **at)
    assert danger_brought([large, small]) == ["I want to die."]


def test_what_is_not_meant_so_is_passed_over_and_nothing_else_is(writer: Writer) -> None:
    therapist = writer.therapist()
    words = "Something in me wanted to die of shame. She laughed."
    moment = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="I want to die. She laughed.")
    passed = not_meant_in(moment)
    assert passed == ("I want to die.",)
    moment = writer.rewrite(moment, not_meant=passed)
    assert dangers_lately(writer.journal, writer.now) == frozenset()
    moment = writer.rewrite(moment, what="I want to die. She laughed. I am going to kill myself tonight.")
    assert dangers_lately(writer.journal, writer.now) == {Danger.SUICIDE}, "new words are looked at"
    assert danger(words, (words,)) is None
    assert not_meant_in(moment) == ("I want to die.", "I am going to kill myself tonight.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("text,language\nhello,en\n", "lacks the column danger"),
        ("text,language,danger\nhello,en,maybe\n", "row 2: danger is 1 or 0"),
        ("text,language,danger\n ,en,1\n", "row 2: there is no text"),
        ("text,language,danger\n", "has no rows"),
    ],
)
def test_a_wrong_set_says_where(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(StudyError, match=sentence):
        read_sentences(text, "mine.csv")
    file = tmp_path / "mine.csv"
    file.write_text(text)
    result = CliRunner().invoke(app, ["validate", "danger", str(file)])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_command_takes_any_file(tmp_path: Path) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("text", "language", "danger"), ("I want to die", "en", 1), ("Hello", "en", 0)])
    file = tmp_path / "mine.csv"
    file.write_text(out.getvalue())
    result = CliRunner().invoke(app, ["validate", "danger", str(file), "--json"])
    assert result.exit_code == 0
    assert '"value": 1.0' in result.output


@pytest.mark.parametrize(
    "words",
    [
        "I want to kill myself. He hit me again last night.",
        "Ich will mich umbringen. Gestern hat er mich wieder geschlagen.",
    ],
)
def test_wanting_to_die_does_not_hide_being_harmed(writer: Writer, words: str) -> None:
    therapist = writer.therapist()
    moment = writer.write("moment", relationship_id=therapist.id, at=writer.now, what=words)
    assert dangers(words) >= {Danger.SUICIDE, Danger.HARMED}
    assert danger(words) is Danger.SUICIDE
    assert harm_lately(writer.journal, writer.now) == moment, "where to turn is offered"
    assert unanswered(writer.journal, writer.now) == {therapist.id: moment}, "and no talk, until it was asked about"
    harm = sentences_of_danger(words, Danger.HARMED)
    assert harm == [words.split(". ")[1]]


@pytest.mark.parametrize("text", ["Selbstmord", "ich\nwill\nsterben", "ich bringe sie um. dann mich."])
def test_a_few_words_need_nothing_beside_them(text: str) -> None:
    assert danger(text)
    assert danger(text, sentences_of_danger(text)) is None, "and can be said to be none"


@pytest.mark.parametrize(
    "words",
    [
        "Jonas hat mich an die Wand gedrückt",
        "Er hat einen Teller nach mir geworfen",
        "Er kontrolliert mein Handy und lässt mich nicht aus dem Haus",
        "Jonas me empujó contra la pared",
        "Anoche me volvió a pegar",
        "Me revisa el móvil y no me deja salir de casa",
        "Jonas m’a poussée contre le mur",
        "Il contrôle mon téléphone et ne me laisse pas sortir",
    ],
)
def test_common_violence_is_seen_in_every_language(words: str) -> None:
    assert [each.value for each in dangers(words)] == ["harmed"]


@pytest.mark.parametrize(
    "words",
    [
        "Meine Therapeutin hat mir Vorwürfe an den Kopf geworfen.",
        "Ich fühlte mich von ihr an die Wand gedrückt.",
        "Mit ihren Fragen hat sie mich an die Wand gedrückt.",
        "Se me volvió a pegar el resfriado de mi hijo.",
        "Mi terapeuta me empujó contra la pared con sus preguntas",
        "Mon psy m’a coincé contre le mur avec ses questions",
        "Sie hat mich an die Wand erinnert",
        "Me volvió a llamar",
        "Elle a poussé la table contre le mur",
        "Sie kontrolliert ihr Handy",
    ],
)
def test_words_like_it_are_none(words: str) -> None:
    assert not dangers(words)
