"""Passphrases that are guessed first: common ones, a single word with digits, two that name the thing
itself, numbers, rows of keys.

Refused where one is chosen (OWASP ASVS 5.0, 6.2.4, 6.2.11). One that is in use stays in use.
"""

from __future__ import annotations

import re
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator

from reattune.text.pieces import folded

# Fewer different signs than these are a rhythm, and no secret.
_FEWEST_SIGNS = 5
# From here on Unicode has signs that no list of passwords has, emoji among them.
_FIRST_PICTURE = 0x2000
# fmt: off
# What stands before a word of those below and makes no secret of it.
_MINE = "my mein meine mi mis mon ma mes the der die das el la le"
# What this program is about, what a passphrase is, a day or a greeting: lists of English passwords don't know them.
_WORDS = (
    "reattune therapy therapies therapist psychotherapy psychotherapist psychologist counselling counseling counsellor "
    "counselor session sessions journal diary notes note "
    "therapie therapeut therapeutin psychotherapie psychotherapeut psychotherapeutin psychologe psychologin psychiater "
    "sitzung sitzungen tagebuch notizen notiz notizbuch "
    "terapia terapeuta psicoterapia psicoterapeuta psicologo psicologa sesion sesiones diario notas nota cuaderno "
    "therapeute psychotherapeute psychologue seance seances journalintime carnet cahier "
    "password passwords passphrase secret private recovery code key passwort kennwort geheim geheimnis privat "
    "wiederherstellung wiederherstellungs contrasena contrasenas clave secreto secreta privado privada recuperacion "
    "codigo motdepasse phrasedepasse secrete prive privee recuperation "
    "january february march april may june july august september october november december "
    "januar jaenner februar maerz marz mai juni juli oktober dezember "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre "
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag lunes martes miercoles jueves viernes sabado domingo lundi mardi mercredi jeudi vendredi samedi dimanche "
    "spring summer autumn winter fruehling fruhling sommer herbst primavera verano otono invierno printemps ete "
    "automne hiver today heute hoy aujourdhui "
    "iloveyou ichliebedich teamo tequiero jetaime hello hallo hola bonjour welcome willkommen bienvenido bienvenue "
    "please bitte porfavor letmein lassmichrein dejameentrar laissemoientrer world welt mundo monde "
    "admin test abc qwe asd"
)
# fmt: on
# Two of them are guessed as soon as one.
_PIECES = re.compile(f"(?:{_MINE.replace(' ', '|')})?(?:{_WORDS.replace(' ', '|')}){{1,2}}")
# How a letter is usually replaced.
_REPLACED = (str.maketrans("@401!3$57", "aaoiiesst"), str.maketrans("@401!3$57", "aaollesst"))
_ROWS = ("1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm")


def guessed_first(passphrase: str) -> bool:
    """Whether whoever guesses would try it among the first: upper case, accents, spaces and signs don't matter."""
    signs = "".join(folded(passphrase).split())
    letters = "".join(each for each in signs if each.isalpha() or ord(each) >= _FIRST_PICTURE)
    if len(set(signs)) < _FEWEST_SIGNS or not letters:
        return True
    known = _common()
    written = {letters, *_written_out(signs)}
    tried = {signs, _once(signs), *written, *map(_once, written)}
    if not tried.isdisjoint(known) or any(_PIECES.fullmatch(each) for each in tried):
        return True
    return any(_of_a_row(each) for each in (signs, letters))


def _written_out(signs: str) -> set[str]:
    """What it says where letters are replaced in the usual way, without the figures and signs at its ends."""
    core = signs.strip("0123456789!?.,;:-_*+#%&/()=")
    return {"".join(filter(str.isalpha, core.translate(each))) for each in _REPLACED}


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _once(word: str) -> str:
    """A word without its repetitions: ``passwordpassword`` is ``password``."""
    return word[: (word + word).find(word, 1)] if word else ""


def _of_a_row(word: str) -> bool:
    """Whether it goes along one row of keys, forwards or backwards, and round again."""
    rows = [round_again for row in _ROWS for round_again in (row * 8, row[::-1] * 8)]
    return bool(word) and any(word in row for row in rows)
