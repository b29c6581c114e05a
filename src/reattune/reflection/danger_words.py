"""Words of danger: self-harm, suicide, being harmed, harming. Recognised on the machine, and only to show lines.

Nothing is decided by it, kept or sent. Recall comes first: a line shown once too often costs little.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from reattune import content
from reattune.journal import Journal
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Attempt,
    Belief,
    CameIn,
    CheckIn,
    Draft,
    Ending,
    LooseNote,
    Moment,
    Practice,
    Repair,
    TalkPlan,
    Unsaid,
)
from reattune.journal.documents.letters import NoteLetter

LANGUAGES = ("en", "de", "es")
# Longer texts are looked at in pieces, so that no expression ever sees more than this.
_LONGEST_CLAUSE = 400
_ENDS = re.compile(
    r"[.!?;:\n…]+|\s[-–—]+\s|,\s*(?=(?:but|and|aber|doch|sondern|pero|sino|though|yet|because|weil|porque)\b)|\b(?:but|aber|pero|however)\b"
)
_SENTENCE_ENDS = re.compile(r"[.!?\n…]+")
# A new thought, over which no denial reaches.
_NEW_THOUGHT = re.compile(r"\b(?:and (?:then )?i|und ich|y (?:yo|me|quiero|voy|ya)|because i|weil ich|porque)\b")
_NOT_A_WORD = re.compile(r"[^\w\s',*-]")


class Danger(StrEnum):
    """What kind of danger words speak of."""

    SUICIDE = "suicide"
    HARMING = "harming"
    HARMED = "harmed"
    SELF_HARM = "self_harm"


def danger(text: str, not_meant: Iterable[str] = ()) -> Danger | None:
    """The gravest danger that a text speaks of in any of `LANGUAGES`, or ``None``.

    Args:
        not_meant: sentences of which the person said that they are none; they are passed over.

    Cost: O(length), some hundred expressions a clause; a page of text takes milliseconds.
    """
    plain = _plain(text)
    for sentence in not_meant:
        plain = plain.replace(_plain(sentence), " ")
    found = {kind for language in _languages_of(plain) for kind in _kinds_in(plain, _lexicon(language))}
    return next((kind for kind in Danger if kind in found), Danger.SUICIDE if None in found else None)


def _languages_of(plain: str) -> tuple[str, ...]:
    """The language whose small words stand in a text most often; all where none leads.

    A word that is danger in one language must not be read with another's, whose excuses it lacks.
    """
    words = re.findall(r"[a-z']+", plain)
    counts = {language: sum(word in _lexicon(language).small_words for word in words) for language in LANGUAGES}
    most = max(counts.values())
    leading = tuple(language for language, count in counts.items() if count == most)
    return leading if most and len(leading) == 1 else LANGUAGES


def sentences_of_danger(text: str) -> list[str]:
    """The sentences of a text that speak of danger; all of it where no single one does and the whole does."""
    parts = [each.strip() for each in re.split(r"(?<=[.!?\n…])\s*", text)]
    found = [each for each in parts if each and danger(each)]
    return [text] if danger(text, found) else found


def first_danger(texts: Iterable[str], not_meant: Iterable[str] = ()) -> Danger | None:
    """The gravest danger in any of some texts; ``not_meant`` as in `danger`."""
    passed_over = tuple(not_meant)
    found = {danger(text, passed_over) for text in dict.fromkeys(texts) if text.strip()}
    return next((kind for kind in Danger if kind in found), None)


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


def _plain(text: str) -> str:
    """Small letters without accents; apostrophes straight; "ae", "oe", "ue" stay as they are typed."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").replace("´", "'").casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub(r"[ \t]+", " ", bare)


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
    """Contractions written out, marks that stand between words taken away, figures of speech taken out."""
    for wrong, right in words.spelling:
        sentence = wrong.sub(right, sentence)
    return words.idioms.sub(" ", sentence)


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
    clause = re.sub(r"\s+", " ", piece.replace(",", " ")).strip()
    if words.always.search(clause):
        yield None
    for kind in Danger:
        if words.together[kind].search(clause):
            every = (found for expression in words.kinds[kind] for found in expression.finditer(clause))
            if any(not _denied(piece, clause, found, words) for found in every):
                yield kind
    beside = (core for core in words.core if core.beside.search(clause) and not core.without.search(clause))
    for core in beside:
        if any(not _denied(piece, clause, found, words) for found in core.words.finditer(clause)):
            yield core.kind


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


# Words written so lately are looked at on every page.
LATELY = timedelta(hours=1)
_WORDS_OF = (Moment, CheckIn, Unsaid, TalkPlan, Attempt, Repair, Belief, Practice, Ending, Draft, LooseNote)


def written_lately(journal: Journal, now: datetime) -> list[Document]:
    """What was written or changed within the last hour."""
    came_in = (each for each in journal.all(CameIn) if isinstance(each.content, NoteLetter))  # others' words are theirs
    own = (each for kind in _WORDS_OF for each in journal.all(kind))
    return [each for each in (*own, *came_in) if now - each.updated <= LATELY]


def danger_lately(journal: Journal, now: datetime) -> Danger | None:
    """The gravest danger in what was written within the last hour.

    Nothing is kept of it: it is looked for anew on each page, and after an hour it is asked no more. Of what is not
    danger, the person can say so; that is kept with the words.
    """
    found = {danger_in(each) for each in written_lately(journal, now)}
    return next((kind for kind in Danger if kind in found), None)


def danger_just_written(journal: Journal, now: datetime) -> Danger | None:
    """The danger in the latest of what was written within the last hour that has any."""
    lately = sorted(written_lately(journal, now), key=lambda each: each.updated, reverse=True)
    return next((found for each in lately if (found := danger_in(each))), None)


def danger_in(document: Document) -> Danger | None:
    """The gravest danger in the words of one document, less what the person said is none."""
    return first_danger(words_in(document), document.not_meant)


def words_in(document: Document) -> list[str]:
    """Every text of a document that may be somebody's words."""
    return list(_strings(document.model_dump(exclude={"not_meant"})))


def not_meant_in(document: Document) -> tuple[str, ...]:
    """What to pass over in a document from now on: what was passed over, and what sounds like danger in it now."""
    found = [sentence for words in words_in(document) for sentence in sentences_of_danger(words)]
    return tuple(dict.fromkeys([*document.not_meant, *found]))


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        if " " in value or len(value) > 20:
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)
