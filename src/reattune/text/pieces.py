"""A text in pieces that can be read one by one: sentences, and neighbouring pairs of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from reattune.text.normal_form import compatible, normal_form

# A sentence that is longer is read in windows that overlap, cut where a space is.
LONGEST = 300
_OVERLAP = 60
_LONGEST_PAIR = 360
_SENTENCE = re.compile(r"[^.!?\n…。！？؟।]*[.!?\n…。！？؟।]*\s*")
_ANSWER = re.compile(r"(?:no|yes|nein|ja|s[ií]|non|oui),\s+(?=\w)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
# Soft hyphens, and what joins or parts letters without being seen.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


@dataclass(frozen=True)
class Piece:
    """A part of a text, its spaces made single; ``sentences`` are the places of those that it holds, one or two."""

    text: str
    sentences: tuple[int, ...]

    @property
    def pair(self) -> bool:
        """Whether these are two sentences."""
        return len(self.sentences) > 1


def straight(text: str) -> str:
    """The same text with straight apostrophes, in composed letters, with single spaces, without marks that nobody sees,
    and not all in capitals."""
    plain = text.isascii()
    composed = text if plain else _UNSEEN.sub("", normal_form("NFC", text))
    if composed.isupper():
        composed = composed.lower()
    for curly in "`" if plain else "’‘ʼ´`":
        composed = composed.replace(curly, "'")
    return _SPACES.sub(" ", composed).strip()


def folded(text: str) -> str:
    """Small letters without accents, apostrophes straight; what is typed with or without accents becomes the same."""
    letters = compatible(straight(text).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_SIGNS = re.compile(r"[^\w\s',.?!-]")
_SIGN_TWICE = re.compile(r"([.?!,])\1+")


def plainly_spelt(text: str) -> str:
    """Small letters, none of them drawn out ("nooo"), no emoji, no mark twice and no full stop at the end.

    A sentence model that reads a text this way too is less led by how somebody types. Cost: O(length).
    """
    small = _SIGNS.sub(" ", _DRAWN_OUT.sub(r"\1", text.lower()))
    return _SPACES.sub(" ", _SIGN_TWICE.sub(r"\1", small)).strip().rstrip(".")


def sentences(text: str) -> list[str]:
    """The sentences of a text as they are typed, those without a letter left out; a very long one in its windows.

    An answer before a comma ("No, I want to.") is a sentence of its own: it denies nothing that follows.

    Cost: O(length).
    """
    found = (part for each in _SENTENCE.finditer(text) for part in _answer_apart(each.group().strip()))
    return [window for each in found if any(letter.isalpha() for letter in each) for window in _windows(each)]


def _answer_apart(sentence: str) -> tuple[str, ...]:
    answer = _ANSWER.match(sentence)
    return (answer.group().strip(), sentence[answer.end() :]) if answer else (sentence,)


def _windows(sentence: str) -> Iterator[str]:
    begin = 0
    while len(sentence) - begin > LONGEST:
        cut = sentence.rfind(" ", begin + LONGEST // 2, begin + LONGEST)
        end = cut if cut > 0 else begin + LONGEST
        yield sentence[begin:end]
        back = sentence.find(" ", end - _OVERLAP, end)
        begin = back + 1 if back > 0 else end - _OVERLAP
    yield sentence[begin:]


def pieces(parts: Sequence[str], left_out: Collection[int] = ()) -> list[Piece]:
    """Each of some sentences and each pair of neighbours that is short enough to be one thought.

    Those at the places ``left_out`` are passed over, and no pair has one of them. Cost: O(length); at most two pieces a
    sentence.
    """
    known = {each: straight(each) for each in set(parts)}
    plain = [known[each] for each in parts]
    found = []
    for place, each in enumerate(plain):
        if place in left_out:
            continue
        found.append(Piece(each, (place,)))
        after = place + 1
        if after < len(plain) and after not in left_out and len(each) + len(plain[after]) < _LONGEST_PAIR:
            found.append(Piece(f"{each} {plain[after]}", (place, after)))
    return found
