"""What somebody else threatens or does, and a medicine that was just taken: as what it is, in each language alike."""

from __future__ import annotations

import pytest

from reattune.reflection.danger_expressions import findings, languages_of
from reattune.reflection.danger_recogniser import Danger, dangers

THREATENED = [
    "Mein Ex hat geschrieben, dass er mich umbringt.",
    "Sie hat mich mit dem Schuh geschlagen und gedroht, mich zu erstechen.",
    "Mein Bruder hat mich vorhin geschlagen.",
    "Wenn ich ihn verlasse, bringt er mich um, hat er gesagt.",
    "Er bringt mich um, falls ich ausziehe.",
    "Er hat geschrien, er bringt uns um.",
    "Mein Mann will mich umbringen.",
    "Er droht mir, mich umzubringen.",
    "Er hat gedroht, mich zu töten.",
    "Mein Stiefvater versucht, mich zu erwürgen.",
    "Il a juré qu’il me tuerait.",
    "Mon ex répète qu’il va me buter.",
    "Si je le quitte, il me tue.",
    "Ma compagne menace de me poignarder.",
    "Il va me tuer.",
    "Il menace de me tuer.",
    "Mon mari veut me tuer.",
    "Mi ex dijo que me mataría.",
    "Si me voy, me mata.",
    "Me amenazó con matarme.",
    "Amenaza con matarme.",
    "Mi marido quiere matarme.",
    "Mi pareja me va a matar si lo dejo.",
]
HARMED = [
    "Mein Freund lässt mich seit Tagen nicht mehr aus dem Zimmer.",
    "Elle m’a jeté une bouteille au visage.",
    "Il a braqué une arme sur moi hier.",
    "Mon frère a sorti son couteau devant moi.",
    "Me ha encerrado en el baño con llave.",
    "Anoche me tiró una silla.",
    "Mi marido no me deja salir de casa.",
]
TAKEN = [
    "Alle Schlaftabletten auf einmal genommen, vor zehn Minuten.",
    "Vor einer halben Stunde habe ich zu viele Tabletten geschluckt.",
    "J’ai avalé toute la boîte d’un coup, c’était des somnifères.",
    "J’ai pris tous les somnifères il y a dix minutes.",
    "Me he tragado todo el bote de pastillas de golpe.",
    "Me tomé todas las pastillas hace dos horas.",
]
OF_ONESELF = [
    "Ich habe gedroht, mich umzubringen.",
    "Manchmal will ich mich einfach umbringen.",
    "Je menace de me tuer.",
    "J’ai envie de me tuer.",
    "Le amenazo con matarme si me deja.",
    "Quiero matarme.",
    "La corde est prête.",
]
NEITHER = [
    # Figures of speech
    "Meine Mutter bringt mich um, wenn ich das Auto zerkratze.",
    "Mein Chef bringt mich um, wenn das Protokoll fehlt.",
    "Meine Schwester sagt, sie bringt mich um, wenn ich wieder ihren Pulli nehme.",
    "Das Warten bringt mich um.",
    "Ce suspense me tue.",
    "Mi madre me mata si suspendo.",
    "Me mata la espalda.",
    "Elle m’a lancé un regard.",
    # Something else
    "Die Grippe lässt mich nicht aus dem Haus.",
    "Meine Mutter lässt mich nicht aus dem Haus ohne Mütze.",
    "Vor zwei Stunden habe ich alle Tabletten für die Woche sortiert.",
    "Il m’a lancé une bouteille d’eau pendant le match.",
    "J’ai pris tous mes cachets ce matin comme prescrit.",
    "La corde à linge est attachée au balcon.",
    "La ansiedad no me deja salir de casa.",
    "Me encerré en el baño a llorar.",
    "Me tomé todas las pastillas de la mañana como siempre.",
    # Denied, long past, made up
    "Er hat nie gedroht, mich umzubringen.",
    "Il n’a jamais dit qu’il me tuerait.",
    "Nunca dijo que me mataría.",
    "Als Kind hat mein Vater gesagt, er bringt mich um, das war 1998.",
    "Quand j’avais dix ans, mon père menaçait de me tuer, il y a longtemps.",
    "In dem Krimi droht er, sie umzubringen.",
    "Dans le film, il menace de la tuer.",
    "En la serie él amenaza con matarla.",
]


@pytest.mark.parametrize("text", THREATENED)
def test_what_another_threatens_or_does_is_nothing_of_oneself(text: str) -> None:
    assert dangers(text) == {Danger.HARMED}


@pytest.mark.parametrize("text", HARMED)
def test_what_another_does_is_seen(text: str) -> None:
    assert Danger.HARMED in dangers(text)


@pytest.mark.parametrize("text", TAKEN)
def test_far_too_much_taken_just_now_waits_for_no_weighing(text: str) -> None:
    assert Danger.SUICIDE in dangers(text)


@pytest.mark.parametrize("text", OF_ONESELF)
def test_what_one_threatens_or_means_oneself_stays_what_it_is(text: str) -> None:
    assert Danger.SUICIDE in dangers(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_only_sounds_like_it_finds_no_expression_of_these(text: str) -> None:
    assert Danger.HARMED not in findings(text, languages_of(text))
    assert Danger.HARMED not in dangers(text)


def test_one_does_not_hide_the_other() -> None:
    assert dangers("Er droht mir, mich umzubringen. Ich will nicht mehr leben.") == {Danger.HARMED, Danger.SUICIDE}
    assert Danger.SUICIDE in dangers("Il menace de me tuer, et moi j’ai envie de mourir.")
    hurt_twice = dangers("Er hat mich geschlagen, und danach habe ich mich geritzt.")
    assert hurt_twice == {Danger.HARMED, Danger.SELF_HARM}
    assert Danger.SELF_HARM in dangers("Me quemo con un cigarrillo cuando me siento vacía.")
    assert Danger.SUICIDE in dangers("Er droht, mich umzubringen, und ich will mich selbst umbringen.")
