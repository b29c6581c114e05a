"""Names of other people in somebody's words: found as far as they can be, and replaced by who they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from reattune.journal.client_names import LONGEST_NAME
from reattune.text.folding import folded, folded_with_places
from reattune.text.normal_form import normal_form

# Words of a name that name nobody by themselves: "My boss", "Dr Berg", "Anna from work".
_NOT_A_NAME = re.compile(
    r"my|our|the|an?|of|from|at|in|and|or|mrs?|ms|mx|miss|dr|prof|professor|sir|herr|frau|señora?|don|doña|der|die|das"
    r"|den|dem|meine?|el|la|los|las|mis?|un|una|y|al|con|en|sr|sra|srta|doctora?|de|del|da|di|du|des|les?|une|mon|ma|mes"
    r"|et|au|aux|à|chez|mme|mlle|monsieur|madame|mademoiselle|docteure|van|von|zu|zur"
)
_MY = r"(?:\b(?:my|mein|meine|meinem|meinen|meiner|mis?|mon|ma|mes)\s+)?"
# So many letters at the end of a name that was cut tell whose it is.
_TELLING = 4
# So many digits are somebody's number.
_NUMBERED = 3
# Letters that are written out, or plainly, where a keyboard does not have them: Jürgen, Juergen; Søren, Soeren, Soren.
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "œ": "oe", "æ": "ae", "ø": "oe", "å": "aa"})
_PLAINLY = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_ENDS_SENTENCE, _BEFORE_A_WORD = ".!?…:\n", "\"'“„«("


@dataclass(frozen=True)
class Somebody:
    """One of the people of a journal: how they are called there, and what stands instead of that."""

    id: UUID
    name: str
    instead: str


class NamesTakenOut:
    """Replaces the names of people who are not to be named.

    Whole names are found, and the words they are made of ("Anna" of "Anna Berg"), in any case, with or without
    accents, ß as ss, with any apostrophe and whatever marks nobody sees, and with an s at the end. A word that is also
    an everyday word (``everyday``: "will", "mark") counts as a name only where it is written with a capital letter.
    Of a name as long as a name can be here, which a file may have had longer, the rest is found as well.
    What cannot be found: nicknames that are not in the journal, misspelt names, and who can be told by what is said of
    them.

    Args:
        people: everyone who could be named, without the one who is going to read it.
        named: those of them whose names may stay.
        possessive: how something is said to be somebody's.
        changes: words that change with the sound after them, as ``changes`` in ``language.toml`` of the words'
            language.
    """

    def __init__(
        self,
        people: Sequence[Somebody],
        named: Collection[UUID],
        everyday: Collection[str] = (),
        possessive: str = "{name}’s",
        changes: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self._named = frozenset(named)
        self._everyday = frozenset(everyday)
        self._possessive = possessive
        self._changes = {folded(each[form].strip()): each for each in changes for form in ("word", "becomes")}
        self._by_form: dict[str, Somebody] = {}
        self._met: dict[UUID, None] = {}
        self._cut: set[str] = set()
        for somebody in people:
            whole = " ".join(_composed(somebody.name).split())
            self._learn(whole, somebody)
            if len(whole) >= LONGEST_NAME - 1:
                last = (each for each in _words_of(whole)[-1:] if len(each) >= _TELLING)
                self._cut.update(*map(_forms_of, (whole, *last)))
            if words := _words_of(somebody.name):
                self._learn(" ".join(words), somebody)
        for somebody in people:
            for word in _words_of(somebody.name):
                self._learn(word, somebody)
        forms = sorted(self._by_form, key=len, reverse=True)
        found, cut = _any_of(forms), _any_of([form for form in forms if form in self._cut])
        whole = rf"(?P<cut>{cut})[^\W_]*(?:-[^\W_]+)*|" if cut else "(?P<cut>(?!))|"
        # Looked for in words that are folded as the forms are.
        self._pattern = (
            re.compile(rf"{self._before()}{_MY}(?<![^\W_])(?:{whole}(?P<name>{found}))(?P<s>'s|s|')?(?![^\W_])")
            if forms
            else None
        )

    def _before(self) -> str:
        """A pattern of a word that changes with what follows it, where there is one."""
        words = "|".join(re.escape(word) for word in sorted(self._changes, key=len, reverse=True))
        return rf"(?P<before>(?<![^\W_])(?:{words})(?:\s+|(?<=')))?" if words else "(?P<before>)?"

    def _learn(self, form: str, somebody: Somebody) -> None:
        # A small number alone is rather a number; one of several digits is that of a file.
        if not any(letter.isalpha() for letter in form) and len(re.sub(r"\D", "", form)) < _NUMBERED:
            return
        for each in _forms_of(form):
            known = self._by_form.get(each)
            # Of two who share a name, the one who may not be named decides.
            if known is None or (known.id in self._named and somebody.id not in self._named):
                self._by_form[each] = somebody

    @property
    def met(self) -> tuple[UUID, ...]:
        """Whose names were found so far, named or not, in the order they were met."""
        return tuple(self._met)

    def meet(self, somebody: UUID) -> None:
        """Somebody is spoken of without their name standing in the words."""
        self._met[somebody] = None

    def out_of(self, words: str) -> str:
        """``words`` without the names that may not stand in them."""
        composed = _composed(words)
        if not self._pattern:
            return composed
        plain, places = folded_with_places(composed)
        places.append(len(composed))
        shown, done = [], 0
        for found in self._pattern.finditer(plain):
            start, end = places[found.start()], places[found.end()]
            shown += [composed[done:start], self._instead(found, composed, places)]
            done = end
        return "".join(shown) + composed[done:]

    def _instead(self, found: re.Match[str], words: str, places: list[int]) -> str:
        def written(group: int | str) -> str:
            return words[places[found.start(group)] : places[found.end(group)]] if found[group] else ""

        which = "name" if found["name"] else "cut"
        somebody = self._by_form.get(re.sub(r"\s+", " ", found[which]))
        if somebody is None or not self._is_name(written(which)):
            return written(0)
        self._met[somebody.id] = None
        if somebody.id in self._named:
            return written(0)
        instead = somebody.instead
        if found["before"]:
            instead = self._fitting(written("before"), instead) + instead
        elif _begins_sentence(words, places[found.start()]):
            instead = instead[:1].upper() + instead[1:]
        return self._possessive.format(name=instead) if found["s"] else instead

    def _fitting(self, before: str, instead: str) -> str:
        change = self._changes[folded(before).strip()]
        fitting = (
            change["becomes"] if instead.casefold().startswith(tuple(change["before"].split())) else change["word"]
        )
        fitting = fitting if fitting.endswith("’") else f"{fitting} "
        return fitting[:1].upper() + fitting[1:] if before[:1].isupper() else fitting

    def _is_name(self, written: str) -> bool:
        if len(written) == 1 or written.casefold() in self._everyday:
            # "A" and "I" begin sentences, so that one letter of a name is one only where it cannot be a word.
            return written.isupper() and written not in ("A", "I") if len(written) == 1 else not written.islower()
        return True


def _begins_sentence(words: str, place: int) -> bool:
    """Whether a sentence begins at this place. Looks back no further than over spaces and quotation marks."""
    while (
        place
        and words[place - 1] not in _ENDS_SENTENCE
        and (words[place - 1] in _BEFORE_A_WORD or words[place - 1].isspace())
    ):
        place -= 1
    return not place or words[place - 1] in _ENDS_SENTENCE


def somebodies(people: Iterable[tuple[UUID, str, str]], instead: Mapping[str, str]) -> list[Somebody]:
    """People by id, name and role, each with what stands instead of the name of somebody in that role."""
    return [Somebody(who, name, instead[role]) for who, name, role in people]


def _words_of(name: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", _composed(name))
    if len(words) < 2:
        return words
    # What is written small in a name is a description: of "Boss at work", only "Boss".
    return [word for word in words if not _NOT_A_NAME.fullmatch(word.casefold()) and not word[0].islower()]


def _forms_of(name: str) -> set[str]:
    """How a name may be written, as words are folded."""
    small = name.casefold()
    return {folded(name), folded(small.translate(_WRITTEN_OUT)), folded(small.translate(_PLAINLY))}


def _any_of(forms: Sequence[str]) -> str:
    return "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in forms)


def _composed(words: str) -> str:
    return normal_form("NFC", words)
