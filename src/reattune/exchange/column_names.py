"""What the name of a column says: who, when, how much; compared without case, spaces, accents or underscores."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from reattune import content
from reattune.text.normal_form import normal_form

_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Letters from which on a word of a list may have an ending.
_STEM = 4
_ENDINGS = ("en", "in", "innen", "s", "n", "e", "")


class Role(StrEnum):
    """What a column can be."""

    CLIENT = "client"
    SESSION = "session"
    DATE = "date"
    SCORE = "score"
    THERAPIST = "therapist"
    MEASURE = "measure"
    OTHER = "other"


@dataclass(frozen=True)
class NameParts:
    """A name taken apart.

    Attributes:
        stem: its letters without marks of time and item.
        time: the number that counts the sessions, if a mark says so; ``label`` a time that has a name.
        item: the number of a question, if a mark says so.
        free: a number without a mark; ``glued`` whether it stands right at the letters.
        words: all of it, in small letters.
    """

    name: str
    stem: str
    words: tuple[str, ...]
    time: int | None = None
    label: int | None = None
    item: int | None = None
    free: int | None = None
    mark: str = ""
    side: str = ""


# No column is called longer: what follows are rather words of somebody.
_LONGEST = 200


def words_of(name: str) -> tuple[str, ...]:
    """The words and numbers that a name is made of, of a very long one those it begins with."""
    name = name[:_LONGEST]
    plain = name.replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = plain.replace("Ä", "Ae").replace("Ö", "Oe").replace("Ü", "Ue")
    decomposed = normal_form("NFKD", plain)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    if any(char.islower() for char in bare):
        bare = _CAMEL.sub(" ", bare)
    return tuple(word.lower() for word in _WORD.findall(bare))


@cache
def word_set(key: str) -> frozenset[str]:
    """One list of ``content/column_words.toml``."""
    words: list[str] = content.load("column_words.toml")[key]
    return frozenset(words)


@cache
def role_of(name: str) -> Role | None:
    """What a column is by its name alone; ``None`` where that says nothing."""
    words = words_of(name)
    if not words:
        return None
    if set(words) & word_set("other_dates"):
        return Role.OTHER
    if words[0] == "redcap":
        return _redcap(words)
    bare = [word for word in words if word not in word_set("numbering") and not word.isdigit()]
    if "".join(words) in word_set("client_else") or (not bare and _only_client(words)):
        return Role.CLIENT
    if not bare:
        return None
    if len(bare) == 1 and (role := _single(bare[0])):
        return role
    if any(_is(word, "date") for word in bare) and not any(
        word in word_set("time_marks") and len(word) == 1 for word in bare
    ):
        return Role.DATE
    joined = _single("".join(bare))
    if joined:
        return joined
    roles = {role for word in bare if (role := _single(word))}
    return roles.pop() if len(roles) == 1 and all(_single(word) for word in bare) else None


def _only_client(words: Sequence[str]) -> bool:
    return any(word in word_set("client_else") for word in words)


def _redcap(words: Sequence[str]) -> Role:
    rest = words[1:]
    if "instrument" in rest:
        return Role.MEASURE
    return Role.SESSION if "instance" in rest or "event" in rest else Role.OTHER


@cache
def _single(word: str) -> Role | None:
    for role in (Role.CLIENT, Role.THERAPIST, Role.SESSION, Role.DATE, Role.MEASURE, Role.SCORE):
        if _is(word, role.value):
            return role
    if word in word_set("client_else"):
        return Role.CLIENT
    return Role.OTHER if word in word_set("other_numbers") else None


@cache
def _is(word: str, key: str) -> bool:
    """Whether a word is of a list, as it stands or in a compound such as Patientennummer or Sitzungsdatum."""
    known = word_set(key)
    if word in known:
        return True
    if len(word) < 6:
        return word[-2:] in {"nr", "id", "no"} and word[:-2] in known and len(word) > 3
    for ending in (
        "nummer",
        "number",
        "nr",
        "num",
        "no",
        "id",
        "code",
        "kode",
        "name",
        "kennung",
        "key",
        "ref",
        "wert",
        "punkte",
    ):
        if word.endswith(ending):
            front = word[: -len(ending)]
            if any(front.endswith(link) and front[: len(front) - len(link)] in known for link in _ENDINGS):
                return True
    if key == "date":
        return word.endswith(("datum", "date")) and len(word) < 24
    return any(
        word.startswith(front) and word[len(front) :] in known for front in ("id", "num", "numero", "no", "nr", "code")
    )


def whose_word(word: str) -> str | None:
    """Whose rating it is by what stands in a column of raters: "client" or "therapist"; ``None`` for anything else."""
    said = words_of(word)
    told = [whose for whose, key in (("client", "of_client"), ("therapist", "of_therapist")) if _is_one(said, key)]
    return told[0] if len(told) == 1 else None


def _is_one(said: tuple[str, ...], key: str) -> bool:
    """Whether a word is one of a list, or begins with one that is long enough, as "therapists" and "Klientin" do."""
    words = word_set(key)
    return bool(said) and (said[0] in words or said[0].startswith(tuple(word for word in words if len(word) > _STEM)))


# How the two are written short, where a column of each is there.
_SHORT = {"pt": "client", "th": "therapist"}


def therapists_of_pairs(names: Iterable[str]) -> frozenset[str]:
    """Columns of the therapist's ratings, each beside a column that is called the same but for being the client's."""
    told = [(name, *whose_and_what(name)) for name in names]
    clients = {rest for _name, whose, rest in told if whose == "client"}
    return frozenset(name for name, whose, rest in told if whose == "therapist" and rest in clients)


def whose_and_what(name: str) -> tuple[str | None, tuple[str, ...]]:
    """Whose rating a name says it is, and the name without the word that says it."""
    words = words_of(name)
    said = [(place, whose) for place, word in enumerate(words) if (whose := whose_word(word) or _SHORT.get(word))]
    if len(said) != 1:
        return None, words
    place, whose = said[0]
    return whose, words[:place] + words[place + 1 :]


def is_symptom(name: str) -> bool:
    """Whether a name speaks of what there should be less of."""
    return any(word in word_set("symptoms") for word in words_of(name))


@cache
def named_times() -> dict[str, int]:
    """Words for times, with their place in the order: before, between, after, later."""
    return {
        word: place for place, line in enumerate(content.load("column_words.toml")["times"]) for word in line["words"]
    }


def parts_of(name: str) -> NameParts:
    """A name of a score column taken apart; names of instruments must be taken out of it first."""
    words = words_of(name)
    pairs: list[tuple[str, int | None]] = []
    for word in words:
        if word.isdigit():
            if pairs and pairs[-1][1] is None:
                pairs[-1] = (pairs[-1][0], int(word))
            else:
                pairs.append(("", int(word)))
        else:
            pairs.append((word, None))
    found: dict[str, int | None] = {"time": None, "item": None, "free": None, "label": None}
    stem: list[str] = []
    mark = side = ""
    for word, number in pairs:
        if number is not None and word in word_set("time_marks") and found["time"] is None:
            found["time"], mark = number, word
        elif number is not None and word in word_set("item_marks") and found["item"] is None:
            found["item"] = number
        elif number is not None and found["free"] is None:
            found["free"] = number
            stem.append(word)
        elif number is not None:
            stem.append(f"{word}{number}")
        elif (place := named_times().get(word)) is not None and found["label"] is None:
            found["label"] = place
        elif word in word_set("time_marks") and len(word) > 2:
            mark = mark or word
        else:
            if word in word_set("of_therapist"):
                side = "therapist"
            elif word in word_set("of_client"):
                side = "client"
            stem.append(word)
    return NameParts(
        name,
        " ".join(filter(None, stem)),
        words,
        found["time"],
        found["label"],
        found["item"],
        found["free"],
        mark,
        side,
    )
