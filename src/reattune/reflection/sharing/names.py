"""Names of other people in somebody's words: found as far as they can be, and replaced by who they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from reattune.journal.client_names import LONGEST_NAME
from reattune.reflection.sharing.name_places import NamePlaces, Place
from reattune.text.folding import folded, folded_with_places
from reattune.text.normal_form import normal_form

# Words of a name that name nobody by themselves: "My boss", "Dr Berg", "Anna from work".
_NOT_A_NAME = re.compile(
    r"my|our|the|an?|of|from|at|in|and|or|mrs?|ms|mx|miss|dr|prof|professor|sir|herr|frau|señora?|don|doña|der|die|das"
    r"|den|dem|meine?|el|la|los|las|mis?|un|una|y|al|con|en|sr|sra|srta|doctora?|de|del|da|di|du|des|les?|une|mon|ma|mes"
    r"|et|au|aux|à|chez|mme|mlle|monsieur|madame|mademoiselle|docteure|van|von|zu|zur"
)
# In any of the languages: "client a bit late", "cliente y", "client à".
_LETTERS_THAT_ARE_WORDS = "aàeiouyó"
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
    """One of the people of a journal: how they are called there, and what stands instead of that.

    ``before`` are names that they had there before: those never stay.
    """

    id: UUID
    name: str
    instead: str
    before: tuple[str, ...] = ()


class NamesTakenOut:
    """Replaces the names of people who are not to be named.

    Whole names are found, and the words they are made of ("Anna" of "Anna Berg"), in any case, with or without
    accents, ß as ss, with any apostrophe and whatever marks nobody sees, and with an s at the end. A word that is also
    an everyday word (``everyday``: "will", "mark") counts as a name only where it is written with a capital letter.
    Of a name as long as a name can be here, which a file may have had longer, the rest is found as well. One that is a
    small number or a letter is found after "client" or "#" (`hard_to_find`).
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
        self._brief: dict[str, Somebody] = {}
        self._met: dict[UUID, None] = {}
        self._cut: set[str] = set()
        self._forms: dict[str, set[str]] = {}
        self._learn_names([(each.name, each) for each in people])
        now = frozenset(self._by_form)
        self._learn_names([(name, each) for each in people for name in each.before])
        self._before_now = frozenset(self._by_form) - now
        self._forms.clear()
        # Looked for in words that are folded as the forms are.
        self._places = NamePlaces(self._by_form, self._cut & self._by_form.keys(), self._brief, self._changes)

    def _learn_names(self, names: Sequence[tuple[str, Somebody]]) -> None:
        for name, somebody in names:
            whole = " ".join(_composed(name).split())
            self._learn(whole, somebody)
            if len(whole) >= LONGEST_NAME - 1:
                last = (each for each in _words_of(whole)[-1:] if len(each) >= _TELLING)
                self._cut.update(*map(self._all_forms, (whole, *last)))
            if words := _words_of(name):
                self._learn(" ".join(words), somebody)
            else:
                self._learn(_core(whole), somebody)
            if hard_to_find(name):
                self._learn_as(_core(whole), somebody, self._brief)
        for name, somebody in names:
            for word in _words_of(name):
                self._learn(word, somebody)

    def _learn(self, form: str, somebody: Somebody) -> None:
        # A small number alone is rather a number; one of several digits is that of a file.
        if not any(letter.isalpha() for letter in form) and len(re.sub(r"\D", "", form)) < _NUMBERED:
            return
        self._learn_as(form, somebody, self._by_form)

    def _learn_as(self, form: str, somebody: Somebody, by_form: dict[str, Somebody]) -> None:
        for each in self._all_forms(form):
            known = by_form.get(each)
            # Of two who share a name, the one who may not be named decides.
            if known is None or (known.id in self._named and somebody.id not in self._named):
                by_form[each] = somebody

    def _all_forms(self, form: str) -> set[str]:
        """Remembered while names are learned: very many of them may be made of the same words."""
        if (known := self._forms.get(form)) is None:
            known = self._forms[form] = _forms_of(form)
        return known

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
        plain, places = folded_with_places(composed.replace("№", "#"))
        places.append(len(composed))
        shown, done = [], 0
        for found in self._places.found_in(plain):
            start, end = places[found.start], places[found.end]
            shown += [composed[done:start], self._instead(found, composed, places)]
            done = end
        return "".join(shown) + composed[done:]

    def _instead(self, found: Place, words: str, places: list[int]) -> str:
        def written(start: int, end: int) -> str:
            return words[places[start] : places[end]]

        somebody = (self._brief if found.brief else self._by_form).get(found.form)
        is_name = _is_brief_name if found.brief else self._is_name
        whole = written(found.start, found.end)
        if somebody is None or not is_name(written(*found.name)):
            return whole
        if found.form not in self._before_now:
            self._met[somebody.id] = None
            if somebody.id in self._named:
                return whole
        instead = somebody.instead
        if found.before:
            instead = self._fitting(written(*found.before), instead) + instead
        elif _begins_sentence(words, places[found.start]):
            instead = instead[:1].upper() + instead[1:]
        return self._possessive.format(name=instead) if found.possessive else instead

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


def hard_to_find(name: str) -> bool:
    """Whether a name is a letter, a small number or a sign, which sentences hold anyway."""
    core = _core(name)
    return len(core) < 2 or (not any(map(str.isalpha, core)) and len(core) < _NUMBERED)


def _is_brief_name(written: str) -> bool:
    """Whether what stands after "client" is a name: a small letter there is rather a word."""
    return not written.islower() or written.casefold() not in _LETTERS_THAT_ARE_WORDS


def _core(name: str) -> str:
    """A name without signs and spaces, if anything is left then."""
    composed = _composed(name)
    return "".join(filter(str.isalnum, composed)) or composed.strip()


def _begins_sentence(words: str, place: int) -> bool:
    """Whether a sentence begins at this place. Looks back no further than over spaces and quotation marks."""
    while (
        place
        and words[place - 1] not in _ENDS_SENTENCE
        and (words[place - 1] in _BEFORE_A_WORD or words[place - 1].isspace())
    ):
        place -= 1
    return not place or words[place - 1] in _ENDS_SENTENCE


def somebodies(
    people: Iterable[tuple[UUID, str, str]], instead: Mapping[str, str], before: Mapping[UUID, tuple[str, ...]]
) -> list[Somebody]:
    """People by id, name and role, each with what stands instead of the name of somebody in that role; ``before`` are
    names from before."""
    return [Somebody(who, name, instead[role], before.get(who, ())) for who, name, role in people]


def _words_of(name: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", _composed(name))
    if len(words) < 2:
        return words
    # What is written small in a name is a description: of "Boss at work", only "Boss".
    return [word for word in words if not _NOT_A_NAME.fullmatch(word.casefold()) and not word[0].islower()]


def _forms_of(name: str) -> set[str]:
    """How a name may be written, as words are folded."""
    small = name.replace("№", "#").casefold()
    if small.isascii():
        return {small}
    return {folded(small), folded(small.translate(_WRITTEN_OUT)), folded(small.translate(_PLAINLY))}


def _composed(words: str) -> str:
    return normal_form("NFC", words)
