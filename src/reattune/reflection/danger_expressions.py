"""Expressions that speak of danger, by language, and what excuses them: one of the things that are weighed.

They are data (`content/danger/<code>.toml`). What a text is called in the end is for `danger_recogniser` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from reattune import content
from reattune.text.pieces import folded

LANGUAGES = ("en", "de", "es", "fr")
# Longer texts are looked at in pieces, so that no expression ever sees more than this.
_LONGEST_CLAUSE = 400
_ENDS = re.compile(
    r"[.!?;:\n…]+|\s[-–—]+\s|,\s*(?=(?:but|and|aber|doch|sondern|pero|sino|mais|though|yet|because|weil|porque|parce)\b)|\b(?:but|aber|pero|mais|however)\b"
)
_SENTENCE_ENDS = re.compile(r"[.!?\n…]+")
# A new thought, over which no denial reaches.
_NEW_THOUGHT = re.compile(r"\b(?:and (?:then )?i|und ich|y (?:yo|me|quiero|voy|ya)|because i|weil ich|porque)\b")
_NOT_A_WORD = re.compile(r"[^\w\s',*-]")


class Danger(StrEnum):
    """What kind of danger words speak of; the gravest first."""

    SUICIDE = "suicide"
    HARMING = "harming"
    HARMED = "harmed"
    SELF_HARM = "self_harm"


# What is found in a sentence; ``None`` for what holds whatever stands around it, and is of no one kind.
Findings = frozenset[Danger | None]


def findings(text: str, languages: tuple[str, ...]) -> Findings:
    """What the expressions of some languages find in a text.

    Cost: O(length), some hundred expressions a clause.
    """
    plain = folded(text)
    return frozenset(kind for language in languages for kind in _kinds_in(plain, _lexicon(language)))


def languages_of(text: str) -> tuple[str, ...]:
    """The language whose small words stand in a text most often; all where none leads.

    A word that is danger in one language must not be read with another's, whose excuses it lacks.
    """
    words = re.findall(r"[a-z']+", folded(text))
    counts = {language: sum(word in _lexicon(language).small_words for word in words) for language in LANGUAGES}
    most = max(counts.values())
    leading = tuple(language for language, count in counts.items() if count == most)
    return leading if most and len(leading) == 1 else LANGUAGES


@dataclass(frozen=True)
class _Core:
    """Words that are danger in a clause that has ``beside`` in it, and nothing of ``without``."""

    kind: Danger
    words: re.Pattern[str]
    beside: re.Pattern[str]
    without: re.Pattern[str]


@dataclass(frozen=True)
class _Lexicon:
    small_words: frozenset[str]
    spelling: tuple[tuple[re.Pattern[str], str], ...]
    idioms: re.Pattern[str]
    threats: re.Pattern[str]
    beaten: re.Pattern[str]
    taken: re.Pattern[str]
    always: re.Pattern[str]
    sentence: re.Pattern[str]
    # All together, to see quickly that there is nothing; one by one, for one may stand inside another.
    together: dict[Danger, re.Pattern[str]]
    kinds: dict[Danger, tuple[re.Pattern[str], ...]]
    core: tuple[_Core, ...]
    negation: re.Pattern[str]
    negation_after: re.Pattern[str] | None
    denied_inside: re.Pattern[str] | None
    not_negation: re.Pattern[str]
    past: re.Pattern[str]
    present: re.Pattern[str]
    story: re.Pattern[str]
    own: re.Pattern[str]
    reaches_over_commas: bool


def _either(expressions: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expression})" for expression in expressions) or r"(?!)")


@cache
def _lexicon(language: str) -> _Lexicon:
    raw = content.load("danger", f"{language}.toml")
    excuses = raw["excuses"]
    after = excuses.get("negation_after")
    return _Lexicon(
        small_words=frozenset(raw["small_words"].split()),
        spelling=tuple((re.compile(wrong), right) for wrong, right in raw["spelling"]),
        idioms=_either(raw["idioms"]),
        threats=_either(raw.get("threats", ())),
        beaten=_either(raw.get("beaten", ())),
        taken=_either(raw.get("taken", ())),
        always=_either(raw["always"]),
        sentence=_either(raw["sentence"]),
        together={kind: _either(raw["danger"][kind]) for kind in Danger},
        kinds={kind: tuple(re.compile(expression) for expression in raw["danger"][kind]) for kind in Danger},
        core=tuple(
            _Core(Danger(c["kind"]), re.compile(c["words"]), re.compile(c["with"]), re.compile(c["without"]))
            for c in raw["core"]
        ),
        negation=_either(excuses["negation"]),
        negation_after=_either(after) if after else None,
        denied_inside=_either(inside) if (inside := excuses.get("negation_inside")) else None,
        not_negation=_either(excuses["not_negation"]),
        past=_either(excuses["past"]),
        present=_either(excuses["present"]),
        story=_either(excuses["story"]),
        own=_either(excuses["own"]),
        reaches_over_commas=excuses.get("negation_reaches_over_commas", False),
    )


def _kinds_in(plain: str, words: _Lexicon) -> Iterator[Danger | None]:
    """Every kind that a text speaks of; ``None`` for what holds whatever stands around it, and is of no one kind."""
    for sentence in _SENTENCE_ENDS.split(plain):
        clear = _cleared(sentence, words)
        if not clear.strip():
            continue
        if words.sentence.search(clear):
            yield Danger.SUICIDE
        if _excused(clear, words):
            continue
        for clause in _ENDS.split(clear):
            for piece in _pieces(clause):
                yield from _in_clause(piece, words)


def _cleared(sentence: str, words: _Lexicon) -> str:
    """Contractions written out, marks that stand between words taken away, figures of speech taken out; but what is a
    threat is no figure of speech."""
    for wrong, right in words.spelling:
        sentence = wrong.sub(right, sentence)
    threats = [found.span() for found in words.threats.finditer(sentence)]

    def kept(idiom: re.Match[str]) -> str:
        threat = any(idiom.start() < end and begin < idiom.end() for begin, end in threats)
        return idiom.group() if threat else " "

    return words.idioms.sub(kept, sentence)


def _excused(sentence: str, words: _Lexicon) -> bool:
    """Whether a sentence is plainly about the past, a story or the news, and not about now or oneself."""
    if words.past.search(sentence) and not words.present.search(sentence):
        return True
    return bool(words.story.search(sentence)) and not words.own.search(sentence)


def _pieces(clause: str) -> Iterable[str]:
    """Parts of a clause that are not too long; commas stay behind their words."""
    clause = re.sub(r"\s+", " ", _NOT_A_WORD.sub(" ", clause)).replace(" ,", ",").strip()
    for begin in range(0, len(clause), _LONGEST_CLAUSE):
        yield clause[max(0, begin - 80) : begin + _LONGEST_CLAUSE]


def _in_clause(piece: str, words: _Lexicon) -> Iterator[Danger | None]:
    clause = _without_commas(piece)
    if words.always.search(clause):
        yield None
    # Whoever is to be killed by somebody else doesn't speak of killing themselves; nor whoever is beaten, of doing it.
    threats, beaten = (list(said.finditer(clause)) for said in (words.threats, words.beaten))
    by_another = {Danger.SUICIDE: threats, Danger.SELF_HARM: beaten}
    if any(not _denied(piece, clause, threat, words) for threat in threats):
        yield Danger.HARMED

    def meant(kind: Danger, found: re.Match[str]) -> bool:
        wholes = by_another.get(kind, ())
        inside = any(whole.start() <= found.start() and found.end() <= whole.end() for whole in wholes)
        return not inside and not _denied(piece, clause, found, words)

    for kind in Danger:
        if words.together[kind].search(clause):
            every = (found for expression in words.kinds[kind] for found in expression.finditer(clause))
            if any(meant(kind, found) for found in every):
                yield kind
    beside = (core for core in words.core if core.beside.search(clause) and not core.without.search(clause))
    for core in beside:
        if any(meant(core.kind, found) for found in core.words.finditer(clause)):
            yield core.kind


def _without_commas(piece: str) -> str:
    return re.sub(r"\s+", " ", piece.replace(",", " ")).strip()


def sure(text: str, languages: tuple[str, ...]) -> frozenset[Danger]:
    """What a text says so plainly that nothing is weighed: that somebody threatens to kill whoever writes, or that they
    took far too much of a medicine just now.

    Cost: as `findings`, a few expressions a clause.
    """
    plain = folded(text)
    return frozenset(kind for language in languages for kind in _sure_in(plain, _lexicon(language)))


def _sure_in(plain: str, words: _Lexicon) -> Iterator[Danger]:
    cleared = (_cleared(sentence, words) for sentence in _SENTENCE_ENDS.split(plain))
    clauses = (clause for clear in cleared if not _excused(clear, words) for clause in _ENDS.split(clear))
    for piece in (piece for clause in clauses for piece in _pieces(clause)):
        clause = _without_commas(piece)
        for kind, said in ((Danger.HARMED, words.threats), (Danger.SUICIDE, words.taken)):
            if any(not _denied(piece, clause, found, words) for found in said.finditer(clause)):
                yield kind


def _denied(piece: str, clause: str, found: re.Match[str], words: _Lexicon) -> bool:
    """Whether a denial stands before or after what was found; it does not reach over a comma."""
    with_commas = piece.replace(",", ", ").split()
    first, after_last = len(clause[: found.start()].split()), len(clause[: found.end()].split())
    # German sets a comma before what is denied ("nie daran gedacht, mich …").
    stops = (place + 1 for place in range(first - 1, -1, -1) if with_commas[place].endswith(","))
    begin = 0 if words.reaches_over_commas else next(stops, 0)
    end = next(
        (place + 1 for place in range(after_last - 1, len(with_commas)) if with_commas[place].endswith(",")), None
    )
    before = " ".join(with_commas[begin:first]).replace(",", "") + " "
    before = _NEW_THOUGHT.split(before)[-1]
    after = " " + " ".join(with_commas[after_last:end]).rstrip(",")
    if words.not_negation.search(f"{before}{found.group()}"):
        return False
    if words.negation.search(before) or (words.denied_inside and words.denied_inside.search(found.group())):
        return True
    return bool(words.negation_after and words.negation_after.search(after))
