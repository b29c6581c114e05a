"""Which columns hold scores, and what tells them apart: a measure, a session, a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reattune.alliance.published_scores import PublishedScore, named_in, published_scores
from reattune.exchange.column_names import NameParts, Role, parts_of, role_of, word_set, words_of
from reattune.study.column_contents import Columns

# The place of "post" among the named times of content/column_words.toml.
_AFTER = 2


_TOTAL = frozenset(("total", "tot", "sum", "summe", "gesamt", "ges", "suma", "somme", "gesamtwert", "totalscore"))


@dataclass(frozen=True)
class ScoreName:
    """A column of scores by its name: the instrument, whose view it is, and what its numbers count."""

    column: str
    instrument: PublishedScore | None
    parts: NameParts

    @property
    def of(self) -> tuple[str, str]:
        """What the column is a score of."""
        return (self.instrument.key if self.instrument else "", self.parts.stem)

    @property
    def part_of_whole(self) -> bool:
        """Whether letters are left that speak of a subscale."""
        rest = {word for word in self.parts.stem.split() if word.isalpha()}
        return bool(rest - word_set("whole") - word_set("of_client") - word_set("of_therapist"))


@dataclass(frozen=True)
class Series:
    """Columns of one measure that go on over sessions.

    Attributes:
        groups: one tuple of columns a session: the score alone, or its items.
        numbers: of the sessions, growing.
        kind: ``session`` told by a mark, ``label`` by words such as pre and post, ``item`` questions of one row's
            session, ``free`` numbers that could be either.
    """

    name: str
    instrument: PublishedScore | None
    groups: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    kind: str
    mark: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, session by session."""
        return tuple(column for group in self.groups for column in group)


def score_names(
    columns: Iterable[str], labels: Columns | None = None, known: PublishedScore | None = None
) -> list[ScoreName]:
    """Names of columns taken apart.

    Args:
        labels: where a column's label may name the instrument that its name does not.
        known: an instrument of one's own, looked for first.
    """
    names = list(columns)
    instruments = [*([known] if known else []), *published_scores().values()]
    words = {name: words_of(name) for name in names}
    numbered = _numbered_items(words.values())
    found = []
    for name in names:
        told = named_in(_glued(words[name], numbered), instruments)
        rest = parts_of(" ".join(told[1]) if told else name)
        if told is None and labels is not None and labels[name].label:
            told = named_in(words_of(labels[name].label), instruments)
        found.append(ScoreName(name, told[0] if told else None, replace(rest, name=name)))
    return found


