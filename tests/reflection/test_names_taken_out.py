"""Names in somebody's words: what is found, and what is known not to be."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest

from reattune.content import manner
from reattune.reflection.sharing.names import NamesTakenOut, Somebody

EVERYDAY = {"will", "mark", "rose"}
ANNA, JONAS, WILL, MUM, K, ANN = (UUID(int=number) for number in range(1, 7))
PEOPLE = [
    Somebody(ANNA, "Anna Berg", "a friend"),
    Somebody(JONAS, "Jonas", "my partner"),
    Somebody(WILL, "Will", "a teacher"),
    Somebody(MUM, "my mum", "a parent"),
    Somebody(K, "K", "someone at work"),
    Somebody(ANN, "Dr. José Ruiz", "a therapist"),
]


def out(words: str, *named: UUID) -> str:
    return NamesTakenOut(PEOPLE, named, EVERYDAY).out_of(words)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("I told Anna Berg about it.", "I told a friend about it."),
        ("I told anna about it.", "I told a friend about it."),
        ("ANNA said no.", "A friend said no."),
        ("Anna’s face. Annas Gesicht. Jonas' keys.", "A friend’s face. A friend’s Gesicht. My partner’s keys."),
        ("Frau Berg and Anna\nBerg", "Frau a friend and a friend"),
        ("Will came. I will go. Will’s book.", "A teacher came. I will go. A teacher’s book."),
        ("My mum and my mum's mum", "A parent and a parent’s mum"),
        ("Then K said: K. is late; ok, kk", "Then someone at work said: Someone at work. is late; ok, kk"),
        ("Jose Ruiz, José, JOSE\u0301", "A therapist, a therapist, a therapist"),
        ("Hannah, Annabel, bergamot, Joan", "Hannah, Annabel, bergamot, Joan"),
        ("(Jonas) “Jonas” Jonas-like", "(My partner) “my partner” my partner-like"),
        ("", ""),
    ],
)
def test_names_become_who_they_are(written: str, shown: str) -> None:
    assert out(written) == shown


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Anna Weiß", "Weiß; Weiss; WEISS; WEIẞ; Anna Weiß"),
        ("Strauss", "Strauß; STRAUSS"),
        ("Groß", "Groß; Gross"),
        ("İbrahim", "İbrahim; İBRAHİM; Ibrahim"),
        ("D'Angelo", "D’Angelo; D'Angelo; D´ANGELO"),
        ("O’Brien", "O'Brien; O’Brien"),
        ("Anna", "An\u00adna; An\u200bna; \u202aAnna\u202c"),
        ("José", "Jose; JOSE\u0301; José"),
        ("Jose", "José; JOSÉ"),
        ("Ὀδυσσεύς", "Ὀδυσσεύς; ὈΔΥΣΣΕΎΣ; Οδυσσευς"),
        ("ﬁona", "ﬁona; fiona; FIONA"),
        ("Jürgen", "Jürgen; Juergen; JUERGEN; Jurgen"),
        ("Søren", "Søren; Soeren; Soren"),
        ("Łukasz", "Łukasz; Lukasz"),
        ("Œdipe", "Œdipe; Oedipe"),
        ("Jean Luc", "Jean\u00a0Luc; jean  luc"),
    ],
)
def test_letters_that_are_written_in_more_than_one_way(name: str, written: str) -> None:
    names = NamesTakenOut([Somebody(ANNA, name, "a friend")], (), ())
    for form in written.split("; "):
        assert re.sub(r"[\u202a\u202c]", "", names.out_of(f"so {form} said")) == "so a friend said"


def test_the_words_beside_such_a_name_stay_as_they_were_written() -> None:
    names = NamesTakenOut([Somebody(ANNA, "Voß", "a friend")], (), ())
    written = "Spaß auf der Straße, ﬁne café: Voß’ Groß\u00adtante, Voßberg und „Voß“."
    assert names.out_of(written) == (
        "Spaß auf der Straße, ﬁne café: A friend’s Groß\u00adtante, Voßberg und „a friend“."
    )


def test_whom_the_person_ticks_keeps_the_name() -> None:
    assert out("Anna and Jonas’s mother", ANNA) == "Anna and my partner’s mother"


def test_of_two_with_one_name_the_one_who_is_not_ticked_decides() -> None:
    two = [Somebody(ANNA, "Anna", "a friend"), Somebody(ANN, "Anna Lind", "a parent")]
    assert NamesTakenOut(two, {ANNA}, ()).out_of("Anna") == "A parent"
    assert NamesTakenOut(two, {ANN}, ()).out_of("Anna Lind and Anna") == "Anna Lind and a friend"


def test_it_says_whom_it_met() -> None:
    names = NamesTakenOut(PEOPLE, {JONAS}, EVERYDAY)
    names.out_of("Jonas, then Anna, and I will see Jonas")
    assert names.met == (JONAS, ANNA)


def test_a_name_without_a_letter_is_looked_for_nowhere() -> None:
    assert NamesTakenOut([Somebody(ANNA, "?!", "a friend")], (), ()).out_of("What?!") == "What?!"


def test_without_people_nothing_changes() -> None:
    assert NamesTakenOut([], (), ()).out_of("Anna") == "Anna"


@pytest.mark.parametrize("written", ["Ana told me", "Annie told me", "my oldest friend, the one with the red house"])
def test_what_cannot_be_found(written: str) -> None:
    """Misspelt, a nickname, and who can be told from what is said: the page says so, and shows every word."""
    assert out(written) == written


FRENCH = [
    Somebody(ANNA, "Anna Berg", "la personne qui me suit"),
    Somebody(MUM, "Marie", "un de mes parents"),
    Somebody(JONAS, "mon Jules du travail", "mon enfant"),
]
SPANISH = [Somebody(ANNA, "Inés", "mi pareja"), Somebody(MUM, "mi Olga", "alguien del trabajo")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Un mot d’Anna. D'Anna aussi.", "Un mot de la personne qui me suit. De la personne qui me suit aussi."),
        ("Le mot de Marie, jusque chez Marie.", "Le mot d’un de mes parents, jusque chez un de mes parents."),
        (
            "Puisque Marie riait, et qu’Anna aussi.",
            "Puisqu’un de mes parents riait, et que la personne qui me suit aussi.",
        ),
        ("Du travail, et mon Jules. L’ode, code Marie", "Du travail, et mon enfant. L’ode, code un de mes parents"),
    ],
)
def test_a_french_word_before_a_name_fits_what_stands_there_instead(written: str, shown: str) -> None:
    fits(FRENCH, "fr", written, shown)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ana e Inés u Olga. Y Olga.", "Ana y mi pareja o alguien del trabajo. Y alguien del trabajo."),
        ("O Inés, o mi Olga.", "O mi pareja, o alguien del trabajo."),
        ("El mensaje de Olga", "El mensaje de alguien del trabajo"),
    ],
)
def test_a_spanish_word_before_a_name_fits_what_stands_there_instead(written: str, shown: str) -> None:
    fits(SPANISH, "es", written, shown)


def fits(people: list[Somebody], language: str, written: str, shown: str) -> None:
    changes = manner(language)["changes"]
    assert NamesTakenOut(people, (), (), "{name}", changes).out_of(written) == shown
    assert NamesTakenOut(people, {who.id for who in people}, (), "{name}", changes).out_of(written) == written


@pytest.mark.parametrize(
    ("name", "written", "shown"),
    [
        ("Anna Weiß", "Frau Weiß und WEISS und Weiss", "Frau somebody und somebody und somebody"),
        ("Groß", "Mit Groß geredet.", "Mit somebody geredet."),
        ("Voß", "Herr Voß sagte es.", "Herr somebody sagte es."),
        ("Strauss", "Herr Strauß", "Herr somebody"),
        ("D'Angelo", "Mr D’Angelo, D'Angelo", "Mr somebody, somebody"),
        ("O’Brien", "Mr O'Brien", "Mr somebody"),
        ("Anna", "my An\u00adna, An\u200bna", "Somebody, somebody"),
        ("İbrahim", "so İbrahim, Ibrahim, İBRAHİM", "so somebody, somebody, somebody"),
        ("Søren", "so Søren, SØREN", "so somebody, somebody"),
        ("Œdipe", "so Œdipe, œdipe", "so somebody, somebody"),
    ],
)
def test_names_are_found_however_their_letters_are_written(name: str, written: str, shown: str) -> None:
    assert NamesTakenOut([Somebody(ANNA, name, "somebody")], []).out_of(written) == shown


def test_of_a_name_that_was_cut_the_rest_is_found_too() -> None:
    cut = "Maximiliane Theodora Friederike Hohenstaufen-Wittelsbach"[:40]
    names = NamesTakenOut([Somebody(uuid4(), cut, "the client")], ())
    said = "Frau Hohenstaufen-Wittelsbach went quiet; Hohenstaufen’s tears. A hohe Stufe, and Hohenlohe."
    assert names.out_of(said) == "Frau the client went quiet; the client’s tears. A hohe Stufe, and Hohenlohe."
    short = NamesTakenOut([Somebody(uuid4(), "Maximiliane Hohensta", "the client")], ())
    assert "Hohenstaufen" in short.out_of(said)


def test_the_number_of_a_file_is_a_name_and_a_small_one_is_a_number() -> None:
    names = NamesTakenOut([Somebody(uuid4(), "4711", "the client"), Somebody(uuid4(), "3", "another client")], ())
    assert (
        names.out_of("4711 said 3 times that 47110 isn’t 4711.")
        == "The client said 3 times that 47110 isn’t the client."
    )
