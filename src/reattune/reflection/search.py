"""Search in texts: every word, in any order, by its beginning; case and accents do not count. In memory, no index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reattune.text.folding import folded, folded_with_places

MOST_LINES = 3
# Of a longer line, so much is shown around what was found.
_LONGEST, _BEFORE = 200, 70
_WORDS = re.compile(r"\w+(?:'\w+)*|[^\w\s]+")
# Scripts that put no space between words: a word may begin anywhere there.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Query:
    """What is looked for: folded words, each once and the longest first, with an expression for each."""

    words: tuple[str, ...]
    expressions: tuple[re.Pattern[str], ...]

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.words)

    def within(self, own: Sequence[str], beside: Callable[[], str] = str) -> bool:
        """Whether every word begins a word of ``own`` or of ``beside``, and at least one of them one of ``own``.

        Args:
            own: texts as they were written.
            beside: what they stand with (a name, a label), folded already; asked only where it is needed.

        Cost: O(characters), once for each word.
        """
        text = folded("\n".join(own))
        # Far the most texts do not have the letters at all, and that is seen fastest.
        missing = [
            (word, expression)
            for word, expression in zip(self.words, self.expressions, strict=True)
            if not (word in text and expression.search(text))
        ]
        if len(missing) == len(self.words):
            return False
        there = beside() if missing else ""
        return all(word in there and expression.search(there) for word, expression in missing)


@dataclass(frozen=True)
class FoundLine:
    """A line with what was found in it: pieces of it in order, and of each whether it is what was looked for.

    ``cut_before`` and ``cut_after`` say whether the line goes on beyond what is shown.
    """

    pieces: tuple[tuple[str, bool], ...]
    cut_before: bool = False
    cut_after: bool = False


def query(text: str) -> Query:
    """The words of what somebody typed into a search. Marks between words do not count; signs such as hearts do."""
    found = dict.fromkeys(word for word in _WORDS.findall(folded(text)) if word[0].isalnum() or _is_sign(word))
    words = tuple(sorted(found, key=len, reverse=True))
    return Query(words, tuple(re.compile(_begins(word) + re.escape(word)) for word in words))


def _is_sign(word: str) -> bool:
    return any(c == "_" or unicodedata.category(c).startswith("S") for c in word)


def _begins(word: str) -> str:
    return "" if _UNSPACED.match(word) or not word[0].isalnum() else r"(?<!\w)"


def found_lines(asked: Query, own: Sequence[str]) -> list[FoundLine]:
    """The lines that show the words that were found, at most `MOST_LINES`: each brings a word not shown before."""
    missing = dict(zip(asked.words, asked.expressions, strict=True))
    found = []
    for line in (line for text in own for line in text.splitlines()):
        plain = folded(line)
        here = [word for word, expression in missing.items() if word in plain and expression.search(plain)]
        if not here:
            continue
        first = min(match.start() for match in (missing[word].search(plain) for word in here) if match)
        found.append(_marked(line, _place(line, first), asked))
        for word in here:
            del missing[word]
        if not missing or len(found) == MOST_LINES:
            break
    return found


def _place(line: str, folded_place: int) -> int:
    """The index in ``line`` of what stands at ``folded_place`` once it is folded."""
    if line.isascii():
        return folded_place
    low, high = 0, len(line)
    while low < high:
        middle = (low + high) // 2
        if len(folded(line[: middle + 1])) > folded_place:
            high = middle
        else:
            low = middle + 1
    return low


def _marked(line: str, place: int, asked: Query) -> FoundLine:
    begin, end = _window(line, place)
    shown = line[begin:end]
    plain, places = folded_with_places(shown)
    places.append(len(shown))
    marks = sorted(
        (places[match.start()], max(places[match.end()], places[match.start()] + 1))
        for expression in asked.expressions
        for match in expression.finditer(plain)
    )
    return FoundLine(tuple(_pieces(shown, marks)), begin > 0, end < len(line))


def _window(line: str, place: int) -> tuple[int, int]:
    """The part of a line around a place, cut between words where there are any."""
    if len(line) <= _LONGEST:
        return 0, len(line)
    begin = max(0, place - _BEFORE)
    if begin:
        space = line.find(" ", begin, place)
        begin = space + 1 if space >= 0 else begin
    end = min(len(line), begin + _LONGEST)
    if end < len(line):
        space = line.rfind(" ", place + 1, end)
        end = space if space >= 0 else end
    return begin, end


def _pieces(shown: str, marks: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    joined: list[list[int]] = []
    for begin, end in marks:
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    edges = [0, *(edge for mark in joined for edge in mark), len(shown)]
    for number, (begin, end) in enumerate(pairwise(edges)):
        if end > begin:
            yield shown[begin:end], number % 2 == 1
