"""What is guessed first opens no journal for long: it is refused where a passphrase is chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.web.pages.begin.guessed_first import guessed_first
from tests.web.journals import sure

Own = Callable[..., Client]
SAID = "one of the first that somebody would try"


@pytest.mark.parametrize(
    "passphrase",
    [
        "1234567890", "password123", "Password 2024!", "passwordpassword", "iloveyou1234", "aaaaaaaaaaaa",
        "abababababab", "abcdefghijkl", "qwertzuiop", "poiuytrewq", "asdfghjkl;'1", "19850412 1990", "ich liebe dich",
        "Je t’aime !!", "te quiero 12", "contraseña1", "reattune2026", "My Therapy 1", "Tagebuch 2026",
        "princess princess", "(030) 1234 5678", "          a", "mnbvcxz  123", "ＰＡＳＳＷＯＲＤ１２３",
        "my therapist", "meine Therapie", "therapy journal", "Therapeutin1", "Notizen2024", "passphrase",
        "recovery code", "p@ssw0rd2024", "passw0rd!!", "passwordabc", "Januar2024", "Montag2024", "my therapy journal",
        "mi terapeuta", "ma psychologue", "Mon journal intime", "th3r4p1st 24", "s3cr3t d1ary", "mein Geheimnis!",
        "mot de passe 1", "P4$$w0rt 2026", "lass mich rein", "Hallo Therapeut", "Hallo Welt 1",
        "contraseñas", "Sitzung Montag", "dimanche 2026",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(passphrase: str) -> None:
    assert guessed_first(passphrase)


@pytest.mark.parametrize(
    "passphrase",
    [
        "four quiet words here now", "Der Kater schläft heute lang", "sunshine seven roads", "hT7-kq2-Zp9w",
        "la lune mange du pain", "我们去山上看月亮和星星",
        "🦊🌙🍞🚲🧶🎈🪴🐌🥁🪨", "журнал моей тихой весны", "qwerty and the fox",
        "my therapist hums softly", "a diary of blue kettles", "Montag regnet es immer", "four quiet words here",
        "my journal smells of rain", "5 green otters 4 you",
    ],
)  # fmt: skip
def test_words_in_a_row_are_taken(passphrase: str) -> None:
    assert not guessed_first(passphrase)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_beginning_says_why_and_begins_nothing(client: Client, language: str) -> None:
    given = {"passphrase": "password123", "again": "password123", "journal_kind": "person"}
    answer = client.post("/begin/", given, headers={"accept-language": language})
    assert answer.status_code == 200
    assert (SAID in answer.content.decode()) == (language == "en")
    assert "aria-invalid" in answer.content.decode()


@pytest.mark.django_db
def test_a_change_says_so_too_and_the_old_one_goes_on_opening(own: Own) -> None:
    client = own()
    given = {**sure(client), "passphrase": "iloveyou 2026", "again": "iloveyou 2026"}
    assert SAID in client.post("/settings/passphrase/", given).content.decode()
    client.post("/lock/")
    assert client.post("/unlock/", {"passphrase": sure(client)["current"]}).status_code == 302
