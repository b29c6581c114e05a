"""Where names stand in a text: as much work as the text is long, however many names there are and however alike."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

# What tells that a number or a letter after it is a name. Sentences may go on with either anywhere else.
_TOLD = (
    r"(?:(?:the|der|die|dem|den|des|el|la|le)\s+)?"
    r"(?:client[ae]?|klient(?:in|en)?|patient(?:in|en|e)?|paciente)\s+(?:#\s*)?|#\s*"
)
_MY = re.compile(r"\b(?:my|mein|meine|meinem|meinen|meiner|mis?|mon|ma|mes)\s+")
# A run of letters and digits, or of spaces, or one sign.
_SPACES = re.compile(r"\s+")
_PIECE = re.compile(r"[^\W_]+|\s+|.", re.DOTALL)
_REST_OF_CUT = re.compile(r"(?:-[^\W_]+)*")
_POSSESSIVE = r"(?P<s>'s|s|')?(?![^\W_])"
_END = re.compile(_POSSESSIVE)


# Where a name may end: no letter follows, or an s and then none.
_MAY_END = re.compile(r"(?<=.)(?:(?![^\W_])|(?=s(?![^\W_])))", re.DOTALL)
_ENDS = "\0"


class _Text:
    """A text in its pieces, with the number of the piece that begins at a place."""

    def __init__(self, whole: str) -> None:
        found = [(each.start(), each.end(), each[0]) for each in _PIECE.finditer(whole)]
        self.whole = whole
        self.pieces = [(start, end, " " if piece.isspace() else piece) for start, end, piece in found]
        self.number = {start: number for number, (start, _end, _piece) in enumerate(self.pieces)}


@dataclass(frozen=True)
class _Form:
    """A form of a name: its letters, how many pieces they are, and the last one, if that is a word."""

    form: str
    pieces: int
    word: str


class _Forms:
    """Tells the longest of many forms that begins at each piece of a text.

    They stand in the order of their letters, each with the longest that it begins with, and one that is far fewer of
    those away. What a text goes on with stands in one place of that order: only the form before it, and what that
    begins with, can begin there.

    Cost: O(letters of all forms) to make it, of memory a few times their letters; to find what begins at a piece
    O(log number of forms), whatever they are.
    """

    def __init__(self, forms: Mapping[str, str]) -> None:
        self._form = forms
        self._sorted = sorted(forms)
        self._longest = max(map(len, forms), default=0)
        self._firsts = {each[0] for each in forms}
        self._shorter: list[int] = []
        self._far: list[int] = []
        depth: list[int] = []
        open_ones: list[int] = []
        for number, each in enumerate(self._sorted):
            while open_ones and not each.startswith(self._sorted[open_ones[-1]]):
                open_ones.pop()
            shorter = open_ones[-1] if open_ones else -1
            self._shorter.append(shorter)
            depth.append(depth[shorter] + 1 if shorter >= 0 else 0)
            self._far.append(self._far_from(shorter, depth))
            open_ones.append(number)

    def _far_from(self, shorter: int, depth: list[int]) -> int:
        """Twice as far as the one before where that makes equal steps, so that few steps lead to any (Myers, 1983)."""
        if shorter < 0 or (far := self._far[shorter]) < 0:
            return shorter
        further = self._far[far]
        equal = depth[shorter] - depth[far] == depth[far] - (depth[further] if further >= 0 else -1)
        return further if equal else shorter

    def begin_in(self, text: _Text) -> list[_Form | None]:
        """The longest form that begins at each piece of a text."""
        if not self._sorted:
            return [None] * len(text.pieces)
        marked, begins = _marked_text(text)
        return [self._longest_at(marked, begin) for begin in begins]

    def _longest_at(self, marked: str, begin: int) -> _Form | None:
        if marked[begin] not in self._firsts:
            return None
        here = bisect_right(self._sorted, marked[begin : begin + self._longest]) - 1
        while here >= 0 and not marked.startswith(self._sorted[here], begin):
            far = self._far[here]
            here = far if far >= 0 and not marked.startswith(self._sorted[far], begin) else self._shorter[here]
        return _form(self._form[self._sorted[here]]) if here >= 0 else None


# Of each piece of a text, the longest form that begins there, and the longest of those that go on.
_Begin = Sequence[tuple[_Form | None, _Form | None]]


@dataclass(frozen=True)
class Place:
    """A name, with what belongs to it, by places in the text.

    Attributes:
        start, end: with a word before it that changes with it, "my", and what makes it somebody's.
        form: how it is known; ``brief`` where that is a small number or a letter.
        name: where the name itself stands.
        before: where the word before it stands that changes with it; empty where there is none.
        possessive: whether something is said to be theirs.
    """

    start: int
    end: int
    form: str
    name: tuple[int, int]
    before: tuple[int, int] | None
    possessive: bool
    brief: bool = False


class NamePlaces:
    """Finds forms of names in texts that are folded as they are; spaces in a form are any spaces.

    Args:
        forms: how names may be written.
        cut: those of them that go on: the rest of the word, and what is joined to it, is part of the name.
        brief: forms that are names only after "client" or "#".
        changing: words that change with what follows them.
    """

    def __init__(self, forms: Iterable[str], cut: Iterable[str], brief: Iterable[str], changing: Iterable[str]) -> None:
        self._forms = _Forms({marked: form for form in filter(None, forms) for marked in _marked(form)})
        # In the middle of a word no name may end otherwise.
        self._cut = _Forms(
            {
                marked.removesuffix(_ENDS) if form[-1].isalnum() else marked: form
                for form in filter(None, cut)
                for marked in _marked(form)
            }
        )
        told = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in brief)
        self._brief = re.compile(rf"(?:{_TOLD})(?P<brief>{told}){_POSSESSIVE}") if told else None
        words = "|".join(re.escape(word) for word in sorted(changing, key=len, reverse=True))
        self._before = re.compile(rf"(?:{words})(?:\s+|(?<='))") if words else None

    def found_in(self, text: str) -> Iterator[Place]:
        """The names of a text from left to right, the longest of those that begin at one place.

        Cost: O(length of text).
        """
        read, done = _Text(text), 0
        begin = [*zip(self._forms.begin_in(read), self._cut.begin_in(read), strict=True)]
        for start, _end, piece in read.pieces:
            if piece != " " and start >= done and (place := self._at(read, begin, start)):
                yield place
                done = place.end

    def _at(self, text: _Text, begin: _Begin, start: int) -> Place | None:
        before = self._before.match(text.whole, start) if self._before else None
        for after in ([before.end()] if before else []) + [start]:
            changes = (start, after) if after > start else None
            mine = _MY.match(text.whole, after)
            for place in ([mine.end()] if mine else []) + [after]:
                if place and text.whole[place - 1].isalnum():
                    continue
                found = self._named(text, begin, place) or self._briefly(text.whole, place)
                if found:
                    return replace(found, start=start, before=changes)
        return None

    def _named(self, text: _Text, begin: _Begin, begins: int) -> Place | None:
        """The longest form that begins here; one that goes on before all others."""
        number = text.number.get(begins)
        whole, cut = (None, None) if number is None else begin[number]
        known = cut or whole
        if number is None or known is None:
            return None
        start, after, _piece = text.pieces[number + known.pieces - 1]
        ends = start + len(known.word) if known.word else after
        rest = _REST_OF_CUT.match(text.whole, after) if cut else None
        end = _END.match(text.whole, rest.end() if rest else ends)
        return Place(begins, end.end(), known.form, (begins, ends), None, bool(end["s"])) if end else None

    def _briefly(self, text: str, start: int) -> Place | None:
        found = self._brief.match(text, start) if self._brief else None
        if found is None:
            return None
        form = " ".join(found["brief"].split())
        return Place(start, found.end(), form, found.span("brief"), None, bool(found["s"]), brief=True)


@lru_cache(1024)
def _form(form: str) -> _Form:
    pieces = [piece for _start, _end, piece in _Text(form).pieces]
    return _Form(form, len(pieces), pieces[-1] if pieces[-1].isalnum() else "")


def _marked(form: str) -> set[str]:
    """The letters of a form with a mark where a name may end, and any spaces as one: as it stands alone, and as it
    stands before an s, which is another way only where it ends with one itself."""
    plain = _SPACES.sub(" ", form)
    alone = _MAY_END.sub(_ENDS, plain)
    return {alone, _MAY_END.sub(_ENDS, plain + "s")[:-2]} if form[-1] == "s" else {alone}


def _marked_text(text: _Text) -> tuple[str, list[int]]:
    """The same of a text, with the places at which its pieces begin there."""
    marked, begins, length = [], [], 0
    following = [piece for _start, _end, piece in text.pieces[1:]] + [""]
    for (_start, _end, piece), after in zip(text.pieces, following, strict=False):
        begins.append(length)
        if len(piece) > 1 and piece[-1] == "s":
            piece = f"{piece[:-1]}{_ENDS}s"
        if after == "s" or not after[:1].isalnum():
            piece += _ENDS
        marked.append(piece)
        length += len(piece)
    return "".join(marked), begins