def _numbered_items(all_words: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Beginnings that many numbers follow: in phq_1 … phq_9 the last is an item, not the name of the instrument."""
    after: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for words in all_words:
        for place, word in enumerate(words):
            if word.isdigit() and place:
                after[words[:place]].add(word)
    return {front for front, numbers in after.items() if len(numbers) >= 3}


def _glued(words: tuple[str, ...], numbered: set[tuple[str, ...]]) -> tuple[str, ...]:
    """The words, with numbers that count something marked so that they are not taken for a part of a name."""
    return tuple(
        f"{word}" if not (word.isdigit() and place and words[:place] in numbered) else f"\x00{word}"
        for place, word in enumerate(words)
    )


def series_of(names: Sequence[ScoreName]) -> list[Series]:
    """Columns that belong together, in order of their numbers; those that stand alone are left out."""
    families: dict[tuple[str, str], list[ScoreName]] = defaultdict(list)
    for each in names:
        parts = each.parts
        if parts.time is not None or parts.item is not None or parts.free is not None or parts.label is not None:
            families[each.of].append(each)
    found = []
    for members in families.values():
        made = _one_series(members)
        if made:
            found.append(made)
    return found


def _one_series(members: list[ScoreName]) -> Series | None:
    first = members[0]
    name = _common_name(members)
    timed = [each for each in members if each.parts.time is not None]
    if timed:
        sessions: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for each in timed:
            inner = each.parts.item if each.parts.item is not None else each.parts.free
            sessions[each.parts.time or 0].append((inner if inner is not None else -1, each.column))
        for column, number in _around(members, min(sessions), max(sessions)):
            sessions[number].append((-1, column))
        numbers = tuple(sorted(sessions))
        groups = tuple(tuple(column for _, column in sorted(sessions[number])) for number in numbers)
        return Series(name, first.instrument, groups, numbers, "session", timed[0].parts.mark)
    labelled = [each for each in members if each.parts.label is not None]
    if len(labelled) == len(members):
        ordered = sorted(labelled, key=lambda each: (each.parts.label or 0, each.parts.free or 0))
        numbers = tuple(range(1, len(ordered) + 1))
        return Series(name, first.instrument, tuple((each.column,) for each in ordered), numbers, "label")
    items = [each for each in members if each.parts.item is not None]
    if items:
        ordered = sorted(items, key=lambda each: each.parts.item or 0)
        numbers = tuple(each.parts.item or 0 for each in ordered)
        return Series(name, first.instrument, (tuple(each.column for each in ordered),), numbers, "item")
    free = sorted((each for each in members if each.parts.free is not None), key=lambda each: each.parts.free or 0)
    numbers = tuple(each.parts.free or 0 for each in free)
    if len(set(numbers)) < len(numbers):
        return None
    return Series(name, first.instrument, tuple((each.column,) for each in free), numbers, "free")


def _around(members: list[ScoreName], first: int, last: int) -> list[tuple[str, int]]:
    """Columns called pre or post beside numbered ones, as the sessions before and after them."""
    named = sorted((each.parts.label, each.column) for each in members if each.parts.label is not None)
    before = [column for place, column in named if place == 0]
    after = [column for place, column in named if place is not None and place >= _AFTER]
    found = [(column, first - len(before) + place) for place, column in enumerate(before)]
    return found + [(column, last + place) for place, column in enumerate(after, start=1)]


def _common_name(members: list[ScoreName]) -> str:
    first = members[0]
    rest = " ".join(word for word in first.parts.stem.split() if word)
    if first.instrument is None:
        return rest or "score"
    return f"{first.instrument.key} {rest}".strip()


def same_stem(columns: Sequence[str], first: str, last: str) -> list[str] | None:
    """For ``first..last`` the columns of one stem from number to number; ``None`` where the names have none."""
    named = {each.column: each for each in score_names(columns)}
    ends = named[first], named[last]

    def counted(each: ScoreName) -> int | None:
        parts = each.parts
        return parts.time if parts.time is not None else parts.free if parts.free is not None else parts.item

    low, high = counted(ends[0]), counted(ends[1])
    if low is None or high is None or ends[0].of != ends[1].of:
        return None

    def alike(each: ScoreName) -> bool:
        one, other = each.parts, ends[0].parts
        same_kind = [(part is None) for part in (one.time, one.item, one.free)] == [
            (part is None) for part in (other.time, other.item, other.free)
        ]
        inner_same = one.time is None or ((one.item, one.free) == (other.item, other.free))
        return each.of == ends[0].of and same_kind and inner_same

    chosen = [(number, name) for name, each in named.items() if alike(each) and (number := counted(each)) is not None]
    low, high = min(low, high), max(low, high)
    return [name for number, name in sorted(chosen) if low <= number <= high]


def number_of(column: str) -> int | None:
    """The session that a column's name counts."""
    (each,) = score_names([column])
    parts = each.parts
    return parts.time if parts.time is not None else parts.free if parts.free is not None else parts.item


def single_scores(names: Sequence[ScoreName], columns: Columns, taken: set[str]) -> list[ScoreName]:
    """Columns that hold one score a row: those called a score, and those of a known instrument.

    Of several columns of one instrument those that speak of the whole are taken.
    """
    plain = [each for each in names if each.column not in taken and columns[each.column].numeric]
    called = [each for each in plain if role_of(each.column) is Role.SCORE]
    of_instrument: dict[tuple[str, str], list[ScoreName]] = defaultdict(list)
    for each in plain:
        alone = each.parts.time is None and each.parts.item is None and each.parts.free is None
        if each.instrument and alone and each.parts.label is None and each not in called:
            of_instrument[(each.instrument.key, each.parts.side)].append(each)
    chosen = list(called)
    for members in of_instrument.values():
        whole = [each for each in members if not each.part_of_whole]
        # "SRS total" beside "SRS raw" is what people mean; a bare "SRS" comes next.
        whole.sort(key=lambda each: _TOTAL.isdisjoint(each.parts.words))
        chosen += whole[:1] if whole else members
    return chosen
