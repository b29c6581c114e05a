"""Each language reads easily, does not shout, and speaks to the person as docs/languages.md says."""

from __future__ import annotations

import re

import pytest

from reattune import content
from scripts.languages import catalogues, prose
from tests.languages.test_whole import OTHERS, not_yet, strings
from tests.test_content import lix

# LIX that a plain text may reach. Two higher than in English, since words are longer by grammar: compounds in German,
# endings and function words in Spanish and French. The figures are in docs/languages.md.
HARDEST = {"de": 32, "es": 32, "fr": 32}
READ = (
    "guides", "follow_back", "helplines", "prompts", "openings", "therapist_answers", "boundaries_and_leaving",
    "guides_for_therapists", "prompts_to_client", "openings_to_client", "vignettes",
)  # fmt: skip
# The polite form and forms of one country: the journal speaks to the person as du, tú, tu; Spanish to all countries.
OTHER_FORM = {
    "de": r"\b(?:Ihnen|Ihre?[mnrs]?)\b|(?<=[a-zäöüß,] )Sie\b",
    "es": r"\b(?:usted(?:es)?|vosotr[oa]s|vuestr[oa]s?|vos)\b",
    "fr": r"\b(?:vous|votre|vos)\b",
}
GENDERED = {
    "de": r"\w(?:Innen\b|/in(?:nen)?\b|\(in\))",
    "es": r"\w(?:@|/as?\b|\(as?\))",
    "fr": r"\w\(e\)",
}


def everything(language: str, files: tuple[str, ...]) -> dict[str, str]:
    """The prose of each file that is there, as one text."""
    found = {}
    for file in files:
        texts = strings(prose.written(file, language), lambda text: bool(text.strip()))
        if texts:
            found[file] = " ".join(text if text[-1] in ".?!:…" else f"{text}." for text in texts)
    return found


def screens(language: str) -> list[str]:
    """Every sentence of the screens that is written."""
    said = []
    for message in catalogues.read(language):
        if message.id:
            said += message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return [text for text in said if text]


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_said_is_plain(language: str) -> None:
    texts = everything(language, READ)
    if not texts:
        not_yet(language)
    assert {file: round(lix(text)) for file, text in texts.items() if lix(text) > HARDEST[language]} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_shouts(language: str) -> None:
    # What is listened for are patterns, in which the sign means something else.
    shown = tuple(file for file in prose.english_files() if file != "speech")
    texts = [*screens(language), *everything(language, shown).values()]
    # In Spanish a request may begin with ¡; nothing here needs one.
    assert [text[:80] for text in texts if "!" in text or "¡" in text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_screens_speak_to_the_person_in_one_form(language: str) -> None:
    quoted = re.compile("[“„«].*?[”“»]")
    wrong = [text for text in screens(language) if re.search(OTHER_FORM[language], quoted.sub("", text))]
    wrong = [text for text in wrong if not set(text.split()) & set(content.manner(language)["speaking_to"].values())]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_nobody_s_gender_is_written_with_a_slash(language: str) -> None:
    texts = [*screens(language), *everything(language, tuple(prose.english_files())).values()]
    assert [found[0] for text in texts for found in re.finditer(GENDERED[language], text)] == []


FORMAL = [
    ("de", "Wenn Sie wollen, sperren Sie Ihr Tagebuch."),
    ("es", "Si usted quiere, puede guardarlo."),
    ("fr", "Si vous voulez."),
]


@pytest.mark.parametrize(("language", "wrong"), FORMAL)
def test_another_form_is_found(language: str, wrong: str) -> None:
    assert re.search(OTHER_FORM[language], wrong)
