"""Names in somebody's words: what is found, and what is known not to be."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from itertools import product
from time import process_time
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.content import manner
from reattune.reflection.sharing.name_places import NamePlaces
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


@pytest.mark.parametrize(
    ("name", "written", "shown"),
    [
        ("1", "I saw client 1 at 1. The client 1’s file, #1 and № 1", "I saw B. at 1. B.’s file, B. and B."),
        ("12", "Die Klientin 12 kam um 12, der Klient 12 nicht, #12 ja", "B. kam um 12, B. nicht, B. ja"),
        ("A", "A day with client A; client a bit late, cliente A, #A", "A day with B.; client a bit late, B., B."),
        ("x", "Patientin X und die Klientin x, 3 x", "B. und B., 3 x"),
        ("№3", "le client n. 3 et la cliente 3, №3, # 3", "le client n. 3 et B., B., B."),
        ("#5", "client #5, client 5, #5, 5 times", "B., B., B., 5 times"),
        ("李", "client 李 sat", "B. sat"),
        ("🌻", "Client 🌻 and a 🌻", "B. and a 🌻"),
        ("№4711", "4711 called; №4711’s", "B. called; B.’s"),
    ],
)
def test_a_number_or_a_letter_is_a_name_after_what_says_so(name: str, written: str, shown: str) -> None:
    who = uuid4()
    assert NamesTakenOut([Somebody(who, name, "B.")], ()).out_of(written) == shown
    assert NamesTakenOut([Somebody(who, name, "B.")], {who}).out_of(written) == written


def test_names_from_before_never_stay_and_todays_decide() -> None:
    amber, holm = uuid4(), uuid4()
    people = [Somebody(amber, "A. M.", "the client", ("Amber", "Holm")), Somebody(holm, "Holm", "another client")]
    for named in ((), (amber, holm)):
        assert NamesTakenOut(people, named).out_of("AMBER’s mother") == "The client’s mother"
    names = NamesTakenOut(people, {holm})
    assert names.out_of("Holm") == "The client"
    assert NamesTakenOut(people, ()).out_of("Holm") == "Another client"
    assert NamesTakenOut(people, {amber}).met == ()


def cost(names: list[str], words: str) -> float:
    """What it takes of the processor to take names out of words, the least of three times."""
    people = [Somebody(uuid5(NAMESPACE_URL, name), name, "somebody") for name in names]
    taken_out, took = NamesTakenOut(people, []), []
    for _round in range(3):
        began = process_time()
        taken_out.out_of(words)
        took.append(process_time() - began)
    return min(took)


def test_very_many_names_that_begin_alike_are_no_more_work_than_the_text_is_long() -> None:
    """As a pattern of all names it was their number times their length, at each word, with every thread waiting."""
    ordinary = cost([f"Anna{number} Berg" for number in range(200)], "I told Anna7 Berg that I was late. " * 600)
    alike = cost([f"{'a ' * 90}b{number}" for number in range(200)], "a " * 10_000)
    assert alike < 10 * ordinary


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([f"{'a ' * 99}b"], "a "),
        ([f"{'a ' * number}a" for number in range(1, 100)], "a "),
        ([f"{'a(' * number}a(" for number in range(1, 99)], "a("),
        ([("a-" * 100)[:199] + "b"], "a-"),
    ],
)
def test_a_name_of_very_many_words_is_no_more_work_than_an_ordinary_one(names: list[str], words: str) -> None:
    """A walk along the name from each word of a text froze a whole installation for minutes."""
    text = words * 20_000
    assert cost(names, text) < 5 * cost(["Anna Berg"], text)


def test_very_many_earlier_names_take_little_more_memory_than_their_letters() -> None:
    """A tree with a node for each letter took 1,200 bytes a letter: twelve pages of a small file stopped everything."""
    words = ["".join(letters) for letters in product("abcdäefg", repeat=3)]
    names = [" ".join(words[(number * 7 + place * 31) % 512] for place in range(50)) for number in range(250)]
    people = [Somebody(uuid4(), "Anna Berg", "somebody", tuple(names))]
    tracemalloc.start()
    try:
        said = NamesTakenOut(people, []).out_of(f"Anna and {names[7]} said so.")
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said == "Somebody and somebody said so."
    assert most < 60 * sum(map(len, names))


_FORM = (
    st.lists(st.sampled_from(["a", "s", "as", " ", "-", "'", "(", "b1"]), min_size=1, max_size=6)
    .map("".join)
    .map(str.strip)
)


@settings(deadline=None, max_examples=500)
@given(st.lists(_FORM.filter(bool), max_size=6), st.sets(st.integers(0, 5)), st.data())
def test_names_are_found_as_if_each_were_looked_for_at_each_place(
    forms: list[str], numbers: set[int], data: st.DataObject
) -> None:
    cut = [form for number, form in enumerate(forms) if number in numbers and form[-1].isalnum()]
    part = st.sampled_from([*forms, "a", "s", "as", " ", "  ", "-", "'", "(", "b1", "\n", "x"])
    text = "".join(data.draw(st.lists(part, max_size=12)))
    found = [(place.start, place.end, place.form) for place in NamePlaces(forms, cut, (), ()).found_in(text)]
    assert found == list(one_by_one(forms, cut, text))


def one_by_one(forms: list[str], cut: list[str], text: str) -> Iterator[tuple[int, int, str]]:
    """The slow way: every form at every place, first those that go on, the longest first."""
    done = 0
    longest = [
        (form, added) for each, added in ((cut, r"[^\W_]*(?:-[^\W_]+)*"), (forms, "")) for form in by_length(each)
    ]
    for place in range(len(text)):
        if place < done or text[place].isspace() or (place and text[place - 1].isalnum()):
            continue
        for form, added in longest:
            spelt = r"\s+".join(map(re.escape, re.split(r"\s+", form)))
            if match := re.compile(rf"{spelt}{added}('s|s|')?(?![^\W_])").match(text, place):
                yield place, match.end(), form
                done = match.end()
                break


def by_length(forms: list[str]) -> list[str]:
    """The longest first, of those that are one form with other spaces the last."""
    known = {re.sub(r"\s+", " ", form): form for form in forms}
    return sorted(known.values(), key=lambda form: len(re.sub(r"\s+", " ", form)), reverse=True)


@pytest.mark.parametrize("name", ["\u200d", "\uff9e" * 50, "’", "(", "№", "-", "\u0301"])
def test_names_without_a_letter_are_no_names_in_words(name: str) -> None:
    taken_out = NamesTakenOut([Somebody(uuid5(NAMESPACE_URL, name), name, "somebody")], [])
    assert taken_out.out_of("The client (and I) – we’re late # 5.") == "The client (and I) – we’re late # 5."
